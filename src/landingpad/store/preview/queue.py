"""The queue of pictures: pending rows of previews.

A worker claims a row and extends its claim while it works. Two workers never hold the same row: a claim is one UPDATE
of an unclaimed row. A killed worker holds its rows until the claim expires; a worker notices a lost claim when it
stores the picture. Times are those of the machine's clock.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, bindparam, exists, literal_column, null, or_, select, update

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.preview.previews import FAILED, PENDING, READY, SHAPE
from landingpad.store.records import Preview
from landingpad.store.tables.preview import previews

# A literal instead of a parameter, so that the partial index is used.
_PENDING: ColumnElement[str] = literal_column(f"'{PENDING}'")
_waiting = previews.alias("waiting")
_other = previews.alias("other")
# Another picture of the same page and shape is being taken, or was begun a moment ago. This one waits, since the page
# may change again meanwhile.
_too_soon = (
    exists()
    .where(
        _other.c.page_id == _waiting.c.page_id,
        _other.c.id != _waiting.c.id,
        *(_other.c[name] == _waiting.c[name] for name in SHAPE),
        or_(
            _other.c.started_at > bindparam("begun_after"),
            and_(_other.c.state == _PENDING, _other.c.claimed_until >= bindparam("now")),
        ),
    )
    .correlate(_waiting)
)
_NEXT_ID = (
    select(_waiting.c.id)
    .where(
        _waiting.c.state == _PENDING,
        _waiting.c.claimed_until < bindparam("now"),
        _waiting.c.retry_at <= bindparam("now"),
        ~_too_soon,
    )
    .order_by(_waiting.c.priority, _waiting.c.id)
    .limit(1)
)
_NEXT = Statement(_NEXT_ID)
_CLAIM = Query(
    update(previews)
    .where(previews.c.id == _NEXT_ID.with_for_update(skip_locked=True, of=_waiting).scalar_subquery())
    .values(
        claimed_by=bindparam("worker"),
        claimed_until=bindparam("until"),
        started_at=bindparam("now"),
        attempts=previews.c.attempts + 1,
    )
    .returning(*previews.c),
    Preview,
)
_HELD = (previews.c.claimed_by == bindparam("worker"), previews.c.state == _PENDING)
_FREE = {"claimed_by": null(), "claimed_until": 0}
_KEEP = Statement(
    update(previews).where(*_HELD, previews.c.id == bindparam("row_id")).values(claimed_until=bindparam("until"))
)
_FINISH = Statement(
    update(previews)
    .where(*_HELD, previews.c.id == bindparam("row_id"))
    .values(
        state=READY,
        media_key=bindparam("key"),
        problem=bindparam("why"),
        finished_at=bindparam("now"),
        **_FREE,
    )
)
_LATER = Statement(
    update(previews)
    .where(*_HELD, previews.c.id == bindparam("row_id"))
    .values(
        state=bindparam("new_state"),
        problem=bindparam("why"),
        retry_at=bindparam("again_at"),
        attempts=bindparam("tried"),
        **_FREE,
    )
)
_RELEASE = Statement(update(previews).where(*_HELD).values(started_at=0, attempts=previews.c.attempts - 1, **_FREE))


def something_waits(tx: Tx, now: int, *, begun_after: int) -> bool:
    """Say whether a picture is due. This is a read, so it blocks no writer."""
    return tx.one(_NEXT, now=now, begun_after=begun_after) is not None


def claim(tx: Tx, worker: str, now: int, *, until: int, begun_after: int) -> Preview | None:
    """Assign the most urgent due picture to a worker; return None if no picture is due.

    Args:
        tx: a write transaction.
        worker: name of the worker.
        now: the time.
        until: expiry of the claim, unless it is extended.
        begun_after: skip a page if a picture of this shape was begun after this time.

    """
    return tx.one(_CLAIM, worker=worker, now=now, until=until, begun_after=begun_after)


def keep(tx: Tx, worker: str, held: Iterable[int], *, until: int) -> None:
    """Extend the claims of a worker on these pictures."""
    for preview_id in held:
        tx.run(_KEEP, worker=worker, row_id=preview_id, until=until)


def finish(tx: Tx, worker: str, preview: Preview, *, media_key: str, problem: str | None, now_ms: int) -> bool:
    """Store a picture; return False if the worker lost its claim or the picture was ordered again."""
    return bool(tx.run(_FINISH, worker=worker, row_id=preview.id, key=media_key, why=problem, now=now_ms))


def try_later(tx: Tx, worker: str, preview: Preview, *, problem: str, retry_at: int | None, attempts: int) -> bool:
    """Store a problem and the time of the next attempt (None for no more). Return False if the claim was lost."""
    state = FAILED if retry_at is None else PENDING
    return bool(
        tx.run(
            _LATER,
            worker=worker,
            row_id=preview.id,
            why=problem,
            new_state=state,
            again_at=retry_at or 0,
            tried=attempts,
        )
    )


def release(tx: Tx, worker: str) -> int:
    """Release the unfinished pictures of a worker; return their number."""
    return tx.run(_RELEASE, worker=worker)
