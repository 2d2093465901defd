"""The outcome of an attempt at a job, and how it is stored."""

import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import structlog

from landingpad.store.db.engine import Database, Tx

log = structlog.get_logger("landingpad.jobs")

T = TypeVar("T")
_WRITES = 8
_RETRY_SECONDS = 0.5  # all retries take less time than a claim lasts; after that another worker takes the job


class Outcome(NamedTuple):
    """How an attempt ended."""

    name: str
    problem: str = ""
    again_seconds: float | None = None
    """Seconds until the next attempt, or None if this was the last one."""


def store_outcome(db: Database, work: Callable[[Tx], T], *, job: str, portal_id: int | None = None) -> T:
    """Store what a job did; retry if the database is unavailable, because the job is already done."""
    for attempt in range(1, _WRITES):
        try:
            return db.write_here(work, portal_id=portal_id)
        except Exception as error:  # noqa: BLE001  # whatever a driver raises when its connection is gone
            log.warning("outcome_not_stored", job=job, attempt=attempt, problem=repr(error))
            time.sleep(_RETRY_SECONDS)
    return db.write_here(work, portal_id=portal_id)
