"""Orders of a screen to the control plane, and the equal commands for programs."""

import json
import shlex
from typing import Any, NamedTuple
from urllib.parse import quote

from landingpad.control import giving
from landingpad.control.declare import ORDERS, ControlError
from landingpad.control.kit import Kit
from landingpad.web.frame.visit import Visit

_PREFIX = "/_landingpad/"


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


async def give(kit: Kit, visit: Visit, call: KitCall) -> Any:
    """Give an order on behalf of the visiting browser and return its result.

    The control plane admits the browser by its machine and origin, like any program.

    Raises:
        OrderRefusedError: the order was refused.

    """
    parts = [part for part in "/".join(call.parts).split("/") if part]
    found = ORDERS.find(call.verb, parts)
    if found is None:
        raise OrderRefusedError(f"There is no order {_PREFIX}{'/'.join(parts)}.", 404)
    order, in_path = found
    try:
        return await giving.give(kit, visit.scope, order.function, {**call.parameters, **in_path})
    except ControlError as error:
        raise OrderRefusedError(str(error), error.status) from error
