"""Notification of the workers in this process about new orders for pictures, or about new jobs."""

from collections.abc import Callable

Listener = Callable[[], bool]
"""Function called in any thread after an order was stored; it returns whether it has already carried it out."""


class OrderListeners:
    """Calls listeners when an order is stored; workers of other processes poll."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def add(self, listener: Listener) -> None:
        """Add a listener, which is called after the existing ones."""
        self._listeners = (*self._listeners, listener)

    def remove(self, listener: Listener) -> None:
        """Remove a listener; no effect if it is unknown."""
        self._listeners = tuple(known for known in self._listeners if known != listener)

    def notify(self) -> None:
        """Call the listeners in order until one has carried the order out."""
        for listener in self._listeners:
            if listener():
                return
