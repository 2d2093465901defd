"""`/mcp`: the MCP server over Streamable HTTP, without sessions; every answer is one JSON document."""

import asyncio
from collections.abc import Callable, MutableMapping
from functools import partial
from typing import Any

from landingpad.mcp.admission import Admission
from landingpad.mcp.portal_client import Application, PortalClient, send_in_process
from landingpad.rpc.declare import Registry

PATH = "/mcp"
_ACCEPT = (b"accept", b"application/json, text/event-stream")
_CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-max-age", b"600"),
)
_HOW_TO = b"""This is the MCP server of this portal. Add this address to your assistant as a server of the type http
(Streamable HTTP). It answers POST requests. Instructions for each assistant: /docs/assistants
"""


class McpRoute:
    """The ASGI application at `/mcp`; the first request imports the SDK, in a thread."""

    def __init__(self, registry: Registry, application: Application, admission: Admission) -> None:
        """Store what the server needs.

        Args:
            registry: the methods that the reference describes.
            application: the whole server, which handles calls of the API like those of any client.
            admission: decides which hosts and origins are answered.

        """
        self._registry = registry
        self._application = application
        self._admission = admission
        self._new_manager: Callable[[], Any] | None = None
        self._loading = asyncio.Lock()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        problem = self._admission.problem(scope)
        if problem:
            await _answer(send, 403, problem.encode())
            return
        if scope["method"] == "OPTIONS":
            await _answer(send, 204, b"")
            return
        if scope["method"] != "POST":
            await _answer(send, 405, _HOW_TO)
            return
        manager = (await self._loaded())()
        # Clients send different Accept headers; all of them read JSON.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept"]

        async def with_cors(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_CORS]
            await send(message)

        async with manager.run():
            await manager.handle_request({**scope, "headers": [*headers, _ACCEPT]}, receive, with_cors)

    async def _loaded(self) -> Callable[[], Any]:
        """Return what makes the SDK's handler of one request."""
        async with self._loading:
            if self._new_manager is None:
                self._new_manager = await asyncio.to_thread(self._load)
        return self._new_manager

    def _load(self) -> Callable[[], Any]:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from landingpad.mcp.server import McpServer
        from landingpad.reference.library import Library, read_recorded

        server = McpServer(Library(self._registry, read_recorded()), self._portal)
        return partial(StreamableHTTPSessionManager, server.sdk, stateless=True, json_response=True)

    def _portal(self, request: Any) -> PortalClient | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        origin = f"{request.url.scheme}://{request.headers['host']}"
        return PortalClient(send_in_process(self._application, request.scope), origin, token)


async def _answer(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"allow", b"POST, OPTIONS"), *_CORS]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
