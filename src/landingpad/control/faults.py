"""Fault injection: errors, delays and spoiled answers on command, for tests of clients."""

import asyncio
import socket
import struct
from collections.abc import Mapping, MutableMapping
from enum import StrEnum
from fnmatch import fnmatchcase
from random import Random
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from landingpad.control.declare import Body, ControlError
from landingpad.domain.people.oauth import Refusal
from landingpad.errors import ApiError, app, block, calls, page, people, rest3, site
from landingpad.errors.calls import SystemApiError
from landingpad.http.asgi import Send
from landingpad.rpc.call import Caller
from landingpad.rpc.declare import Registry
from landingpad.rpc.journal import CallRecord
from landingpad.store.records import Application

_MOST_SECONDS = 600.0


class Spoiled(StrEnum):
    """Ways to spoil an answer."""

    RESET = "reset"
    """The connection is reset, without an answer."""
    HALF = "half"
    """The answer and the connection end in the middle."""
    HTML_503 = "html_503"
    """A proxy's page for people instead of JSON, with status 503."""
    WRONG_TYPE = "wrong_type"
    """Correct JSON, labelled as text/html."""
    NOT_JSON = "not_json"
    """Status 200 and the right Content-Type, but no JSON."""
    EMPTY = "empty"
    """Status 200 with an empty body."""
    MOVED = "moved"
    """The portal was renamed: status 302 to the same path at its new address, and the call is not carried out."""


_Once = Annotated[int, msgspec.Meta(ge=1)]
_Origin = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^/?#@\\s]+)?$")]
_ErrorStatus = Annotated[int, msgspec.Meta(ge=400, le=599)]


class NewFault(Body):
    """Calls that a fault meets, and what happens to them."""

    method: Annotated[
        str, msgspec.Meta(description="Pattern of methods: landing.site.*, * for all; oauth.token for new tokens.")
    ] = "*"
    caller: Annotated[str, msgspec.Meta(description="Only calls by webhook:1 or app:1; empty: any caller.")] = ""
    user: Annotated[int | None, msgspec.Meta(description="Only calls of the user with this id.")] = None
    after: Annotated[int, msgspec.Meta(description="Number of calls that succeed first.", ge=0)] = 0
    times: Annotated[_Once | None, msgspec.Meta(description="Number of calls that fail; null: all.")] = None
    probability: Annotated[float, msgspec.Meta(description="Probability that a call fails.", ge=0, le=1)] = 1.0
    error: Annotated[str, msgspec.Meta(description="Error code with which the call ends; see `GET faults`.")] = ""
    status: Annotated[_ErrorStatus | None, msgspec.Meta(description="HTTP status; null: that of the error.")] = None
    text: Annotated[str, msgspec.Meta(description="Error text; empty: that of the error.")] = ""
    slow_ms: Annotated[int, msgspec.Meta(description="Milliseconds that the call takes longer.", ge=0, le=600_000)] = 0
    answer: Annotated[
        Spoiled | None,
        msgspec.Meta(
            description="Carry the call out and spoil its answer: reset, half, html_503, wrong_type, not_json, empty. "
            "moved: answer 302 instead, as a portal does at its former address."
        ),
    ] = None
    to: Annotated[
        _Origin,
        msgspec.Meta(
            description="With moved: new address (https://host:port); empty: the other one of localhost and 127.0.0.1, "
            "or the portal's own."
        ),
    ] = ""


class InjectedError(ApiError):
    """An error injected by a fault."""

    text = "Injected"

    def __init__(self, code: str, status: int, text: str) -> None:
        super().__init__(text)
        self.code = code  # type: ignore[misc]  # declared per class; here the fault chooses it
        self.status = status  # type: ignore[misc]  # declared per class; here the fault chooses it


# Documented errors that only faults produce on this server: code -> status, text.
_FAULTS_ONLY: Mapping[str, tuple[int, str]] = {
    "METHOD_CONFIRM_WAITING": (401, "Waiting for confirmation"),
    "METHOD_CONFIRM_DENIED": (403, "Method call denied"),
    "ERROR_MANIFEST_IS_NOT_AVAILABLE": (404, "Manifest is not available"),
    "SITE_LIMIT_REACHED": (400, "The plan of the portal allows no more sites."),
    "TOTAL_SITE_REACHED": (400, "The plan of the portal allows no more sites, published or not."),
    "PUBLIC_SITE_REACHED": (400, "The plan of the portal allows no more published sites."),
    "PUBLIC_SITE_REACHED_FREE": (400, "The free plan of the portal allows no more published sites."),
    "PUBLIC_PAGE_REACHED": (400, "The plan of the portal allows no more published pages."),
}


