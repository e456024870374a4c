"""Units are found by their English names and long official ones"""

import sqlalchemy as sa
from alembic import op

from idp.units.rules import search_text

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

NAMES = ('kind', 'name_th', 'name_en', 'district_th', 'district_en', 'province_th', 'province_en')
UNIT = sa.table('unit', sa.column('id'), sa.column('code'), sa.column('dla_code'), *map(sa.column, NAMES),
                sa.column('search_text'))


def upgrade():
    # Derived from the names beside it: whatever the rule will be later, this is the text that it makes then.
    bind = op.get_bind()
    rows = bind.execute(sa.select(UNIT)).all()
    change = UNIT.update().where(UNIT.c.id == sa.bindparam('unit')).values(search_text=sa.bindparam('text'))
    texts = [{'unit': row.id, 'text': search_text(row, [code for code in (row.code, row.dla_code) if code])}
             for row in rows]
    if texts:
        bind.execute(change, texts)


def downgrade():
    pass  # the longer text is looked through by the older rule as well
