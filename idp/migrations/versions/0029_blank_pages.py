"""Blank pages"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('evidence', sa.Column('blank_confirmed_at', idp.database.Instant(timezone=True), nullable=True))
    op.add_column('evidence_page', sa.Column('blank', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column('evidence_page', 'blank')
    op.drop_column('evidence', 'blank_confirmed_at')
