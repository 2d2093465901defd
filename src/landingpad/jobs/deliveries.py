"""Log of the last attempts to deliver events, for developers who debug their handlers."""

import threading
from collections import deque
from typing import NamedTuple

from landingpad.domain.work import Delivery


class DeliveryAttempt(NamedTuple):
    """One attempt to deliver an event, with its outcome."""

    id: int
    delivery: Delivery
    attempt: int
    outcome: str
    """delivered, again (it will be retried), lost (after the last attempt), gone (the receiver no longer
    exists), or refused (no administrator entrusted the address with tokens)."""
    problem: str
    at: float


class Deliveries:
    """Ring buffer of attempts in the memory of the process."""

    def __init__(self, size: int) -> None:
        self._ring: deque[DeliveryAttempt] = deque(maxlen=max(size, 0))
        self._lock = threading.Lock()
        self._last = 0
        self.cleared = 0
        """How often the log was cleared."""

    def note(self, delivery: Delivery, attempt: int, outcome: str, problem: str, at: float, *, cleared: int) -> None:
        """Add an attempt, unless the log was cleared since it began; `cleared` is the number of that time."""
        with self._lock:
            if cleared != self.cleared:
                return
            self._last += 1
            self._ring.append(DeliveryAttempt(self._last, delivery, attempt, outcome, problem, at))

    def all(self) -> list[DeliveryAttempt]:
        """Return the attempts, oldest first."""
        with self._lock:
            return list(self._ring)

    def clear(self) -> None:
        """Remove all attempts."""
        with self._lock:
            self._ring.clear()
            self.cleared += 1
