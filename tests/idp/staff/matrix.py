"""Who stands how to a person of the unit, and whether that lets him act on her: the table that the documentation shows
and that the tests play."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`actor` and `helped` name people of the scene; `sees` is whether the person's page opens at all."""

    actor: str
    helped: str
    told: str
    sees: bool
    acts: bool


ROWS = (
    Row("UNIT_ADMIN", "CLERK", "the unit's SSO admin, on a clerk of the unit", True, True),
    Row("UNIT_ADMIN", "UNIT_ADMIN", "anybody, on the own account", True, False),
    Row("UNIT_ADMIN", "PEER", "the unit's SSO admin, on another admin of the unit", True, False),
    Row("UNIT_ADMIN", "AUDITED", "the unit's SSO admin, on a clerk who holds a power elsewhere", True, False),
    Row("UNIT_ADMIN", "NEIGHBOUR", "an SSO admin, on people of another unit", False, False),
    Row("UNIT_ADMIN", "PROVINCIAL", "an SSO admin, on an officer of an office above", False, False),
    Row("EXPIRED", "CLERK", "an admin of the unit whose letter ended", False, False),
    Row("DEMOTED", "CLERK", "an admin of the unit whose appointment was ended early", False, False),
    Row("COLLEAGUE", "CLERK", "a clerk without power, on a colleague", False, False),
    Row("AUDITOR", "CLERK", "an auditor of the unit, who only reads the record", False, False),
    Row("DEPUTY", "CLERK", "a deputy, while the unit's admins are there", False, False),
    Row("STAND_IN", "LEFT_BEHIND", "a deputy, while all of the unit's admins are away", True, True),
    Row("ABSENT", "LEFT_BEHIND", "the unit's SSO admin, on a day of absence", True, False),
    Row("UNIT_ADMIN", "AUDITOR", "the unit's SSO admin, on the unit's auditor", True, False),
    Row("PROVINCIAL", "CLERK", "an office above, while the unit has an admin of its own", True, False),
    Row("PROVINCIAL", "FORSAKEN", "the next office above, where the unit has no admin", True, True),
    Row("PROVINCIAL", "PEER", "the next office above, on an admin of the unit", True, True),
    Row("DLA_OFFICER", "FORSAKEN", "DLA, where a nearer office answers for the unit", True, False),
    Row("DLA_OFFICER", "PROVINCIAL", "DLA, on a provincial officer", True, True),
    Row("DLA_OFFICER", "SECOND_OFFICER", "a DLA officer, on another one", True, True),
)
