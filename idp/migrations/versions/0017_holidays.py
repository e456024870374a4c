"""Declared holidays"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'declared_holiday',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('name', sa.String(length=150), nullable=False),
        sa.Column('source', sa.String(length=200), nullable=False),
        sa.Column('created_at', idp.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('day', name=op.f('pk_declared_holiday')),
    )


def downgrade():
    op.drop_table('declared_holiday')
