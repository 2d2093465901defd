"""Orders to the control plane, given for somebody at the browser, and how a program gives them."""

import json
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from landingpad.http.message import Request
from landingpad.web.frame.visit import Visit

_PREFIX = "/_landingpad/"


class Control(Protocol):
    """What carries orders out."""

    async def give(self, request: Request, verb: str, path: str, told: Mapping[str, Any]) -> tuple[int, Any]:
        """Return 200 and what the order tells, or the status and the text of what refuses it."""
        ...


class OrderRefusedError(Exception):
    """The control plane did not carry an order out; the text says why."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class KitCall(NamedTuple):
    """One order, as a program gives it."""

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


def kit_call(verb: str, *parts: str, **told: Any) -> KitCall:
    """Return an order; parameters that are None or an empty text are left out."""
    return KitCall(verb, parts, {name: value for name, value in told.items() if value not in (None, "")})


async def give(control: Control, visit: Visit, call: KitCall) -> Any:
    """Give an order for the browser that asks, and return what is answered.

    The control plane admits that browser as it admits any program: by the machine it is on, and by its origin.

    Raises:
        OrderRefusedError: the order was refused.

    """
    status, told = await control.give(visit.request, call.verb, "/" + "/".join(call.parts), call.told)
    if status != 200:  # noqa: PLR2004  # the only status of an order that was carried out
        raise OrderRefusedError(told, status)
    return told
