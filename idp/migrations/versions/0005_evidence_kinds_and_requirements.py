"""Evidence kinds and requirements"""

import sqlalchemy as sa
from alembic import op

import idp.database
from thai_web import clock

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

# code, Thai and English name, Thai and English hint, most files, most pages of each
KINDS = (
    ("appointment_order", "คำสั่งบรรจุหรือแต่งตั้ง", "Appointment order",
     "ต้องเห็นชื่อของท่าน ตำแหน่ง หน่วยงาน และลายมือชื่อผู้ออกคำสั่ง",
     "It must show your name, position, office and the signature of who issued it.", 3, 10),
    ("assignment_letter", "หนังสือหรือคำสั่งมอบหมายหน้าที่", "Assignment letter",
     "ต้องเห็นชื่อของท่าน หน้าที่ที่ได้รับมอบหมาย เลขที่ และวันที่ของหนังสือ",
     "It must show your name, the duty assigned, and the letter's number and date.", 3, 10),
    ("staff_card", "บัตรประจำตัวเจ้าหน้าที่ของรัฐ", "State officer's card",
     "ถ่ายด้านหน้า ต้องเห็นรูปถ่าย ชื่อ เลขประจำตัวประชาชน และวันหมดอายุ",
     "Photograph the front: picture, name, national ID number and expiry date must be readable.", 2, 2),
    ("national_id_card", "บัตรประจำตัวประชาชน", "National ID card",
     "ถ่ายเฉพาะด้านหน้า ปิดทับศาสนา หมู่โลหิต และที่อยู่ได้ ต้องเห็นรูปถ่าย ชื่อ และเลขประจำตัว",
     "The front only. Cover religion, blood group and address; picture, name and number must be readable.", 1, 2),
    ("other", "เอกสารอื่น", "Another document", "", "", 3, 10),
)
# Thai and English name, asked of whom, kinds of which one is enough
REQUIREMENTS = (
    ("แสดงว่าท่านทำงานที่หน่วยงานนี้", "Shows that you work at this office", "KNOWN",
     ["appointment_order", "assignment_letter", "staff_card"]),
    ("แสดงว่าท่านทำงานที่หน่วยงานนี้", "Shows that you work at this office", "BY_HAND",
     ["appointment_order", "assignment_letter"]),
    ("แสดงว่าท่านเป็นใคร", "Shows who you are", "BY_HAND", ["staff_card", "national_id_card"]),
)


def upgrade():
    kind = op.create_table(
        'evidence_kind',
        sa.Column('code', sa.String(length=40), nullable=False),
        sa.Column('name_th', sa.String(length=150), nullable=False),
        sa.Column('name_en', sa.String(length=150), nullable=False),
        sa.Column('hint_th', sa.String(length=300), nullable=False),
        sa.Column('hint_en', sa.String(length=300), nullable=False),
        sa.Column('most_files', sa.Integer(), nullable=False),
        sa.Column('most_pages', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('retired', sa.Boolean(), nullable=False),
        sa.Column('example_id', sa.Integer(), nullable=True),
        sa.Column('updated_at', idp.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['example_id'], ['evidence.id'], name=op.f('fk_evidence_kind_example_id')),
        sa.PrimaryKeyConstraint('code', name=op.f('pk_evidence_kind')),
    )
    requirement = op.create_table(
        'evidence_requirement',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name_th', sa.String(length=150), nullable=False),
        sa.Column('name_en', sa.String(length=150), nullable=False),
        sa.Column('asked_of', sa.String(length=10), nullable=False),
        sa.Column('unit_kinds', sa.JSON(), nullable=False),
        sa.Column('role_id', sa.Integer(), nullable=True),
        sa.Column('kinds', sa.JSON(), nullable=False),
        sa.Column('updated_at', idp.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['role_id'], ['client_role.id'], name=op.f('fk_evidence_requirement_role_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_requirement')),
    )
    now = clock.now()
    columns = ("code", "name_th", "name_en", "hint_th", "hint_en", "most_files", "most_pages")
    op.bulk_insert(kind, [
        {**dict(zip(columns, row, strict=True)), "place": place, "retired": False, "updated_at": now}
        for place, row in enumerate(KINDS, start=1)
    ])
    op.bulk_insert(requirement, [
        {"name_th": thai, "name_en": english, "asked_of": asked_of, "unit_kinds": [], "kinds": kinds, "updated_at": now}
        for thai, english, asked_of, kinds in REQUIREMENTS
    ])


def downgrade():
    op.drop_table('evidence_requirement')
    op.drop_table('evidence_kind')
