"""The `time` object of every answer (data-types.md)."""

import time
from datetime import datetime
from functools import lru_cache
from typing import Any

from landingpad.rpc.call import Outcome
from landingpad.store.records import zone_of


class Stopwatch:
    """Start of a call by the server's clock, and elapsed seconds by a monotonic clock."""

    __slots__ = ("_ticks", "start")

    def __init__(self, start: float) -> None:
        self.start = start
        self._ticks = time.perf_counter()

    def elapsed(self) -> float:
        """Seconds since the call began."""
        return time.perf_counter() - self._ticks


def time_object(watch: Stopwatch, zone: str, outcome: Outcome) -> dict[str, Any]:
    """Return the `time` object: seconds as floats, dates in the portal's zone, `operating_reset_at` a whole second."""
    start = watch.start
    duration = watch.elapsed()
    finish = start + duration
    return {
        "start": start,
        "finish": finish,
        "duration": duration,
        "processing": outcome.processing,
        "date_start": iso_second(int(start), zone),
        "date_finish": iso_second(int(finish), zone),
        "operating_reset_at": outcome.operating_reset_at,
        "operating": outcome.operating,
    }


@lru_cache(maxsize=64)
def iso_second(second: int, zone: str) -> str:
    """Return a Unix time as ISO 8601, such as `2026-03-26T14:34:22+01:00`."""
    return datetime.fromtimestamp(second, zone_of(zone)).isoformat()
