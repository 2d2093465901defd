"""Regular work, once per database: each schedule is a job that is due again after every run.

The server that claims the job does the work. What was due while no server ran happens at the next start.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import structlog

from landingpad.domain.work import Services
from landingpad.jobs.forgotten import remove_forgotten
from landingpad.jobs.missing import order_missing, schedule_name
from landingpad.jobs.orphans import forget_orphans
from landingpad.jobs.outcome import Outcome
from landingpad.jobs.trash import TrashJob
from landingpad.store.jobs import queue

log = structlog.get_logger("landingpad.jobs")

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
KEPT_MS = 7 * _DAY_MS
"""Lifetime of finished jobs."""


class Schedule(NamedTuple):
    """Work at regular times."""

    run: Callable[[], object]
    every_ms: int
    at_ms: int
    """Time after each full period, in UTC."""

    def next_after(self, now: int) -> int:
        """Return the next time of the work."""
        return (now - self.at_ms) // self.every_ms * self.every_ms + self.every_ms + self.at_ms


class Schedules:
    """The regular work of a server."""

    def __init__(self, services: Services, *, collects_media: bool) -> None:
        """List the work.

        Args:
            services: services of the server.
            collects_media: whether files without a use are removed; false where snapshots may show them.

        """
        self._services = services
        self.known: dict[str, Schedule] = {
            "trash": Schedule(TrashJob(services).run, _DAY_MS, 3 * _HOUR_MS + 17 * _MINUTE_MS),
            "forgotten-media": Schedule(lambda: remove_forgotten(services), _HOUR_MS, 43 * _MINUTE_MS),
            schedule_name(services.previews.standard): Schedule(
                lambda: order_missing(services), _DAY_MS, 4 * _HOUR_MS + 17 * _MINUTE_MS
            ),
            "finished-jobs": Schedule(self._remove_finished_jobs, _HOUR_MS, 13 * _MINUTE_MS),
        }
        if collects_media:
            collect = Schedule(lambda: forget_orphans(services), _DAY_MS, 3 * _HOUR_MS + 47 * _MINUTE_MS)
            self.known["orphaned-media"] = collect

    def run(self, name: str) -> Outcome:
        """Do the work of a schedule."""
        schedule = self.known.get(name)
        if schedule is None:
            return Outcome("unknown", f"This release has no schedule {name!r}.")
        outcome, problem = "done", ""
        try:
            schedule.run()
        except Exception as error:
            log.exception("schedule_failed", schedule=name)
            outcome, problem = "failed", f"{type(error).__name__}: {error}"
        now = int(time.time() * 1000)
        return Outcome(outcome, problem, (schedule.next_after(now) - now) / 1000)

    def _remove_finished_jobs(self) -> None:
        before = int(time.time() * 1000) - KEPT_MS
        self._services.db.write_here(lambda tx: queue.remove_finished(tx, before=before))
