"""The queue of jobs: rows that wait until they are due, claimed with a lease.

A worker claims a row and extends its claim while it works. Two workers never hold the same row: a claim is one UPDATE
of an unclaimed row. A killed worker holds its rows until the claim expires; a worker that lost its claim stores
nothing. Times are those of the machine's clock.
"""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, null, select, text, update

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Statement
from landingpad.store.records import Job
from landingpad.store.tables.jobs import jobs

# SQLAlchemy has an ON CONFLICT for each engine alone; this text is valid on both.
_ADD = Statement(
    text(
        "INSERT INTO jobs (portal_id, kind, payload, once, due_at, created_at) "
        "VALUES (:portal_id, :kind, :payload, :once, :due_at, :created_at) ON CONFLICT (once) DO NOTHING"
    )
)
_IS_KNOWN = Statement(select(jobs.c.id).where(jobs.c.once == bindparam("once")))
_waiting = jobs.alias("waiting")
_NEXT_ONE = (
    select(_waiting.c.id)
    .where(
        _waiting.c.finished_at.is_(None),
        _waiting.c.kind == bindparam("kind"),
        _waiting.c.due_at <= bindparam("now"),
        _waiting.c.claimed_until < bindparam("now"),
    )
    .order_by(_waiting.c.due_at, _waiting.c.id)
    .limit(1)
)
_NEXT_DUE = Statement(_NEXT_ONE.with_only_columns(_waiting.c.due_at))
_CLAIM = Statement(
    update(jobs)
    .where(jobs.c.id == _NEXT_ONE.with_for_update(skip_locked=True, of=_waiting).scalar_subquery())
    .values(claimed_by=bindparam("worker"), claimed_until=bindparam("until"))
    .returning(jobs.c.id, jobs.c.portal_id, jobs.c.kind, jobs.c.payload, jobs.c.attempts)
)
_HELD = (jobs.c.claimed_by == bindparam("worker"), jobs.c.finished_at.is_(None))
_THIS_ONE = (*_HELD, jobs.c.id == bindparam("row_id"))
_FREE = {"claimed_by": null(), "claimed_until": 0}
_ENDED = {
    "outcome": bindparam("result"),
    "problem": bindparam("why"),
    "attempts": jobs.c.attempts + 1,
    **_FREE,
}
_KEEP = Statement(update(jobs).where(*_THIS_ONE).values(claimed_until=bindparam("until")))
_FINISH = Statement(update(jobs).where(*_THIS_ONE).values(finished_at=bindparam("now"), **_ENDED))
_LATER = Statement(update(jobs).where(*_THIS_ONE).values(due_at=bindparam("again_at"), **_ENDED))
_RELEASE = Statement(update(jobs).where(*_HELD, jobs.c.kind == bindparam("of_kind")).values(**_FREE))
_REMOVE = Statement(delete(jobs).where(jobs.c.finished_at < bindparam("before")))


def add(tx: Tx, *, kind: str, payload: str, portal_id: int | None, now: int, once: str | None = None) -> bool:
    """Store a job that is due now. Return False if there is one with this `once`, finished or not."""
    return bool(tx.run(_ADD, portal_id=portal_id, kind=kind, payload=payload, once=once, due_at=now, created_at=now))


def is_known(tx: Tx, once: str) -> bool:
    """Say whether there is a job with this `once`, finished or not."""
    return tx.one(_IS_KNOWN, once=once) is not None


def next_due(tx: Tx, kind: str, now: int) -> int | None:
    """Return since when the next job of a kind is due, or None. This is a read, so it blocks no writer."""
    found = tx.one(_NEXT_DUE, kind=kind, now=now)
    return None if found is None else int(found[0])


def claim(tx: Tx, worker: str, kind: str, now: int, *, until: int) -> Job | None:
    """Assign the job that has been due for longest to a worker; return None if no job is due."""
    row = tx.one(_CLAIM, worker=worker, kind=kind, now=now, until=until)
    return None if row is None else Job(*row)


def keep(tx: Tx, worker: str, held: Iterable[int], *, until: int) -> None:
    """Extend the claims of a worker on these jobs."""
    for job_id in held:
        tx.run(_KEEP, worker=worker, row_id=job_id, until=until)


def finish(tx: Tx, worker: str, job: Job, *, outcome: str, problem: str, now: int) -> bool:
    """Store the outcome of the last attempt; return False if the worker lost its claim."""
    return bool(tx.run(_FINISH, worker=worker, row_id=job.id, result=outcome, why=problem or None, now=now))


def retry_later(tx: Tx, worker: str, job: Job, *, outcome: str, problem: str, due_at: int) -> bool:
    """Store the outcome of an attempt and the time of the next one; return False if the worker lost its claim."""
    return bool(tx.run(_LATER, worker=worker, row_id=job.id, result=outcome, why=problem or None, again_at=due_at))


def release(tx: Tx, worker: str, kind: str) -> int:
    """Release the unfinished jobs of a kind that a worker holds; return their number."""
    return tx.run(_RELEASE, worker=worker, of_kind=kind)


def remove_finished(tx: Tx, *, before: int) -> int:
    """Remove jobs that were finished before a time; return their number."""
    return tx.run(_REMOVE, before=before)
