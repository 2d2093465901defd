"""Whether an administrator bound a widget or event handler; earlier ones get no tokens outside known origins."""

import sqlalchemy as sa
from alembic import op

revision = "0007_entrusted_addresses"
down_revision = "0006_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("placements", "event_handlers"):
        op.add_column(table, sa.Column("is_entrusted", sa.Boolean(), nullable=False, server_default=sa.false()))
