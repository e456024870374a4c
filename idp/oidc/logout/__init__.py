"""GET and POST /logout, and telling clients of a session that ended.

RP-Initiated Logout 1.0: `rp_initiated` reads and checks what a client asks, `views` asks the person and signs them out.
Back-Channel Logout 1.0: `backchannel` finds which sessions ended, queues a signed logout token for each client that had
a part in them, and delivers with retries.
"""
