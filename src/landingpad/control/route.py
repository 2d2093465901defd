"""The control plane at `/_landingpad/*`: orders to a server in developer mode, as JSON over HTTP."""

from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from landingpad.control.admission import admit
from landingpad.control.declare import ORDERS, ControlError
from landingpad.control.giving import carry_out
from landingpad.control.kit import Kit
from landingpad.control.orders import listing
from landingpad.http.application import AnyMethod, application, response
from landingpad.http.asgi import BodyTooLargeError, read_body
from landingpad.http.envelope import JSON
from landingpad.http.gallery import GALLERY, gallery_page

PREFIX = "/_landingpad"
_LARGEST = 64 * 1024 * 1024
_LARGEST_STATE = 1024 * 1024 * 1024
_NO_STORE = (b"cache-control", b"no-store")
_CODES = {403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 409: "CONFLICT", 413: "TOO_LARGE"}


def control_application(kit: Kit) -> Starlette:
    """Return the application that answers below /_landingpad/: the gallery of blocks, and orders at all other paths."""
    route = _ControlRoute(kit)
    return application(
        [
            Route(GALLERY, route.gallery),
            Route(f"{GALLERY}/{{code:path}}", route.gallery),
            Route(f"{PREFIX}{{path:path}}", AnyMethod(route.order)),
        ],
        {ControlError: _refused, HTTPException: route.unmatched},
    )


class _ControlRoute:
    """The endpoints of the control plane."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def gallery(self, request: Request) -> Response:
        """Return the overview of the blocks, or a sample page of one block; with the query `dark` in a dark theme."""
        code = request.path_params.get("code", "").rstrip("/")
        page = gallery_page(code, dark=request.scope["query_string"] == b"dark")
        return response(*page) if page is not None else await self.order(request)

    async def order(self, request: Request) -> Response:
        """Carry out an order, if its sender is admitted.

        Doubled slashes and a slash at the end are ignored. HEAD is no order, because an order may change something.
        """
        admit(request.scope, self._kit.settings)
        verb, path = request.method, request.scope["path"]
        parts = [part for part in path.removeprefix(PREFIX).split("/") if part]
        if not parts and verb == "GET":
            return _json(200, {"orders": listing()})
        found = ORDERS.find(verb, parts)
        if found is None:
            verbs = ORDERS.verbs(parts)
            if verbs:
                raise ControlError(f"{path} accepts {', '.join(verbs)} only.", 405)
            raise ControlError(f"There is no order {path}; GET {PREFIX}/ lists them.", 404)
        order, in_path = found
        given = await _content(request) if order.is_raw else {**await _parameters(request), **in_path}
        result = await carry_out(self._kit, order, given)
        if isinstance(result, bytes):
            return response(200, [(b"content-type", b"application/zip"), _NO_STORE], result)
        return _json(200, result)

    async def unmatched(self, request: Request, _error: Exception) -> Response:
        """Answer at a path with a line break, which no route matches."""
        try:
            return await self.order(request)
        except ControlError as error:
            return await _refused(request, error)


async def _parameters(request: Request) -> dict[str, Any]:
    """Return the members of the JSON object in the body, and of the query."""
    content = await _content(request, _LARGEST)
    try:
        given = msgspec.json.decode(content, type=dict[str, Any]) if content.strip() else {}
    except msgspec.MsgspecError as error:
        raise ControlError(f"The body is not a JSON object: {error}") from error
    query = dict(parse_qsl(request.scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True))
    return {**query, **given}


async def _content(request: Request, limit: int = _LARGEST_STATE) -> bytes:
    try:
        return await read_body(request.scope, request.receive, limit)
    except BodyTooLargeError:
        raise ControlError("The body is too large.", 413) from None


async def _refused(_request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, ControlError) else 500
    return _json(status, {"error": _CODES.get(status, "BAD_REQUEST"), "error_description": str(error)})


def _json(status: int, value: Any) -> Response:
    return response(status, [(b"content-type", JSON), _NO_STORE], msgspec.json.encode(value))
