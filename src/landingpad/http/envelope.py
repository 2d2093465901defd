"""Envelope of REST answers: `result` and `time`, or `error` and `error_description`."""

from typing import Any

import msgspec

from landingpad.errors import ApiError
from landingpad.errors.calls import UnexpectedAnswer
from landingpad.rpc.call import Outcome
from landingpad.rpc.timing import Stopwatch, time_object

JSON = b"application/json; charset=utf-8"

_encode = msgspec.json.Encoder().encode


def success(outcome: Outcome, watch: Stopwatch, zone: str) -> bytes:
    """Return the body of a successful answer.

    Raises:
        UnexpectedAnswer: the result cannot be written as JSON.

    """
    body: dict[str, Any] = {"result": outcome.result}
    if outcome.paging is not None:
        body |= outcome.paging
    body["time"] = time_object(watch, zone, outcome)
    try:
        return _encode(body)
    except (TypeError, ValueError, msgspec.EncodeError) as error:
        raise UnexpectedAnswer(f"{UnexpectedAnswer.text}: its result cannot be written as JSON ({error}).") from error


def failure(error: ApiError) -> bytes:
    """Return the body of an error answer."""
    return _encode(error.body)