TOKENS = "oauth.token"
"""Name of token requests in faults. It is not a method, so only this exact name matches it."""
TOKEN_ERRORS: Mapping[str, tuple[int, str]] = {
    "invalid_request": (400, "The request for tokens is malformed."),
    "invalid_client": (400, "The client_secret does not belong to this client_id."),
    "wrong_client": (200, "There is no such application."),
    "invalid_grant": (400, "The code or refresh token is not valid any more."),
    "invalid_scope": (400, "The application may not have these permissions."),
    "insufficient_scope": (403, "The application has not the permissions for this."),
    "PAYMENT_REQUIRED": (401, "The subscription of the portal has ended."),
    "NOT_INSTALLED": (401, "The application is not installed."),
}
"""The errors of the authorization server, with their status and a text."""


def known_errors() -> dict[str, list[type[ApiError]]]:
    """Return the errors of the API by code."""
    found: dict[str, list[type[ApiError]]] = {}
    for module in (calls, app, site, people, page, block, rest3):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, ApiError) and hasattr(value, "code"):
                found.setdefault(value.code, []).append(value)
    return found


def known_codes() -> list[str]:
    """Return all error codes that a fault can produce."""
    return sorted({*known_errors(), *_FAULTS_ONLY})


class Fault(msgspec.Struct, kw_only=True):
    """One of the faults that are on."""

    id: str
    wanted: NewFault
    status: int
    text: str
    seen: int = 0
    """Number of matching calls."""
    struck: int = 0
    """Number of calls that it met."""
    former: str = ""
    """With moved: the address of the portal that answers 302, which the first call decides."""

    def as_dict(self) -> dict[str, Any]:
        """Return it for answers of the control plane."""
        wanted = msgspec.to_builtins(self.wanted)
        return {"id": self.id, **wanted, "status": self.status, "text": self.text, "struck": self.struck}

    def strikes(self, random: Random, method: str, caller: str, user: int) -> bool:
        """Say whether it meets this call, and count the call."""
        wanted = self.wanted
        if (
            not fnmatchcase(method.lower(), wanted.method.lower())
            or wanted.caller not in {"", caller}
            or wanted.user not in {None, user}
        ):
            return False
        self.seen += 1
        if self.seen <= wanted.after or (wanted.times is not None and self.struck >= wanted.times):
            return False
        if wanted.probability < 1 and random.random() >= wanted.probability:
            return False
        self.struck += 1
        return True


class Faults:
    """The active faults. A call gets the delays of all faults that meet it up to the first error."""

    def __init__(self, registry: Registry) -> None:
        self.random = Random()  # noqa: S311  # chooses calls to fail, not secrets
        self._registry = registry
        self._faults: dict[str, Fault] = {}
        self._number = 0

    def add(self, wanted: NewFault, fault_id: str = "") -> Fault:
        """Turn a fault on.

        Raises:
            ControlError: the fault has no effect, or an unknown error.

        """
        if bool(wanted.error) + (wanted.answer is not None) > 1 or not (
            wanted.error or wanted.answer or wanted.slow_ms
        ):
            raise ControlError("Give an `error`, an `answer` or `slow_ms`. `error` and `answer` exclude each other.")
        if wanted.method.lower() == TOKENS and (wanted.answer is not None or wanted.user is not None):
            raise ControlError("Faults of oauth.token take `error` and `slow_ms`, but neither `answer` nor `user`.")
        if wanted.to and wanted.answer is not Spoiled.MOVED:
            raise ControlError("`to` belongs to `answer: moved`.")
        status, text = self._status_and_text(wanted) if wanted.error else (200, "")
        self._number += 1
        made = Fault(id=fault_id or str(self._number), wanted=wanted, status=status, text=text)
        self._faults[made.id] = made
        return made

    def remove(self, fault_id: str) -> None:
        """Turn a fault off.

        Raises:
            ControlError: no fault has this id.

        """
        if self._faults.pop(fault_id, None) is None:
            raise ControlError(f"There is no fault {fault_id!r}.", 404)

    def discard(self, prefix: str) -> None:
        """Turn off the faults whose id starts with `prefix`."""
        self._faults = {key: fault for key, fault in self._faults.items() if not key.startswith(prefix)}

    def clear(self) -> None:
        """Turn all faults off."""
        self._faults.clear()

    def __iter__(self) -> Any:
        return iter(tuple(self._faults.values()))

    async def before(self, caller: Caller, method: str) -> None:
        """Slow a call down or end it.

        Raises:
            InjectedError: a fault ends the call.

        """
        for fault in self:
            if fault.wanted.answer is not None:
                continue
            if fault.strikes(self.random, method, caller.credential, caller.user.id):
                if fault.wanted.slow_ms:
                    await asyncio.sleep(min(fault.wanted.slow_ms / 1000, _MOST_SECONDS))
                if fault.wanted.error:
                    raise InjectedError(fault.wanted.error, fault.status, fault.text)

    async def moved(self, origin: str, caller: Caller, method: str) -> str:
        """Return the address to which a portal moved that is called at `origin`, or ""."""
        for fault in self:
            wanted = fault.wanted
            if wanted.answer is not Spoiled.MOVED or fault.former not in {"", origin}:
                continue
            to = wanted.to or _other_address(origin, caller.portal.domain)
            if to != origin and fault.strikes(self.random, method, caller.credential, caller.user.id):
                fault.former = origin
                if wanted.slow_ms:
                    await asyncio.sleep(min(wanted.slow_ms / 1000, _MOST_SECONDS))
                return to
        return ""

    async def before_tokens(self, app: Application) -> Refusal | None:
        """Slow a request for tokens down; return why it is refused, or None."""
        for fault in self:
            wanted = fault.wanted
            # The user of a token request is unknown at this point.
            if wanted.method.lower() == TOKENS and fault.strikes(self.random, TOKENS, f"app:{app.id}", 0):
                if wanted.slow_ms:
                    await asyncio.sleep(min(wanted.slow_ms / 1000, _MOST_SECONDS))
                if wanted.error:
                    return Refusal(wanted.error, fault.text, fault.status)
        return None

    async def sender(self, send: Send, entry: CallRecord) -> Send:
        """Return what sends the answer to a call: `send`, or a function that spoils it if a fault meets the call."""
        for fault in self:
            kind = fault.wanted.answer
            if kind is None or kind is Spoiled.MOVED:
                continue
            if fault.strikes(self.random, entry.method, entry.credential, entry.user_id):
                if fault.wanted.slow_ms:
                    await asyncio.sleep(min(fault.wanted.slow_ms / 1000, _MOST_SECONDS))
                return _spoiling(send, kind)
        return send

    def _status_and_text(self, wanted: NewFault) -> tuple[int, str]:
        """Return status and text of an error: as the method declares it, or else as a system error."""
        if wanted.method.lower() == TOKENS and wanted.error in TOKEN_ERRORS:
            status, text = TOKEN_ERRORS[wanted.error]
            return wanted.status or status, wanted.text or text
        method = self._registry.find(wanted.method)
        found = known_errors().get(wanted.error, [])
        declared = [error for error in found if method is not None and error in method.allowed_errors]
        system = [error for error in found if issubclass(error, SystemApiError)]
        if found:
            error = (declared or system or found)[0]
            return wanted.status or error.status, wanted.text or error.text
        if wanted.error in _FAULTS_ONLY:
            status, text = _FAULTS_ONLY[wanted.error]
            return wanted.status or status, wanted.text or text
        if wanted.status is None or not wanted.text:
            raise ControlError(
                f"The API has no error {wanted.error!r}. Give `status` and `text` to define your own. "
                f"Known errors: {', '.join(known_codes())}."
            )
        return wanted.status, wanted.text


