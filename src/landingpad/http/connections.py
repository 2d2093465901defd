"""Connections that lose no request when they are closed after being idle."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_LAST_LOOK_SECONDS = 0.1


class Connection(HttpToolsProtocol):
    """A connection that reads pending data once more before its idle timeout closes it.

    uvloop handles timers before sockets. If the machine was busy or asleep for longer than the idle timeout, a request
    that arrived meanwhile would find the connection closed.
    """

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection after one more pass of the event loop; arriving data cancels that."""
        self.timeout_keep_alive_task = self.loop.call_later(_LAST_LOOK_SECONDS, super().timeout_keep_alive_handler)
