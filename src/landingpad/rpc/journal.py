"""Journal of the last calls of a process, for developers who debug their programs.

It is kept in memory and limited in size. Adding a call costs a microsecond; reading masks secrets and
adds hints.
"""

import asyncio
import re
from collections import deque
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from landingpad.domain.app.foreign import REST3, scopes_of
from landingpad.logs import MASKED, SECRET_NAMES, masked_text
from landingpad.media.upload import UploadedFile
from landingpad.rpc.declare import Registry
from landingpad.rpc.lint import nearest_method, problems_of

_SECRET_IN_QUERY = re.compile(rf"\b({'|'.join(sorted(SECRET_NAMES))})(=|%3D)[^&]*", re.IGNORECASE)
_SMALL = 8 * 1024
"""Requests up to this size in bytes keep their parameters; larger ones keep a shortened copy."""
_LONGEST_TEXT = 500
_MOST_MEMBERS = 50
_DEEPEST = 6


class CallRecord:
    """One call in the journal: parameters, caller and outcome. Each command of a batch has its own record."""

    __slots__ = (
        "at",
        "code",
        "credential",
        "in_batch",
        "method",
        "number",
        "params",
        "portal_id",
        "seconds",
        "status",
        "text",
        "user_id",
    )

    def __init__(self, method: str, at: float, *, in_batch: bool = False) -> None:
        self.number = 0
        self.at = at
        self.method = method
        self.in_batch = in_batch
        self.portal_id = 0  # 0: the host belongs to no portal
        self.user_id = 0  # 0: the token is invalid
        self.credential = ""
        self.params: Mapping[str, Any] = {}
        self.status = 200
        self.code = ""
        self.text = ""
        self.seconds = 0.0

    def set_params(self, params: Mapping[str, Any], size: int) -> None:
        """Set the parameters; `size` is the size of the request in bytes."""
        self.params = params if size <= _SMALL else shortened(params)

    def set_caller(self, portal_id: int, user_id: int, credential: str) -> None:
        """Set the caller."""
        self.portal_id = portal_id
        self.user_id = user_id
        self.credential = credential

    def set_error(self, status: int, code: str, text: str) -> None:
        """Set the error with which the call ended."""
        self.status, self.code, self.text = status, code, text

    def as_dict(self, registry: Registry) -> dict[str, Any]:
        """Return the record for display, with masked secrets and hints about parameters without effect."""
        method = registry.find(self.method)
        hints: list[str] = []
        if method is None:
            hints = [_about_missing(self.method, registry)] if self.code else []  # REST 3.0 has methods of its own
        elif not self.code:
            hints = problems_of(method, self.params, self.params.keys() - method.known_names)
        return {
            "id": self.number,
            "at": self.at,
            "method": method.name if method else self.method,
            "called_as": self.method,
            "in_batch": self.in_batch,
            "portal": self.portal_id,
            "user": self.user_id,
            "caller": self.credential,
            "params": masked(self.params),
            "status": self.status,
            "error": self.code,
            "text": self.text,
            "ms": round(self.seconds * 1000, 3),
            "hints": hints,
        }


class CallFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter for recorded calls; unset fields match everything."""

    method: str = "*"
    """Pattern such as `landing.site.*`."""
    portal: int | None = None
    user: int | None = None
    caller: str = ""
    """`webhook:1` or `app:1`."""
    status: int | None = None
    error: str = ""
    """Error code; `*` means any error."""
    after: int = 0
    """Only records with a greater number."""
    params: Mapping[str, Any] = {}
    """Parameters that must have these values; further parameters are allowed."""

    def matches(self, entry: CallRecord) -> bool:
        """Return whether a recorded call passes the filter."""
        return (
            entry.number > self.after
            and fnmatchcase(entry.method.lower(), self.method.lower())
            and self.portal in {None, entry.portal_id}
            and self.user in {None, entry.user_id}
            and self.caller in {"", entry.credential}
            and self.status in {None, entry.status}
            and (not self.error or (bool(entry.code) and self.error in {"*", entry.code}))
            and contains(entry.params, self.params)
        )


class Journal:
    """Ring buffer of the last calls."""

    def __init__(self, size: int, *, count: bool = False) -> None:
        """Create an empty journal.

        Args:
            size: number of calls kept; 0 turns the journal off.
            count: also count the calls of each method.

        """
        self.is_on = size > 0
        self.size = max(size, 0)
        self.counts: dict[str, int] = {}
        self._entries: deque[CallRecord] = deque(maxlen=self.size)
        self._count = count
        self._last = 0
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def last(self) -> int:
        """Number of the last call; `CallFilter(after=...)` with it selects later calls."""
        return self._last

    def add(self, entry: CallRecord) -> None:
        """Add a finished call. Must be called on the event loop."""
        if not self.is_on:
            return
        self._last = entry.number = self._last + 1
        self._entries.append(entry)
        if self._count:
            key = entry.method[:128].lower()
            if key in self.counts or len(self.counts) < _MOST_COUNTED:
                self.counts[key] = self.counts.get(key, 0) + 1
        if self._waiting:
            for future in self._waiting:
                if not future.done():
                    future.set_result(None)
            self._waiting.clear()

    def find(self, wanted: CallFilter) -> list[CallRecord]:
        """Return the matching calls, oldest first."""
        return [entry for entry in tuple(self._entries) if wanted.matches(entry)]

    async def wait_for(self, wanted: CallFilter, *, count: int = 1, seconds: float) -> list[CallRecord]:
        """Wait until `count` calls match or `seconds` have passed; return the matching calls."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while True:
            found = self.find(wanted)
            left = end - loop.time()
            if len(found) >= count or left <= 0:
                return found
            future: asyncio.Future[None] = loop.create_future()
            self._waiting.append(future)
            await asyncio.wait([future], timeout=left)

    def near_misses(self, wanted: CallFilter) -> list[CallRecord]:
        """Return calls of the wanted method that fail another condition of the filter."""
        loose = CallFilter(method=wanted.method, after=wanted.after)
        return [entry for entry in self.find(loose) if not wanted.matches(entry)]

    def clear(self) -> None:
        """Drop all records. Numbering continues, so that waiting readers stay correct."""
        self._entries.clear()
        self.counts.clear()


_MOST_COUNTED = 2000  # unknown method names are counted too


def contains(value: Any, wanted: Any) -> bool:
    """Return whether a value has at least the wanted members; texts and numbers compare equal, as on the wire."""
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and all(
            name in value and contains(value[name], member) for name, member in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) == len(wanted) and all(map(contains, value, wanted))
    return bool(value == wanted) or (not isinstance(value, Mapping | list) and str(value) == str(wanted))


def _about_missing(name: str, registry: Registry) -> str:
    """Return the hint for a call of a method that is not in the registry."""
    called = name[:128]
    if scopes_of(name) or scopes_of(name, REST3):
        return f"{called} belongs to a part of a portal that is not here."
    near = nearest_method(name, [known.name for known in registry])
    return f"There is no method {called!r}." + (f" Did you mean {near}?" if near else "")


def shortened(value: Any, depth: int = 0) -> Any:
    """Return a copy of a value with long texts, large containers and file contents shortened."""
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]}... ({len(value)} characters)"
    if isinstance(value, Mapping | list) and depth >= _DEEPEST:
        return "..."
    if isinstance(value, Mapping):
        first: Iterable[Any] = list(value)[:_MOST_MEMBERS]
        return {str(name)[:128]: shortened(value[name], depth + 1) for name in first}
    if isinstance(value, list):
        return [shortened(member, depth + 1) for member in value[:_MOST_MEMBERS]]
    if isinstance(value, UploadedFile):
        return _file(value)
    return value


def masked(value: Any) -> Any:
    """Return a copy of a value with secrets masked."""
    if isinstance(value, Mapping):
        return {
            name: MASKED if str(name).lower() in SECRET_NAMES and not isinstance(member, Mapping) else masked(member)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [masked(member) for member in value]
    if isinstance(value, UploadedFile):
        return _file(value)
    if isinstance(value, str):
        return masked_text(_SECRET_IN_QUERY.sub(rf"\1\2{MASKED}", value))
    return value


def _file(value: UploadedFile) -> str:
    return f"(file {value.name[:128]}, {len(value.data)} bytes)"
