"""Attempts are reserved before they are judged

The counts of the last day are not carried over: who is waiting waits no longer, once.
"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade():
    op.drop_table('attempt')
    op.create_table(
        'attempt',
        sa.Column('key', sa.LargeBinary(length=32), nullable=False),
        sa.Column('target', sa.LargeBinary(length=32), nullable=False),
        sa.Column('attempts_left', sa.Integer(), nullable=False),
        sa.Column('blocked_until', idp.database.Instant(timezone=True), nullable=True),
        sa.Column('window_ends_at', idp.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_attempt')),
    )
    op.create_index(op.f('ix_attempt_target'), 'attempt', ['target'], unique=False)
    op.create_index(op.f('ix_attempt_window_ends_at'), 'attempt', ['window_ends_at'], unique=False)


def downgrade():
    op.drop_table('attempt')
    op.create_table(
        'attempt',
        sa.Column('key', sa.LargeBinary(length=32), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('window_ends_at', idp.database.Instant(timezone=True), nullable=False),
        sa.Column('last_at', idp.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_attempt')),
    )
    op.create_index(op.f('ix_attempt_window_ends_at'), 'attempt', ['window_ends_at'], unique=False)
