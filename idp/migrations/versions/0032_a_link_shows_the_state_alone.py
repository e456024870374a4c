"""A link shows the state alone"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

LIFETIME = timedelta(days=90)  # of every secret issued until now
SECRET = sa.table(
    'registration_secret',
    sa.column('digest', sa.LargeBinary()),
    sa.column('issued_at', idp.database.Instant(timezone=True)),
    sa.column('expires_at', idp.database.Instant(timezone=True)),
)


def upgrade():
    with op.batch_alter_table('registration_secret', schema=None) as batch_op:
        batch_op.add_column(sa.Column('issued_at', idp.database.Instant(timezone=True), nullable=True))
    connection = op.get_bind()
    for digest, expires_at in connection.execute(sa.select(SECRET.c.digest, SECRET.c.expires_at)).all():
        given = sa.update(SECRET).where(SECRET.c.digest == digest)
        connection.execute(given.values(issued_at=expires_at - LIFETIME))
    with op.batch_alter_table('registration_secret', schema=None) as batch_op:
        batch_op.alter_column('issued_at', existing_type=idp.database.Instant(timezone=True), nullable=False)


def downgrade():
    with op.batch_alter_table('registration_secret', schema=None) as batch_op:
        batch_op.drop_column('issued_at')
