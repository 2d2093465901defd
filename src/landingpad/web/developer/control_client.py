"""Orders to the control plane, given for somebody at the browser: the very requests that programs send."""

import json
import shlex
from collections.abc import MutableMapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

import msgspec

from landingpad.http.message import Answer, Receive, Request
from landingpad.web.frame.visit import Visit

_PREFIX = "/_landingpad/"
_OF_THE_FORM = frozenset({b"content-length", b"content-type"})


class Control(Protocol):
    """What answers the requests below /_landingpad/."""

    async def answer(self, request: Request, receive: Receive) -> Answer:
        """Carry an order out, if whoever gives it may."""
        ...


class OrderRefusedError(Exception):
    """The control plane did not carry an order out; the text says why."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class Order(NamedTuple):
    """One order."""

    verb: str
    parts: tuple[str, ...]
    """Its path below /_landingpad/."""
    told: dict[str, Any]

    def command(self, origin: str) -> str:
        """Write it as a program gives it."""
        path = "/".join(quote(part, safe="", errors="replace") for part in self.parts)
        verb = "" if self.verb == "GET" else f"-X {self.verb} "
        body = f" -d {shlex.quote(json.dumps(self.told, ensure_ascii=False))}" if self.told else ""
        return f"curl {verb}{shlex.quote(f'{origin}{_PREFIX}{path}')}{body}"


def an_order(verb: str, *parts: str, **told: Any) -> Order:
    """Return an order; what is None, or an empty text, is not told."""
    return Order(verb, parts, {name: value for name, value in told.items() if value not in (None, "")})


async def give(control: Control, visit: Visit, order: Order) -> Any:
    """Give an order in the name of the browser that asks, and return what is answered.

    The door of the control plane looks at that browser as at any program: on which machine it is, and of which origin.

    Raises:
        OrderRefusedError: the order was refused.

    """
    scope = dict(visit.request.scope)
    scope["method"], scope["path"], scope["query_string"] = order.verb, _PREFIX + "/".join(order.parts), b""
    scope["headers"] = [one for one in scope["headers"] if one[0] not in _OF_THE_FORM]
    body = json.dumps(order.told).encode()

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    answer = await control.answer(Request(scope), receive)
    result = msgspec.json.decode(answer.body)
    if answer.status != 200:  # noqa: PLR2004  # the only status of an order that was carried out
        raise OrderRefusedError(result["error_description"], answer.status)
    return result
