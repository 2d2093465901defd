"""From the bytes of a request to its parameters: JSON, PHP-style forms and queries, multipart.

Real clients of this API send all of these, and some under the wrong label: BX24.js sends forms as text/plain, PHP
clients send `[]` for "no parameters" (data-encoding.md).
"""

import re
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

MAX_DEPTH = 64
"""Levels of nesting, as PHP's max_input_nesting_level; nothing that walks parameters has to fear deeper ones."""
MAX_PAIRS = 10_000
"""Values in one form or query."""

_FORM = "application/x-www-form-urlencoded"
_INTEGER_KEY = re.compile(r"0|[1-9][0-9]{0,17}")
_decode_json = msgspec.json.Decoder().decode


class MalformedJson(ValueError):  # noqa: N818 - named by what the client sent
    """The body is not JSON although it is sent as JSON, or it is JSON but not an object."""


class BadRequestBody(ValueError):  # noqa: N818 - named by what the client sent
    """The query or the body cannot be read as parameters."""


class UploadedFile(msgspec.Struct, frozen=True):
    """A file of a multipart body."""

    name: str
    content_type: str
    data: bytes


class _Array(dict[str, Any]):
    """An array as PHP has it: ordered string keys, and a next number for `a[]`."""

    __slots__ = ("next_index",)

    def __init__(self) -> None:
        super().__init__()
        self.next_index = 0

    def put(self, key: str, value: Any) -> None:
        self[key] = value
        if _INTEGER_KEY.fullmatch(key):
            self.next_index = max(self.next_index, int(key) + 1)


def decode_params(*, query: bytes, content_type: str, body: bytes) -> dict[str, Any]:
    """Return the parameters of a request; those of the body win over those of the query, name by name.

    Raises:
        MalformedJson: a JSON body that is not an object (or an array, as PHP clients send an empty one).
        BadRequestBody: a body of another kind that cannot be read, or too many or too deep parameters.

    """
    params = _decode_body(content_type, body) if body else {}
    if not query:
        return params
    return {**parse_query(query), **params}


