"""What ended requests showed is destroyed"""

import sqlalchemy as sa
from alembic import op

import idp.database

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

KEPT = sa.text('evidence_destroyed_at IS NULL')


def upgrade():
    # What ended before has no date yet: the worker finds it and destroys what is due, each with its event.
    op.add_column('registration', sa.Column('evidence_destroyed_at', idp.database.Instant(timezone=True), nullable=True))
    op.create_index('ix_registration_kept', 'registration', ['state', 'updated_at'], unique=False,
                    sqlite_where=KEPT, postgresql_where=KEPT)


def downgrade():
    op.drop_index('ix_registration_kept', table_name='registration')
    op.drop_column('registration', 'evidence_destroyed_at')
