"""What a WSGI server runs: `gunicorn relying_party_example.wsgi:app`."""

from relying_party_example import create_app

app = create_app()
