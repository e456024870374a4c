"""Transfer orders"""

import sqlalchemy as sa
from alembic import op

from thai_web import clock
from idp.database import Instant

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

CODE, BEFORE_IT = "transfer_order", "appointment_order"
KIND = sa.table(
    'evidence_kind', *(sa.column(name) for name in ('code', 'name_th', 'name_en', 'hint_th', 'hint_en')),
    sa.column('most_files', sa.Integer), sa.column('most_pages', sa.Integer), sa.column('place', sa.Integer),
    sa.column('retired', sa.Boolean), sa.column('updated_at', Instant(timezone=True)),
)
REQUIREMENT = sa.table('evidence_requirement', sa.column('id', sa.Integer), sa.column('kinds', sa.JSON))
TEXTS = {
    "name_th": "คำสั่งย้ายหรือโอน",
    "name_en": "Transfer order",
    "hint_th": "ต้องเห็นชื่อของท่าน ตำแหน่ง หน่วยงานที่ย้ายไป วันที่มีผล และลายมือชื่อผู้ออกคำสั่ง",
    "hint_en": "It must show your name, position, new office, the day it takes effect and the signature of who issued it.",
}


def upgrade():
    connection = op.get_bind()
    places = {row.code: row.place for row in connection.execute(sa.select(KIND.c.code, KIND.c.place))}
    if CODE in places:  # DLA added one under the same code: it is theirs
        return
    place = places.get(BEFORE_IT, 0) + 1
    connection.execute(KIND.update().where(KIND.c.place >= place).values(place=KIND.c.place + 1))
    connection.execute(KIND.insert().values(
        code=CODE, most_files=3, most_pages=10, place=place, retired=False, updated_at=clock.now(), **TEXTS
    ))
    # Whatever an order of appointment shows of somebody's place of work, one of transfer shows too.
    _name_it_beside_appointments(connection)


def _name_it_beside_appointments(connection):
    for row in connection.execute(sa.select(REQUIREMENT)).all():
        if BEFORE_IT in row.kinds and CODE not in row.kinds:
            at = row.kinds.index(BEFORE_IT) + 1
            kinds = [*row.kinds[:at], CODE, *row.kinds[at:]]
            connection.execute(REQUIREMENT.update().where(REQUIREMENT.c.id == row.id).values(kinds=kinds))


def downgrade():
    connection = op.get_bind()
    for row in connection.execute(sa.select(REQUIREMENT)).all():
        kinds = [each for each in row.kinds if each != CODE]
        connection.execute(REQUIREMENT.update().where(REQUIREMENT.c.id == row.id).values(kinds=kinds))
    connection.execute(KIND.delete().where(KIND.c.code == CODE))
