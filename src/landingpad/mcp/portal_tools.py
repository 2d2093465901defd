"""Tools for work on a portal: check a call, make a call, show the picture of a page, list all sites."""

import asyncio
import json
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from landingpad.mcp.portal_client import CallRefusedError, PortalClient
from landingpad.mcp.reference_tools import MaxTokens
from landingpad.mcp.tool import Arguments, Tool, ToolAnswer
from landingpad.reference.check import Finding, check_call
from landingpad.reference.doc_page import OWN_METHOD, within
from landingpad.reference.library import Library

_ACCESS_NEEDED = (
    "This tool needs a token of the portal. Send the header `Authorization: Bearer 1/CODE` (the end of a "
    "webhook's address) or `Authorization: Bearer ACCESS_TOKEN`; or start `landingpad mcp --webhook ADDRESS`."
)
_NO_PICTURE = "nopreview.jpg"
_POLL_SECONDS = 0.5


class CallArguments(Arguments, frozen=True):
    """Arguments of landing-check-call and landing-call."""

    method: Annotated[str, Meta(description="Name of the method, such as landing.site.getList.")]
    params: Annotated[dict[str, Any], Meta(description="Parameters of the call, exactly as sent.")] = msgspec.field(
        default_factory=dict
    )
    max_tokens: MaxTokens = 6000


class CheckAnswer(msgspec.Struct, frozen=True):
    """Result of a check."""

    ok: bool
    """Whether the call would be accepted; findings may still report parameters without effect."""
    findings: list[Finding]
    own: bool
    """Whether the method is Landingpad's own: a portal of Bitrix24 does not have it."""


class CallAnswer(msgspec.Struct, frozen=True):
    """Answer of a call."""

    result: Any
    next: int | None
    total: int | None
    warnings: list[str]


class PreviewArguments(Arguments, frozen=True):
    """Arguments of landing-render-preview."""

    site_id: Annotated[int | None, Meta(description="Id of a site, to show its index page.")] = None
    page_id: Annotated[int | None, Meta(description="Id of a page (lid); give this or site_id.")] = None
    wait_seconds: Annotated[float, Meta(description="Longest wait for the picture, in seconds.", ge=0, le=60)] = 20.0


class PreviewAnswer(msgspec.Struct, frozen=True):
    """Address of a picture."""

    address: str
    ready: bool
    """True for a picture of the page, false for the placeholder."""


class MapArguments(Arguments, frozen=True):
    """Arguments of landing-site-map."""

    site_id: Annotated[int | None, Meta(description="Id of a site, to list only this one.")] = None
    limit: Annotated[int, Meta(description="Largest number of sites.", ge=1, le=500)] = 50
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


def portal_tools(library: Library) -> list[Tool]:
    """Return the tools that check calls with this library, and those that work on a portal."""
    tools = _PortalTools(library)
    return [
        Tool(
            name="landing-check-call",
            title="Check a call without sending it",
            description="Reports parameters of a call that are missing, misplaced, misspelt or of the wrong type. "
            "Changes nothing. Use it before writing code: the API itself ignores unknown names.",
            arguments=CallArguments,
            answer=CheckAnswer,
            run=tools.check,
        ),
        Tool(
            name="landing-call",
            title="Call a method",
            description="Calls a method of this portal with the rights, scopes and limits of your token. Methods that "
            "write change real sites: read about the method first.",
            arguments=CallArguments,
            answer=CallAnswer,
            run=tools.call,
            needs_token=True,
            reads_only=False,
        ),
        Tool(
            name="landing-render-preview",
            title="Show a page",
            description="Returns an image of a published page or of a site's index page. Waits if the picture is "
            "still being taken.",
            arguments=PreviewArguments,
            answer=PreviewAnswer,
            run=tools.preview,
            needs_token=True,
        ),
        Tool(
            name="landing-site-map",
            title="List all sites",
            description="Lists sites with their pages: ids, titles, addresses, and whether they are published.",
            arguments=MapArguments,
            answer=MapAnswer,
            run=tools.site_map,
            needs_token=True,
        ),
    ]


