"""HTTP delivery to visitors: validators and 304, ranges and 206, compression, a cache of prepared pages."""

import re
from collections import OrderedDict
from email.utils import formatdate, parsedate_to_datetime
from threading import Lock
from typing import NamedTuple

from landingpad.http.encoding import SMALL, compress, negotiate
from landingpad.http.plain import CHUNK, Answer, Request, StoredPart
from landingpad.media.store import MediaStore

FOREVER = b"public, max-age=31536000, immutable"
ALWAYS_ASK = b"public, max-age=0, must-revalidate"
NEVER = b"no-store"

_OK = 200
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_FILE_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"


class Prepared(NamedTuple):
    """A page prepared for one address."""

    body: bytes
    tag: str
    has_script: bool = False
    """Whether it needs the script of sliders, galleries and countdowns."""
    has_forms: bool = False
    """Whether it has forms, which get a moment each time the page is sent."""


class PageCache:
    """An LRU cache of prepared pages. The page of a key never changes."""

    def __init__(self, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._pages: OrderedDict[tuple[object, ...], Prepared] = OrderedDict()
        self._lock = Lock()
        self._bytes = 0
        self._most_bytes = most_bytes

    def get(self, key: tuple[object, ...]) -> Prepared | None:
        """Return a cached page, or None."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def clear(self) -> None:
        """Remove all pages."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def put(self, key: tuple[object, ...], page: Prepared) -> None:
        """Add a page."""
        with self._lock:
            if key in self._pages:
                return
            self._pages[key] = page
            self._bytes += len(page.body)
            while self._bytes > self._most_bytes and len(self._pages) > 1:
                _, forgotten = self._pages.popitem(last=False)
                self._bytes -= len(forgotten.body)


def file_headers(kind: str, cache: bytes) -> list[tuple[bytes, bytes]]:
    """Return the headers of a file: pages of any origin may show it; opened directly, it runs no scripts."""
    return [
        (b"content-type", kind.encode()),
        (b"cache-control", cache),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", _FILE_POLICY),
        (b"access-control-allow-origin", b"*"),
        (b"cross-origin-resource-policy", b"cross-origin"),
    ]


def conditional(request: Request, answer: Answer, tag: str, changed_ms: int = 0, *, is_weak: bool = False) -> Answer:
    """Add ETag and Last-Modified; answer 304 to a visitor who already has the content.

    A weak tag stands for answers whose bytes differ while they mean the same.
    """
    answer.headers.append((b"etag", f'{"W/" if is_weak else ""}"{tag}"'.encode()))
    if changed_ms:
        answer.headers.append((b"last-modified", formatdate(changed_ms / 1000, usegmt=True).encode()))
    if answer.status != _OK or not _is_known(request, tag, changed_ms):
        return answer
    return Answer(304, [(name, value) for name, value in answer.headers if name != b"content-type"])


def ranged(request: Request, answer: Answer, tag: str) -> Answer:
    """Answer with the requested range of a file, or with the whole file if the range header is unusable."""
    if answer.status != _OK:
        return answer
    answer.headers.append((b"accept-ranges", b"bytes"))
    condition = request.header(b"if-range")
    wanted = _RANGE.fullmatch(request.header(b"range").strip())
    if wanted is None or not any(wanted.groups()) or (condition and condition != f'"{tag}"'):
        return answer
    part = answer.part
    size = len(answer.body) if part is None else part.length
    first, last = wanted.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or start > end:
        return Answer(416, [(b"content-range", f"bytes */{size}".encode())])
    answer.headers.append((b"content-range", f"bytes {start}-{end}/{size}".encode()))
    if isinstance(part, StoredPart):
        return Answer(206, answer.headers, part=part._replace(start=part.start + start, length=end - start + 1))
    return Answer(206, answer.headers, answer.body[start : end + 1])


def stored_file(media: MediaStore, key: str, headers: list[tuple[bytes, bytes]]) -> Answer | None:
    """Answer with a stored file, of which nothing is read yet, or return None if the key is unknown or invalid."""
    size = media.size(key)
    return None if size is None else Answer(_OK, headers, part=StoredPart(media, key, 0, size))


def stored_tag(key: str) -> str:
    """Return the ETag of a stored file: its key is the hash of its content."""
    return key.partition(".")[0][:32]


def read_at_once(answer: Answer) -> Answer:
    """Read a part of at most one chunk: it is then sent as one message, without another thread. Call it in a thread."""
    part = answer.part
    if part is None or part.length > CHUNK:
        return answer
    return Answer(answer.status, answer.headers, part.read(0) if part.length else b"")


def encoded(request: Request, answer: Answer) -> Answer:
    """Compress text for clients that accept it."""
    kind = next((value for name, value in answer.headers if name == b"content-type"), b"")
    if answer.status == 206 or not kind.startswith((b"text/", b"image/svg", b"application/xml")):  # noqa: PLR2004  # a range of the file
        return answer
    answer.headers.append((b"vary", b"accept-encoding"))
    encoding = negotiate(request.header(b"accept-encoding"))
    if encoding and answer.part is None and len(answer.body) >= SMALL:
        answer.body = compress(answer.body, encoding)
        answer.headers.append((b"content-encoding", encoding.encode()))
        # Encodings differ in bytes, so the tag of an encoded answer must be weak.
        answer.headers = [
            (name, b"W/" + value.removeprefix(b"W/") if name == b"etag" else value) for name, value in answer.headers
        ]
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
