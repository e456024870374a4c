"""Pairwise subjects"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sector', sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column('sector_check', sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column('sector_identifier_uri', sa.String(length=1000), nullable=True))


def downgrade():
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.drop_column('sector_identifier_uri')
        batch_op.drop_column('sector_check')
        batch_op.drop_column('sector')
