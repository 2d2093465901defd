"""The control plane, `/_landingpad/*`: orders to a server in developer mode, as JSON over HTTP."""

from typing import Any
from urllib.parse import parse_qsl

import msgspec
import structlog

from landingpad.control.admission import refusal
from landingpad.control.declare import ORDERS, ControlError
from landingpad.control.kit import Kit
from landingpad.control.orders import listing
from landingpad.http.envelope import JSON
from landingpad.http.message import Answer, BodyTooLargeError, Receive, Request, read_body
from landingpad.store.db.snapshots import SnapshotError, UnknownSnapshotError

log = structlog.get_logger("landingpad.control")

PREFIX = "/_landingpad"
_LARGEST = 64 * 1024 * 1024
_LARGEST_STATE = 1024 * 1024 * 1024
_NOT_ALLOWED = 405


class Control:
    """Answers every request below /_landingpad/."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit

    async def answer(self, request: Request, receive: Receive) -> Answer:
        """Carry an order out, if whoever gives it may."""
        refused = refusal(request, self.kit.settings.control_token)
        if refused:
            return _failure(403, "FORBIDDEN", refused)
        if self.kit.settings.workers > 1:
            return _failure(409, "CONFLICT", "Orders reach one process; start the server with one worker.")
        path = [part for part in request.path[len(PREFIX) :].split("/") if part]
        if not path and request.method == "GET":
            return _json(200, {"orders": listing()})
        try:
            result = await self._carry_out(request, receive, path)
            return result if isinstance(result, Answer) else _json(200, result)
        except ControlError as error:
            return _failure(error.status, _CODES.get(error.status, "BAD_REQUEST"), str(error))
        except SnapshotError as error:
            status = 404 if isinstance(error, UnknownSnapshotError) else 409
            return _failure(status, _CODES[status], str(error))

    async def _carry_out(self, request: Request, receive: Receive, path: list[str]) -> Any:
        found = ORDERS.find(request.method, path)
        if found is None:
            verbs = ORDERS.verbs(path)
            if verbs:
                raise ControlError(f"{request.path} takes {', '.join(verbs)}.", _NOT_ALLOWED)
            raise ControlError(f"There is no order {request.path}; GET {PREFIX}/ lists them.", 404)
        order, said = found
        try:
            content = await read_body(request, receive, _LARGEST_STATE if order.is_raw else _LARGEST)
            if order.is_raw:
                return await order.function(self.kit, content)
            given = msgspec.json.decode(content, type=dict[str, Any]) if content.strip() else {}
        except BodyTooLargeError:
            raise ControlError("The body is too large.", 413) from None
        except msgspec.MsgspecError as error:
            raise ControlError(f"The body is not a JSON object: {error}") from error
        query = dict(parse_qsl(request.query.decode("utf-8", "replace"), keep_blank_values=True))
        try:
            body = msgspec.convert({**query, **given, **said}, order.body, strict=False)
        except msgspec.ValidationError as error:
            raise ControlError(str(error)) from error
        arguments = (self.kit, body) if "body" in order.function.__annotations__ else (self.kit,)
        result = order.function(*arguments)
        result = await result if order.is_async else result
        log.debug("ordered", verb=order.verb, path=request.path)
        return result


_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 409: "CONFLICT", 413: "TOO_LARGE"}


def _json(status: int, value: Any) -> Answer:
    return Answer(status, [(b"content-type", JSON), (b"cache-control", b"no-store")], msgspec.json.encode(value))


def _failure(status: int, code: str, text: str) -> Answer:
    return _json(status, {"error": code, "error_description": text})
