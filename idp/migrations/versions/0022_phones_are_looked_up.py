"""Phones are looked up"""

from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index('ix_account_phone', 'account', ['phone'], unique=False)


def downgrade():
    op.drop_index('ix_account_phone', table_name='account')
