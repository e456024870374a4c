"""Reasons, the text of the mail and who decided; ready answers; claims"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('registration_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason_code', sa.String(length=20), server_default='', nullable=False))
        batch_op.add_column(sa.Column('mail_text', sa.String(length=3000), server_default='', nullable=False))
        batch_op.add_column(sa.Column('reopened_for', sa.String(length=500), server_default='', nullable=False))
        batch_op.add_column(sa.Column('decided_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('appointment_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_registration_version_decided_by_id'), ['decided_by_id'], unique=False)
        batch_op.create_foreign_key(
            batch_op.f('fk_registration_version_decided_by_id'), 'account', ['decided_by_id'], ['id']
        )
        batch_op.create_foreign_key(
            batch_op.f('fk_registration_version_appointment_id'), 'appointment', ['appointment_id'], ['id']
        )
    op.create_table(
        'case_claim',
        sa.Column('registration_id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('until', idp.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_case_claim_account_id')),
        sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_case_claim_registration_id')),
        sa.PrimaryKeyConstraint('registration_id', name=op.f('pk_case_claim')),
    )
    op.create_table(
        'ready_answer',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('outcome', sa.String(length=10), nullable=False),
        sa.Column('reason_code', sa.String(length=20), nullable=False),
        sa.Column('reason', sa.String(length=500), nullable=False),
        sa.Column('mail_text', sa.String(length=3000), nullable=False),
        sa.Column('updated_at', idp.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_ready_answer_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ready_answer')),
    )
    with op.batch_alter_table('ready_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ready_answer_unit_id'), ['unit_id'], unique=False)
    _remember_who_decided(op.get_bind())


def _remember_who_decided(bind):
    """Of decisions taken before, the audit knows who took them and under which appointment; in the same order."""
    meta = sa.MetaData()
    event, version = (sa.Table(name, meta, autoload_with=bind) for name in ('audit_event', 'registration_version'))
    decided = sa.select(event.c.subject_id, event.c.actor_account_id, event.c.appointment_id).where(
        event.c.name == 'registration.decided'
    )
    known = {}
    for row in bind.execute(decided.order_by(event.c.id)):
        known.setdefault(int(row.subject_id), []).append((row.actor_account_id, row.appointment_id))
    key = version.c.registration_id, version.c.number
    for row in bind.execute(sa.select(*key).where(version.c.decided_at.is_not(None)).order_by(*key)).all():
        if not known.get(row.registration_id):
            continue
        by, appointment = known[row.registration_id].pop(0)
        mine = version.c.registration_id == row.registration_id, version.c.number == row.number
        bind.execute(version.update().where(*mine).values(decided_by_id=by, appointment_id=appointment))


def downgrade():
    op.drop_table('ready_answer')
    op.drop_table('case_claim')
    with op.batch_alter_table('registration_version', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_registration_version_appointment_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_registration_version_decided_by_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_registration_version_decided_by_id'))
        for name in ('appointment_id', 'decided_by_id', 'reopened_for', 'mail_text', 'reason_code'):
            batch_op.drop_column(name)
