"""Lists of cases: saved views, what resembles another, indexes"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'saved_view',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('query', sa.String(length=1000), nullable=False),
        sa.Column('created_at', idp.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_saved_view_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view')),
        sa.UniqueConstraint('account_id', 'name', name=op.f('uq_saved_view_account_id_name')),
    )
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.add_column(sa.Column('alike', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index('ix_registration_waiting', ['state', 'submitted_at'], unique=False)
        batch_op.create_index('ix_registration_decided', ['state', 'decided_at'], unique=False)
    _mark_what_waits()


def _mark_what_waits():
    """Requests that wait and share a number, a mailbox or a telephone with another one."""
    registration = sa.table(
        'registration', sa.column('id'), sa.column('state'), sa.column('submitted_at'), sa.column('alike'),
        sa.column('national_id_index'), sa.column('email'), sa.column('phone'),
    )
    other = registration.alias('other')
    shared = sa.or_(
        other.c.national_id_index == registration.c.national_id_index,
        other.c.email == registration.c.email, other.c.phone == registration.c.phone,
    )
    resembles = sa.exists().where(other.c.id != registration.c.id, other.c.submitted_at.is_not(None), shared)
    waits = registration.c.state.in_(['SUBMITTED', 'RETURNED'])
    op.execute(registration.update().where(waits, resembles).values(alike=sa.true()))


def downgrade():
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.drop_index('ix_registration_decided')
        batch_op.drop_index('ix_registration_waiting')
        batch_op.drop_column('alike')
    op.drop_table('saved_view')
