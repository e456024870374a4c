"""Details and the basis for national IDs"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'account_details',
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('middle_name', sa.String(length=100), nullable=True),
        sa.Column('nickname', sa.String(length=100), nullable=True),
        sa.Column('profile', sa.String(length=500), nullable=True),
        sa.Column('picture', sa.String(length=500), nullable=True),
        sa.Column('website', sa.String(length=500), nullable=True),
        sa.Column('gender', sa.String(length=10), nullable=True),
        sa.Column('birthdate', sa.Date(), nullable=True),
        sa.Column('address', sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_details_account_id')),
        sa.PrimaryKeyConstraint('account_id', name=op.f('pk_account_details')),
    )
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.add_column(sa.Column('national_id_basis', sa.String(length=1000), nullable=True))


def downgrade():
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.drop_column('national_id_basis')
    op.drop_table('account_details')
