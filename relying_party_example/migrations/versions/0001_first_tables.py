"""The first tables

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

def upgrade() -> None:

    op.create_table('feed_state',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('etag', sa.String(), nullable=True),
    sa.Column('synchronised_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_state'))
    )
    op.create_table('login',
    sa.Column('state_digest', sa.LargeBinary(), nullable=False),
    sa.Column('browser_digest', sa.LargeBinary(), nullable=False),
    sa.Column('nonce', sa.String(), nullable=False),
    sa.Column('code_verifier', sa.String(), nullable=False),
    sa.Column('return_to', sa.String(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('state_digest', name=op.f('pk_login'))
    )
    with op.batch_alter_table('login', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_expires_at'), ['expires_at'], unique=False)

    op.create_table('period',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=False),
    sa.Column('quarter', sa.Integer(), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('frozen_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_period')),
    sa.UniqueConstraint('fiscal_year', 'quarter', name=op.f('uq_period_fiscal_year_quarter'))
    )
    op.create_table('sign_in_session',
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('sub', sa.String(), nullable=False),
    sa.Column('claims', sa.JSON(), nullable=False),
    sa.Column('id_token', sa.String(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_sign_in_session'))
    )
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_session_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_sign_in_session_sub'), ['sub'], unique=False)

    op.create_table('unit',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name_th', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=True),
    sa.Column('supervisor', sa.String(), nullable=True),
    sa.Column('province_code', sa.String(), nullable=True),
    sa.Column('province_th', sa.String(), nullable=True),
    sa.Column('district_code', sa.String(), nullable=True),
    sa.Column('district_th', sa.String(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('sort_key', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_unit'))
    )
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_district_code'), ['district_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_unit_province_code'), ['province_code'], unique=False)

    op.create_table('expected_unit',
    sa.Column('period_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name_th', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=True),
    sa.Column('province_code', sa.String(), nullable=True),
    sa.Column('province_th', sa.String(), nullable=True),
    sa.Column('district_code', sa.String(), nullable=True),
    sa.Column('district_th', sa.String(), nullable=True),
    sa.Column('sort_key', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['period_id'], ['period.id'], name=op.f('fk_expected_unit_period_id')),
    sa.PrimaryKeyConstraint('period_id', 'unit_code', name=op.f('pk_expected_unit'))
    )
    with op.batch_alter_table('expected_unit', schema=None) as batch_op:
        batch_op.create_index('ix_expected_unit_province', ['period_id', 'province_code'], unique=False)
        batch_op.create_index('ix_expected_unit_district', ['period_id', 'district_code'], unique=False)

    op.create_table('extension',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('period_id', sa.Integer(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('scope_code', sa.String(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['period_id'], ['period.id'], name=op.f('fk_extension_period_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extension'))
    )
    with op.batch_alter_table('extension', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_extension_period_id'), ['period_id'], unique=False)

    op.create_table('period_act',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('period_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('act', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('scope_name', sa.String(), nullable=False),
    sa.Column('day_before', sa.Date(), nullable=True),
    sa.Column('day_after', sa.Date(), nullable=False),
    sa.Column('actor_sub', sa.String(), nullable=False),
    sa.Column('actor_name', sa.String(), nullable=False),
    sa.Column('actor_position', sa.String(), nullable=False),
    sa.Column('actor_unit', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['period_id'], ['period.id'], name=op.f('fk_period_act_period_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_period_act'))
    )
    with op.batch_alter_table('period_act', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_period_act_period_id'), ['period_id'], unique=False)

    op.create_table('report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('period_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', sa.String(), nullable=False),
    sa.Column('form_version', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('token', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('touched_blocks', sa.JSON(), nullable=False),
    sa.Column('edited_by', sa.String(), nullable=True),
    sa.Column('edited_by_name', sa.String(), nullable=True),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('timeliness', sa.String(), nullable=True),
    sa.Column('current_version', sa.Integer(), nullable=True),
    sa.Column('certified_version', sa.Integer(), nullable=True),
    sa.Column('certified_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['period_id'], ['period.id'], name=op.f('fk_report_period_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    sa.UniqueConstraint('period_id', 'unit_code', name=op.f('uq_report_period_id_unit_code'))
    )
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_period_id'), ['period_id', 'state'], unique=False)

    op.create_table('report_transition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('state_before', sa.String(), nullable=False),
    sa.Column('state_after', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('flagged', sa.JSON(), nullable=False),
    sa.Column('actor_sub', sa.String(), nullable=False),
    sa.Column('actor_name', sa.String(), nullable=False),
    sa.Column('actor_position', sa.String(), nullable=False),
    sa.Column('actor_unit', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_transition_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_transition'))
    )
    with op.batch_alter_table('report_transition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_transition_report_id'), ['report_id'], unique=False)

    op.create_table('report_version',
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('warnings', sa.JSON(), nullable=False),
    sa.Column('replies', sa.JSON(), nullable=False),
    sa.Column('is_nil', sa.Boolean(), nullable=False),
    sa.Column('recipients', sa.Integer(), nullable=False),
    sa.Column('respondents', sa.Integer(), nullable=False),
    sa.Column('score_total', sa.Integer(), nullable=False),
    sa.Column('score_count', sa.Integer(), nullable=False),
    sa.Column('submitted_by', sa.String(), nullable=False),
    sa.Column('submitter_name', sa.String(), nullable=False),
    sa.Column('submitter_position', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_version_report_id')),
    sa.PrimaryKeyConstraint('report_id', 'number', name=op.f('pk_report_version'))
    )

def downgrade() -> None:

    op.drop_table('report_version')
    with op.batch_alter_table('report_transition', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_transition_report_id'))

    op.drop_table('report_transition')
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_period_id'))

    op.drop_table('report')
    with op.batch_alter_table('period_act', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_period_act_period_id'))

    op.drop_table('period_act')
    with op.batch_alter_table('extension', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_extension_period_id'))

    op.drop_table('extension')
    with op.batch_alter_table('expected_unit', schema=None) as batch_op:
        batch_op.drop_index('ix_expected_unit_district')
        batch_op.drop_index('ix_expected_unit_province')

    op.drop_table('expected_unit')
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_province_code'))
        batch_op.drop_index(batch_op.f('ix_unit_district_code'))

    op.drop_table('unit')
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_session_sub'))
        batch_op.drop_index(batch_op.f('ix_sign_in_session_expires_at'))

    op.drop_table('sign_in_session')
    op.drop_table('period')
    with op.batch_alter_table('login', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_expires_at'))

    op.drop_table('login')
    op.drop_table('feed_state')

