"""The table of background jobs: events to deliver, pages to render again, schedules."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from landingpad.store.db.columns import Id, Time, id_column, metadata, partial_index

# Times are of the machine's clock, never of the portal's.
jobs = Table(
    "jobs",
    metadata,
    id_column(),
    Column("portal_id", Id, ForeignKey("portals.id", ondelete="CASCADE")),  # null: a schedule of the server itself
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),  # JSON
    Column("once", Text, unique=True),  # of several jobs with this key, only the first is stored
    Column("due_at", Time, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),  # attempts that ended; a killed one does not count
    Column("claimed_by", Text),  # the worker that is running it
    Column("claimed_until", Time, nullable=False, server_default="0"),  # extended while the worker is alive
    Column("outcome", Text),  # of the last attempt
    Column("problem", Text),
    Column("finished_at", Time),
    Column("created_at", Time, nullable=False),
    partial_index("ix_jobs_waiting", "kind", "due_at", "id", where="finished_at IS NULL"),
    partial_index("ix_jobs_finished", "finished_at", where="finished_at IS NOT NULL"),
    Index(None, "portal_id"),
    info={"is_queue": True},
    sqlite_autoincrement=True,
)
