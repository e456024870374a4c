"""Grants end with a sign-in"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('grants_ended_at', idp.database.Instant(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_column('grants_ended_at')
