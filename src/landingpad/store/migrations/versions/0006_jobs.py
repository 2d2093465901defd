"""The queue of jobs; it takes over what waits in the tables of DBOS, which earlier releases used, and drops them."""

import base64
import io
import json
import pickle
import time
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006_jobs"
down_revision = "0005_picture_queue"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SCHEMA = "dbos"  # on PostgreSQL; on SQLite its tables stand beside ours
_DBOS_TABLES = (  # those that refer to others first
    "notifications",
    "streams",
    "workflow_events",
    "workflow_events_history",
    "operation_outputs",
    "workflow_input",
    "workflow_output",
    "workflow_schedules",
    "workflow_status",
    "application_versions",
    "event_dispatch_kv",
    "queues",
    "dbos_migrations",
)
_KINDS = {"deliver_event": "event", "refresh_pages": "refresh"}
_WAITING = {"ENQUEUED", "PENDING", "DELAYED"}
_ONCE = "offline-"  # ids with a meaning begin with it; the others are random
_KEPT_MS = 7 * 86_400_000  # finished jobs are remembered for this long, so that their ids are not used again


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("portal_id", _ID, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("once", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["portal_id"], ["portals.id"], name=op.f("fk_jobs_portal_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("once", name=op.f("uq_jobs_once")),
        sqlite_autoincrement=True,
    )
    waiting, finished = sa.text("finished_at IS NULL"), sa.text("finished_at IS NOT NULL")
    op.create_index("ix_jobs_waiting", "jobs", ["kind", "due_at", "id"], postgresql_where=waiting, sqlite_where=waiting)
    op.create_index("ix_jobs_finished", "jobs", ["finished_at"], postgresql_where=finished, sqlite_where=finished)
    op.create_index(op.f("ix_jobs_portal_id"), "jobs", ["portal_id"])

    schema = _SCHEMA if op.get_bind().dialect.name == "postgresql" else None
    known = set(sa.inspect(op.get_bind()).get_table_names(schema=schema)) & set(_DBOS_TABLES)
    if "workflow_status" in known:
        _take_over(schema, has_inputs="workflow_input" in known)
    if schema:
        op.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    else:
        for name in _DBOS_TABLES:
            if name in known:
                op.drop_table(name)


def _take_over(schema: str | None, *, has_inputs: bool) -> None:
    """Copy the jobs of DBOS that are not finished, and the ids of those finished lately."""
    connection = op.get_bind()
    status = sa.table(
        "workflow_status",
        *(
            sa.column(name)
            for name in ("workflow_uuid", "status", "name", "inputs", "created_at", "delay_until_epoch_ms")
        ),
        schema=schema,
    )
    rows = connection.execute(
        sa.select(status).where(status.c.name.in_(_KINDS)).order_by(status.c.created_at, status.c.workflow_uuid)
    ).all()
    inputs: dict[str, str] = {}
    if has_inputs:
        kept = sa.table("workflow_input", sa.column("workflow_uuid"), sa.column("inputs"), schema=schema)
        inputs = {row.workflow_uuid: row.inputs for row in connection.execute(sa.select(kept)) if row.inputs}
    portals = set(connection.execute(sa.text("SELECT id FROM portals")).scalars())
    now = int(time.time() * 1000)
    found = []
    for row in rows:
        waits = row.status in _WAITING
        once = row.workflow_uuid if row.workflow_uuid.startswith(_ONCE) else None
        if not waits and (once is None or row.created_at < now - _KEPT_MS):
            continue
        given = inputs.get(row.workflow_uuid) or row.inputs
        portal_id, payload, attempts = _job(row.name, given) if given else (None, {}, 0)
        if portal_id not in portals:
            continue
        found.append(
            {
                "portal_id": portal_id,
                "kind": _KINDS[row.name],
                "payload": json.dumps(payload),
                "once": once,
                "due_at": row.delay_until_epoch_ms or row.created_at,
                "attempts": attempts,
                "finished_at": None if waits else now,
                "created_at": row.created_at,
            }
        )
    if found:
        connection.execute(sa.table("jobs", *map(sa.column, found[0])).insert(), found)


def _job(name: str, inputs: str) -> tuple[int, dict[str, Any], int]:
    """Return portal, payload and earlier attempts of a job."""
    first, second = _PlainUnpickler(io.BytesIO(base64.b64decode(inputs))).load()["args"]
    if name == "deliver_event":
        return first["portal_id"], first, second
    return first, {"site_id": second}, 0


class _PlainUnpickler(pickle.Unpickler):
    """Reads numbers, texts, lists and objects, which need no class: nothing that a pickle could run."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"The inputs of a job contain {module}.{name}.")
