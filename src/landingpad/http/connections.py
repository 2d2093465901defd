"""Connections of clients: none is kept for ever, none is closed on a request that has arrived."""

import asyncio
import resource
from collections import Counter
from enum import Enum
from typing import Any

import msgspec
import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

log = structlog.get_logger("landingpad.connections")

_SWEEP_SECONDS = 1.0
_LOG_SECONDS = 60.0
_LAST_LOOK_SECONDS = 0.1
_RESERVED = 0.25
"""Share of the descriptors that is kept for files, the database and outgoing connections."""
_CLOSED_AT_ONCE = 16
"""At the limit one of this many idle connections is closed at once, so that the search for them costs little."""
_MOST_DESCRIPTORS = 65_536
_TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class ConnectionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of the connections of a process."""

    most: int = 0
    """Open connections; 0 for three quarters of the descriptors that the process may open."""
    header_seconds: float = 20
    """Time for the header of a request, from the first byte or, on a new connection, from its beginning."""
    body_seconds: float = 20
    """Time for a body, and one more second for each `body_rate` bytes that have come."""
    body_rate: int = 500
    answer_seconds: float = 60
    """Time in which a client must take some bytes of an answer that waits for it."""


class _Phase(Enum):
    NEW = "no request"
    HEADER = "slow header"
    BODY = "slow body"
    ANSWER = "answer not taken"
    CLOSING = "end not taken"
    IDLE = "idle"
    WORKING = "working"


_IDLE = frozenset({_Phase.NEW, _Phase.HEADER, _Phase.IDLE})
_SENDING = frozenset({_Phase.ANSWER, _Phase.CLOSING})
_TIMED = frozenset({_Phase.HEADER, _Phase.BODY})


class ConnectionGuard:
    """Closes connections that make no progress, and idle ones when too many are open."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self._limits = limits
        self._most = limits.most
        self._closed: Counter[str] = Counter()
        self._is_running = False
        self._logged_at = 0.0

    def opened(self, connection: "Connection") -> None:
        """Make room for a new connection, or refuse it if all others are at work."""
        open_ones: set[Any] = connection.connections
        if not self._is_running:
            self._is_running = True
            self._most = self._most or int(_descriptor_limit() * (1 - _RESERVED))
            self._logged_at = connection.loop.time() - _LOG_SECONDS
            connection.loop.call_later(_SWEEP_SECONDS, self._sweep, connection.loop, open_ones)
        if len(open_ones) <= self._most:
            return
        idle = [one for one in open_ones if one is not connection and one.phase() in _IDLE]
        idle.sort(key=lambda one: one.since)
        for one in idle[: 1 + len(idle) // _CLOSED_AT_ONCE]:
            self._close(one, "idle, too many open")
        if not idle:
            self._close(connection, "refused, too many at work")

    def _sweep(self, loop: asyncio.AbstractEventLoop, open_ones: set[Any]) -> None:
        """Look at every connection once a second."""
        now = loop.time()
        for one in list(open_ones):
            late = one.look(now, self._limits)
            if late is not None:
                self._close(one, late.value, late)
        if self._closed and now - self._logged_at >= _LOG_SECONDS:
            self._logged_at = now
            log.warning(
                "connections_closed",
                closed=dict(self._closed),
                open=len(open_ones),
                limit=self._most,
                next="Put a proxy in front of the server, or raise LANDINGPAD_CONNECTION_LIMIT.",
            )
            self._closed.clear()
        loop.call_later(_SWEEP_SECONDS, self._sweep, loop, open_ones)

    def _close(self, connection: "Connection", reason: str, late: _Phase | None = None) -> None:
        self._closed[reason] += 1
        if late in _SENDING:
            connection.transport.abort()
        else:
            connection.end(_TIMEOUT if late in _TIMED else b"")


class Connection(HttpToolsProtocol):
    """A connection that is looked at once a second, and read once more before its idle timeout closes it.

    uvloop handles timers before sockets. If the machine was busy or asleep for longer than a timeout, a request that
    arrived meanwhile would find the connection closed. So each limit closes it at the second look only.
    """

    def __init__(self, *args: Any, guard: ConnectionGuard, **more: Any) -> None:
        super().__init__(*args, **more)
        self._guard = guard
        self.since: float = self.loop.time()
        """When it was first seen in its present phase."""
        self._seen: tuple[_Phase, RequestResponseCycle | None] = (_Phase.NEW, None)
        self._is_late = False
        self._received = 0
        self._unsent = 0

    def connection_made(self, transport: Any) -> None:
        """Ask the guard for room."""
        super().connection_made(transport)
        self._guard.opened(self)

    def on_body(self, body: bytes) -> None:
        """Count what has come of a body."""
        self._received += len(body)
        super().on_body(body)

    def phase(self) -> _Phase:
        """Return what the connection is doing."""
        cycle = self.cycle
        if self.transport.is_closing():
            return _Phase.CLOSING
        if cycle is None:
            return _Phase.NEW
        if cycle.response_complete:
            return _Phase.IDLE if self.timeout_keep_alive_task is not None else _Phase.HEADER
        if cycle.more_body and not self.flow.read_paused:
            return _Phase.BODY
        return _Phase.ANSWER if self.flow.write_paused else _Phase.WORKING

    def look(self, now: float, limits: ConnectionLimits) -> _Phase | None:
        """Return the phase that takes longer than its limit, or None."""
        phase, cycle = seen = (self.phase(), self.cycle)
        unsent = self.transport.get_write_buffer_size()
        if phase is not self._seen[0] or cycle is not self._seen[1] or (phase in _SENDING and unsent != self._unsent):
            self._seen, self._unsent = seen, unsent
            self.since, self._received, self._is_late = now, 0, False
            return None
        allowed = {
            _Phase.NEW: limits.header_seconds,
            _Phase.HEADER: limits.header_seconds,
            _Phase.BODY: limits.body_seconds + self._received / limits.body_rate,
            _Phase.ANSWER: limits.answer_seconds,
            _Phase.CLOSING: limits.answer_seconds,
        }.get(phase)
        was_late, self._is_late = self._is_late, allowed is not None and now - self.since > allowed
        return phase if was_late and self._is_late else None

    def end(self, words: bytes) -> None:
        """Close the connection, with these words if no answer has begun."""
        if words and (self.cycle.response_complete or not self.cycle.response_started):
            self.transport.write(words)
        self.transport.close()

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection after one more pass of the event loop; arriving data cancels that."""
        self.timeout_keep_alive_task = self.loop.call_later(_LAST_LOOK_SECONDS, super().timeout_keep_alive_handler)


def raise_descriptor_limit() -> None:
    """Raise the limit of open descriptors of this process as far as the system allows, at most to 65,536."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _descriptor_limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else min(soft, _MOST_DESCRIPTORS)
