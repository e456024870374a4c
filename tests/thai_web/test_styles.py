"""The frame's colours are tokens, so that a page is legible in the light, in the dark and in print alike."""

import re
from pathlib import Path

import pytest

FRAME = Path("thai_web/static/frame.css").read_text(encoding="utf-8")
INFO = Path("relying_party_example/web/static/site.css").read_text(encoding="utf-8")
PROVIDER = Path("idp/web/static/site.css").read_text(encoding="utf-8")
MANUAL = Path("idp/web/static/manual.css").read_text(encoding="utf-8")
# What is read on what: ordinary text needs 4.5:1 (WCAG 1.4.3), the line of a field 3:1 (1.4.11).
TEXT = [
    ("ink", "ground"),
    ("ink", "paper"),
    ("ink", "sunken"),
    ("muted", "ground"),
    ("muted", "paper"),
    ("muted", "sunken"),
]
TEXT += [
    ("accent", "ground"),
    ("accent", "paper"),
    ("accent", "sunken"),
    ("accent", "accent-tint"),
    ("on-accent", "accent"),
]
TEXT += [("accent-dark", "accent-tint"), ("on-accent", "accent-dark"), ("on-head", "head"), ("on-red", "red")]
TEXT += [(state, f"{state}-tint") for state in ("blue", "green", "yellow", "red")] + [
    ("red", "ground"),
    ("red", "paper"),
]
LINES = [("field-line", "paper"), ("field-line", "ground"), ("accent", "ground")]


def tokens(style: str, theme: str) -> dict[str, str]:
    """The tokens of a style sheet that hold in a theme."""
    dark = re.search(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", style, re.DOTALL)
    light = re.search(r"^:root \{(.*?)\}", style, re.DOTALL | re.MULTILINE)
    blocks = [light, dark] if theme == "dark" else [light]
    return dict(re.findall(r"--([\w-]+): ([^;]+);", " ".join(block[1] for block in blocks if block)))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * each for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("application", ["", INFO])
def test_every_colour_is_legible_on_what_lies_behind_it(application: str, theme: str) -> None:
    colours = tokens(FRAME, theme) | tokens(application, theme)
    for pairs, least in ((TEXT, 4.5), (LINES, 3.0)):
        faint = {pair: round(found, 2) for pair in pairs if (found := contrast(*(colours[n] for n in pair))) < least}
        assert not faint


def test_a_colour_of_the_light_theme_has_its_fellow_in_the_dark() -> None:
    for style in (FRAME, INFO):
        light, dark = tokens(style, "light"), tokens(style, "dark")
        alike = {name for name, value in light.items() if value.startswith("#") and dark[name] == value}
        assert alike <= {"on-head", "ornament", "focus", "focus-ink"}


@pytest.mark.parametrize("style", [FRAME, INFO, PROVIDER, MANUAL])
def test_colours_are_named_by_their_tokens_only(style: str) -> None:
    print_styles = style[style.index("@media print") :] if "@media print" in style else ""
    rules = re.sub(r":root \{.*?\}", "", style.replace(print_styles, ""), flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-f]{3,8}\b", rules)


def test_every_token_that_is_used_is_there() -> None:
    given = tokens(FRAME, "light").keys()
    for style in (FRAME, INFO, PROVIDER, MANUAL):
        assert set(re.findall(r"var\(--([\w-]+)\)", style)) <= given
