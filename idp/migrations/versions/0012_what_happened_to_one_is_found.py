"""What happened to a person is found"""

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index('ix_audit_event_subject', 'audit_event', ['subject_kind', 'subject_id'], unique=False)


def downgrade():
    op.drop_index('ix_audit_event_subject', table_name='audit_event')
