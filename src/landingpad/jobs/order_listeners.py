"""Notification of the workers in this process about new orders for pictures."""

from collections.abc import Callable

Listener = Callable[[], bool]
"""Function called in any thread after a picture was ordered; it returns whether it has already made the picture."""


class OrderListeners:
    """Calls listeners when an order for a picture is stored; workers of other processes poll."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def add(self, listener: Listener) -> None:
        """Add a listener, which is called after the existing ones."""
        self._listeners = (*self._listeners, listener)

    def remove(self, listener: Listener) -> None:
        """Remove a listener; no effect if it is unknown."""
        self._listeners = tuple(known for known in self._listeners if known != listener)

    def notify(self) -> None:
        """Call the listeners in order until one has made the picture."""
        for listener in self._listeners:
            if listener():
                return
