"""Excerpts of the audit"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('audit_seal', sa.Column('salt', sa.LargeBinary(), nullable=True))
    op.create_index('ix_audit_event_actor', 'audit_event', ['actor_account_id', 'id'], unique=False)


def downgrade():
    op.drop_index('ix_audit_event_actor', table_name='audit_event')
    op.drop_column('audit_seal', 'salt')
