"""Make periods, open them early, extend them, and fix who is expected to report."""

from contextlib import suppress
from datetime import date, datetime

from sqlalchemy import Select, func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from relying_party_example.database import db
from relying_party_example.periods import rules
from relying_party_example.periods.models import ExpectedUnit, Extension, Period, PeriodAct
from relying_party_example.periods.rules import Act, PeriodKey, Scope
from relying_party_example.signin.rules import Person
from relying_party_example.units import operations as units
from relying_party_example.units.rules import full_name
from thai_web.clock import day_in_bangkok
from thai_web.refusal import N_, Conflict, NotFound, Refusal


def create_wanted(now: datetime) -> None:
    """Make the periods that should stand, with the letters' dates. Idempotent."""
    known = {period.key for period in db.session.scalars(select(Period))}
    missing = [key for key in rules.periods_wanted(day_in_bangkok(now)) if key not in known]
    for key in missing:
        window = rules.default_window(key)
        period = Period(fiscal_year=key.fiscal_year, quarter=key.quarter)
        period.opens_on, period.due_on, period.closes_on = window.opens_on, window.due_on, window.closes_on
        with suppress(IntegrityError), db.session.begin_nested():  # another worker may be quicker
            db.session.add(period)


def find(key: PeriodKey) -> Period:
    """The period. Raises `NotFound`."""
    period = db.session.scalar(_of(key))
    if period is None:
        raise NotFound(N_("ไม่มีงวดรายงานนี้ในระบบ"))
    return period


def latest(limit: int = 12) -> list[Period]:
    """Periods, the newest first."""
    newest = select(Period).order_by(Period.fiscal_year.desc(), Period.quarter.desc())
    return list(db.session.scalars(newest.limit(limit)))


def opened(now: datetime) -> list[Period]:
    """Periods that have begun, the newest first."""
    return [period for period in latest() if period.window().phase(now) is not rules.Phase.NOT_OPEN]


def current(now: datetime) -> Period | None:
    """The period people speak of today: the newest that has begun, else the next to come."""
    begun = opened(now)
    return begun[0] if begun else next(reversed(latest()), None)


def acts_on(period: Period) -> list[PeriodAct]:
    """What was done to the period, the newest first."""
    query = select(PeriodAct).where(PeriodAct.period_id == period.id).order_by(PeriodAct.id.desc())
    return list(db.session.scalars(query))


def open_early(key: PeriodKey, reason: str, actor: Person, now: datetime) -> Period:
    """Open the window today, for everybody. Raises `Conflict` once it is open."""
    period = _locked(key)
    try:
        window = rules.opened_early(key, period.window(), day_in_bangkok(now))
    except ValueError as error:
        raise Conflict(
            N_("เปิดก่อนกำหนดได้ตั้งแต่วันแรกของไตรมาส (%(start)s) จนถึงก่อนวันเปิดเดิม (%(opens)s)"),
            start=key.starts_on,
            opens=period.opens_on,
        ) from error
    _record(period, Act.OPEN_EARLY, reason, actor, now, before=period.opens_on, after=window.opens_on)
    period.opens_on = window.opens_on
    freeze(period, now)
    return period


def extend(key: PeriodKey, due_on: date, reason: str, actor: Person, now: datetime) -> Period:
    """Move the due day of everybody. Raises `Conflict` where that would not be an extension."""
    period = _locked(key)
    _check_extension(period, Scope.ALL, "", due_on, now)
    window = rules.extended(period.window(), due_on, day_in_bangkok(now))
    _record(period, Act.EXTEND, reason, actor, now, before=period.due_on, after=due_on)
    period.due_on, period.closes_on = window.due_on, window.closes_on
    return period


def extend_some(
    key: PeriodKey, scope: Scope, code: str, until: date, reason: str, actor: Person, now: datetime
) -> Period:
    """Give one province or one unit until a later day. Raises `Conflict`, or `NotFound` for an unknown code."""
    period = _locked(key)
    _check_extension(period, scope, code, until, now)
    name = _scope_name(scope, code)
    db.session.add(Extension(period_id=period.id, scope=scope, scope_code=code, until=until))
    _record(period, Act.EXTEND_SOME, reason, actor, now, before=period.closes_on, after=until, scope_name=name)
    return period


