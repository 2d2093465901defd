"""Replay of a cassette, and comparison of the answers: status, error code, shape and types, but not values."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from landingpad.testing.drift.cassette import Exchange
from landingpad.testing.drift.ids import Ids
from landingpad.testing.drift.shapes import differences, shape_of

Ask = Callable[[Exchange, dict[str, Any]], "ReplayedAnswer"]
"""Function that repeats the call of an exchange with the given parameters."""


class ReplayedAnswer(msgspec.Struct, frozen=True):
    """The answer of this portal to a repeated call."""

    status: int
    body: Any


class Difference(msgspec.Struct, frozen=True):
    """One difference between a recorded answer and the answer to the repeated call."""

    call: int
    """Number of the call in the cassette, from 1."""
    method: str
    path: str
    """Path in the answer, such as `result[].ID`; `status` is the HTTP status."""
    recorded: str
    here: str

    def __str__(self) -> str:
        """Return the difference as a line of text."""
        return f"call {self.call}, {self.method}: {self.path}: recorded {self.recorded}, here {self.here}"


def replay(exchanges: Iterable[Exchange], ask: Ask) -> Iterator[tuple[Exchange, list[Difference]]]:
    """Repeat the recorded calls in order and compare the answers.

    Ids of the recorded portal are translated to those of this portal.
    """
    ids = Ids()
    for number, exchange in enumerate(exchanges, start=1):
        method = _bare(exchange.request.method)
        answered = ask(exchange, ids.translated(method, exchange.request.params))
        found = list(_compared(number, method, exchange, answered))
        if isinstance(exchange.response.body, dict) and isinstance(answered.body, dict):
            ids.learn(method, exchange.response.body.get("result"), answered.body.get("result"))
        yield exchange, found


def _bare(method: str) -> str:
    name, dot, suffix = method.rpartition(".")
    return name if dot and suffix.lower() in {"json", "xml"} else method


def _compared(number: int, method: str, exchange: Exchange, answered: ReplayedAnswer) -> Iterator[Difference]:
    recorded = exchange.response
    if recorded.status != answered.status:
        yield Difference(number, method, "status", str(recorded.status), str(answered.status))
    old, new = recorded.body, answered.body
    if isinstance(old, dict) and isinstance(new, dict) and old.get("error", "") != new.get("error", ""):
        yield Difference(number, method, "error", _quoted(old, "error"), _quoted(new, "error"))
        return  # errors differ, so the shapes add nothing
    for path, was, is_now in differences(shape_of(old), shape_of(new)):
        yield Difference(number, method, path or "body", was, is_now)


def _quoted(body: dict[str, Any], key: str) -> str:
    return repr(body[key]) if key in body else "none"
