"""The least that a Flask view can do, for comparison."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """A constant."""
    return "hello"
