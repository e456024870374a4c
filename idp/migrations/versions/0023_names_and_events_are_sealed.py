"""Names and events are sealed"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('audit_event', sa.Column('name_digests', sa.JSON(), nullable=True))
    op.add_column('audit_event', sa.Column('mac', sa.LargeBinary(), nullable=True))
    op.add_column('audit_name', sa.Column('salt', sa.LargeBinary(), nullable=True))
    op.add_column('audit_head', sa.Column('macs_from', sa.BigInteger(), nullable=True))


def downgrade():
    op.drop_column('audit_head', 'macs_from')
    op.drop_column('audit_name', 'salt')
    op.drop_column('audit_event', 'mac')
    op.drop_column('audit_event', 'name_digests')
