"""The manual for people: the Markdown of `docs/th`, one file a page, read once by each process."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from PIL import Image

FOLDER = Path(__file__).parents[2] / "docs" / "th"
PICTURES = FOLDER / "pictures"
HOME = "/help"
START = "index"
# The letter's five steps in their order, then what those in charge do; beside each the page of the product that it
# explains. The names stand in QR codes on printed paper: add, but do not rename.
PAGES = {
    START: "portal.front",
    "register": "registration.start",
    "waiting": "registration.status_start",
    "result": "registration.status_start",
    "sign-in": "signin.start",
    "systems": "portal.home",
    "account": "account.index",
    "deciding": "approval.index",
    "appointing": "appointments.index",
    "people": "staff.index",
    "connecting": "client_support.clients",
    "overview": "oversight.index",
    "auditing": "audit.index",
}
# What stands in a file is text, never markup: nobody smuggles a script in with a correction of the wording.
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Page:
    """A page of the manual; `sections` are the anchors and texts of its second-level headings."""

    slug: str
    title: str
    body: Markup
    sections: list[tuple[str, str]]


@cache
def read(slug: str) -> Page:
    """The page of that name, one of `PAGES`. Raises `OSError` when its file or a picture in it is missing."""
    return render(slug, (FOLDER / f"{slug}.md").read_text())


def render(slug: str, text: str) -> Page:
    """A page out of Markdown that begins with its title."""
    title, *tokens = _without_title(MARKDOWN.parse(text))
    sections = []
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", anchor(inline.content))
            if opening.tag == "h2":
                sections.append((anchor(inline.content), inline.content))
    for token in tokens:
        for child in token.children or []:
            _lead_somewhere(child)
    body = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return Page(slug, title.content, Markup(body), sections)  # noqa: S704 - made from text by the renderer, without HTML


def _without_title(tokens: list[Token]) -> list[Token]:
    """The title's text, then all that follows its heading."""
    return [tokens[1], *tokens[3:]]


def _lead_somewhere(token: Token) -> None:
    """Between files a link names the file; between pages, the address."""
    if token.type == "link_open":
        name, hash_sign, section = str(token.attrGet("href")).partition("#")
        if name.endswith(".md"):
            token.attrSet("href", address(name.removesuffix(".md")) + hash_sign + section)
    elif token.type == "image":
        name = Path(str(token.attrGet("src"))).name
        with Image.open(PICTURES / name) as picture:
            token.attrSet("width", str(picture.width))
            token.attrSet("height", str(picture.height))
        token.attrSet("src", f"{HOME}/pictures/{name}")
        token.attrSet("loading", "lazy")


def address(slug: str) -> str:
    """The path of a page."""
    return HOME if slug == START else f"{HOME}/{slug}"


def anchor(heading: str) -> str:
    """The name of a heading in an address, as code hosts form it when they show the file."""
    return "".join("-" if letter == " " else letter for letter in heading.lower() if letter not in '“”"()?!:,./')


def missing() -> list[str]:
    """The pages without a file, for `idp doctor`."""
    return [slug for slug in PAGES if not (FOLDER / f"{slug}.md").is_file()]
