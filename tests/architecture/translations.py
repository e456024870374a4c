"""`make translations` and the part of `make check` that fails on a text without English.

Thai is the source; the English stands in each application's `translations/en`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

APPLICATIONS = ("idp", "relying_party_example", "thai_web")
BIN = Path(sys.executable).parent


def catalogue_file(application: str) -> Path:
    """The English catalogue."""
    return Path(application) / "translations/en/LC_MESSAGES/messages.po"


def template(application: str, folder: Path) -> Path:
    """The texts as they stand in code and pages now."""
    target = folder / f"{application}.pot"
    keywords = ["-k", "N_", "-k", "_", "-k", "_l"]
    form = ["--no-location", "--omit-header", "--sort-output", "-o", str(target)]
    command = [str(BIN / "pybabel"), "-q", "extract", "-F", f"{application}/babel.cfg", *keywords, *form, application]
    subprocess.run(command, check=True)
    return target


def update(application: str) -> None:
    """Bring the catalogue to the texts of now; new ones stand empty, old ones go."""
    with tempfile.TemporaryDirectory() as folder:
        source = template(application, Path(folder))
        target = catalogue_file(application)
        if not target.exists():
            target.parent.mkdir(parents=True)
            subprocess.run(
                [str(BIN / "pybabel"), "-q", "init", "-i", str(source), "-o", str(target), "-l", "en"], check=True
            )
        command = [
            str(BIN / "pybabel"),
            "-q",
            "update",
            "-i",
            str(source),
            "-o",
            str(target),
            "-l",
            "en",
            "--no-fuzzy-matching",
            "--ignore-obsolete",
            "--omit-header",
        ]
        subprocess.run(command, check=True)


def faults(application: str) -> list[str]:
    """Texts without English, English without text, and places (`%(name)s`) that differ."""
    with tempfile.TemporaryDirectory() as folder, template(application, Path(folder)).open("rb") as file:
        wanted = read_po(file)
    with catalogue_file(application).open("rb") as file:
        present = read_po(file, locale="en")
    found = [f"{application}: no English for: {_short(m.id)}" for m in wanted if m.id and not _english(present, m.id)]
    for message in present:
        if message.id and message.string and message.id in wanted:
            found += [f"{application}: {error}: {_short(message.id)}" for error in message.check(present)]
        elif message.id and message.id not in wanted:
            found.append(f"{application}: no longer used: {_short(message.id)}")
    return found


def _english(catalogue: Catalog, text: object) -> object:
    message = catalogue.get(text)  # type: ignore[arg-type]
    return message.string if message else None


def _short(text: object) -> str:
    return str(text)[:70]


if __name__ == "__main__":
    if "--update" in sys.argv:
        for each in APPLICATIONS:
            update(each)
    problems = [fault for each in APPLICATIONS for fault in faults(each)]
    print("\n".join(problems) or "translations are complete")
    sys.exit(1 if problems else 0)
