"""Queries and forms, parsed like PHP does: `a=1&b[]=2&c[d][e]=3`.

Requests and commands of batches send parameters in this form (data-encoding.md).
"""

import codecs
import re
from collections.abc import Callable, Iterator
from typing import Any

MAX_DEPTH = 64
"""Largest nesting depth, like PHP's max_input_nesting_level; recursive code can rely on it."""
MAX_PAIRS = 10_000
"""Largest number of values in one form or query, and of names in one JSON object of parameters."""
MAX_ARRAYS = 50_000
"""Largest number of arrays that the names of one form or query make."""

_INTEGER_KEY = re.compile(r"0|[1-9][0-9]{0,17}")
_PAIR = re.compile(rb"[^&]+")
_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")
_SLICE = 64 * 1024
"""Bytes decoded in one step, so that the pieces of a long value never fill the memory."""


class BadRequestBody(ValueError):  # noqa: N818  # named after what the client sent
    """The query or body cannot be parsed as parameters."""


class PhpArray(dict[str, Any]):
    """A PHP array: ordered string keys, and a next index for `a[]`."""

    __slots__ = ("next_index",)

    def __init__(self) -> None:
        super().__init__()
        self.next_index = 0

    def put(self, key: str, value: Any) -> None:
        """Store a value under a key; the next index of `a[]` follows the greatest number."""
        self[key] = value
        if _INTEGER_KEY.fullmatch(key):
            self.next_index = max(self.next_index, int(key) + 1)


class FormReader:
    """Collects the values of one form under their bracketed names, within the limits."""

    def __init__(self) -> None:
        self.params = PhpArray()
        self._values = 0
        self._arrays = 0

    def count(self) -> None:
        """Count one more value.

        Raises:
            BadRequestBody: there are more than `MAX_PAIRS`.

        """
        self._values += 1
        if self._values > MAX_PAIRS:
            raise BadRequestBody(
                f"The request has more than {MAX_PAIRS} values, the limit of a form or query. "
                "Send JSON, or split the call."
            )

    def put(self, name: str, value: Any) -> None:
        """Store a value under its bracketed name.

        Raises:
            BadRequestBody: the brackets are nested deeper than `MAX_DEPTH`, or make more than `MAX_ARRAYS` arrays.

        """
        name = name.lstrip(" ")
        base, bracket, rest = name.partition("[")
        if not base:
            return  # PHP drops variables without a name too
        if not bracket:
            self.params.put(base, value)
            return
        if "]" not in rest:
            self.params.put(name.replace("[", "_"), value)
            return
        array, key = self.params, base
        for index in _indexes(rest):
            inner = array.get(key)
            if not isinstance(inner, PhpArray):
                inner = PhpArray()
                array.put(key, inner)
                self._arrays += 1
            array, key = inner, index or str(inner.next_index)
        if self._arrays > MAX_ARRAYS:
            raise BadRequestBody(f"The names make more than {MAX_ARRAYS} arrays. Send JSON, or split the call.")
        array.put(key, value)

    def members(self) -> dict[str, Any]:
        """Return the top-level members; arrays below them that count from 0 become lists."""
        return _members(self.params)


def parse_query(text: bytes | str, charset: str = "utf-8") -> dict[str, Any]:
    """Parse `a=1&b[]=2&c[d][e]=3` as PHP does; arrays with the keys 0, 1, 2 ... become lists.

    Raises:
        BadRequestBody: more than `MAX_PAIRS` values, `MAX_ARRAYS` arrays or `MAX_DEPTH` nested brackets, or bytes
            that are no text of this character set.

    """
    source = text.encode("utf-8", "replace") if isinstance(text, str) else text
    reader = FormReader()
    for found in _PAIR.finditer(source):
        start, end = found.span()
        equals = source.find(b"=", start, end)
        name_end, value_start = (equals, equals + 1) if equals >= 0 else (end, end)
        reader.count()
        reader.put(_unquoted(source, start, name_end, charset), _unquoted(source, value_start, end, charset))
    return reader.members()


def read_text(source: bytes, charset: str = "utf-8") -> str:
    """Return a text without NUL, which PostgreSQL cannot store.

    Long texts are read in slices: so other threads can go on, and nothing but the result grows with the text.

    Raises:
        BadRequestBody: the bytes are no text of this character set.

    """
    return _text(source, 0, len(source), _as_is, charset)


def _unquoted(source: bytes, start: int, end: int, charset: str) -> str:
    """Decode a name or value: `+` is a space, `%41` a byte of the character set."""
    return _text(source, start, end, _without_escapes, charset)


def _text(source: bytes, start: int, end: int, change: Callable[[bytes], bytes], charset: str) -> str:
    try:
        if end - start <= _SLICE:
            return _without_nul(change(source[start:end]).decode(charset))
        decoder = codecs.getincrementaldecoder(charset)()
        parts = [_without_nul(decoder.decode(change(part))) for part in _slices(source, start, end)]
        return "".join([*parts, decoder.decode(b"", final=True)])
    except UnicodeDecodeError as error:
        wrong = error.object[error.start : error.start + 8].hex(" ")
        raise BadRequestBody(
            f"The parameters hold bytes that are no text in {charset}: {wrong}. Send UTF-8, or name the character set "
            "of a form in its header: Content-Type: application/x-www-form-urlencoded; charset=windows-1251."
        ) from None


def _as_is(source: bytes) -> bytes:
    return source


def _without_escapes(source: bytes) -> bytes:
    return _ESCAPES.sub(_escaped, source.replace(b"+", b" "))


def _escaped(escapes: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escapes[0].replace(b"%", b"").decode())


def _without_nul(text: str) -> str:
    return text.replace("\0", "") if "\0" in text else text


def _slices(source: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield source[start:end] in parts; none ends inside an escape."""
    while start < end:
        stop = min(start + _SLICE, end)
        cut = source.rfind(b"%", stop - 2, stop) if stop < end else -1
        stop = cut if cut > start else stop
        yield source[start:stop]
        start = stop


def without_nul(value: Any) -> Any:
    """Return a value without NUL characters, which PostgreSQL cannot store."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {without_nul(key): without_nul(member) for key, member in value.items()}
    if isinstance(value, list):
        return [without_nul(member) for member in value]
    return value


def too_deep() -> BadRequestBody:
    """Return the error for parameters nested too deeply."""
    return BadRequestBody(f"The parameters are nested deeper than {MAX_DEPTH} levels. Send a flatter structure.")


def _indexes(text: str) -> list[str]:
    """Split `b][c][]` into ["b", "c", ""]; an unclosed part, or text after a "]" without a "[", is dropped.

    Raises:
        BadRequestBody: there are too many for `MAX_DEPTH`.

    """
    found: list[str] = []
    start, end = 0, text.find("]")
    while end >= 0:
        if len(found) == MAX_DEPTH - 1:
            raise too_deep()
        found.append(text[start:end].lstrip(" "))
        if text[end + 1 : end + 2] != "[":
            break
        start = end + 2
        end = text.find("]", start)
    return found


def _members(array: PhpArray) -> dict[str, Any]:
    return {key: _plain(value) if isinstance(value, PhpArray) else value for key, value in array.items()}


def _plain(array: PhpArray) -> dict[str, Any] | list[Any]:
    members = _members(array)
    if all(key == str(index) for index, key in enumerate(members)):
        return list(members.values())
    return members
