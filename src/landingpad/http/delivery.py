"""How bytes reach a visitor: validators and 304, ranges and 206, compression, prepared pages kept in memory."""

import re
from collections import OrderedDict
from email.utils import formatdate, parsedate_to_datetime
from threading import Lock
from typing import NamedTuple

from landingpad.http.encoding import SMALL, compress, negotiate
from landingpad.http.message import Answer, Request

FOREVER = b"public, max-age=31536000, immutable"
ALWAYS_ASK = b"public, max-age=0, must-revalidate"
NEVER = b"no-store"

_OK = 200
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_FILE_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"


class Prepared(NamedTuple):
    """A page as it is sent from one address."""

    body: bytes
    tag: str
    has_script: bool = False
    """Whether it runs the program of sliders, galleries and countdowns."""


class PageCache:
    """Prepared pages, the least used ones forgotten first. What a key stands for never changes."""

    def __init__(self, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._pages: OrderedDict[tuple[object, ...], Prepared] = OrderedDict()
        self._lock = Lock()
        self._bytes = 0
        self._most_bytes = most_bytes

    def get(self, key: tuple[object, ...]) -> Prepared | None:
        """Return a page that was put here."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def clear(self) -> None:
        """Forget every page."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def put(self, key: tuple[object, ...], page: Prepared) -> None:
        """Keep a page."""
        with self._lock:
            if key in self._pages:
                return
            self._pages[key] = page
            self._bytes += len(page.body)
            while self._bytes > self._most_bytes and len(self._pages) > 1:
                _, forgotten = self._pages.popitem(last=False)
                self._bytes -= len(forgotten.body)


def file_headers(kind: str, cache: bytes) -> list[tuple[bytes, bytes]]:
    """Return the headers of a file: it is shown by pages of any origin, and runs nothing if it is opened itself."""
    return [
        (b"content-type", kind.encode()),
        (b"cache-control", cache),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", _FILE_POLICY),
        (b"access-control-allow-origin", b"*"),
        (b"cross-origin-resource-policy", b"cross-origin"),
    ]


def conditional(request: Request, answer: Answer, tag: str, changed_ms: int = 0) -> Answer:
    """Add ETag and Last-Modified, and answer 304 to a visitor who has this very content."""
    answer.headers.append((b"etag", f'"{tag}"'.encode()))
    if changed_ms:
        answer.headers.append((b"last-modified", formatdate(changed_ms / 1000, usegmt=True).encode()))
    if answer.status != _OK or not _is_known(request, tag, changed_ms):
        return answer
    return Answer(304, [(name, value) for name, value in answer.headers if name != b"content-type"])


def ranged(request: Request, answer: Answer, tag: str) -> Answer:
    """Answer with the part of a file that is asked for; with the whole where the question is not understood."""
    if answer.status != _OK:
        return answer
    answer.headers.append((b"accept-ranges", b"bytes"))
    condition = request.header(b"if-range")
    wanted = _RANGE.fullmatch(request.header(b"range").strip())
    if wanted is None or not any(wanted.groups()) or (condition and condition != f'"{tag}"'):
        return answer
    size = len(answer.body)
    first, last = wanted.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or start > end:
        return Answer(416, [(b"content-range", f"bytes */{size}".encode())])
    answer.headers.append((b"content-range", f"bytes {start}-{end}/{size}".encode()))
    return Answer(206, answer.headers, answer.body[start : end + 1])


def encoded(request: Request, answer: Answer) -> Answer:
    """Compress text for clients that take it."""
    kind = next((value for name, value in answer.headers if name == b"content-type"), b"")
    if answer.status == 206 or not kind.startswith((b"text/", b"image/svg", b"application/xml")):  # noqa: PLR2004  # a part
        return answer
    answer.headers.append((b"vary", b"accept-encoding"))
    encoding = negotiate(request.header(b"accept-encoding"))
    if encoding and len(answer.body) >= SMALL:
        answer.body = compress(answer.body, encoding)
        answer.headers.append((b"content-encoding", encoding.encode()))
        # Each encoding is a representation of its own; a weak tag says that they mean the same.
        answer.headers = [(name, b"W/" + value if name == b"etag" else value) for name, value in answer.headers]
    return answer


def _is_known(request: Request, tag: str, changed_ms: int) -> bool:
    known = request.header(b"if-none-match")
    if known:
        tags = {part.strip().removeprefix("W/") for part in known.split(",")}
        return f'"{tag}"' in tags or "*" in tags
    since = request.header(b"if-modified-since")
    if not since or not changed_ms:
        return False
    try:
        return changed_ms // 1000 <= int(parsedate_to_datetime(since).timestamp())
    except (ValueError, TypeError):
        return False
