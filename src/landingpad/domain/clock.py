"""The clock of a server: the machine's time, unless a developer stops or moves it."""

import time


class Clock:
    """The only clock of a server. Tests move it instead of waiting for an expiry."""

    __slots__ = ("_ahead", "_stopped_at")

    def __init__(self) -> None:
        self._ahead = 0.0
        self._stopped_at: float | None = None

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return time.time() + self._ahead if self._stopped_at is None else self._stopped_at

    def now_ms(self) -> int:
        """Return the whole milliseconds since the epoch."""
        return int(self.now() * 1000)

    @property
    def is_frozen(self) -> bool:
        """Whether the clock is stopped."""
        return self._stopped_at is not None

    @property
    def ahead(self) -> float:
        """Seconds by which the clock is ahead of the machine's."""
        return self.now() - time.time()

    def freeze(self) -> None:
        """Stop the clock."""
        self._stopped_at = self.now()

    def resume(self) -> None:
        """Let a stopped clock run again from its present time."""
        self.set(self.now(), frozen=False)

    def set(self, now: float, *, frozen: bool | None = None) -> None:
        """Set the time. `frozen=None` leaves the clock running or stopped as it was."""
        stopped = self.is_frozen if frozen is None else frozen
        self._stopped_at = now if stopped else None
        self._ahead = now - time.time()

    def advance(self, seconds: float) -> None:
        """Move the clock forward, or back by a negative number."""
        self.set(self.now() + seconds)

    def reset(self) -> None:
        """Return to the machine's time and run."""
        self._ahead = 0.0
        self._stopped_at = None
