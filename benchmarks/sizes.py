"""Pages: how long the server takes, and how much the browser loads."""

import asyncio
import gzip
import re
from urllib.parse import quote, urljoin, urlsplit

from benchmarks import pages, reports, serving
from benchmarks.auth_load import OURS, gunicorn
from benchmarks.budgets import Report
from benchmarks.opbench.http1 import Client, Response
from benchmarks.opbench.provider import Provider
from benchmarks.provider import HERE, ROOT, Prepared

SEARCHES = ("สระกรวด", "บ้าน", "เพชรบูรณ์ เมือง", "6670603", "ศรี")
YEAR = 365 * 24 * 60 * 60
LOADED = re.compile(r"""<(?:link|script)[^>]+(?:href|src)="([^"]+\.(?:css|js|woff2)[^"]*)\"""")
FONT = re.compile(r"""url\(["']?([^"')]+\.woff2[^"')]*)""")


def measure(report: Report, ours: Prepared) -> None:
    """Register search and portal on one connection; the weight of the sign-in page; pages of INFO and of reviewers."""
    with serving.serving(gunicorn(OURS, "wsgi:app"), ours.environment, OURS, str(ROOT)):
        found = [serving.ask(serving.getter(OURS, f"/units?q={quote(each)}"), 1, 2.0)["p95_ms"] for each in SEARCHES]
        report.add("search", max(found), "the slowest of five searches")
        cookie = asyncio.run(_signed_in(ours))
        report.add("portal", serving.ask(serving.getter(OURS, "/home", (("Cookie", cookie),)), 1, 3.0)["p95_ms"])
        first, later = asyncio.run(_weigh("/signin"))
        report.add("first-view", first / 1024)
        report.add("later-view", later / 1024)
        reports.measure(report, ours.create("info"), f"http://127.0.0.1:{OURS}")
    folder = ours.work / "pages"
    folder.mkdir()
    for key, (took, which) in pages.worst(ours.create("pages"), folder).items():
        report.add(key, took, which)


async def _signed_in(ours: Prepared) -> str:
    server = Provider(HERE / "rs256.json")
    server.cfg.pop("start")
    await server.start({"log_dir": str(ours.work / "logs")})
    jar, _tokens = await server.sign_in()
    return str(jar.header("/home"))


async def _weigh(path: str) -> tuple[int, int]:
    """Bytes of a page with styles, scripts and fonts as the proxy sends them, and of a view when those are kept."""
    client = Client("127.0.0.1", OURS)
    page = await client.request("GET", path)
    wanted, seen, first, later = [urljoin(path, each) for each in LOADED.findall(page.text)], set(), 0, 0
    first = later = _sent(page)
    while wanted:
        address = wanted.pop()
        if address in seen:
            continue
        seen.add(address)
        response = await client.request("GET", address)
        first += _sent(response)
        if "immutable" not in response.header("cache-control", "") and "max-age=3" not in response.header(
            "cache-control", ""
        ):
            later += _sent(response)
        if urlsplit(address).path.endswith(".css"):
            wanted += [urljoin(address, each) for each in FONT.findall(response.text)]
    client.close()
    return first, later


def _sent(response: Response) -> int:
    """nginx compresses text; fonts are compressed already."""
    is_text = "font" not in response.header("content-type", "")
    return len(gzip.compress(response.body)) if is_text else len(response.body)
