"""Giving orders of the control plane: over HTTP, and by screens inside the process."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import structlog

from landingpad.control.admission import admit
from landingpad.control.declare import ORDERS, ControlError, Order
from landingpad.control.kit import Kit
from landingpad.http.asgi import Scope
from landingpad.store.db.snapshots import SnapshotError, UnknownSnapshotError

log = structlog.get_logger("landingpad.control")


async def give(kit: Kit, scope: Scope, function: Callable[..., Any], parameters: Mapping[str, Any]) -> Any:
    """Carry out a declared order for the sender of a request, who is admitted like any program.

    Raises:
        ControlError: the sender is not admitted, or the order is refused.

    """
    admit(scope, kit.settings)
    return msgspec.to_builtins(await carry_out(kit, ORDERS.of(function), parameters))


async def carry_out(kit: Kit, order: Order, given: Mapping[str, Any] | bytes) -> Any:
    """Carry out an order with the given parameters, or with the bytes that it takes; return its result.

    Raises:
        ControlError: the order is refused.

    """
    arguments = order.arguments(given)
    try:
        result = order.function(kit, *arguments)
        result = await result if order.is_async else result
    except SnapshotError as error:
        raise ControlError(str(error), 404 if isinstance(error, UnknownSnapshotError) else 409) from error
    log.debug("ordered", verb=order.verb, path=order.shown_path)
    return result
