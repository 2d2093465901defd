"""The control plane, `/_landingpad/*`: orders to a server in developer mode, as JSON over HTTP."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import structlog

from landingpad.control.admission import refusal
from landingpad.control.declare import ORDERS, ControlError, Order
from landingpad.control.kit import Kit
from landingpad.control.orders import listing
from landingpad.http.envelope import JSON
from landingpad.http.message import Answer, BodyTooLargeError, Receive, Request, read_body
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

Given = Callable[[Order], Awaitable[bytes | dict[str, Any]]]
"""What an order is told: the bytes of a file, or parameters by name."""


class Control:
    """Answers every request below /_landingpad/."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit

    async def answer(self, request: Request, receive: Receive) -> Answer:
        """Carry out an order that came over HTTP, if its sender may give it."""

        async def given(order: Order) -> bytes | dict[str, Any]:
            return await _sent(request, receive, is_raw=order.is_raw)

        try:
            result = await self._carry_out(request, request.method, request.path[len(PREFIX) :], given)
        except (ControlError, SnapshotError) as error:
            status = _status_of(error)
            code = _CODES.get(status, "BAD_REQUEST")
            return _json(status, {"error": code, "error_description": str(error)})
        return result if isinstance(result, Answer) else _json(200, result)

    async def give(self, request: Request, verb: str, path: str, told: Mapping[str, Any]) -> tuple[int, Any]:
        """Carry out an order of a screen, if the browser that sent `request` may give it.

        Returns:
            200 and what the order tells, or the status and the text of what refuses it.

        """

        async def given(_order: Order) -> dict[str, Any]:
            return dict(told)

        try:
            return 200, msgspec.to_builtins(await self._carry_out(request, verb, path, given))
        except (ControlError, SnapshotError) as error:
            return _status_of(error), str(error)

    async def _carry_out(self, request: Request, verb: str, path: str, given: Given) -> Any:
        refused = refusal(request, self.kit.settings.control_token)
        if refused:
            raise ControlError(refused, _FORBIDDEN)
        if self.kit.settings.workers > 1:
            raise ControlError("Orders reach one process; start the server with one worker.", _CONFLICT)
        parts = [part for part in path.split("/") if part]
        if not parts and verb == "GET":
            return {"orders": listing()}
        found = ORDERS.find(verb, parts)
        if found is None:
            verbs = ORDERS.verbs(parts)
            if verbs:
                raise ControlError(f"{PREFIX}{path} takes {', '.join(verbs)}.", _NOT_ALLOWED)
            raise ControlError(f"There is no order {PREFIX}{path}; GET {PREFIX}/ lists them.", _NOT_FOUND)
        order, said = found
        told = await given(order)
        if isinstance(told, bytes):
            return await order.function(self.kit, told)
        try:
            body = msgspec.convert({**told, **said}, order.body, strict=False)
        except msgspec.ValidationError as error:
            raise ControlError(str(error)) from error
        arguments = (self.kit, body) if "body" in order.function.__annotations__ else (self.kit,)
        result = order.function(*arguments)
        result = await result if order.is_async else result
        log.debug("ordered", verb=verb, path=f"{PREFIX}{path}")
        return result


async def _sent(request: Request, receive: Receive, *, is_raw: bool) -> bytes | dict[str, Any]:
    """Return the body of a request: as it is, or the members of its JSON object and of the query."""
    try:
        content = await read_body(request, receive, _LARGEST_STATE if is_raw else _LARGEST)
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
