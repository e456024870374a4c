"""Public keys of systems, used assertions, PKCE by system"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.add_column(sa.Column('token_endpoint_auth_signing_alg', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('jwks', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('jwks_uri', sa.String(length=1000), nullable=True))
        batch_op.add_column(sa.Column('require_pkce', sa.Boolean(), server_default=sa.true(), nullable=False))
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.alter_column('require_pkce', existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table('authorization_grant', schema=None) as batch_op:
        batch_op.alter_column('code_challenge', existing_type=sa.String(length=128), nullable=True)
    op.create_table(
        'used_assertion',
        sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
        sa.Column('expires_at', idp.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_used_assertion')),
    )
    with op.batch_alter_table('used_assertion', schema=None) as batch_op:
        batch_op.create_index(op.f('ix_used_assertion_expires_at'), ['expires_at'], unique=False)


def downgrade():
    op.drop_table('used_assertion')
    op.execute("DELETE FROM token WHERE grant_id IN (SELECT id FROM authorization_grant WHERE code_challenge IS NULL)")
    op.execute("DELETE FROM authorization_grant WHERE code_challenge IS NULL")
    with op.batch_alter_table('authorization_grant', schema=None) as batch_op:
        batch_op.alter_column('code_challenge', existing_type=sa.String(length=128), nullable=False)
    with op.batch_alter_table('client', schema=None) as batch_op:
        for name in ('require_pkce', 'jwks_uri', 'jwks', 'token_endpoint_auth_signing_alg'):
            batch_op.drop_column(name)
