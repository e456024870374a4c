"""Back-channel logout"""

import sqlalchemy as sa
from alembic import op

import idp.database
from thai_web import clock

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.add_column(sa.Column('backchannel_logout_uri', sa.String(length=1000), nullable=True))
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('logout_told_at', idp.database.Instant(timezone=True), nullable=True))
        batch_op.create_index(
            'ix_session_untold', ['ended_at'], unique=False,
            sqlite_where=sa.text('logout_told_at IS NULL'), postgresql_where=sa.text('logout_told_at IS NULL'),
        )
        batch_op.create_index(
            'ix_session_live', ['account_id'], unique=False,
            sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'),
        )
    # What ended before is told to nobody any more.
    session = sa.table(
        'sign_in_session', sa.column('logout_told_at'), sa.column('ended_at'), sa.column('expires_at', idp.database.Instant())
    )
    over = sa.or_(session.c.ended_at.is_not(None), session.c.expires_at < clock.now())
    op.execute(session.update().where(over).values(logout_told_at=session.c.expires_at))
    op.create_table(
        'logout_delivery',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('client_id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('sid', sa.String(length=40), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('result', sa.String(length=100), nullable=False),
        sa.Column('created_at', idp.database.Instant(timezone=True), nullable=False),
        sa.Column('next_attempt_at', idp.database.Instant(timezone=True), nullable=False),
        sa.Column('claimed_at', idp.database.Instant(timezone=True), nullable=True),
        sa.Column('done_at', idp.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_logout_delivery_account_id')),
        sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_logout_delivery_client_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_logout_delivery')),
        sa.UniqueConstraint('client_id', 'sid', name=op.f('uq_logout_delivery_client_id_sid')),
    )
    with op.batch_alter_table('logout_delivery', schema=None) as batch_op:
        batch_op.create_index('ix_logout_delivery_due', ['state', 'next_attempt_at'], unique=False)
        batch_op.create_index(op.f('ix_logout_delivery_done_at'), ['done_at'], unique=False)


def downgrade():
    op.drop_table('logout_delivery')
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_index('ix_session_live')
        batch_op.drop_index('ix_session_untold')
        batch_op.drop_column('logout_told_at')
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.drop_column('backchannel_logout_uri')
