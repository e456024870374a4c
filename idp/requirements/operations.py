"""Reading and keeping the kinds of evidence and the requirements."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from idp.audit.operations import record
from idp.database import db
from idp.evidence import operations as evidence
from idp.evidence.operations import Prepared
from idp.requirements import rules
from idp.requirements.models import EvidenceKind, EvidenceRequirement
from thai_web import clock, language
from thai_web.refusal import N_, NotFound

EXAMPLES = Path(__file__).parent / "examples"


@dataclass(frozen=True)
class KindAnswers:
    """What DLA says about a kind."""

    name_th: str
    name_en: str
    hint_th: str
    hint_en: str
    most_files: int
    most_pages: int


@dataclass(frozen=True)
class RequirementAnswers:
    """What DLA says about a requirement."""

    name_th: str
    name_en: str
    asked_of: str
    unit_kinds: list[str]
    role_id: int | None
    kinds: list[str]


def kinds(*, with_retired: bool = False) -> list[EvidenceKind]:
    """The kinds that may be attached, in their order."""
    statement = select(EvidenceKind).order_by(EvidenceKind.place, EvidenceKind.code)
    return list(db.session.scalars(statement if with_retired else statement.where(EvidenceKind.retired.is_(False))))


def kind(code: str) -> EvidenceKind:
    """The kind of a code, also a retired one. Raises `NotFound`."""
    found = db.session.get(EvidenceKind, code)
    if found is None:
        raise NotFound(N_("ไม่พบชนิดของเอกสารนี้"))
    return found


def name(of: EvidenceKind | EvidenceRequirement) -> str:
    """Its name in the reader's language."""
    return of.name_en if language.current() == "en" else of.name_th


def hint(of: EvidenceKind) -> str:
    """What the document must show, in the reader's language."""
    return of.hint_en if language.current() == "en" else of.hint_th


def requirements() -> list[EvidenceRequirement]:
    """Every requirement."""
    return list(db.session.scalars(select(EvidenceRequirement).order_by(EvidenceRequirement.id)))


def requirement(requirement_id: int) -> EvidenceRequirement:
    """One requirement. Raises `NotFound`."""
    found = db.session.get(EvidenceRequirement, requirement_id)
    if found is None:
        raise NotFound(N_("ไม่พบข้อกำหนดนี้ อาจถูกลบไปแล้ว"))
    return found


def asked(*, unit_kind: str, role_ids: Collection[int], known: bool, further: bool) -> list[EvidenceRequirement]:
    """What a request is asked for; see `rules.concerns`."""
    case = {"unit_kind": unit_kind, "role_ids": role_ids, "known": known, "further": further}
    return [each for each in requirements() if rules.concerns(each, **case)]  # type: ignore[arg-type]


def add_kind(code: str, answers: KindAnswers) -> EvidenceKind:
    """A new kind, last in the list. Raises `Refusal` for a code that is taken or cannot be one."""
    every = kinds(with_retired=True)
    rules.check_code(code, [each.code for each in every])
    added = EvidenceKind(
        code=code, place=max((each.place for each in every), default=0) + 1, updated_at=clock.now(), **vars(answers)
    )
    db.session.add(added)
    db.session.flush()
    record("evidence_kind.saved", subject=("evidence_kind", code), code=code, change="added")
    return added


def change_kind(code: str, answers: KindAnswers, *, retired: bool) -> None:
    """Change a kind, retire it or take it back into use. Raises `Refusal` while a requirement names a retired one."""
    changed = kind(code)
    if retired:
        rules.check_retirable(code, requirements())
    for field, value in vars(answers).items():
        setattr(changed, field, value)
    changed.retired, changed.updated_at = retired, clock.now()
    record(
        "evidence_kind.saved", subject=("evidence_kind", code), code=code, change="retired" if retired else "changed"
    )


def show_example(code: str, picture: Prepared) -> None:
    """Put a picture in place of the example that was shown before."""
    changed = kind(code)
    before = changed.example_id
    changed.example_id = evidence.keep(picture, f"evidence_kind:{code}", "example").id
    db.session.flush()
    if before is not None:
        evidence.discard(before)
    record("evidence_kind.saved", subject=("evidence_kind", code), code=code, change="example")


def example_file(code: str) -> Path | None:
    """The drawing that comes with the product, for the kinds it knows."""
    known = {path.stem: path for path in EXAMPLES.glob("*.png")}
    return known.get(code)


def has_example(of: EvidenceKind) -> bool:
    """Whether there is anything to show."""
    return of.example_id is not None or example_file(of.code) is not None


def save_requirement(requirement_id: int | None, answers: RequirementAnswers) -> EvidenceRequirement:
    """A new requirement, or a change to one; felt by every draft at its next page."""
    saved = requirement(requirement_id) if requirement_id else EvidenceRequirement(updated_at=clock.now())
    for field, value in vars(answers).items():
        setattr(saved, field, value)
    saved.updated_at = clock.now()
    db.session.add(saved)
    db.session.flush()
    record("evidence_requirement.saved", subject=("evidence_requirement", saved.id), requirement_id=saved.id)
    return saved


def remove_requirement(requirement_id: int) -> None:
    """Ask for it no more."""
    db.session.delete(requirement(requirement_id))
    record(
        "evidence_requirement.removed", subject=("evidence_requirement", requirement_id), requirement_id=requirement_id
    )
