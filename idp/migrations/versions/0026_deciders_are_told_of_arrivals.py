"""Deciders are told of arrivals"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('account', sa.Column('arrival_mails', sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade():
    with op.batch_alter_table('account') as batch:
        batch.drop_column('arrival_mails')
