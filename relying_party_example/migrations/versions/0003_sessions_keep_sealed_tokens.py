"""Sessions keep sealed tokens, no ID token; a sign-in under way lies in the browser"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    # What is there has no tokens to ask again with: these people sign in once more.
    op.execute(sa.text("DELETE FROM sign_in_session"))
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_column('id_token')
        batch_op.add_column(sa.Column('told_at', sa.DateTime(timezone=True), nullable=False))
        batch_op.add_column(sa.Column('tokens', sa.LargeBinary(), nullable=False))
        batch_op.add_column(sa.Column('access_until', sa.DateTime(timezone=True), nullable=False))
    op.drop_table('login')


def downgrade():
    op.create_table(
        'login',
        sa.Column('state_digest', sa.LargeBinary(), nullable=False),
        sa.Column('browser_digest', sa.LargeBinary(), nullable=False),
        sa.Column('nonce', sa.String(), nullable=False),
        sa.Column('code_verifier', sa.String(), nullable=False),
        sa.Column('return_to', sa.String(), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('state_digest', name=op.f('pk_login')),
    )
    with op.batch_alter_table('login', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_expires_at'), ['expires_at'], unique=False)
    op.execute(sa.text("DELETE FROM sign_in_session"))
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_column('access_until')
        batch_op.drop_column('tokens')
        batch_op.drop_column('told_at')
        batch_op.add_column(sa.Column('id_token', sa.String(), nullable=False))
