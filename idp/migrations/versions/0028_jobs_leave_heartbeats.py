"""Jobs leave heartbeats"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'worker_heartbeat',
        sa.Column('job', sa.String(length=60), nullable=False),
        sa.Column('done_at', idp.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('job', name=op.f('pk_worker_heartbeat')),
    )


def downgrade():
    op.drop_table('worker_heartbeat')
