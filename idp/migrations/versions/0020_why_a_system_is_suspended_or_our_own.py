"""Why a system is suspended, and why it is DLA's own"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.add_column(sa.Column('first_party_reason', sa.String(length=1000), nullable=True))
        batch_op.add_column(sa.Column('status_reason', sa.String(length=500), nullable=True))


def downgrade():
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.drop_column('status_reason')
        batch_op.drop_column('first_party_reason')
