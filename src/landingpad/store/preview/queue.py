"""The queue of pictures: the rows of previews that are pending.

A worker claims one, and says while it works that it lives. Two workers never have the same row: a claim is one UPDATE
of a row that nobody holds. A worker that was killed holds its rows until its claim ends; that a claim was lost is
noticed when the picture is stored. Times here are those of the machine's clock.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, bindparam, exists, literal_column, null, or_, select, update

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Statement
from landingpad.store.preview.previews import FAILED, PENDING, READY, SHAPE, find
from landingpad.store.records import Preview
from landingpad.store.tables.preview import previews

# Not a parameter: then the partial index would not be used.
_PENDING: ColumnElement[str] = literal_column(f"'{PENDING}'")
_waiting = previews.alias("waiting")
_other = previews.alias("other")
# Another picture of the same page and shape is being taken, or was begun a moment ago: this one would be one too many,
# for the page may change again while that one is taken.
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
_CLAIM = Statement(
    update(previews)
    .where(previews.c.id == _NEXT_ID.with_for_update(skip_locked=True, of=_waiting).scalar_subquery())
    .values(
        claimed_by=bindparam("worker"),
        claimed_until=bindparam("until"),
        started_at=bindparam("now"),
        attempts=previews.c.attempts + 1,
    )
    .returning(previews.c.id)
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
    """Say whether there is a picture to be taken: a read, so that nobody is locked out by looking."""
    return tx.one(_NEXT, now=now, begun_after=begun_after) is not None


def claim(tx: Tx, worker: str, now: int, *, until: int, begun_after: int) -> Preview | None:
    """Give the most urgent picture to a worker; None if there is none to be taken now.

    Args:
        tx: a write.
        worker: name of the worker.
        now: the moment.
        until: when the claim ends, unless it is kept.
        begun_after: a page of which a picture of the same shape was begun later than this has to wait.

    """
    claimed = tx.one(_CLAIM, worker=worker, now=now, until=until, begun_after=begun_after)
    return None if claimed is None else find(tx, claimed[0])


def keep(tx: Tx, worker: str, held: Iterable[int], *, until: int) -> None:
    """Say that a worker is still at work on these pictures."""
    for preview_id in held:
        tx.run(_KEEP, worker=worker, row_id=preview_id, until=until)


def finish(tx: Tx, worker: str, preview: Preview, *, media_key: str, problem: str | None, now_ms: int) -> bool:
    """Store a picture; return False if the worker had lost its claim, or the picture was ordered anew."""
    return bool(tx.run(_FINISH, worker=worker, row_id=preview.id, key=media_key, why=problem, now=now_ms))


def try_later(tx: Tx, worker: str, preview: Preview, *, problem: str, retry_at: int | None, attempts: int) -> bool:
    """Note why a picture was not taken, and when it is tried again (None: never); return False as `finish` does."""
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
    """Give back what a worker has not finished; return how many pictures that were."""
    return tx.run(_RELEASE, worker=worker)
