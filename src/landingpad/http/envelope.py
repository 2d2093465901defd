"""Envelope of REST answers: `result` and `time`, or `error` and `error_description`."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from landingpad.errors import ApiError
from landingpad.errors.calls import UnexpectedAnswer
from landingpad.http.params import decode_body
from landingpad.rpc.call import Outcome
from landingpad.rpc.long_list import LongList
from landingpad.rpc.timing import Stopwatch, time_object

JSON = b"application/json; charset=utf-8"
_CHUNK = 256 * 1024
_BEFORE = b'{"result":'

_encode = msgspec.json.Encoder().encode


class LongBody:
    """The body of an answer with a long list."""

    __slots__ = ("_after", "_rows", "length")

    def __init__(self, rows: LongList, more: dict[str, Any]) -> None:
        """Make the body of the rows and the members behind `result`."""
        self._rows = rows
        self._after = b"," + _encode(more)[1:]
        self.length = len(_BEFORE) + rows.size + len(self._after)

    def read(self, at: int) -> bytes:
        """Return the chunk that begins at a position."""
        if at < len(_BEFORE):
            return _BEFORE[at:]
        at -= len(_BEFORE)
        if at < self._rows.size:
            return self._rows.read(at, _CHUNK)
        return self._after[at - self._rows.size :]


def success(outcome: Outcome, watch: Stopwatch, zone: str, *, whole: bool = False) -> bytes | LongBody:
    """Return the body of a successful answer.

    Args:
        outcome: the result of the call.
        watch: began with the call.
        zone: time zone of dates.
        whole: whether the body is needed as bytes.

    Raises:
        UnexpectedAnswer: the result cannot be written as JSON.
        BadRequest: it is needed as bytes, and too long for that.

    """
    result = outcome.result
    if isinstance(result, LongList):
        if not whole:
            return LongBody(result, {"time": time_object(watch, zone, outcome)})
        result = msgspec.Raw(result.whole())
    body: dict[str, Any] = {"result": result}
    if outcome.paging is not None:
        body |= outcome.paging
    body["time"] = time_object(watch, zone, outcome)
    try:
        return _encode(body)
    except (TypeError, ValueError, msgspec.EncodeError) as error:
        raise UnexpectedAnswer(f"{UnexpectedAnswer.text}: its result cannot be written as JSON ({error}).") from error


class Failure(NamedTuple):
    """An error answer."""

    status: int
    code: str
    body: bytes


def failure(error: ApiError) -> Failure:
    """Return the answer of an error."""
    return Failure(error.status, error.code, _encode(error.body))


class Envelope(NamedTuple):
    """How a version of REST reads bodies and writes answers."""

    decode: Callable[[str, bytes, int], dict[str, Any]]
    """Return the parameters in a body: Content-Type, body, largest number of values."""
    success: Callable[..., bytes | LongBody]
    failure: Callable[[ApiError], Failure]
    takes_query: bool
    """Whether parameters may stand in the query."""


REST = Envelope(decode_body, success, failure, takes_query=True)
