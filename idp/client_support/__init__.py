"""What helps those who look after a client, beside the protocol and only reading it:

GET /clients, the list with what to look at; GET /clients/<id>/people, choosing a person; POST …/told, which claims the
client would be told of them, by the very function that UserInfo uses; POST …/entrance, why they cannot get in, as a
pure list of checks (`access_checks`); GET …/logouts, what became of back-channel logouts.
"""
