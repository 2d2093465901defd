"""The control plane at `/_landingpad/*`: orders to a server in developer mode, as JSON over HTTP."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import structlog

from landingpad.control.admission import refusal
from landingpad.control.declare import ORDERS, ControlError, Order
from landingpad.control.kit import Kit
from landingpad.control.orders import listing
from landingpad.http.asgi import BodyTooLargeError, Receive, read_body
from landingpad.http.envelope import JSON
from landingpad.http.message import Answer, Request
from landingpad.store.db.snapshots import SnapshotError, UnknownSnapshotError

log = structlog.get_logger("landingpad.control")

PREFIX = "/_landingpad"
_LARGEST = 64 * 1024 * 1024
_LARGEST_STATE = 1024 * 1024 * 1024
_FORBIDDEN, _NOT_FOUND, _NOT_ALLOWED, _CONFLICT, _TOO_LARGE = 403, 404, 405, 409, 413
_CODES = {
    _FORBIDDEN: "FORBIDDEN",
    _NOT_FOUND: "NOT_FOUND",
    _NOT_ALLOWED: "METHOD_NOT_ALLOWED",
    _CONFLICT: "CONFLICT",
    _TOO_LARGE: "TOO_LARGE",
}

ReadParameters = Callable[[Order], Awaitable[bytes | dict[str, Any]]]
"""Returns the bytes of a file, or the parameters of an order by name."""


class ControlRoute:
    """Answers every request below /_landingpad/."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit

    async def answer(self, request: Request, receive: Receive) -> Answer:
        """Carry out an order received over HTTP, if its sender is admitted."""

        async def parameters(order: Order) -> bytes | dict[str, Any]:
            return await _read_parameters(request, receive, is_raw=order.is_raw)

        try:
            result = await self._carry_out(request, request.method, request.path[len(PREFIX) :], parameters)
        except (ControlError, SnapshotError) as error:
            status = _status_of(error)
            code = _CODES.get(status, "BAD_REQUEST")
            return _json(status, {"error": code, "error_description": str(error)})
        return result if isinstance(result, Answer) else _json(200, result)

    async def give(self, request: Request, verb: str, path: str, parameters: Mapping[str, Any]) -> tuple[int, Any]:
        """Carry out an order of a screen, if the browser that sent `request` is admitted.

        Returns:
            200 and the result of the order, or the status and text of its refusal.

        """

        async def read(_order: Order) -> dict[str, Any]:
            return dict(parameters)

        try:
            return 200, msgspec.to_builtins(await self._carry_out(request, verb, path, read))
        except (ControlError, SnapshotError) as error:
            return _status_of(error), str(error)

    async def _carry_out(self, request: Request, verb: str, path: str, read: ReadParameters) -> Any:
        refused = refusal(request, self.kit.settings.control_token)
        if refused:
            raise ControlError(refused, _FORBIDDEN)
        if self.kit.settings.workers > 1:
            raise ControlError("An order reaches only one process. Start the server with one worker.", _CONFLICT)
        parts = [part for part in path.split("/") if part]
        if not parts and verb == "GET":
            return {"orders": listing()}
        found = ORDERS.find(verb, parts)
        if found is None:
            verbs = ORDERS.verbs(parts)
            if verbs:
                raise ControlError(f"{PREFIX}{path} accepts {', '.join(verbs)} only.", _NOT_ALLOWED)
            raise ControlError(f"There is no order {PREFIX}{path}; GET {PREFIX}/ lists them.", _NOT_FOUND)
        order, in_path = found
        given = await read(order)
        if isinstance(given, bytes):
            return await order.function(self.kit, given)
        try:
            body = msgspec.convert({**given, **in_path}, order.body, strict=False)
        except msgspec.ValidationError as error:
            raise ControlError(str(error)) from error
        arguments = (self.kit, body) if "body" in order.function.__annotations__ else (self.kit,)
        result = order.function(*arguments)
        result = await result if order.is_async else result
        log.debug("ordered", verb=verb, path=f"{PREFIX}{path}")
        return result


async def _read_parameters(request: Request, receive: Receive, *, is_raw: bool) -> bytes | dict[str, Any]:
    """Return the raw body of a request, or the members of its JSON object and of the query."""
    try:
        content = await read_body(request.scope, receive, _LARGEST_STATE if is_raw else _LARGEST)
        if is_raw:
            return content
        given = msgspec.json.decode(content, type=dict[str, Any]) if content.strip() else {}
    except BodyTooLargeError:
        raise ControlError("The body is too large.", _TOO_LARGE) from None
    except msgspec.MsgspecError as error:
        raise ControlError(f"The body is not a JSON object: {error}") from error
    query = dict(parse_qsl(request.query.decode("utf-8", "replace"), keep_blank_values=True))
    return {**query, **given}


def _status_of(error: ControlError | SnapshotError) -> int:
    if isinstance(error, ControlError):
        return error.status
    return _NOT_FOUND if isinstance(error, UnknownSnapshotError) else _CONFLICT


def _json(status: int, value: Any) -> Answer:
    return Answer(status, [(b"content-type", JSON), (b"cache-control", b"no-store")], msgspec.json.encode(value))
