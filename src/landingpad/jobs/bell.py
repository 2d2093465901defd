"""How those who make pictures in this process learn that one was ordered."""

from collections.abc import Callable

Listener = Callable[[], bool]
"""Called when a picture was ordered, in any thread. Returns whether it made the picture, so that nobody else has to."""


class Bell:
    """Rings when an order for a picture is stored. Workers of other processes look by themselves."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def add(self, listener: Listener) -> None:
        """Call a listener from now on, after those that were added before."""
        self._listeners = (*self._listeners, listener)

    def remove(self, listener: Listener) -> None:
        """Stop calling a listener; one that is not there is no problem."""
        self._listeners = tuple(known for known in self._listeners if known != listener)

    def ring(self) -> None:
        """Call the listeners until one has made the picture."""
        for listener in self._listeners:
            if listener():
                return
