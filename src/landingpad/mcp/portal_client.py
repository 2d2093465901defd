"""Client of a portal's REST API for the tools: ordinary requests, to which rights, scopes and limits apply.

Inside the server they go directly to its own application; in the program `landingpad mcp` they go over the network.
"""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import msgspec

Application = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]
MOST_OF_ANSWER = 32 * 1024 * 1024
"""Largest answer inside the server in bytes, so that a list of all pages does not fill the memory."""
_WEBHOOK = re.compile(r"(?:https?://[^/]+)?(?:/rest/)?([0-9]+/[A-Za-z0-9]+)/?")


class PortalResponse(NamedTuple):
    """The answer to one request."""

    status: int
    content_type: str
    body: bytes


Send = Callable[[str, str, dict[str, str], bytes], Awaitable[PortalResponse]]
"""Function that sends a request: method, absolute address, headers, body."""


class CallRefusedError(Exception):
    """The portal answered a call with an error."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.status = status
        self.code = code
        self.text = text


class PortalClient:
    """Calls methods of one portal with one token, and downloads its pictures."""

    def __init__(self, send: Send, origin: str, token: str) -> None:
        """Store address and token.

        Args:
            send: sends requests.
            origin: scheme, host and port of the portal.
            token: "1/CODE" or the whole address of a webhook, or the access token of an application.

        """
        self._send = send
        self._origin = origin
        webhook = _WEBHOOK.fullmatch(token.strip())
        self._base = f"{origin}/rest/{webhook.group(1)}/" if webhook else f"{origin}/rest/"
        self._headers = {"content-type": "application/json"}
        if webhook is None:
            self._headers["authorization"] = f"Bearer {token.strip()}"

    async def call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Call a method and return its whole answer, including `result`.

        Raises:
            CallRefusedError: the answer is an error, or not from this API.

        """
        name = re.sub(r"[^A-Za-z0-9_.]", "", method)
        response = await self._send("POST", self._base + name, self._headers, msgspec.json.encode(params))
        try:
            body = msgspec.json.decode(response.body, type=dict[str, Any])
        except msgspec.DecodeError:
            text = f"the portal answered with {response.content_type} instead of JSON. Is {self._origin} its address?"
            raise CallRefusedError(response.status, "NOT_JSON", text) from None
        if "error" in body:
            raise CallRefusedError(response.status, str(body["error"]), str(body.get("error_description", "")))
        return body

    async def result(self, method: str, params: dict[str, Any]) -> Any:
        """Call a method and return its result.

        Raises:
            CallRefusedError: the answer is an error.

        """
        return (await self.call(method, params)).get("result")

    def absolute(self, address: str) -> str:
        """Return an address as absolute address of the portal."""
        return urljoin(self._origin, address)

    async def picture(self, address: str) -> PortalResponse | None:
        """Download a picture, or return None if the address does not answer with one."""
        response = await self._send("GET", self.absolute(address), {"accept": "image/*"}, b"")
        is_picture = response.status == 200 and response.content_type.startswith("image/")  # noqa: PLR2004  # OK
        return response if is_picture else None


def send_in_process(application: Application, scope: MutableMapping[str, Any]) -> Send:
    """Return a function that sends requests to an ASGI application in this process, for the client in `scope`."""

    async def send(method: str, address: str, headers: dict[str, str], body: bytes) -> PortalResponse:
        parts = urlsplit(address)
        given = {**headers, "host": parts.netloc}
        inner: dict[str, Any] = {
            "type": "http",
            "asgi": scope.get("asgi", {"version": "3.0"}),
            "http_version": "1.1",
            "method": method,
            "scheme": parts.scheme,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in given.items()],
            "client": scope.get("client"),
            "server": scope.get("server"),
            "state": {},
        }
        pending = [{"type": "http.request", "body": body, "more_body": False}]
        answered: dict[str, Any] = {}
        names: dict[str, str] = {}
        chunks: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return pending.pop() if pending else {"type": "http.disconnect"}

        async def collect(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                names.update({name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]})
                answered.update(message)
            elif int(names.get("content-length", 0)) <= MOST_OF_ANSWER:
                chunks.append(message.get("body", b""))

        await application(inner, receive, collect)
        if not chunks:
            raise CallRefusedError(
                answered["status"],
                "ANSWER_TOO_LARGE",
                f"the answer has {names['content-length']} bytes; a tool takes {MOST_OF_ANSWER}. Send `limit`.",
            )
        return PortalResponse(answered["status"], names.get("content-type", ""), b"".join(chunks))

    return send
