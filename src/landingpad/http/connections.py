"""How long a connection waits for the next request, and that none is lost when it ends."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_LAST_LOOK_SECONDS = 0.1


class Connection(HttpToolsProtocol):
    """A connection that reads what has come in before it ends because nothing came.

    uvloop looks at its timers before its sockets. Where the machine was busy, or asleep, for longer than an idle
    connection stays open, a request that had come in meanwhile would be met by a closed connection.
    """

    def timeout_keep_alive_handler(self) -> None:
        """End the connection after one more look; whatever arrives calls that off, as it does for the timer itself."""
        self.timeout_keep_alive_task = self.loop.call_later(_LAST_LOOK_SECONDS, super().timeout_keep_alive_handler)
