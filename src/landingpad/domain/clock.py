"""The time of a server: that of the machine, unless a developer stops it or moves it."""

import time


class Clock:
    """Tells everything in a server what time it is, so that a test of an expiry has not to wait for it."""

    __slots__ = ("_ahead", "_stopped_at")

    def __init__(self) -> None:
        self._ahead = 0.0
        self._stopped_at: float | None = None

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._ahead if self._stopped_at is None else self._stopped_at

    def now_ms(self) -> int:
        """Milliseconds since the epoch, whole ones."""
        return int(self.now() * 1000)

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self._stopped_at is not None

    @property
    def ahead(self) -> float:
        """By how many seconds it is ahead of the machine's."""
        return self.now() - time.time()

    def freeze(self) -> None:
        """Stop it."""
        self._stopped_at = self.now()

    def resume(self) -> None:
        """Let it go on from where it stands."""
        self.set(self.now(), frozen=False)

    def set(self, now: float, *, frozen: bool | None = None) -> None:
        """Set it to a moment; whether it stands still then stays as it is, unless said."""
        stopped = self.is_frozen if frozen is None else frozen
        self._stopped_at = now if stopped else None
        self._ahead = now - time.time()

    def advance(self, seconds: float) -> None:
        """Move it forward, or with a negative number back."""
        self.set(self.now() + seconds)

    def reset(self) -> None:
        """Show the time of the machine again."""
        self._ahead = 0.0
        self._stopped_at = None