class _PortalTools:
    def __init__(self, library: Library) -> None:
        self._library = library

    async def check(self, arguments: CallArguments, portal: PortalClient | None) -> ToolAnswer:
        findings = check_call(self._library.registry, arguments.method, arguments.params)
        notes = [_line(finding) for finding in findings]
        method = self._library.registry.find(arguments.method)
        is_own = method is not None and method.is_own
        if is_own:
            notes.append(OWN_METHOD)
        if portal is not None and method is not None:
            notes += await _token_notes(portal, method.name)
        ok = not any(finding.fatal for finding in findings)
        head = "The call would be accepted." if ok else "The call would be refused."
        if ok and not findings:
            head += " All parameters are valid. Whether the ids in them exist is not checked."
        return ToolAnswer(text="\n".join([head, *notes]), data=CheckAnswer(ok, findings, is_own))

    async def call(self, arguments: CallArguments, portal: PortalClient | None) -> ToolAnswer:
        if portal is None:
            return ToolAnswer(text=_ACCESS_NEEDED, is_error=True)
        findings = [_line(f) for f in check_call(self._library.registry, arguments.method, arguments.params)]
        try:
            body = await portal.call(arguments.method, arguments.params)
        except CallRefusedError as error:
            lines = [f"{arguments.method} was refused with {error.code} (HTTP {error.status}): {error.text}", *findings]
            return ToolAnswer(text="\n".join(lines), is_error=True)
        result = body.get("result")
        text = within(json.dumps(result, ensure_ascii=False, indent=1), arguments.max_tokens)
        if findings:
            text += "\n\nWarnings:\n" + "\n".join(findings)
        return ToolAnswer(text=text, data=CallAnswer(result, body.get("next"), body.get("total"), findings))

    async def preview(self, arguments: PreviewArguments, portal: PortalClient | None) -> ToolAnswer:
        if portal is None:
            return ToolAnswer(text=_ACCESS_NEEDED, is_error=True)
        if (arguments.site_id is None) == (arguments.page_id is None):
            return ToolAnswer(text="Give either site_id or page_id. landing-site-map lists both.", is_error=True)
        method, params = (
            ("landing.site.getPreview", {"id": arguments.site_id})
            if arguments.page_id is None
            else ("landing.landing.getpreview", {"lid": arguments.page_id})
        )
        try:
            address = await _when_ready(portal, method, params, arguments.wait_seconds)
            picture = await portal.picture(address)
        except CallRefusedError as error:
            return ToolAnswer(text=f"{method} was refused with {error.code}: {error.text}", is_error=True)
        ready = _NO_PICTURE not in address
        data = PreviewAnswer(portal.absolute(address), ready)
        if not ready:
            text = (
                f"There is no picture yet; {data.address} is a placeholder. A picture exists a few seconds after "
                "landing.landing.publication of the page. A site also needs an index page."
            )
            return ToolAnswer(text=text, data=data)
        if picture is None:
            return ToolAnswer(text=f"The picture is at {data.address}, outside of this portal.", data=data)
        kind = picture.content_type.partition(";")[0]
        text = f"Picture of the page, from {data.address}"
        return ToolAnswer(text=text, data=data, picture=picture.body, picture_type=kind)

    async def site_map(self, arguments: MapArguments, portal: PortalClient | None) -> ToolAnswer:
        if portal is None:
            return ToolAnswer(text=_ACCESS_NEEDED, is_error=True)
        try:
            sites = await _sites(portal, arguments)
        except CallRefusedError as error:
            return ToolAnswer(text=f"The sites cannot be listed: {error}", is_error=True)
        if not sites:
            which = "The site does not exist or is not readable." if arguments.site_id else "There are no sites yet."
            return ToolAnswer(text=f"{which} landing.site.add creates a site.", data=MapAnswer([]))
        text = "\n".join(line for site in sites for line in _site_lines(site))
        return ToolAnswer(text=within(text, arguments.max_tokens), data=MapAnswer(sites))


def _line(finding: Finding) -> str:
    return f"- {finding.problem.value.replace('_', ' ')}: {finding.where}: {finding.text}"


async def _token_notes(portal: PortalClient, method: str) -> list[str]:
    """Return a note if the token is invalid or may not call the method."""
    try:
        known = await portal.result("method.get", {"name": method})
    except CallRefusedError as error:
        return [f"- the token is not accepted: {error}"]
    if isinstance(known, dict) and not known.get("isAvailable"):
        return [f"- the token may not call {method}: it lacks the scope, or the method is only for applications."]
    return []


async def _when_ready(portal: PortalClient, method: str, params: dict[str, Any], seconds: float) -> str:
    """Return the address of the picture, or that of the placeholder if it is not ready in `seconds`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    address = str(await portal.result(method, params))
    while _NO_PICTURE in address and loop.time() < deadline:
        await asyncio.sleep(_POLL_SECONDS)
        address = str(await portal.result(method, params))
    return address


async def _sites(portal: PortalClient, arguments: MapArguments) -> list[SiteEntry]:
    question: dict[str, Any] = {
        "select": ["ID", "TITLE", "TYPE", "ACTIVE", "PUBLIC_URL", "LANDING_ID_INDEX"],
        "order": {"ID": "ASC"},
        "limit": arguments.limit,
    }
    if arguments.site_id is not None:
        question["filter"] = {"ID": arguments.site_id}
    rows = await portal.result("landing.site.getList", {"params": question})
    if not rows:
        return []
    found = await portal.result(
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
