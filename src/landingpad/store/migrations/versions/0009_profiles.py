"""Fields that users fill themselves, the time of the last change, and further departments of a user."""

import sqlalchemy as sa
from alembic import op

revision = "0009_profiles"
down_revision = "0008_held_forms"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PROFILE = (
    "second_name",
    "personal_gender",
    "personal_profession",
    "personal_www",
    "personal_birthday",
    "personal_photo",
    "personal_icq",
    "personal_phone",
    "personal_fax",
    "personal_mobile",
    "personal_pager",
    "personal_street",
    "personal_city",
    "personal_state",
    "personal_zip",
    "personal_country",
    "personal_mailbox",
    "personal_notes",
    "work_phone",
    "work_company",
    "work_position",
    "work_department",
    "work_www",
    "work_fax",
    "work_pager",
    "work_street",
    "work_mailbox",
    "work_city",
    "work_state",
    "work_zip",
    "work_country",
    "work_profile",
    "work_logo",
    "work_notes",
    "skype_link",
    "zoom",
    "interests",
    "skills",
    "web_sites",
    "xing",
    "linkedin",
    "twitter",
    "skype",
    "district",
    "phone_inner",
    "facebook",
)


def upgrade() -> None:
    op.add_column("users", sa.Column("changed_at", sa.BigInteger(), nullable=True))
    for name in _PROFILE:
        op.add_column("users", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "further_departments",
        sa.Column("portal_id", _ID, nullable=False),
        sa.Column("user_id", _ID, autoincrement=False, nullable=False),
        sa.Column("department_id", _ID, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portal_id"], ["portals.id"], name=op.f("fk_further_departments_portal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_further_departments_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_further_departments_department_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "department_id", name=op.f("pk_further_departments")),
    )
    op.create_index(
        op.f("ix_further_departments_department_id"), "further_departments", ["department_id"], unique=False
    )
