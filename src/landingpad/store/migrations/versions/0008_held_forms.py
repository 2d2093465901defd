"""Counts of messages that forms of sites held back."""

import sqlalchemy as sa
from alembic import op

revision = "0008_held_forms"
down_revision = "0007_entrusted_addresses"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "held_forms",
        sa.Column("portal_id", _ID, nullable=False),
        sa.Column("site_id", _ID, autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portal_id"], ["portals.id"], name=op.f("fk_held_forms_portal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_held_forms_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", "day", "reason", name=op.f("pk_held_forms")),
    )
