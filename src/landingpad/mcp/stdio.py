"""`landingpad mcp`: the MCP server as a program that an assistant starts; it reaches a portal over the network."""

import asyncio
from urllib.parse import urlsplit

import httpx2
from mcp.server.stdio import stdio_server

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.mcp.portal_client import CallRefusedError, Door, Response, Send
from landingpad.mcp.server import McpServer
from landingpad.reference.library import Library, read_recorded
from landingpad.rpc.declare import REGISTRY

_PATIENCE_SECONDS = 60.0


def serve_stdio(webhook: str) -> None:
    """Answer on standard input and output until the input ends.

    Args:
        webhook: whole address of a webhook, through which calls are made; "" to read the reference only.

    """
    asyncio.run(_serve(webhook))


async def _serve(webhook: str) -> None:
    parts = urlsplit(webhook)
    origin = f"{parts.scheme}://{parts.netloc}"
    door = Door(over_network(origin), origin, webhook) if webhook else None
    server = McpServer(Library(REGISTRY, read_recorded()), lambda _: door)
    async with stdio_server() as (reading, writing):
        await server.sdk.run(reading, writing, server.sdk.create_initialization_options())


def over_network(origin: str) -> Send:
    """Send requests to one portal, whatever host they name: its sites answer there by their names.

    So no address that somebody wrote into a page leads this program elsewhere. What it returns raises CallRefusedError
    where nobody answers.
    """
    portal = httpx2.URL(origin)
    if portal.host.endswith(".localhost"):  # this machine, whatever its resolver knows
        portal = portal.copy_with(host="127.0.0.1")

    async def send(method: str, address: str, headers: dict[str, str], body: bytes) -> Response:
        wanted = httpx2.URL(address)
        url = wanted.copy_with(scheme=portal.scheme, host=portal.host, port=portal.port)
        headers = {**headers, "host": wanted.netloc.decode()}
        async with httpx2.AsyncClient(timeout=_PATIENCE_SECONDS) as client:
            try:
                answer = await client.request(method, url, headers=headers, content=body)
            except httpx2.HTTPError as error:
                text = f"The portal at {portal.netloc.decode()} cannot be reached: {error}"
                raise CallRefusedError(0, "UNREACHABLE", text) from error
        return Response(answer.status_code, answer.headers.get("content-type", ""), answer.content)

    return send
