"""Invitations outlive the drafts that were begun with them"""

from alembic import op

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None

NAME = 'fk_invitation_registration_id'


def _link(ondelete):
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_constraint(NAME, type_='foreignkey')
        batch_op.create_foreign_key(NAME, 'registration', ['registration_id'], ['id'], ondelete=ondelete)


def upgrade():
    _link('SET NULL')


def downgrade():
    _link(None)
