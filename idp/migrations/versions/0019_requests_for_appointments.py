"""Requests for appointments, absences, provisional appointments"""

import sqlalchemy as sa
from alembic import op

import idp.database
from thai_web import clock

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None
OPEN = sa.text("state IN ('WAITING', 'RETURNED')")
LETTER = (('letter_number', sa.String(length=80)), ('letter_date', sa.Date()), ('signed_by', sa.String(length=150)))


def upgrade():
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        for name, kind in LETTER:
            batch_op.alter_column(name, existing_type=kind, nullable=True)
        batch_op.add_column(sa.Column('scan_sha256', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('continues_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('warned_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('over_told_at', idp.database.Instant(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_appointment_continues_id'), 'appointment', ['continues_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_appointment_continues_id'), ['continues_id'], unique=False)
    # What ended before is told to nobody any more.
    appointment = sa.table(
        'appointment', sa.column('over_told_at', idp.database.Instant()), sa.column('ended_at'), sa.column('ends_on', sa.Date())
    )
    over = sa.or_(appointment.c.ended_at.is_not(None), appointment.c.ends_on < clock.today())
    op.execute(appointment.update().where(over).values(over_told_at=clock.now()))
    op.create_table(
        'appointment_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('power', sa.String(length=20), nullable=False),
        sa.Column('letter_number', sa.String(length=80), nullable=False),
        sa.Column('letter_date', sa.Date(), nullable=False),
        sa.Column('signed_by', sa.String(length=150), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('evidence_id', sa.Integer(), nullable=True),
        sa.Column('scan_sha256', sa.String(length=64), nullable=False),
        sa.Column('continues_id', sa.Integer(), nullable=True),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('asked_by_account_id', sa.Integer(), nullable=False),
        sa.Column('asked_at', idp.database.Instant(timezone=True), nullable=False),
        sa.Column('decided_at', idp.database.Instant(timezone=True), nullable=True),
        sa.Column('decided_by_account_id', sa.Integer(), nullable=True),
        sa.Column('decided_under_appointment_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.String(length=500), nullable=False),
        sa.Column('appointment_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_appointment_request_account_id')),
        sa.ForeignKeyConstraint(['appointment_id'], ['appointment.id'], name=op.f('fk_appointment_request_appointment_id')),
        sa.ForeignKeyConstraint(['asked_by_account_id'], ['account.id'], name=op.f('fk_appointment_request_asked_by_account_id')),
        sa.ForeignKeyConstraint(['continues_id'], ['appointment.id'], name=op.f('fk_appointment_request_continues_id')),
        sa.ForeignKeyConstraint(['decided_by_account_id'], ['account.id'], name=op.f('fk_appointment_request_decided_by_account_id')),
        sa.ForeignKeyConstraint(
            ['decided_under_appointment_id'], ['appointment.id'],
            name=op.f('fk_appointment_request_decided_under_appointment_id'),
        ),
        sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_appointment_request_evidence_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_appointment_request_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment_request')),
    )
    with op.batch_alter_table('appointment_request', schema=None) as batch_op:
        for name in ('unit_id', 'account_id', 'state', 'asked_by_account_id'):
            batch_op.create_index(batch_op.f(f'ix_appointment_request_{name}'), [name], unique=False)
        batch_op.create_index(
            'uq_appointment_request_open', ['account_id', 'unit_id', 'power'], unique=True, sqlite_where=OPEN,
            postgresql_where=OPEN,
        )
    op.create_table(
        'absence',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('appointment_id', sa.Integer(), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('marked_by_account_id', sa.Integer(), nullable=False),
        sa.Column('created_at', idp.database.Instant(timezone=True), nullable=False),
        sa.Column('cancelled_at', idp.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['appointment_id'], ['appointment.id'], name=op.f('fk_absence_appointment_id')),
        sa.ForeignKeyConstraint(['marked_by_account_id'], ['account.id'], name=op.f('fk_absence_marked_by_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_absence')),
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_absence_appointment_id'), ['appointment_id'], unique=False)


def downgrade():
    op.drop_table('absence')
    op.drop_table('appointment_request')
    appointment = sa.table('appointment', *(sa.column(name, kind) for name, kind in LETTER), sa.column('starts_on', sa.Date()))
    without = appointment.c.letter_number.is_(None)
    op.execute(appointment.update().where(without).values(letter_number='', letter_date=appointment.c.starts_on, signed_by=''))
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_appointment_continues_id'))
        batch_op.drop_constraint(batch_op.f('fk_appointment_continues_id'), type_='foreignkey')
        for name in ('over_told_at', 'warned_days', 'continues_id', 'scan_sha256'):
            batch_op.drop_column(name)
        for name, kind in LETTER:
            batch_op.alter_column(name, existing_type=kind, nullable=False)
