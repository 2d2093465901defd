"""The MCP server at /mcp, called by the SDK's client over HTTP, as assistants do."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import jsonschema  # type: ignore[import-untyped]  # the library has no types
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client

from landingpad.reference.doc_page import OWN_METHOD
from landingpad.store.db.engine import Tx
from landingpad.store.preview import queue
from landingpad.store.tables.site import pages
from support.portal import Databases, Portal

WITHOUT_TOKEN = {
    "bitrix-search",
    "bitrix-method-details",
    "bitrix-article-details",
    "bitrix-event-details",
    "bitrix-app-development-doc-details",
    "landing-check-call",
}
WITH_TOKEN = {"landing-call", "landing-render-preview", "landing-site-map"}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@asynccontextmanager
async def connected(portal: Portal, token: str = "", mode: str = "auto") -> AsyncIterator[Client]:
    """Connect to the portal's /mcp, with or without a token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx2.ASGITransport(portal.app)
    async with (
        httpx2.AsyncClient(transport=transport, headers=headers) as http,
        Client(streamable_http_client(f"http://{portal.host}:8080/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def token(portal: Portal, by: str = "admin") -> str:
    return portal.webhooks[by].removeprefix("/rest/").strip("/")


def text(result: Any) -> str:
    return "\n".join(part.text for part in result.content if part.type == "text")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_without_a_token_only_tools_that_need_none_are_listed(portal: Portal, mode: str) -> None:
    async with connected(portal, mode=mode) as client:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == WITHOUT_TOKEN
        assert all(tool.annotations is not None and tool.annotations.read_only_hint for tool in tools)
        assert client.instructions is not None
        assert "landing-check-call" in client.instructions


async def test_with_a_token_all_tools_are_listed(portal: Portal) -> None:
    async with connected(portal, token(portal)) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == WITHOUT_TOKEN | WITH_TOKEN
    hints = tools["landing-call"].annotations
    assert hints is not None
    assert (hints.read_only_hint, hints.destructive_hint) == (False, True)
    for tool in tools.values():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        assert tool.output_schema is not None
        assert tool.output_schema["type"] == "object"


async def test_every_answer_fits_the_schema_of_its_tool(portal: Portal) -> None:
    """Clients refuse structured content that does not match its schema."""
    site_id, _, _ = await portal.published()
    calls: dict[str, dict[str, Any]] = {
        "bitrix-search": {"query": "screenshot of a site"},
        "bitrix-method-details": {"method": "landing.site.getlist"},
        "bitrix-article-details": {"title_or_hint": "batch"},
        "bitrix-event-details": {"title_or_hint": "onappinstall", "top_k": 1},
        "bitrix-app-development-doc-details": {"title_or_hint": "OAuth"},
        "landing-check-call": {"method": "landing.site.getPreview", "params": {"id": "x"}},
        "landing-call": {"method": "landing.site.getList", "params": {"params": {"select": ["ID"]}}},
        "landing-render-preview": {"site_id": site_id, "wait_seconds": 0},
        "landing-site-map": {},
    }
    async with connected(portal, token(portal)) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(calls) == set(tools)
        for name, arguments in calls.items():
            result = await client.call_tool(name, arguments)
            assert not result.is_error, text(result)
            schema = tools[name].output_schema
            assert schema is not None
            jsonschema.validate(result.structured_content, schema)


async def test_method_details_can_be_limited_to_a_part(portal: Portal) -> None:
    async with connected(portal) as client:
        result = await client.call_tool("bitrix-method-details", {"method": "LANDING.SITE.GETPREVIEW"})
        facts = result.structured_content
        assert facts["method"] == "landing.site.getPreview"
        assert facts["parameters"] == [
            {"name": "id", "type": "integer", "required": True, "description": "Id of the site.", "default": None}
        ]
        assert "MISSING_PARAMS" in {error["code"] for error in facts["errors"]}
        assert facts["example"]["result"].endswith("/preview.jpg")
        assert "curl " in text(result)
        part = await client.call_tool("bitrix-method-details", {"method": facts["method"], "field": "errors"})
        assert "ACCESS_DENIED" in text(part)
        assert "curl " not in text(part)
        rows = await client.call_tool(
            "bitrix-method-details", {"method": facts["method"], "field": "errors", "filter": "missing"}
        )
        assert "MISSING_PARAMS" in text(rows)
        assert "ACCESS_DENIED" not in text(rows)


async def test_a_text_is_limited_to_max_tokens(portal: Portal) -> None:
    async with connected(portal) as client:
        arguments = {"title_or_hint": "block-library", "max_tokens": 200}
        answer = text(await client.call_tool("bitrix-article-details", arguments))
        whole = text(await client.call_tool("bitrix-article-details", {**arguments, "max_tokens": 50_000}))
    assert len(answer) < 1000
    assert "larger max_tokens" in answer
    assert len(whole) > 5000


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        ("bitrix-method-details", {"method": "landing.site.getPreviw"}, "landing.site.getPreview"),
        ("bitrix-method-details", {"method": "landing.pages.getList"}, "landing.site.getList"),
        ("bitrix-method-details", {"method": "profile", "field": "nonsense"}, "parameters"),
        ("bitrix-method-details", {}, "method"),
        ("bitrix-search", {"query": "xyzzy"}, "Nothing was found"),
        ("bitrix-search", {"query": "site", "doc_type": "poem"}, "app_development_docs"),
        ("bitrix-search", {"query": "site", "limit": 0}, "limit"),
        ("bitrix-article-details", {"title_or_hint": "xyzzy"}, "Nothing was found"),
        ("bitrix-article-details", {}, "draft-and-public"),
        ("bitrix-event-details", {"title_or_hint": "ONAPPINSTAL"}, "ONAPPINSTALL"),
        ("landing-call", {"method": "profile"}, "Authorization: Bearer"),
        ("landing-site-map", {}, "Authorization: Bearer"),
        ("landing-render-preview", {"site_id": 1}, "Authorization: Bearer"),
    ],
)
async def test_errors_say_what_to_do(portal: Portal, tool: str, arguments: dict[str, Any], expected: str) -> None:
    async with connected(portal) as client:
        result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert expected in text(result)


async def test_numbers_as_text_and_nulls_are_accepted(portal: Portal) -> None:
    async with connected(portal) as client:
        result = await client.call_tool("bitrix-search", {"query": "publish a page", "top_k": "3", "limit": None})
        assert len(result.structured_content["hits"]) == 3


async def test_the_check_of_a_call_includes_the_rights_of_the_token(portal: Portal) -> None:
    wrong = {"method": "landing.site.getList", "params": {"filter": {"ID": 1}}}
    async with connected(portal) as client:
        result = await client.call_tool("landing-check-call", wrong)
        assert result.structured_content["ok"] is True
        assert [finding["problem"] for finding in result.structured_content["findings"]] == ["misplaced"]
        assert "inside params" in text(result)
    async with connected(portal, token(portal, "limited")) as client:
        assert "may not call" in text(await client.call_tool("landing-check-call", {"method": "landing.site.getList"}))
    async with connected(portal, "1/nonsense") as client:
        assert "INVALID_CREDENTIALS" in text(await client.call_tool("landing-check-call", {"method": "profile"}))


async def test_assistants_are_told_which_methods_are_our_own(portal: Portal) -> None:
    name = "landingpad.site.duplicate"
    async with connected(portal) as client:
        for method, is_own in ((name, True), ("landing.site.add", False)):
            told = await client.call_tool("bitrix-method-details", {"method": method})
            checked = await client.call_tool(
                "landing-check-call", {"method": method, "params": {"id": 1, "fields": {}}}
            )
            assert [OWN_METHOD in text(result) for result in (told, checked)] == [is_own, is_own]
            assert [result.structured_content["own"] for result in (told, checked)] == [is_own, is_own]
            assert (told.structured_content["source"] is None) is is_own
        found = await client.call_tool("bitrix-search", {"query": "duplicate a site"})
        assert OWN_METHOD in next(line for line in text(found).splitlines() if name in line)


async def test_calls_have_the_rights_of_the_token(portal: Portal) -> None:
    add = {"method": "landing.site.add", "params": {"fields": {"TITLE": "Acme", "CODE": "acme"}}}
    async with connected(portal, token(portal)) as client:
        result = await client.call_tool("landing-call", add)
        site_id = result.structured_content["result"]
    assert (await portal.call("landing.site.getList"))[0]["ID"] == str(site_id)
    for by, code in (("plain", "ACCESS_DENIED"), ("limited", "insufficient_scope")):
        async with connected(portal, token(portal, by)) as client:
            result = await client.call_tool("landing-call", add)
            assert result.is_error
            assert code in text(result)
    async with connected(portal, "1/nonsense") as client:
        assert "INVALID_CREDENTIALS" in text(await client.call_tool("landing-call", add))


async def test_a_refused_call_is_explained(portal: Portal) -> None:
    async with connected(portal, token(portal)) as client:
        result = await client.call_tool("landing-call", {"method": "landing.site.getPreview", "params": {"ID": 1}})
    assert result.is_error
    assert "MISSING_PARAMS" in text(result)
    assert "Did you mean id?" in text(result)


async def test_the_picture_of_a_page_comes_as_an_image(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    async with connected(portal, token(portal)) as client:
        early = await client.call_tool("landing-render-preview", {"site_id": site_id, "wait_seconds": 0})
        assert early.structured_content["ready"] is False
        jpeg = base64.b64decode(
            "/9j/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/"
        )
        _take_picture(portal, jpeg)
        for arguments in ({"site_id": site_id}, {"page_id": page_id}):
            result = await client.call_tool("landing-render-preview", {**arguments, "wait_seconds": 0})
            image = next(part for part in result.content if part.type == "image")
            assert (image.mime_type, base64.b64decode(image.data)) == ("image/jpeg", jpeg)
            assert result.structured_content["address"].endswith("/preview.jpg")
        both = await client.call_tool("landing-render-preview", {"site_id": site_id, "page_id": page_id})
        assert both.is_error


def _take_picture(portal: Portal, jpeg: bytes) -> None:
    """Store a picture for every ordered one, as the camera would."""
    key = portal.parts.media.put(jpeg, "jpg")

    def work(tx: Tx) -> None:
        while preview := queue.claim(tx, "test", 1, until=1, begun_after=1):
            queue.finish(tx, "test", preview, media_key=key, problem=None, now_ms=1)
            tx.update(pages, portal.id, preview.page_id, preview_key=key)

    portal.parts.db.write_here(work)


async def test_the_site_map_lists_sites_and_pages(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    draft = await portal.page(site_id, "about", TITLE="About")
    async with connected(portal, token(portal)) as client:
        result = await client.call_tool("landing-site-map", {})
        (site,) = result.structured_content["sites"]
        assert (site["id"], site["published"]) == (site_id, True)
        assert [(page["id"], page["published"], page["index"]) for page in site["pages"]] == [
            (page_id, True, True),
            (draft, False, False),
        ]
        assert f"page {draft}: About (draft only)" in text(result)
        none = await client.call_tool("landing-site-map", {"site_id": 10**6})
        assert none.structured_content == {"sites": []}


async def test_the_pages_are_resources(portal: Portal) -> None:
    async with connected(portal) as client:
        listed = {str(resource.uri) for resource in (await client.list_resources()).resources}
        assert {"docs://webhooks", "docs://landing.site.add", "docs://events/ONAPPINSTALL"} <= listed
        templates = (await client.list_resource_templates()).resource_templates
        assert [template.uri_template for template in templates] == ["docs://{key}"]
        read = await client.read_resource("docs://landing.site.add")
        assert read.contents[0].text.startswith("# landing.site.add\n")  # type: ignore[union-attr]  # it is text
        with pytest.raises(MCPError, match=r"docs://webhooks"):
            await client.read_resource("docs://webhook")


async def test_the_prompt_names_pages_for_the_goal(portal: Portal) -> None:
    async with connected(portal) as client:
        (prompt,) = (await client.list_prompts()).prompts
        got = await client.get_prompt(prompt.name, {"goal": "publish a page every morning", "language": "PHP"})
        content = got.messages[0].content
        assert content.type == "text"
        assert "landing.landing.publication" in content.text
        assert "PHP" in content.text
        with pytest.raises(MCPError, match="goal"):
            await client.get_prompt(prompt.name, {})
        with pytest.raises(MCPError, match="There is no tool"):
            await client.call_tool("bitrix-guess", {})


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/event-stream", "text/html", None])
async def test_any_accept_header_is_answered_with_json(portal: Portal, accept: str | None) -> None:
    async with portal.http() as http:
        http.headers.pop("accept")
        headers = {} if accept is None else {"Accept": accept}
        response = await http.post("/mcp", json=CALL, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["access-control-allow-origin"] == "*"
    assert {tool["name"] for tool in response.json()["result"]["tools"]} == WITHOUT_TOKEN


async def test_other_requests_than_calls_get_instructions(portal: Portal) -> None:
    async with portal.http() as http:
        page = await http.get("/mcp")
        assert (page.status_code, page.headers["allow"]) == (405, "POST, OPTIONS")
        assert "/docs/assistants" in page.text
        assert (await http.options("/mcp")).status_code == 204
        broken = await http.post("/mcp", content=b"{", headers={"Content-Type": "application/json"})
        assert broken.status_code == 400
        assert json.loads(broken.text)["error"]["code"] == -32700


LOCAL_TOOL = "http://localhost:6274"


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost:8080", None, 200),
        ("127.0.0.1:8080", None, 200),
        ("[::1]:8080", "http://[::1]:6274", 200),
        ("LOCALHOST", "http://localhost", 200),
        ("192.168.1.5:8080", "http://192.168.1.5:8080", 200),
        ("landingpad:8080", None, 200),
        ("sites.example.com", "https://sites.example.com", 200),
        ("sites.example.com", LOCAL_TOOL, 200),
        ("localhost:8080", "https://sites.example.com", 200),
        ("evil.com", None, 403),
        ("evil.com:8080", "http://evil.com:8080", 403),
        ("localhost.evil.com", None, 403),
        ("127.0.0.1.evil.com", None, 403),
        ("", None, 403),
        ("localhost:8080", "http://evil.com", 403),
        ("localhost:8080", "http://localhost.evil.com", 403),
        ("localhost:8080", "https://sites.example.com.evil.com", 403),
        ("localhost:8080", "http://203.0.113.5", 403),
        ("localhost:8080", "http://wiki", 403),
        ("localhost:8080", "null", 403),
        ("localhost:8080", "", 403),
        ("localhost:8080", "file://localhost", 403),
    ],
)
async def test_other_hosts_and_origins_are_refused(
    databases: Databases, tmp_path: Path, host: str, origin: str | None, status: int
) -> None:
    """A page whose name points at this server must not talk to it."""
    headers = {"host": host} | ({} if origin is None else {"origin": origin})
    with databases.parts(tmp_path, public_url="https://sites.example.com") as parts:
        async with Portal(parts).http() as http:
            assert (await http.post("/mcp", json=CALL, headers=headers)).status_code == status
            preflight = {200: 204}.get(status, status)
            assert (await http.options("/mcp", headers=headers)).status_code == preflight


async def test_a_site_keeps_its_own_mcp_path(portal: Portal) -> None:
    """The host of a published site belongs to its owner; nothing of the portal answers there."""
    await portal.published("acme")
    async with portal.http("acme.localhost") as http:
        assert (await http.post("/mcp", json=CALL)).status_code == httpx.codes.METHOD_NOT_ALLOWED
        assert (await http.get("/docs/")).status_code == httpx.codes.NOT_FOUND
