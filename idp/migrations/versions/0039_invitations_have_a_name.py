"""A registration knows to whom its invitation was sent"""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.add_column(sa.Column('invited_name', sa.String(length=200), server_default='', nullable=False))
    op.execute(
        'UPDATE registration SET invited_name = '
        '(SELECT name FROM invitation WHERE invitation.registration_id = registration.id) '
        'WHERE id IN (SELECT registration_id FROM invitation WHERE registration_id IS NOT NULL) '
        'AND invited_by_account_id IS NOT NULL'
    )


def downgrade():
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.drop_column('invited_name')
