"""Every call to the outside: one time limit, one size limit, no redirects, no proxy from the environment."""

from typing import Any

import requests
import urllib3

TIMEOUT = (3.05, 10.0)  # seconds to connect, seconds between bytes
SIZE_LIMIT = 256 * 1024  # bytes


class OutboundError(Exception):
    """The outside did not answer, or answered with something that cannot be used."""


def call(method: str, url: str, *, size_limit: int = SIZE_LIMIT, **arguments: Any) -> requests.Response:
    """Call `url`; `arguments` are those of `requests.request`. Raises `OutboundError` without an answer in bounds."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            response = session.request(method, url, timeout=TIMEOUT, allow_redirects=False, stream=True, **arguments)
            body = response.raw.read(size_limit + 1, decode_content=True)
            response.close()
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise OutboundError(f"{url} did not answer") from error
    if len(body) > size_limit:
        raise OutboundError(f"{url} answered with too much")
    response._content = body
    return response


def json_of(response: requests.Response) -> dict[str, Any]:
    """The JSON object of a good answer. Raises `OutboundError` for another status or another shape."""
    if response.status_code != 200:
        raise OutboundError(f"{response.url} answered {response.status_code}")
    try:
        found = response.json()
    except ValueError as error:
        raise OutboundError(f"{response.url} did not answer with JSON") from error
    if not isinstance(found, dict):
        raise OutboundError(f"{response.url} did not answer with a JSON object")
    return found
