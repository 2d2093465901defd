"""Bodies of callers who may be nobody: read step by step, limited, and dropped when they are not wanted."""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from landingpad.errors.calls import BadRequest, RequestTooMany
from landingpad.http.asgi import BodyTooLargeError, ClientGoneError, Receive, Scope, header

SMALL = 64 * 1024
"""Bodies up to this size in bytes are decoded on the event loop; larger ones in a thread."""

_UNPACKED = 1024 * 1024
"""Most bytes of a packed body that are unpacked in one step, in a thread."""
_GZIP = frozenset({"gzip", "x-gzip"})
_OTHER_PACKINGS = frozenset({"br", "compress", "deflate", "zstd"})
_DROPPED = 4 * 1024 * 1024
"""Most bytes of an unwanted body that are read after the answer, so that its sender gets to see the answer."""
_DROPPING_SECONDS = 5.0
_SMALL_SECONDS = 1.0
_WAITING_SECONDS = 10.0
_READING_SECONDS = 30.0
_VALUE = rb'(?:=|"\s*:\s*"|"\r\n\r\n)([A-Za-z0-9_.-]{8,512})[&"\r]'
_TOKENS = (re.compile(b"auth" + _VALUE), re.compile(b"access_token" + _VALUE))


class Incoming:
    """The body of one request, of which nothing has been read yet. A gzip body is unpacked while it is read."""

    __slots__ = (
        "_declared",
        "_ended",
        "_packing",
        "_parts",
        "_receive",
        "_unpacker",
        "is_complete",
        "is_small",
        "size",
    )

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._parts: list[bytes] = []
        declared = header(scope, b"content-length")
        self._declared = int(declared) if declared.isdigit() else -1
        self._packing = header(scope, b"content-encoding").strip().lower()
        self._unpacker = _Unpacker() if self._packing in _GZIP else None
        self._ended = False
        self.size = 0
        """Bytes read so far, unpacked."""
        self.is_complete = False
        """Whether nothing more will come from the sender."""
        self.is_small = self._declared <= SMALL and not header(scope, b"transfer-encoding")
        """Whether the sender says that the body is small."""

    async def begin(self, size: int) -> None:
        """Read until the body is complete, or more than `size` bytes are there.

        Raises:
            ClientGoneError: the client closed the connection before the end of the body.
            BadRequest: a packed body cannot be unpacked.

        """
        if self._packing in _OTHER_PACKINGS:
            raise BadRequest(
                f"A body with Content-Encoding: {self._packing} is not read. Send it as gzip, or unpacked."
            )
        while not self._ended and self.size <= size:
            part = await (self._next() if self._unpacker is None else self._next_unpacked(self._unpacker))
            self._parts.append(part)
            self.size += len(part)

    async def read(self, limit: int) -> bytes:
        """Return the whole body.

        Raises:
            BodyTooLargeError: it is larger than `limit` bytes; the rest is not read.
            ClientGoneError: the client closed the connection before the end of the body.

        """
        if self._declared > limit:
            raise BodyTooLargeError
        await self.begin(limit)
        if self.size > limit:
            raise BodyTooLargeError
        return self.so_far()

    def so_far(self) -> bytes:
        """Return what has been read."""
        if len(self._parts) != 1:
            self._parts = [b"".join(self._parts)]
        return self._parts[0]

    async def drop_small(self) -> bool:
        """Drop the rest of a small body; return whether the connection can be used again."""
        self._parts.clear()
        if self.is_small and not self.is_complete:
            await self._drop(SMALL, _SMALL_SECONDS)
        return self.is_complete

    async def drop(self) -> None:
        """Drop the rest of the body after the answer, as far as that costs little."""
        await self._drop(_DROPPED, _DROPPING_SECONDS)

    async def _drop(self, most: int, seconds: float) -> None:
        dropped = 0
        try:
            async with asyncio.timeout(seconds):
                while not self.is_complete and dropped <= most:
                    dropped += len(await self._next())
        except (TimeoutError, ClientGoneError):
            return

    async def _next(self) -> bytes:
        message = await self._receive()
        part: bytes = message.get("body", b"")
        self._ended = self.is_complete = not message.get("more_body")
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        return part

    async def _next_unpacked(self, unpacker: "_Unpacker") -> bytes:
        """Return the next step of a packed body: small ones are unpacked here, the rest in a thread."""
        if not unpacker.is_behind and not self.is_complete:
            unpacker.feed(await self._next())
        if self.size < SMALL:
            part = unpacker.step(SMALL)
        else:
            part = await asyncio.to_thread(unpacker.step, _UNPACKED)
        self._ended = self.is_complete and unpacker.is_at_end
        if self.is_complete and not part and not self._ended:
            raise BadRequest("The gzip body ends too early. Send it again, in full.")
        return part


class _Unpacker:
    """Unpacks gzip in steps of a limited size."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        self._waiting = b""
        self._is_fed = False
        self.is_behind = False
        """Whether fed bytes still have to be unpacked."""

    @property
    def is_at_end(self) -> bool:
        """Whether everything is unpacked; an empty body is."""
        return self._zlib.eof or not self._is_fed

    def feed(self, packed: bytes) -> None:
        """Take more packed bytes."""
        self._waiting = packed
        self._is_fed = self._is_fed or bool(packed)

    def step(self, most: int) -> bytes:
        """Return up to `most` unpacked bytes.

        Raises:
            BadRequest: the bytes are not gzip.

        """
        try:
            part = self._zlib.decompress(self._waiting, most)  # after the end, this collects unused data
        except zlib.error as error:
            raise BadRequest(f"The body is sent with Content-Encoding: gzip but is not gzip: {error}.") from None
        if self._zlib.unused_data:
            raise BadRequest("The gzip body has more bytes after its end. Send one gzip stream.")
        self._waiting = self._zlib.unconsumed_tail
        self.is_behind = len(part) == most
        return part


class BodiesOfNobody:
    """Bodies whose sender is known only when they have been read, because the token is inside."""

    def __init__(self, limit: int, *, at_once: int = 2) -> None:
        """Make the limit of one process.

        Args:
            limit: largest size of such a body in bytes.
            at_once: large ones that are read and decoded at the same time.

        """
        self.limit = limit
        self._turns = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn to read and decode a large body; inside, reading may take `_READING_SECONDS`.

        Raises:
            RequestTooMany: no turn is free, or the body arrives too slowly.

        """
        try:
            async with asyncio.timeout(_WAITING_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            raise RequestTooMany(f"{RequestTooMany.text}: other large requests without a known sender wait.") from None
        try:
            async with asyncio.timeout(_READING_SECONDS):
                yield
        except TimeoutError:
            raise RequestTooMany(f"{RequestTooMany.text}: the body arrives too slowly.") from None
        finally:
            self._turns.release()


def token_in(beginning: bytes) -> str:
    """Return what looks like the access token in the beginning of a body of any kind, or ""."""
    found = next((found for pattern in _TOKENS if (found := pattern.search(beginning))), None)
    return found[1].decode() if found else ""