_LOOPBACK = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}


def _other_address(origin: str, domain: str) -> str:
    """Return another address at which the portal answers, with the same scheme and port."""
    split = urlsplit(origin)
    host = _LOOPBACK.get(split.hostname or "", domain)
    return f"{split.scheme}://{host}" + (f":{split.port}" if split.port else "")


Headers = list[tuple[bytes, bytes]]
_PROXY_PAGE = (
    b"<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n"
    b"<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n"
)


def _spoiling(send: Send, kind: Spoiled) -> Send:
    """Return a function that spoils the answer that is sent by it."""
    start: MutableMapping[str, Any] = {}
    body = bytearray()

    async def spoil(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        body.extend(message["body"])
        if not message.get("more_body"):
            headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            await _spoil(send, start["status"], headers, bytes(body), kind)

    return spoil


async def _spoil(send: Send, status: int, headers: Headers, body: bytes, kind: Spoiled) -> None:
    others = [(name, value) for name, value in headers if name != b"content-type"]
    html = (b"content-type", b"text/html; charset=utf-8")
    match kind:
        case Spoiled.HTML_503:
            await _send(send, 503, [html], _PROXY_PAGE)
        case Spoiled.WRONG_TYPE:
            await _send(send, status, [*others, html], body)
        case Spoiled.NOT_JSON:
            await _send(send, 200, headers, b"<br />\nnot what you asked for" + body[:20])
        case Spoiled.EMPTY:
            await _send(send, 200, headers, b"")
        case Spoiled.HALF:
            await _send(send, status, headers, body, sent=len(body) // 2)
            await _hang_up(send, reset=False)
        case Spoiled.RESET:
            await _hang_up(send, reset=True)


async def _send(send: Send, status: int, headers: Headers, body: bytes, *, sent: int | None = None) -> None:
    """Send an answer with its length; of its body only the first `sent` bytes, if given."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body[:sent], "more_body": sent is not None})


async def _hang_up(send: Send, *, reset: bool) -> None:
    """Close the connection of a request.

    ASGI offers no message for that; uvicorn's `send` is a method of an object that holds the connection.

    Raises:
        ConnectionResetError: there is no connection, as in tests that call the application without a server.

    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("A fault reset the connection.")
    if reset:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            # Without lingering, the peer sees a reset instead of an orderly end.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
    await asyncio.sleep(0.01)  # lets the server notice the closed connection before this call returns
