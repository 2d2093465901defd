"""Tools that work on a portal: check a call, make it, look at the picture of a page, see all sites at once."""

import asyncio
import json
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from landingpad.mcp.portal_client import CallRefusedError, Door
from landingpad.mcp.reference_tools import MaxTokens
from landingpad.mcp.tool import Arguments, Tool, ToolAnswer
from landingpad.reference.check import Finding, check_call
from landingpad.reference.doc_page import within
from landingpad.reference.library import Library

_WITHOUT_ACCESS = (
    "This tool works on a portal and needs a token of it. Send the header `Authorization: Bearer 1/CODE` (the end of a "
    "webhook's address) or `Authorization: Bearer ACCESS_TOKEN`; or start `landingpad mcp --webhook ADDRESS`."
)
_NO_PICTURE = "nopreview.jpg"
_LOOK_AGAIN_SECONDS = 0.5


class CallArguments(Arguments, frozen=True):
    """A call."""

    method: Annotated[str, Meta(description="Name of the method: landing.site.getList.")]
    params: Annotated[dict[str, Any], Meta(description="Its parameters, as they are sent.")] = msgspec.field(
        default_factory=dict
    )
    max_tokens: MaxTokens = 6000


class CheckAnswer(msgspec.Struct, frozen=True):
    """What is wrong with a call."""

    ok: bool
    """Whether the call would be made: findings may still say that something has no effect."""
    findings: list[Finding]


class CallAnswer(msgspec.Struct, frozen=True):
    """What a call answered."""

    result: Any
    next: int | None
    total: int | None
    warnings: list[str]


class PreviewArguments(Arguments, frozen=True):
    """Which page to show."""

    site_id: Annotated[int | None, Meta(description="Id of a site: its index page is shown.")] = None
    page_id: Annotated[int | None, Meta(description="Id of a page (lid), instead of site_id.")] = None
    wait_seconds: Annotated[float, Meta(description="How long to wait for the picture.", ge=0, le=60)] = 20.0


class PreviewAnswer(msgspec.Struct, frozen=True):
    """Where its picture is."""

    address: str
    ready: bool
    """Whether it is a picture of the page; else it is the placeholder."""


class MapArguments(Arguments, frozen=True):
    """Which sites to list."""

    site_id: Annotated[int | None, Meta(description="Only this site.")] = None
    limit: Annotated[int, Meta(description="How many sites at most.", ge=1, le=500)] = 50
    max_tokens: MaxTokens = 6000


class PageEntry(msgspec.Struct, frozen=True):
    """A page of a site."""

    id: int
    title: str
    address: str
    in_folder: bool
    published: bool
    index: bool


class SiteEntry(msgspec.Struct, frozen=True):
    """A site with its pages."""

    id: int
    title: str
    type: str
    address: str
    published: bool
    pages: list[PageEntry]


class MapAnswer(msgspec.Struct, frozen=True):
    """Sites in the order of their ids."""

    sites: list[SiteEntry]


def acting_tools(library: Library) -> list[Tool]:
    """Return the tools that check calls against this library and make them."""
    acting = _Acting(library)
    return [
        Tool(
            name="landing-check-call",
            title="Check a call without making it",
            description="Says what is missing, misplaced, misspelt or of the wrong type in a call. Changes nothing. "
            "Use it before writing code: the API itself ignores names that it does not know.",
            arguments=CallArguments,
            answer=CheckAnswer,
            run=acting.check,
        ),
        Tool(
            name="landing-call",
            title="Call a method",
            description="Makes a call on this portal with your token, its rights, scopes and limits. Methods that "
            "write change real sites: read about the method first.",
            arguments=CallArguments,
            answer=CallAnswer,
            run=acting.call,
            acts=True,
            reads_only=False,
        ),
        Tool(
            name="landing-render-preview",
            title="See a page",
            description="The picture of a published page, or of a site's index page, as an image. Waits for a "
            "picture that is still being taken.",
            arguments=PreviewArguments,
            answer=PreviewAnswer,
            run=acting.preview,
            acts=True,
        ),
        Tool(
            name="landing-site-map",
            title="See all sites",
            description="Sites with their pages, folders, addresses and whether they are published.",
            arguments=MapArguments,
            answer=MapAnswer,
            run=acting.site_map,
            acts=True,
        ),
    ]


