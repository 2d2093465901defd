"""`landingpad mcp`, started by the SDK's client, as assistants do."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from landingpad.mcp.portal_client import PortalClient
from landingpad.mcp.stdio import send_over_network
from support.listening import listening
from support.server import Server


def program(*options: str) -> StdioServerParameters:
    return StdioServerParameters(command=sys.executable, args=["-m", "landingpad", "mcp", *options])


def text(result: Any) -> str:
    return "\n".join(part.text for part in result.content if part.type == "text")


async def test_the_reference_works_without_a_portal() -> None:
    async with Client(program()) as client:
        assert "landing-call" not in {tool.name for tool in (await client.list_tools()).tools}
        result = await client.call_tool("bitrix-search", {"query": "get a screenshot of my site"})
        assert result.structured_content["hits"][0]["key"] == "landing.site.getPreview"


async def test_an_unreachable_portal_is_reported() -> None:
    async with Client(program("--webhook", "http://127.0.0.1:9/rest/1/abc/")) as client:
        result = await client.call_tool("landing-call", {"method": "profile"})
    assert result.is_error
    assert "127.0.0.1:9 cannot be reached" in text(result)


async def test_pictures_are_requested_from_the_portal_only() -> None:
    """Whatever host the address of a picture names, the request goes to the portal and nowhere else."""
    asked: list[tuple[bytes, ...]] = []

    async def other(scope: Any, receive: Any, send: Any) -> None:
        asked.append(tuple(value for name, value in scope["headers"] if name == b"host"))
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"not here"})

    with listening(other) as origin:
        client = PortalClient(send_over_network(origin), origin, "1/abc")
        assert await client.picture("http://169.254.169.254/latest/meta-data") is None
    assert asked == [(b"169.254.169.254",)]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_tools_work_on_the_portal_of_the_webhook(demo_folder: Path, tmp_path: Path) -> None:
    """With a whole server: the demo site is listed, and its picture is returned once it is taken."""
    with Server(shutil.copytree(demo_folder, tmp_path / "data"), "--dev") as server:
        async with Client(program("--webhook", server.file["webhook"])) as client:
            sites = (await client.call_tool("landing-site-map", {})).structured_content["sites"]
            assert server.file["site_id"] in {site["id"] for site in sites}
            result = await client.call_tool(
                "landing-render-preview", {"site_id": server.file["site_id"], "wait_seconds": 60}
            )
            assert result.structured_content["ready"], text(result)
            assert [part.mime_type for part in result.content if part.type == "image"] == ["image/jpeg"]