def parse_query(text: bytes | str) -> dict[str, Any]:
    """Read `a=1&b[]=2&c[d][e]=3` as PHP does; arrays with the keys 0, 1, 2 ... become lists.

    Raises:
        BadRequestBody: more than `MAX_PAIRS` values, or brackets nested deeper than `MAX_DEPTH`.

    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    pairs = [pair for pair in text.split("&") if pair]
    _check_count(len(pairs))
    params = _Array()
    for pair in pairs:
        name, _, value = pair.partition("=")
        _assign(params, unquote_plus(name), unquote_plus(value))
    return _plain_members(params)


def _decode_body(content_type: str, body: bytes) -> dict[str, Any]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _json_params(body)
    if kind in {"", "text/plain"}:
        return _json_params(body) if body.lstrip()[:1] in {b"{", b"["} else parse_query(body)
    if kind == _FORM:
        return parse_query(body)
    if kind == "multipart/form-data":
        return _multipart_params(content_type, body)
    if kind == "text/json" or kind.endswith("+json"):
        return _json_params(body)
    raise BadRequestBody(
        f"The Content-Type {kind[:80]!r} holds no parameters. "
        f"Send application/json, {_FORM} or multipart/form-data (with curl: -H 'Content-Type: application/json')."
    )


def _json_params(body: bytes) -> dict[str, Any]:
    try:
        value = _decode_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        value = _decode_unclean_json(body, error)
    except RecursionError:
        raise _too_deep() from None
    # Counting brackets is far cheaper than walking, and settles nearly every request.
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _check_depth(value)
    if type(value) is dict:
        return value
    if isinstance(value, list):
        return {str(index): member for index, member in enumerate(value)}
    if value is None:
        return {}
    raise MalformedJson(
        f"The JSON body is a {type(value).__name__}, not an object. "
        'Send the parameters as members of one object: {"id": 1}.'
    )


def _decode_unclean_json(body: bytes, error: Exception) -> Any:
    """Give a body with a byte order mark or bytes that are not UTF-8 a second chance."""
    clean = body.decode("utf-8-sig", "replace")
    if not clean.strip():
        return None
    try:
        return _decode_json(clean)
    except msgspec.DecodeError:
        raise MalformedJson(
            f"The body is sent as JSON but is not JSON: {error}. "
            f"It begins with {clean[:40]!r}. Send a JSON object, or a form as {_FORM}."
        ) from None


def _check_depth(value: Any) -> None:
    containers = [value]
    for _ in range(MAX_DEPTH):
        containers = [
            member
            for container in containers
            for member in (container.values() if isinstance(container, dict) else container)
            if isinstance(member, dict | list)
        ]
        if not containers:
            return
    raise _too_deep()


def _too_deep() -> BadRequestBody:
    return BadRequestBody(f"The parameters are nested deeper than {MAX_DEPTH} levels. Send a flatter structure.")


def _check_count(count: int) -> None:
    if count > MAX_PAIRS:
        raise BadRequestBody(
            f"The request has {count} values; a form or query may have {MAX_PAIRS}. Send JSON, or split the call."
        )


def _assign(params: _Array, name: str, value: Any) -> None:
    """Put a value where its bracketed name says."""
    name = name.lstrip(" ")
    base, bracket, rest = name.partition("[")
    if not base:
        return  # PHP has no variable without a name either
    if not bracket:
        params.put(base, value)
        return
    if "]" not in rest:
        params.put(name.replace("[", "_"), value)
        return
    array, key = params, base
    for depth, index in enumerate(_indexes(rest), start=2):
        if depth > MAX_DEPTH:
            raise _too_deep()
        inner = array.get(key)
        if not isinstance(inner, _Array):
            inner = _Array()
            array.put(key, inner)
        array, key = inner, index or str(inner.next_index)
    array.put(key, value)


def _indexes(text: str) -> list[str]:
    """Split `b][c][]` into ["b", "c", ""]; what follows a "]" without a "[", or is never closed, is left out."""
    found: list[str] = []
    bracket = "["
    while bracket == "[" and "]" in text:
        index, _, text = text.partition("]")
        found.append(index.lstrip(" "))
        bracket, text = text[:1], text[1:]
    return found


def _plain_members(array: _Array) -> dict[str, Any]:
    return {key: _plain(value) if isinstance(value, _Array) else value for key, value in array.items()}


def _plain(array: _Array) -> dict[str, Any] | list[Any]:
    members = _plain_members(array)
    if all(key == str(index) for index, key in enumerate(members)):
        return list(members.values())
    return members


def _multipart_params(content_type: str, body: bytes) -> dict[str, Any]:
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise BadRequestBody("The Content-Type multipart/form-data lacks its boundary. Let the HTTP client set it.")
    reader = _MultipartReader()
    try:
        parser = MultipartParser(boundary, reader.callbacks())
        parser.write(body)
    except FormParserError as error:
        raise BadRequestBody(f"The multipart body cannot be read: {error}.") from error
    if not reader.complete:
        raise BadRequestBody("The multipart body ends before its closing boundary. Send it again, in full.")
    return _plain_members(reader.params)


class _MultipartReader:
    """Collects the parts of a multipart body while it is parsed."""

    def __init__(self) -> None:
        self.params = _Array()
        self.complete = False
        self._count = 0
        self._headers: dict[bytes, bytes] = {}
        self._field = b""
        self._value = b""
        self._data: list[bytes] = []

    def callbacks(self) -> Any:
        """Return the functions that the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._part_data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._count += 1
        _check_count(self._count)
        self._headers = {}
        self._data = []

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def _end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        data = b"".join(self._data)
        filename = options.get(b"filename")
        if filename is None:
            _assign(self.params, name, data.decode("utf-8", "replace"))
        elif filename or data:  # a file input that was left empty sends neither
            _assign(self.params, name, self._file(filename.decode("utf-8", "replace"), data))

    def _file(self, name: str, data: bytes) -> UploadedFile:
        content_type = self._headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
        return UploadedFile(re.split(r"[\\/]", name)[-1], content_type or "application/octet-stream", data)

    def _finish(self) -> None:
        self.complete = True