class _Acting:
    def __init__(self, library: Library) -> None:
        self._library = library

    async def check(self, arguments: CallArguments, door: Door | None) -> ToolAnswer:
        findings = check_call(self._library.registry, arguments.method, arguments.params)
        notes = [_line(finding) for finding in findings]
        method = self._library.registry.find(arguments.method)
        if door is not None and method is not None:
            notes += await _token_notes(door, method.name)
        ok = not any(finding.fatal for finding in findings)
        head = "The call can be made." if ok else "The call would be refused."
        if ok and not findings:
            head += " Nothing is wrong with its parameters; whether what they name exists shows when it is made."
        return ToolAnswer(text="\n".join([head, *notes]), data=CheckAnswer(ok, findings))

    async def call(self, arguments: CallArguments, door: Door | None) -> ToolAnswer:
        if door is None:
            return ToolAnswer(text=_WITHOUT_ACCESS, is_error=True)
        findings = [_line(f) for f in check_call(self._library.registry, arguments.method, arguments.params)]
        try:
            body = await door.call(arguments.method, arguments.params)
        except CallRefusedError as error:
            lines = [f"{arguments.method} was refused with {error.code} (HTTP {error.status}): {error.text}", *findings]
            return ToolAnswer(text="\n".join(lines), is_error=True)
        result = body.get("result")
        text = within(json.dumps(result, ensure_ascii=False, indent=1), arguments.max_tokens)
        if findings:
            text += "\n\nBut: " + " ".join(findings)
        return ToolAnswer(text=text, data=CallAnswer(result, body.get("next"), body.get("total"), findings))

    async def preview(self, arguments: PreviewArguments, door: Door | None) -> ToolAnswer:
        if door is None:
            return ToolAnswer(text=_WITHOUT_ACCESS, is_error=True)
        if (arguments.site_id is None) == (arguments.page_id is None):
            return ToolAnswer(text="Give either site_id or page_id: landing-site-map lists both.", is_error=True)
        method, params = (
            ("landing.site.getPreview", {"id": arguments.site_id})
            if arguments.page_id is None
            else ("landing.landing.getpreview", {"lid": arguments.page_id})
        )
        try:
            address = await _when_ready(door, method, params, arguments.wait_seconds)
            picture = await door.picture(address)
        except CallRefusedError as error:
            return ToolAnswer(text=f"{method} was refused with {error.code}: {error.text}", is_error=True)
        ready = _NO_PICTURE not in address
        data = PreviewAnswer(door.absolute(address), ready)
        if not ready:
            text = (
                f"There is no picture yet; the address is that of the placeholder, {data.address}. A picture exists "
                "seconds after landing.landing.publication of the page; a site needs an index page."
            )
            return ToolAnswer(text=text, data=data)
        if picture is None:
            return ToolAnswer(text=f"The picture is at {data.address}, which is not on this portal.", data=data)
        kind = picture.content_type.partition(";")[0]
        text = f"The picture of the page, from {data.address}"
        return ToolAnswer(text=text, data=data, picture=picture.body, picture_type=kind)

    async def site_map(self, arguments: MapArguments, door: Door | None) -> ToolAnswer:
        if door is None:
            return ToolAnswer(text=_WITHOUT_ACCESS, is_error=True)
        try:
            sites = await _sites(door, arguments)
        except CallRefusedError as error:
            return ToolAnswer(text=f"The sites cannot be listed: {error}", is_error=True)
        if not sites:
            which = "There is no such site, or it may not be read." if arguments.site_id else "There are no sites yet."
            return ToolAnswer(text=f"{which} landing.site.add makes one.", data=MapAnswer([]))
        text = "\n".join(line for site in sites for line in _site_lines(site))
        return ToolAnswer(text=within(text, arguments.max_tokens), data=MapAnswer(sites))


def _line(finding: Finding) -> str:
    return f"- {finding.problem.value.replace('_', ' ')}: {finding.where}: {finding.text}"


async def _token_notes(door: Door, method: str) -> list[str]:
    """Say whether the token may call the method at all."""
    try:
        known = await door.result("method.get", {"name": method})
    except CallRefusedError as error:
        return [f"- the token is not accepted: {error}"]
    if isinstance(known, dict) and not known.get("isAvailable"):
        return [f"- the token may not call {method}: it lacks the scope, or only applications may."]
    return []


async def _when_ready(door: Door, method: str, params: dict[str, Any], seconds: float) -> str:
    """Return the address of the picture; after `seconds` that of the placeholder."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    address = str(await door.result(method, params))
    while _NO_PICTURE in address and loop.time() < deadline:
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        address = str(await door.result(method, params))
    return address


async def _sites(door: Door, arguments: MapArguments) -> list[SiteEntry]:
    question: dict[str, Any] = {
        "select": ["ID", "TITLE", "TYPE", "ACTIVE", "PUBLIC_URL", "LANDING_ID_INDEX"],
        "order": {"ID": "ASC"},
        "limit": arguments.limit,
    }
    if arguments.site_id is not None:
        question["filter"] = {"ID": arguments.site_id}
    rows = await door.result("landing.site.getList", {"params": question})
    if not rows:
        return []
    found = await door.result(
        "landing.landing.getList",
        {
            "params": {
                "select": ["ID", "TITLE", "SITE_ID", "FOLDER_ID", "ACTIVE"],
                "filter": {"SITE_ID": [row["ID"] for row in rows]},
                "order": {"ID": "ASC"},
                "get_urls": 1,
            }
        },
    )
    by_site: dict[str, list[dict[str, Any]]] = {}
    for page in found:
        by_site.setdefault(page["SITE_ID"], []).append(page)
    return [_site_entry(row, by_site.get(row["ID"], [])) for row in rows]


def _site_entry(row: dict[str, Any], pages: list[dict[str, Any]]) -> SiteEntry:
    return SiteEntry(
        id=int(row["ID"]),
        title=row["TITLE"] or "",
        type=row["TYPE"] or "",
        address=row.get("PUBLIC_URL") or "",
        published=row["ACTIVE"] == "Y",
        pages=[
            PageEntry(
                id=int(page["ID"]),
                title=page["TITLE"] or "",
                address=page.get("PUBLIC_URL") or "",
                in_folder=bool(page.get("FOLDER_ID")),
                published=page["ACTIVE"] == "Y",
                index=page["ID"] == row["LANDING_ID_INDEX"],
            )
            for page in pages
        ],
    )


def _site_lines(site: SiteEntry) -> list[str]:
    state = "published" if site.published else "offline"
    lines = [f"site {site.id}: {site.title} ({site.type}, {state}) {site.address}"]
    for page in site.pages:
        notes = ", ".join(
            note
            for note in ("index page" if page.index else "", "published" if page.published else "draft only")
            if note
        )
        lines.append(f"  page {page.id}: {page.title} ({notes}) {page.address}")
    return lines
