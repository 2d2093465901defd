"""Parameters of a request: JSON, PHP-style forms and queries, multipart.

Clients of this API send all of these, some with a wrong Content-Type: BX24.js sends forms as text/plain, PHP clients
send `[]` for "no parameters" (data-encoding.md).
"""

import re
from typing import Any

import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from landingpad.media.upload import UploadedFile
from landingpad.rpc.phpquery import (
    MAX_DEPTH,
    BadRequestBody,
    PhpArray,
    assign,
    check_count,
    parse_query,
    plain_members,
    too_deep,
    without_nul,
)

_FORM = "application/x-www-form-urlencoded"
_decode_json = msgspec.json.Decoder().decode


class MalformedJson(ValueError):  # noqa: N818  # named after the body that the client sent
    """The body is labelled as JSON but is not a JSON object."""


def decode_params(*, query: bytes, content_type: str, body: bytes) -> dict[str, Any]:
    """Return the parameters of a request; parameters of the body override those of the query.

    Raises:
        MalformedJson: a JSON body that is neither an object nor an array (PHP clients send `[]` for an empty object).
        BadRequestBody: an unreadable body of another type, or too many or too deeply nested parameters.

    """
    params = _decode_body(content_type, body) if body else {}
    if not query:
        return params
    return {**parse_query(query), **params}


def parameter_with_file(params: dict[str, Any]) -> str | None:
    """Return the name of the first parameter that is or holds an uploaded file, or None."""
    return next((name for name, value in params.items() if _holds_file(value)), None)


def _holds_file(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_holds_file, value.values() if isinstance(value, dict) else value))
    return isinstance(value, UploadedFile)


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
        raise too_deep() from None
    # Counting brackets is far cheaper than walking and suffices for nearly every request.
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _check_depth(value)
    if b"\\u0000" in body:
        value = without_nul(value)
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
    """Decode a JSON body that has a byte order mark or invalid UTF-8."""
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
    raise too_deep()


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
    return dict(without_nul(plain_members(reader.params)))


class _MultipartReader:
    """Collects the parts of a multipart body while it is parsed."""

    def __init__(self) -> None:
        self.params = PhpArray()
        self.complete = False
        self._count = 0
        self._headers: dict[bytes, bytes] = {}
        self._field = b""
        self._value = b""
        self._data: list[bytes] = []

    def callbacks(self) -> Any:
        """Return the callbacks for the parser."""
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
        check_count(self._count)
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
            assign(self.params, name, data.decode("utf-8", "replace"))
        elif filename or data:  # an empty file input sends neither name nor data
            assign(self.params, name, self._file(filename.decode("utf-8", "replace"), data))

    def _file(self, name: str, data: bytes) -> UploadedFile:
        content_type = self._headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
        return UploadedFile(re.split(r"[\\/]", name)[-1], content_type or "application/octet-stream", data)

    def _finish(self) -> None:
        self.complete = True
