"""Client of Chromium's DevTools protocol (CDP) over a private socket pair, without a debugging port.

https://chromedevtools.github.io/devtools-protocol/ describes commands and events. Messages are JSON terminated by a NUL
byte (--remote-debugging-pipe).
"""

import asyncio
import itertools
import socket
from collections.abc import Callable
from typing import Any

import msgspec
import structlog

log = structlog.get_logger("landingpad.render")

_LONGEST_MESSAGE = 256 * 1024 * 1024
"""Bytes; a picture is one message in Base64."""

Handler = Callable[[dict[str, Any]], None]


class CommandError(Exception):
    """Chromium refused a command, or the tab no longer exists."""


class TabGone(CommandError):  # noqa: N818  # the name states the cause; CommandError is the base
    """The tab no longer exists."""


class Disconnected(TabGone):
    """Chromium has ended and closed the connection."""


class _Message(msgspec.Struct):
    id: int = 0
    method: str = ""
    params: dict[str, Any] = {}
    result: dict[str, Any] = {}
    error: dict[str, Any] | None = None
    session: str = msgspec.field(name="sessionId", default="")


class CdpConnection:
    """The connection to one browser; bound to one event loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[str, asyncio.Future[dict[str, Any]]]] = {}
        self._sessions: dict[str, CdpSession] = {}
        self._decode = msgspec.json.Decoder(_Message).decode
        self._encode = msgspec.json.Encoder().encode
        self.is_open = True
        self.root = CdpSession(self, "")
        self._task = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, end: socket.socket) -> "CdpConnection":
        """Open the connection on our end of a socket pair; the browser holds the other end."""
        end.setblocking(False)
        return cls(*await asyncio.open_connection(sock=end, limit=_LONGEST_MESSAGE))

    def session(self, session_id: str) -> "CdpSession":
        """Return a new session object for an attached session id."""
        found = self._sessions[session_id] = CdpSession(self, session_id)
        return found

    async def send(self, session_id: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Send a command and return its result.

        Raises:
            CommandError: Chromium refused it, or its tab no longer exists.
            Disconnected: the browser has ended.

        """
        if not self.is_open:
            raise Disconnected(f"{method}: Chromium has ended.")
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session_id:
            message["sessionId"] = session_id
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = (session_id, answer)
        try:
            self._writer.write(self._encode(message) + b"\0")
            return await answer
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """Close the connection; Chromium then ends by itself."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._writer.close()

    async def _listen(self) -> None:
        try:
            while True:
                self._receive(self._decode((await self._reader.readuntil(b"\0"))[:-1]))
        except (asyncio.IncompleteReadError, ConnectionError):
            log.debug("render.chromium_hung_up")
        finally:
            self.is_open = False
            self._fail("", Disconnected("Chromium has ended."))
            self.root.emit("Inspector.detached", {})
            for session in self._sessions.values():
                session.emit("Inspector.detached", {})

    def _receive(self, message: _Message) -> None:
        if message.id:
            _, answer = self._waiting.get(message.id, ("", None))
            if answer is None or answer.done():
                return  # the caller has given up
            if message.error is None:
                answer.set_result(message.result)
            else:
                answer.set_exception(CommandError(str(message.error.get("message", message.error))))
            return
        if message.method == "Target.detachedFromTarget":
            gone = self._sessions.pop(message.params["sessionId"], None)
            if gone is not None:
                self._fail(gone.id, TabGone("The tab is gone."))
                gone.emit("Inspector.detached", {})
        session = self._sessions.get(message.session) if message.session else self.root
        if session is not None:
            session.emit(message.method, message.params)

    def _fail(self, session_id: str, error: CommandError) -> None:
        """Fail the pending commands of a session, or of all sessions if the id is ""."""
        for number, (session, answer) in list(self._waiting.items()):
            if (not session_id or session == session_id) and not answer.done():
                answer.set_exception(error)
                answer.exception()  # marks it as retrieved, in case nobody awaits it
                del self._waiting[number]


class CdpSession:
    """Commands and events of one tab, or of the whole browser."""

    def __init__(self, connection: CdpConnection, session_id: str) -> None:
        self._connection = connection
        self._handlers: dict[str, Handler] = {}
        self.id = session_id

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command to this session and return its result; raises like `CdpConnection.send`."""
        return await self._connection.send(self.id, method, params)

    def on(self, event: str, handler: Handler) -> None:
        """Register the function that gets the parameters of each such event, replacing an earlier one."""
        self._handlers[event] = handler

    def emit(self, event: str, params: dict[str, Any]) -> None:
        """Call the handler of an event, if any."""
        handler = self._handlers.get(event)
        if handler is not None:
            handler(params)
