"""Replaying a cassette here, and saying where the answers differ: in status, code, shape and type, not in values."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from landingpad.testing.drift.cassette import Exchange
from landingpad.testing.drift.ids import Ids
from landingpad.testing.drift.shapes import differences, shape_of

Ask = Callable[[Exchange, dict[str, Any]], "ReplayedAnswer"]
"""Makes the call of an exchange here, with these parameters."""


class ReplayedAnswer(msgspec.Struct, frozen=True):
    """What was answered here."""

    status: int
    body: Any


class Difference(msgspec.Struct, frozen=True):
    """One difference between a recorded answer and that of the same call here."""

    call: int
    """Its number in the cassette, from 1."""
    method: str
    path: str
    """Where in the answer: `result[].ID`; `status` is the HTTP status."""
    recorded: str
    here: str

    def __str__(self) -> str:
        """Return it as a line for people."""
        return f"call {self.call}, {self.method}: {self.path}: recorded {self.recorded}, here {self.here}"


def replay(exchanges: Iterable[Exchange], ask: Ask) -> Iterator[tuple[Exchange, list[Difference]]]:
    """Make each recorded call here, in its order, and compare the answers.

    Ids that things get here stand for those that they had on the recorded portal.
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
        return  # one of them is an error, or they are different ones: their shapes say nothing more
    for path, was, is_now in differences(shape_of(old), shape_of(new)):
        yield Difference(number, method, path or "body", was, is_now)


def _quoted(body: dict[str, Any], key: str) -> str:
    return repr(body[key]) if key in body else "none"
