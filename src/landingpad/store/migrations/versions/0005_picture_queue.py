"""Orders for pictures in the table of previews: claims, priority and shape."""

import sqlalchemy as sa
from alembic import op

revision = "0005_picture_queue"
down_revision = "0004_sessions"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Existing pictures are retaken, since their rows lack the publication.
    op.drop_table("previews")
    op.create_table(
        "previews",
        sa.Column("id", _ID, nullable=False),
        sa.Column("portal_id", _ID, nullable=False),
        sa.Column("page_id", _ID, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=False),
        sa.Column("color_scheme", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("thumbnail", sa.Integer(), server_default="0", nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("media_key", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("publication", sa.Integer(), server_default="0", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wanted_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("started_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_previews_page_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["portal_id"], ["portals.id"], name=op.f("fk_previews_portal_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previews")),
        sa.UniqueConstraint(
            "page_id",
            "content_hash",
            "width",
            "height",
            "scale",
            "color_scheme",
            "whole",
            "thumbnail",
            "format",
            name="uq_previews_picture",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_previews_waiting",
        "previews",
        ["priority", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_index(op.f("ix_previews_media_key"), "previews", ["media_key"], unique=False)
    op.create_table(
        "forgotten_media",
        sa.Column("media_key", sa.Text(), nullable=False),
        sa.Column("forgotten_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("media_key", name=op.f("pk_forgotten_media")),
    )
