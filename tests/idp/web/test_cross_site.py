"""No form counts that another site made: the application looks for the token before any view."""

from flask import Flask

# Systems call these, or send a browser here whose post only leads to a redirect.
FOR_SYSTEMS = {
    "authorize.authorize",
    "token.token",
    "token.revoke",
    "token.introspect",
    "userinfo.userinfo",
    "logout.logout_by_post",
}


def test_every_view_that_changes_something_wants_our_token(sqlite_app: Flask) -> None:
    client, adapter = sqlite_app.test_client(), sqlite_app.url_map.bind("localhost")
    rules = [rule for rule in sqlite_app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    asked = [rule for rule in rules if rule.endpoint not in FOR_SYSTEMS]
    assert len(asked) == len(rules) - len(FOR_SYSTEMS) > 60
    for rule in asked:
        address = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, 1), method="POST")
        for given in ({}, {"csrf_token": "made-up"}):
            assert client.post(address, data=given).status_code == 400, f"{rule.endpoint} took another site's form"
