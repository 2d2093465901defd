"""`landingpad mcp`: the MCP server as a program started by an assistant; it calls a portal over the network."""

import asyncio
from urllib.parse import urlsplit

import httpx
from mcp.server.stdio import stdio_server

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.mcp.portal_client import CallRefusedError, PortalClient, PortalResponse, Send
from landingpad.mcp.server import McpServer
from landingpad.reference.library import Library, read_recorded
from landingpad.rpc.declare import REGISTRY

_TIMEOUT_SECONDS = 60.0


def serve_stdio(webhook: str) -> None:
    """Serve on standard input and output until the input ends.

    Args:
        webhook: whole address of a webhook for calls; "" to read the reference only.

    """
    asyncio.run(_serve(webhook))


async def _serve(webhook: str) -> None:
    parts = urlsplit(webhook)
    origin = f"{parts.scheme}://{parts.netloc}"
    portal = PortalClient(send_over_network(origin), origin, webhook) if webhook else None
    server = McpServer(Library(REGISTRY, read_recorded()), lambda _: portal)
    async with stdio_server() as (reading, writing):
        await server.sdk.run(reading, writing, server.sdk.create_initialization_options())


def send_over_network(origin: str) -> Send:
    """Return a function that sends all requests to one portal, with the host of the address as Host header.

    The portal's sites answer there by their names, and no address in a page makes this program connect elsewhere. The
    function raises CallRefusedError if the portal cannot be reached.
    """
    portal = httpx.URL(origin)
    if portal.host.endswith(".localhost"):  # this machine, even if the resolver does not know it
        portal = portal.copy_with(host="127.0.0.1")

    async def send(method: str, address: str, headers: dict[str, str], body: bytes) -> PortalResponse:
        wanted = httpx.URL(address)
        url = wanted.copy_with(scheme=portal.scheme, host=portal.host, port=portal.port)
        headers = {**headers, "host": wanted.netloc.decode()}
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as client:
            try:
                answer = await client.request(method, url, headers=headers, content=body)
            except httpx.HTTPError as error:
                text = f"The portal at {portal.netloc.decode()} cannot be reached: {error}"
                raise CallRefusedError(0, "UNREACHABLE", text) from error
        return PortalResponse(answer.status_code, answer.headers.get("content-type", ""), answer.content)

    return send
