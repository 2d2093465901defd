"""What every answer of the REST API looks like: `result` and `time`, or `error` and `error_description`."""

import time
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from landingpad.domain.errors import ApiError
from landingpad.store.records import zone_of

JSON = b"application/json; charset=utf-8"
OPERATING_WINDOW = 600
"""Seconds over which the time used by a method is summed (limits.md)."""

_encode = msgspec.json.Encoder().encode


class Clock:
    """When a call began, by the wall and by a clock that never jumps."""

    __slots__ = ("_ticks", "start")

    def __init__(self) -> None:
        self.start = time.time()
        self._ticks = time.perf_counter()

    def elapsed(self) -> float:
        """Seconds since the call began."""
        return time.perf_counter() - self._ticks


def success(result: Any, clock: Clock, zone: str, *, processing: float, extra: dict[str, Any] | None = None) -> bytes:
    """Return the body of a good answer; `extra` are `total` and `next` of lists that page."""
    body: dict[str, Any] = {"result": result}
    if extra:
        body.update(extra)
    body["time"] = time_object(clock, zone, processing=processing)
    return _encode(body)


def time_object(clock: Clock, zone: str, *, processing: float) -> dict[str, Any]:
    """Return the `time` object: seconds as floats, dates in the portal's zone, `operating_reset_at` a whole second."""
    start = clock.start
    duration = clock.elapsed()
    finish = start + duration
    return {
        "start": start,
        "finish": finish,
        "duration": duration,
        "processing": processing,
        "date_start": iso_second(int(start), zone),
        "date_finish": iso_second(int(finish), zone),
        "operating_reset_at": int(start) + OPERATING_WINDOW,
        "operating": 0.0,
    }


def failure(error: ApiError) -> bytes:
    """Return the body of an error answer."""
    return _encode({"error": error.code, "error_description": str(error), **error.extra})


@lru_cache(maxsize=64)
def iso_second(second: int, zone: str) -> str:
    """Return a moment as `2026-03-26T14:34:22+01:00`."""
    return datetime.fromtimestamp(second, zone_of(zone)).isoformat()
