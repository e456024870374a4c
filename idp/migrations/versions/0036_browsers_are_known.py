"""Browsers are known"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'known_device',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
        sa.Column('first_seen_at', idp.database.Instant(timezone=True), nullable=False),
        sa.Column('last_seen_at', idp.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_known_device_account_id_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_known_device')),
        sa.UniqueConstraint('account_id', 'digest', name=op.f('uq_known_device_account_id_digest')),
    )
    op.create_index(op.f('ix_known_device_digest'), 'known_device', ['digest'], unique=False)
    op.create_index(op.f('ix_known_device_last_seen_at'), 'known_device', ['last_seen_at'], unique=False)


def downgrade():
    op.drop_table('known_device')
