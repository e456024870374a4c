"""Posted requests wait"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'posted_request',
        sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
        sa.Column('parameters', sa.JSON(), nullable=False),
        sa.Column('expires_at', idp.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_posted_request')),
    )
    with op.batch_alter_table('posted_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_posted_request_expires_at'), ['expires_at'], unique=False)


def downgrade():
    op.drop_table('posted_request')
