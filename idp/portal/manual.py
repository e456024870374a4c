"""The manual for people: the Markdown of `docs/th`, one file a page, read once by each process."""

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from PIL import Image

from thai_web.refusal import N_

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
    "symptoms": "portal.front",
    "rights": "privacy.notice",
    "deciding": "approval.index",
    "appointing": "appointments.index",
    "people": "staff.index",
    "connecting": "client_support.clients",
    "overview": "oversight.index",
    "auditing": "audit.index",
}
# The list beside every page.
GROUPS = (
    (
        N_("สำหรับผู้ใช้ทุกคน"),
        (START, "register", "waiting", "result", "sign-in", "systems", "account", "symptoms", "rights"),
    ),
    (N_("สำหรับผู้ดูแล SSO และ สถ."), ("deciding", "appointing", "people", "connecting", "overview", "auditing")),
)
PRINTED = "manual.pdf"  # the whole manual on paper, made by `make manual`
# What stands in a file is text, never markup: nobody smuggles a script in with a correction of the wording.
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Section:
    """What stands under a heading of a page, as text; what stands above the first one has no heading of its own."""

    anchor: str
    heading: str
    text: str


@dataclass(frozen=True)
class Page:
    """A page of the manual."""

    slug: str
    title: str
    body: Markup
    sections: list[Section]


@cache
def read(slug: str) -> Page:
    """The page of that name, one of `PAGES`. Raises `OSError` when its file or a picture in it is missing."""
    return render(slug, _source(slug))


@cache
def book() -> list[Page]:
    """Every page, to stand one after the other: headings one level lower, links that stay in the book."""
    return [render(slug, _source(slug), in_book=True) for slug in PAGES]


def _source(slug: str) -> str:
    return (FOLDER / f"{slug}.md").read_text(encoding="utf-8")


def render(slug: str, text: str, *, in_book: bool = False) -> Page:
    """A page out of Markdown that begins with its title."""
    title, *tokens = _without_title(MARKDOWN.parse(text))
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", f"{slug}-{anchor(inline.content)}" if in_book else anchor(inline.content))
        if opening.type == "paragraph_open" and _pictures(inline) > 1:
            opening.attrSet("class", "beside")
    sections = _sections(tokens)
    for token in tokens:
        if in_book and token.type.startswith("heading_"):
            token.tag = f"h{int(token.tag[1]) + 1}"
        for child in token.children or []:
            _lead_somewhere(child, slug if in_book else None)
    body = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return Page(slug, title.content, Markup(body), sections)  # noqa: S704 - made from text by the renderer, without HTML


def _pictures(inline: Token) -> int:
    return sum(child.type == "image" for child in inline.children or [])


def _sections(tokens: list[Token]) -> list[Section]:
    """The text of a page by its second-level headings, without what pictures show."""
    found = [Section("", "", "")]
    for before, token in pairwise([tokens[0], *tokens]):
        if token.type != "inline":
            continue
        words = "".join(child.content for child in token.children or [] if child.type in {"text", "code_inline"})
        if before.type == "heading_open" and before.tag == "h2":
            found.append(Section(anchor(words), words, ""))
        else:
            found[-1] = replace(found[-1], text=f"{found[-1].text} {words}".strip())
    return found


def _without_title(tokens: list[Token]) -> list[Token]:
    """The title's text, then all that follows its heading."""
    return [tokens[1], *tokens[3:]]


def _lead_somewhere(token: Token, in_book: str | None) -> None:
    """Between files a link names the file; between pages, the address; in the book, a place after the page's name."""
    if token.type == "link_open":
        name, hash_sign, section = str(token.attrGet("href")).partition("#")
        slug = name.removesuffix(".md")
        if in_book and (name.endswith(".md") or not name):
            token.attrSet("href", f"#{'-'.join(filter(None, (slug or in_book, section)))}")
        elif name.endswith(".md"):
            token.attrSet("href", address(slug) + hash_sign + section)
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
