"""Sessions know their sid"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sid', sa.String(), nullable=True))
        batch_op.create_index(batch_op.f('ix_sign_in_session_sid'), ['sid'], unique=False)


def downgrade():
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_session_sid'))
        batch_op.drop_column('sid')
