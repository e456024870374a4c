"""Corrections by helpers, and changes of a mailbox that wait"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'correction',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('field', sa.String(length=20), nullable=False),
        sa.Column('before', sa.String(length=254), nullable=False),
        sa.Column('after', sa.String(length=254), nullable=False),
        sa.Column('at', idp.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_correction_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_correction')),
    )
    op.create_index(op.f('ix_correction_account_id'), 'correction', ['account_id'], unique=False)
    op.create_table(
        'mailbox_change',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('asked_at', idp.database.Instant(timezone=True), nullable=False),
        sa.Column('due_at', idp.database.Instant(timezone=True), nullable=False),
        sa.Column('ended_at', idp.database.Instant(timezone=True), nullable=True),
        sa.Column('outcome', sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_mailbox_change_account_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_mailbox_change_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mailbox_change')),
    )
    op.create_index(
        'uq_mailbox_change_open', 'mailbox_change', ['account_id'], unique=True,
        sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'),
    )
    op.create_index('ix_mailbox_change_due', 'mailbox_change', ['ended_at', 'due_at'], unique=False)


def downgrade():
    op.drop_table('mailbox_change')
    op.drop_table('correction')
