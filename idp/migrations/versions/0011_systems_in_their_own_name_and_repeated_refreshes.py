"""Tokens of systems in their own name; which refresh token was used last"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.create_table(
        'system_token',
        sa.Column('id', BIG, nullable=False),
        sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
        sa.Column('client_id', sa.Integer(), nullable=False),
        sa.Column('scope', sa.String(length=1000), nullable=False),
        sa.Column('issued_at', idp.database.Instant(timezone=True), nullable=False),
        sa.Column('expires_at', idp.database.Instant(timezone=True), nullable=False),
        sa.Column('revoked_at', idp.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_system_token_client_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_system_token')),
        sa.UniqueConstraint('digest', name=op.f('uq_system_token_digest')),
    )
    with op.batch_alter_table('system_token', schema=None) as batch_op:
        batch_op.create_index(op.f('ix_system_token_client_id'), ['client_id'], unique=False)
        batch_op.create_index(op.f('ix_system_token_expires_at'), ['expires_at'], unique=False)
    with op.batch_alter_table('authorization_grant', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rotated_by', BIG, nullable=True))
        batch_op.add_column(sa.Column('rotated_at', idp.database.Instant(timezone=True), nullable=True))
    # What was used before is dead; which one it brought was not written down.
    op.execute("UPDATE token SET revoked_at = used_at WHERE used_at IS NOT NULL AND revoked_at IS NULL")
    with op.batch_alter_table('token', schema=None) as batch_op:
        batch_op.add_column(sa.Column('replaces', BIG, nullable=True))
        batch_op.drop_column('used_at')


def downgrade():
    with op.batch_alter_table('token', schema=None) as batch_op:
        batch_op.add_column(sa.Column('used_at', idp.database.Instant(timezone=True), nullable=True))
    # Only the newest of each authorization may still be used.
    op.execute(
        "UPDATE token SET used_at = issued_at WHERE kind = 'refresh' AND id <= "
        "(SELECT rotated_by FROM authorization_grant WHERE authorization_grant.id = token.grant_id)"
    )
    with op.batch_alter_table('token', schema=None) as batch_op:
        batch_op.drop_column('replaces')
    with op.batch_alter_table('authorization_grant', schema=None) as batch_op:
        batch_op.drop_column('rotated_at')
        batch_op.drop_column('rotated_by')
    op.drop_table('system_token')
