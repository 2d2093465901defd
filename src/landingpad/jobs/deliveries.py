"""The last attempts to deliver events, for people who look for what their handler was told."""

import threading
from collections import deque
from typing import NamedTuple

from landingpad.domain.work import Delivery


class Posted(NamedTuple):
    """One attempt, and what came of it."""

    id: int
    delivery: Delivery
    attempt: int
    outcome: str
    """delivered, again (it is tried once more), lost, or gone (nobody is left to be told)."""
    problem: str
    at: float


class Deliveries:
    """A ring of attempts, in the memory of the process."""

    def __init__(self, size: int) -> None:
        self._ring: deque[Posted] = deque(maxlen=max(size, 0))
        self._lock = threading.Lock()
        self._last = 0

    def note(self, delivery: Delivery, attempt: int, outcome: str, problem: str, at: float) -> None:
        """Remember an attempt."""
        with self._lock:
            self._last += 1
            self._ring.append(Posted(self._last, delivery, attempt, outcome, problem, at))

    def all(self) -> list[Posted]:
        """Return what is remembered, the oldest first."""
        with self._lock:
            return list(self._ring)

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._ring.clear()
