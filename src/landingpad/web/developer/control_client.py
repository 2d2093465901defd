"""Orders of a screen to the control plane, and the equal commands for programs."""

import json
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

from landingpad.http.message import Request
from landingpad.web.frame.visit import Visit

_PREFIX = "/_landingpad/"


class ControlPlane(Protocol):
    """The control plane, as screens use it."""

    async def give(self, request: Request, verb: str, path: str, parameters: Mapping[str, Any]) -> tuple[int, Any]:
        """Carry out an order; return 200 and its result, or the status and text of its refusal."""
        ...


class OrderRefusedError(Exception):
    """The control plane refused an order; the text says why."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class KitCall(NamedTuple):
    """One order to the control plane."""

    verb: str
    parts: tuple[str, ...]
    """Its path below /_landingpad/."""
    parameters: dict[str, Any]

    def command(self, origin: str) -> str:
        """Return the curl command that gives the order."""
        path = "/".join(quote(part, safe="", errors="replace") for part in self.parts)
        verb = "" if self.verb == "GET" else f"-X {self.verb} "
        body = f" -d {shlex.quote(json.dumps(self.parameters, ensure_ascii=False))}" if self.parameters else ""
        return f"curl {verb}{shlex.quote(f'{origin}{_PREFIX}{path}')}{body}"


def kit_call(verb: str, *parts: str, **parameters: Any) -> KitCall:
    """Return an order; parameters that are None or "" are left out."""
    return KitCall(verb, parts, {name: value for name, value in parameters.items() if value not in (None, "")})


async def give(control: ControlPlane, visit: Visit, call: KitCall) -> Any:
    """Give an order on behalf of the visiting browser and return its result.

    The control plane admits the browser by its machine and origin, like any program.

    Raises:
        OrderRefusedError: the order was refused.

    """
    status, result = await control.give(Request(visit.scope), call.verb, "/" + "/".join(call.parts), call.parameters)
    if status != 200:  # noqa: PLR2004  # the only status of an order that was carried out
        raise OrderRefusedError(result, status)
    return result
