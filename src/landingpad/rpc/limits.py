"""Limits of callers: requests per second, and running time per method (limits.md).

Both are counted in the memory of the process; a restart resets them.
"""

from collections import deque
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from landingpad.domain.people.portals import Plan

OPERATING_WINDOW = 600
"""Seconds over which the running time of a method is summed."""
_BUCKET_SECONDS = 60
_TIDY_ABOVE = 10_000


class LimitMode(StrEnum):
    """Treatment of limits."""

    OFF = "off"
    """Nothing is counted; `operating` is always 0."""
    COUNT = "count"
    """Running time is counted and reported; no call is refused."""
    ENFORCE = "enforce"
    """Calls over a limit are refused as documented."""


class Rate(NamedTuple):
    """The leaky bucket of a plan."""

    capacity: int
    """Number of requests that fill the bucket."""
    leak: int
    """Number of requests that leave the bucket each second."""


USUAL_RATE = Rate(50, 2)
RATES: Mapping[str, Rate] = {Plan.ENTERPRISE: Rate(250, 5)}
"""Buckets of plans that differ from USUAL_RATE."""


class _Level:
    __slots__ = ("count", "since")

    def __init__(self, since: float) -> None:
        self.count = 0
        self.since = since


class RequestRate:
    """Leaky buckets of requests, one for each portal and source address."""

    def __init__(self) -> None:
        self._levels: dict[tuple[int, str], _Level] = {}

    def admit(self, portal_id: int, address: str, rate: Rate, now: float) -> bool:
        """Return whether a request is admitted, and count it if so."""
        key = (portal_id, address)
        level = self._levels.get(key)
        if level is None:
            if len(self._levels) >= _TIDY_ABOVE:
                self._tidy(now, rate)
            level = self._levels[key] = _Level(now)
        seconds = int(now - level.since)
        if seconds > 0:
            level.count = max(0, level.count - seconds * rate.leak)
            level.since += seconds
        elif seconds < 0:
            level.since = now  # the clock was set back: restart the interval
        if level.count >= rate.capacity:
            return False
        level.count += 1
        return True

    def set_level(self, portal_id: int, address: str, count: int, now: float) -> None:
        """Set the number of requests in the bucket of an address."""
        level = self._levels[portal_id, address] = _Level(now)
        level.count = count

    def levels(self, portal_id: int, rate: Rate, now: float) -> list[tuple[str, int]]:
        """Return the addresses with non-empty buckets and their request counts."""
        found = (
            (address, level.count - max(0, int(now - level.since)) * rate.leak)
            for (portal, address), level in tuple(self._levels.items())
            if portal == portal_id
        )
        return [(address, count) for address, count in found if count > 0]

    def _tidy(self, now: float, rate: Rate) -> None:
        """Drop buckets that must be empty by now."""
        silent = rate.capacity / rate.leak
        self._levels = {key: level for key, level in self._levels.items() if 0 <= now - level.since < silent}


class Operating(NamedTuple):
    """The running time of one method for one credential."""

    seconds: float
    reset_at: int
    """Unix time at which the oldest counted minute drops out."""


class _Minute:
    __slots__ = ("began", "number", "seconds")

    def __init__(self, number: int, began: int) -> None:
        self.number = number
        self.began = began
        self.seconds = 0.0


class OperatingTime:
    """Sums the running time of methods per credential in ten one-minute buckets.

    A bucket begins with the first call of its minute and counts for ten minutes.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._minutes: dict[tuple[str, str], deque[_Minute]] = {}

    def is_exceeded(self, credential: str, method: str, now: float) -> Operating | None:
        """Return the running time if it exceeds the limit, or None."""
        minutes = self._minutes.get((credential, method))
        if not minutes:
            return None
        used = self._sum(minutes, now)
        return used if used.seconds > self.limit else None

    def charge(self, credential: str, method: str, seconds: float, now: float) -> Operating:
        """Add the running time of a call that began at `now` and return the sum."""
        key = (credential, method)
        minutes = self._minutes.get(key)
        if minutes is None:
            if len(self._minutes) >= _TIDY_ABOVE:
                self._tidy(now)
            minutes = self._minutes[key] = deque()
        number = int(now) // _BUCKET_SECONDS
        if not minutes or minutes[-1].number != number:
            minutes.append(_Minute(number, int(now)))
        minutes[-1].seconds += seconds
        return self._sum(minutes, now)

    def used(self, now: float) -> list[tuple[str, str, Operating]]:
        """Return (credential, method, running time) of recent calls, longest first."""
        found = [(*key, self._sum(minutes, now)) for key, minutes in tuple(self._minutes.items())]
        return sorted((one for one in found if one[2].seconds), key=lambda one: -one[2].seconds)

    @staticmethod
    def _sum(minutes: deque[_Minute], now: float) -> Operating:
        while minutes and minutes[0].began + OPERATING_WINDOW <= now:
            minutes.popleft()
        oldest = minutes[0].began if minutes else int(now)
        return Operating(sum(minute.seconds for minute in minutes), oldest + OPERATING_WINDOW)

    def _tidy(self, now: float) -> None:
        """Drop buckets that no longer count."""
        self._minutes = {
            key: minutes
            for key, minutes in self._minutes.items()
            if minutes and minutes[-1].began + OPERATING_WINDOW > now
        }


class Limits:
    """Limits of a server with their counters; shared by the REST route and the dispatcher, changeable at run time."""

    def __init__(self, mode: LimitMode = LimitMode.OFF, operating_limit: float = 480.0) -> None:
        self.change(mode, operating_limit)

    def change(self, mode: LimitMode, operating_limit: float) -> None:
        """Apply a mode and the seconds that a method may run in ten minutes; reset all counters."""
        is_enforced = mode is LimitMode.ENFORCE
        self.mode = mode
        self.operating = None if mode is LimitMode.OFF else OperatingTime(operating_limit)
        self.enforced_operating = self.operating if is_enforced else None
        self.rate = RequestRate() if is_enforced else None
