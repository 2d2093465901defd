"""Pages of applications in the portal, their installation, and users who opened them."""

import sqlalchemy as sa
from alembic import op

revision = "0003_app_pages"
down_revision = "0002_templates_apps_rights"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("apps", sa.Column("handler_url", sa.Text(), nullable=False, server_default=""))
    op.add_column("apps", sa.Column("install_url", sa.Text(), nullable=False, server_default=""))
    op.add_column("apps", sa.Column("is_installed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "app_starts",
        sa.Column("portal_id", _ID, nullable=False),
        sa.Column("app_id", _ID, autoincrement=False, nullable=False),
        sa.Column("user_id", _ID, autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["portal_id"], ["portals.id"], name=op.f("fk_app_starts_portal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=op.f("fk_app_starts_app_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_app_starts_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("app_id", "user_id", name=op.f("pk_app_starts")),
    )
