"""Parameters of a request: JSON, PHP-style forms and queries, multipart.

Clients of this API send all of these: BX24.js sends forms as text/plain, PHP clients send `[]` for "no parameters"
(data-encoding.md). Texts are UTF-8; a form may name windows-1251, windows-1252 or Latin-1 as its charset.
"""

import codecs
import re
from typing import Any

import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from landingpad.media.upload import UploadedFile
from landingpad.rpc.phpquery import (
    MAX_DEPTH,
    MAX_PAIRS,
    BadRequestBody,
    FormReader,
    parse_query,
    read_text,
    too_deep,
    without_nul,
)

MAX_VALUES = 200_000
"""Largest number of values in a JSON body. PHP has no such limit but that of its memory, which is reached earlier."""
MAX_VALUES_OF_NOBODY = 50_000
"""Largest number of values in a JSON body whose sender is not known before it is read."""

_CHARSETS = {"utf-8": "utf-8", "ascii": "utf-8", "cp1251": "cp1251", "iso8859-1": "cp1252", "cp1252": "cp1252"}
"""Character sets of forms by Python's name; Latin-1 is read like browsers do, as windows-1252."""
_BOM = codecs.BOM_UTF8
_LIKE_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*[{\[]")
_FORM = "application/x-www-form-urlencoded"
_decode_json = msgspec.json.Decoder().decode
_TOKEN = re.compile(rb'(")(?:[^"\\]{1,4096}+|\\.){0,256}+("?)|[,{\[]', re.DOTALL)
_IN_TEXT = re.compile(rb'(?:[^"\\]{1,4096}+|\\.){0,256}+', re.DOTALL)
_SLICE = 64 * 1024
_LONGEST_PART_HEADER = 16 * 1024


class MalformedJson(ValueError):  # noqa: N818  # named after the body that the client sent
    """The body is labelled as JSON but is not a JSON object."""


def decode_params(*, query: bytes, content_type: str, body: bytes) -> dict[str, Any]:
    """Return the parameters of a request; parameters of the body override those of the query.

    Time and memory are linear in the size of the request.

    Raises:
        MalformedJson: a JSON body that is neither an object nor an array (PHP clients send `[]` for an empty object).
        BadRequestBody: an unreadable body of another type, or too many or too deeply nested parameters.

    """
    params = decode_body(content_type, body)
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


def decode_body(content_type: str, body: bytes, most_values: int = MAX_VALUES) -> dict[str, Any]:
    """Return the parameters in a body.

    Raises:
        MalformedJson, BadRequestBody: raised by `decode_params`.

    """
    if not body:
        return {}
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _json_params(body, most_values)
    if kind in {"", "text/plain"}:
        if _LIKE_JSON.match(body):
            raise MalformedJson(
                f"The body looks like JSON, but its Content-Type {kind!r} stands for a form. "
                "Send the header Content-Type: application/json."
            )
        return parse_query(body, _charset(content_type))
    if kind == _FORM:
        return parse_query(body, _charset(content_type))
    if kind == "multipart/form-data":
        return _multipart_params(content_type, body)
    if kind == "text/json" or kind.endswith("+json"):
        return _json_params(body, most_values)
    raise BadRequestBody(
        f"The Content-Type {kind[:80]!r} holds no parameters. "
        f"Send application/json, {_FORM} or multipart/form-data (with curl: -H 'Content-Type: application/json')."
    )


def _charset(content_type: str, default: str = "utf-8") -> str:
    """Return the character set that a Content-Type names.

    Raises:
        BadRequestBody: it is none of those that are read.

    """
    if "charset" not in content_type.lower():
        return default
    name = parse_options_header(content_type)[1].get(b"charset", b"").decode("latin-1").strip()
    if not name:
        return default
    try:
        return _CHARSETS[codecs.lookup(name).name]
    except (LookupError, ValueError):
        raise BadRequestBody(
            f"Forms in the character set {name[:40]!r} are not read. Send UTF-8, windows-1251, windows-1252 or Latin-1."
        ) from None


def _json_params(body: bytes, most_values: int) -> dict[str, Any]:
    if has_more_values(body, most_values):
        raise BadRequestBody(f"The JSON body has more than {most_values} values. Split the call.")
    try:
        value = _decode_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if body.strip():
            raise _malformed(body, error) from None
        return {}
    except RecursionError:
        raise too_deep() from None
    # Counting brackets is far cheaper than walking and suffices for nearly every request.
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _check_depth(value)
    if b"\\u0000" in body:
        value = without_nul(value)
    if isinstance(value, dict | list) and len(value) > MAX_PAIRS:
        raise BadRequestBody(f"The JSON body has {len(value)} parameters; a call may have {MAX_PAIRS}.")
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


def _malformed(body: bytes, error: Exception) -> MalformedJson:
    """Return the error for a JSON body that cannot be decoded."""
    if body.startswith(_BOM):
        return MalformedJson(
            "The JSON body begins with a byte order mark. Send UTF-8 without BOM; in PowerShell: "
            "[Text.UTF8Encoding]::new($false).GetBytes($json)."
        )
    if isinstance(error, UnicodeDecodeError):
        return MalformedJson(f"The JSON body is not UTF-8: {str(error)[:200]}. Encode the text as UTF-8.")
    return MalformedJson(
        f"The body is sent as JSON but is not JSON: {error}. "
        f"It begins with {body[:40].decode('utf-8', 'replace')!r}. Send a JSON object, or a form as {_FORM}."
    )


def has_more_values(body: bytes, most: int) -> bool:
    """Return whether a JSON body has more than `most` values, without decoding it."""
    found = 0
    for start in range(0, len(body), _SLICE):
        found += _separators(body, start, start + _SLICE)
        if found > most:
            return _has_more_outside_texts(body, most)
    return False


def _separators(body: bytes, start: int, end: int) -> int:
    return sum(body.count(mark, start, end) for mark in (b",", b"{", b"["))


def _has_more_outside_texts(body: bytes, most: int) -> bool:
    """Say the same by the texts, and the separators outside of them: about two for each value."""
    found = position = 0
    while found <= 2 * most and position < len(body):
        start, position = position, len(body)
        for token in _TOKEN.finditer(body, start):
            found += 1  # texts count, too: without separators they are invalid, but cost as much
            if token[1] is not None and not token[2]:
                position = _end_of_text(body, token.end())
                break
            if found > 2 * most:
                break
    return found > 2 * most


def _end_of_text(body: bytes, position: int) -> int:
    """Return the position after the closing quote of a JSON text."""
    while True:
        found = _IN_TEXT.match(body, position)
        end = found.end() if found else position
        if end == position or body.startswith(b'"', end):
            return end + 1
        position = end


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
    reader = _MultipartReader(_charset(content_type))
    try:
        parser = MultipartParser(boundary, reader.callbacks())
        for start in range(0, len(body), _SLICE):
            parser.write(body[start : start + _SLICE])
    except FormParserError as error:
        raise BadRequestBody(f"The multipart body cannot be read: {error}.") from error
    if not reader.complete:
        raise BadRequestBody("The multipart body ends before its closing boundary. Send it again, in full.")
    return dict(without_nul(reader.form.members()))


class _MultipartReader:
    """Collects the parts of a multipart body while it is parsed."""

    def __init__(self, charset: str) -> None:
        self.form = FormReader()
        self.complete = False
        self._charset = charset
        self._header_size = 0
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
        self.form.count()
        self._headers = {}
        self._header_size = 0
        self._data = []

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]
        self._count_header(end - start)

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._count_header(end - start)

    def _count_header(self, size: int) -> None:
        self._header_size += size
        if self._header_size > _LONGEST_PART_HEADER:
            raise BadRequestBody(f"A part of the multipart body has over {_LONGEST_PART_HEADER} bytes of headers.")

    def _header_end(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def _end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = read_text(options.get(b"name", b""), self._charset)
        data = b"".join(self._data)
        filename = options.get(b"filename")
        if filename is None:
            kind = self._headers.get(b"content-type", b"").decode("latin-1")
            self.form.put(name, read_text(data, _charset(kind, self._charset)))
        elif filename or data:  # an empty file input sends neither name nor data
            self.form.put(name, self._file(read_text(filename, self._charset), data))

    def _file(self, name: str, data: bytes) -> UploadedFile:
        content_type = self._headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
        return UploadedFile(re.split(r"[\\/]", name)[-1], content_type or "application/octet-stream", data)

    def _finish(self) -> None:
        self.complete = True