def extension_faults(period: Period, scope: Scope, code: str, until: date | None, now: datetime) -> dict[str, Refusal]:
    """What speaks against an extension, beside its fields; a day that is not known yet is not compared."""
    found: dict[str, Refusal] = {}
    if scope is not Scope.ALL and not _scope_name(scope, code):
        found["code"] = NotFound(N_("ไม่พบจังหวัดหรือหน่วยงานตามรหัสนี้"))
    than = period.due_on if scope is Scope.ALL else period.closes_on
    if until and not rules.is_extension(until, than, day_in_bangkok(now)):
        message = (
            N_("วันครบกำหนดใหม่ต้องอยู่หลังวันครบกำหนดเดิม (%(than)s) และไม่เป็นวันที่ผ่านมาแล้ว")
            if scope is Scope.ALL
            else N_("วันสุดท้ายที่ขยายให้ต้องอยู่หลังวันปิดงวด (%(than)s) และไม่เป็นวันที่ผ่านมาแล้ว")
        )
        found["until"] = Conflict(message, than=than)
    return found


def _check_extension(period: Period, scope: Scope, code: str, until: date, now: datetime) -> None:
    for refusal in extension_faults(period, scope, code, until, now).values():
        raise refusal


def _scope_name(scope: Scope, code: str) -> str:
    if scope is Scope.PROVINCE:
        return units.province_names().get(code, "")
    unit = units.find(code)
    return full_name(unit) if unit else ""


def extension_for(period: Period, unit: ExpectedUnit) -> date | None:
    """The latest day that an extension gives this unit."""
    of_unit = (Extension.scope == Scope.UNIT) & (Extension.scope_code == unit.unit_code)
    of_province = (Extension.scope == Scope.PROVINCE) & (Extension.scope_code == unit.province_code)
    return db.session.scalar(
        select(func.max(Extension.until)).where(Extension.period_id == period.id, or_(of_unit, of_province))
    )


def freeze(period: Period, now: datetime) -> None:
    """Fix who is expected, once: what is founded, merged or renamed later never changes old rates."""
    if period.frozen_at is not None:
        return
    governments = units.local_governments(day_in_bangkok(now))
    if not governments:
        return  # the register has not arrived yet; the worker comes again
    names = [column.key for column in ExpectedUnit.__table__.columns if column.key not in _OWN]
    db.session.execute(
        insert(ExpectedUnit),
        [
            {"period_id": period.id, "unit_code": unit.code} | {name: getattr(unit, name) for name in names}
            for unit in governments
        ],
    )
    period.frozen_at = now


_OWN = ("period_id", "unit_code")


def freeze_opened(now: datetime) -> None:
    """Fix the expected units of every period whose window has opened."""
    for period in opened(now):
        if period.frozen_at is None:
            freeze(_locked(period.key), now)


def expected(period: Period, unit_code: str) -> ExpectedUnit | None:
    """The unit as it stands in the expected set."""
    return db.session.get(ExpectedUnit, (period.id, unit_code))


def _of(key: PeriodKey) -> Select[Period]:
    return select(Period).where(Period.fiscal_year == key.fiscal_year, Period.quarter == key.quarter)


def _locked(key: PeriodKey) -> Period:
    find(key)
    period: Period = db.session.scalars(_of(key).with_for_update().execution_options(populate_existing=True)).one()
    return period


def _record(
    period: Period,
    act: Act,
    reason: str,
    actor: Person,
    now: datetime,
    *,
    before: date | None,
    after: date,
    scope_name: str = "",
) -> None:
    db.session.add(
        PeriodAct(
            period_id=period.id,
            at=now,
            act=act,
            reason=reason,
            scope_name=scope_name,
            day_before=before,
            day_after=after,
            actor_sub=actor.sub,
            actor_name=actor.name,
            actor_position=actor.position,
            actor_unit=actor.unit_name,
        )
    )


def ensure_open(reason: str, actor: Person, now: datetime) -> str:
    """Make sure that some period takes reports on time today, by the visible acts above. Returns what was done."""
    today = day_in_bangkok(now)
    phases = {period.key: period.window().phase(now) for period in latest()}
    if rules.Phase.ON_TIME in phases.values():
        return "a period is open; nothing to do"
    late = [key for key, phase in phases.items() if phase is rules.Phase.LATE]
    if late:
        extend(late[0], today + rules.FIFTEEN_DAYS, reason, actor, now)
        return f"{late[0]} extended"
    key = PeriodKey.of(today)
    open_early(key, reason, actor, now)
    return f"{key} opened early"
