"""The append-only record of decisions and changes of authority: catalogue, recording, sealing, verifying."""
