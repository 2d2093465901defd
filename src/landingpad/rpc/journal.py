"""The last calls of a process, for people who look for what their program really sent and got.

Kept in memory only, and only so many. Noting a call costs a microsecond; masking secrets and finding hints is done when
somebody looks.
"""

import asyncio
import re
from collections import deque
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from landingpad.media.upload import UploadedFile
from landingpad.rpc.declare import Registry
from landingpad.rpc.lint import nearest_method, problems_of

MASKED = "***"
_SECRETS = frozenset(
    {
        *("auth", "auth_id", "access_token", "refresh_token", "refresh_id", "token", "application_token", "sessid"),
        *("client_secret", "secret", "password", "authorization"),
    }
)
_SECRET_IN_QUERY = re.compile(rf"\b({'|'.join(sorted(_SECRETS))})(=|%3D)[^&]*", re.IGNORECASE)
_SECRET_IN_WEBHOOK = re.compile(r"(/rest/\d+/)[A-Za-z0-9]{8,}(?![A-Za-z0-9])")
_SMALL = 8 * 1024
"""Bytes of a request whose parameters are kept as they are; of larger ones a shortened copy is."""
_LONGEST_TEXT = 500
_MOST_MEMBERS = 50
_DEEPEST = 6


class Entry:
    """One call: what was asked, by whom, and what came of it. Of a batch, each command is one, too."""

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
        self.portal_id = 0  # 0: at a host of no portal
        self.user_id = 0  # 0: with a token of nobody
        self.credential = ""
        self.params: Mapping[str, Any] = {}
        self.status = 200
        self.code = ""
        self.text = ""
        self.seconds = 0.0

    def asked(self, params: Mapping[str, Any], size: int) -> None:
        """Note the parameters; `size` is that of the request in bytes."""
        self.params = params if size <= _SMALL else shortened(params)

    def called_by(self, portal_id: int, user_id: int, credential: str) -> None:
        """Note whose token it was."""
        self.portal_id = portal_id
        self.user_id = user_id
        self.credential = credential

    def ended(self, status: int, code: str, text: str) -> None:
        """Note the error that it ended with."""
        self.status, self.code, self.text = status, code, text

    def told(self, registry: Registry) -> dict[str, Any]:
        """Return what may be shown to people: secrets are masked, and hints say what had no effect."""
        method = registry.find(self.method)
        hints: list[str] = []
        if method is None:
            near = nearest_method(self.method, [known.name for known in registry])
            hints = [f"There is no method {self.method[:128]!r}." + (f" Did you mean {near}?" if near else "")]
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


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which calls are meant; what is not said matters not."""

    method: str = "*"
    """A pattern: `landing.site.*`."""
    portal: int | None = None
    user: int | None = None
    caller: str = ""
    """`webhook:1` or `app:1`."""
    status: int | None = None
    error: str = ""
    """A code; `*` means any error."""
    after: int = 0
    """Only calls with a greater number."""
    params: Mapping[str, Any] = {}
    """Parameters with these values, whatever others there are."""

    def fits(self, entry: Entry) -> bool:
        """Say whether a call is one of those."""
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
    """A ring of the last calls."""

    def __init__(self, size: int, *, count: bool = False) -> None:
        """Make an empty one.

        Args:
            size: how many calls are kept; with 0 nothing is.
            count: whether it is also counted how often each method was called, with what result.

        """
        self.is_on = size > 0
        self.size = max(size, 0)
        self.counts: dict[str, int] = {}
        self._entries: deque[Entry] = deque(maxlen=self.size)
        self._count = count
        self._last = 0
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def last(self) -> int:
        """The number of the last call; `Wanted(after=...)` then means those that follow."""
        return self._last

    def add(self, entry: Entry) -> None:
        """Note a call that has ended. On the event loop, where every call ends."""
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

    def find(self, wanted: Wanted) -> list[Entry]:
        """Return the calls that are meant, the oldest first."""
        return [entry for entry in tuple(self._entries) if wanted.fits(entry)]

    async def wait_for(self, wanted: Wanted, *, count: int = 1, seconds: float) -> list[Entry]:
        """Return the calls that are meant once there are so many, or those that came within the time."""
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

    def near_misses(self, wanted: Wanted) -> list[Entry]:
        """Return calls of the method that is meant which differ in something else."""
        loose = Wanted(method=wanted.method, after=wanted.after)
        return [entry for entry in self.find(loose) if not wanted.fits(entry)]

    def clear(self) -> None:
        """Forget everything; numbers go on, so that nobody who waits is confused."""
        self._entries.clear()
        self.counts.clear()


_MOST_COUNTED = 2000  # names that are no method's are counted, too


def contains(value: Any, wanted: Any) -> bool:
    """Say whether a value has at least the members that are wanted; texts and numbers are the same, as on the wire."""
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and all(
            name in value and contains(value[name], member) for name, member in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) == len(wanted) and all(map(contains, value, wanted))
    return bool(value == wanted) or (not isinstance(value, Mapping | list) and str(value) == str(wanted))


def shortened(value: Any, depth: int = 0) -> Any:
    """Copy a value without what is too large to keep: the content of files, most of all."""
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
    """Copy a value without its secrets."""
    if isinstance(value, Mapping):
        return {
            name: MASKED if str(name).lower() in _SECRETS and not isinstance(member, Mapping) else masked(member)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [masked(member) for member in value]
    if isinstance(value, UploadedFile):
        return _file(value)
    if isinstance(value, str) and "/rest/" in value:
        value = _SECRET_IN_WEBHOOK.sub(rf"\1{MASKED}", value)
    if isinstance(value, str) and "=" in value:
        return _SECRET_IN_QUERY.sub(rf"\1\2{MASKED}", value)
    return value


def _file(value: UploadedFile) -> str:
    return f"(file {value.name[:128]}, {len(value.data)} bytes)"
