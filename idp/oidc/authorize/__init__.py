"""GET and POST /authorize, and the page of `prompt=select_account` (OpenID Connect Core 1.0, section 3.1.2; RFC 6749).

What happens, in this order, each step in the place that is named:

1. A POST waits in the database and comes back by GET with the sign-in cookie (`posted_requests`, `views`).
2. The client is registered, the redirect URI is its own, no parameter comes twice (`request.check_addressee`); until
   here the answer is a page of ours, from here on it goes back to the client.
3. No request object, `response_type=code`, scopes (`request`, Authlib); S256 (`pkce`; RFC 7636, RFC 9700).
4. What OpenID Connect adds is read: prompt, max_age, claims, hints, response mode (`request_rules.read_request`).
5. Who sits at the browser (`flow.present_visitor`), and what is missing: `interaction.next_step`, ten named checks.
6. Nothing is: the grant is stored and the code sent (`token.authorization_code`, `responses`).

`signed_query` marks what a request has been through; `popups` names the pages that may run in a client's popup.
"""
