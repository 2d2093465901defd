"""Orders of a screen to the control plane, and the equal commands for programs."""

import json
import shlex
from collections.abc import Callable
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

    function: Callable[..., Any]
    """The function that declares it, in `control/orders/`."""
    parameters: dict[str, Any]

    def command(self, origin: str) -> str:
        """Return the curl command that gives the order."""
        declared, body = ORDERS.of(self.function), dict(self.parameters)
        parts = [str(body.pop(part[1:-1], "")) if part.startswith("{") else part for part in declared.path]
        path = "/".join(quote(part, safe="", errors="replace") for part in parts)
        verb = "" if declared.verb == "GET" else f"-X {declared.verb} "
        data = f" -d {shlex.quote(json.dumps(body, ensure_ascii=False))}" if body else ""
        return f"curl {verb}{shlex.quote(f'{origin}{_PREFIX}{path}')}{data}"


def kit_call(function: Callable[..., Any], **parameters: Any) -> KitCall:
    """Return an order; parameters that are None or "" are left out."""
    return KitCall(function, {name: value for name, value in parameters.items() if value not in (None, "")})


async def give(kit: Kit, visit: Visit, call: KitCall) -> Any:
    """Give an order on behalf of the visiting browser and return its result.

    The control plane admits the browser by its machine and origin, like any program.

    Raises:
        OrderRefusedError: the order was refused.

    """
    try:
        return await giving.give(kit, visit.scope, call.function, call.parameters)
    except ControlError as error:
        raise OrderRefusedError(str(error), error.status) from error
