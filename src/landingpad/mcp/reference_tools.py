"""Tools that read the reference; names and arguments are those of the public MCP server of Bitrix24's reference."""

import re
from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from landingpad.mcp.portal_client import PortalClient
from landingpad.mcp.tool import Arguments, Run, Tool, ToolAnswer
from landingpad.reference.doc_page import DocPage, PageKind, within
from landingpad.reference.examples import examples
from landingpad.reference.library import Library
from landingpad.reference.methods import errors_of, source_address
from landingpad.reference.schemas import parameter_words, result_type, words

MaxTokens = Annotated[int, Meta(description="Approximate limit for the text, in tokens.", ge=100, le=100_000)]
Count = Annotated[int, Meta(description="Largest number of results.", ge=1, le=50)]
_DOC_TYPES = {
    "all": (),
    "method": (PageKind.METHOD,),
    "event": (PageKind.EVENT,),
    "article": (PageKind.ARTICLE, PageKind.APP),
    "other": (PageKind.ARTICLE, PageKind.APP),
    "app_development_docs": (PageKind.APP,),
}
_FIELDS = ("all", "description", "parameters", "example", "result", "errors")


class SearchArguments(Arguments, frozen=True):
    """Arguments of bitrix-search."""

    query: Annotated[str, Meta(description="Search text: a question, words, a method name, or an error code.")]
    doc_type: Annotated[str, Meta(description=f"Only pages of this type: {', '.join(_DOC_TYPES)}.")] = "all"
    limit: Count | None = None
    top_k: Annotated[int | None, Meta(description="Alias of limit.")] = None


class Hit(msgspec.Struct, frozen=True):
    """A page found by the search."""

    key: str
    type: str
    title: str
    summary: str
    path: str


class SearchAnswer(msgspec.Struct, frozen=True):
    """Pages found, best first."""

    hits: list[Hit]


class MethodArguments(Arguments, frozen=True):
    """Arguments of bitrix-method-details."""

    method: Annotated[str, Meta(description="Name of the method, such as landing.site.getPreview, in any case.")]
    field: Annotated[str, Meta(description=f"Only this part of the page: {', '.join(_FIELDS)}.")] = "all"
    filter: Annotated[str, Meta(description="Only table rows that contain this text.")] = ""
    max_tokens: MaxTokens = 6000


class ParameterFacts(msgspec.Struct, frozen=True):
    """A parameter of a method."""

    name: str
    type: str
    required: bool
    description: str
    default: Any = None


class ErrorFacts(msgspec.Struct, frozen=True):
    """An error that a method can answer with."""

    code: str
    status: int
    text: str


class MethodAnswer(msgspec.Struct, frozen=True):
    """Declaration of a method."""

    method: str
    summary: str
    scopes: list[str]
    right: str | None
    applications_only: bool
    parameters: list[ParameterFacts]
    result_type: str
    errors: list[ErrorFacts]
    path: str
    source: str | None
    """Its page in the public documentation; None if it is Landingpad's own."""
    own: bool
    """Whether it is Landingpad's own: a portal of Bitrix24 does not have it."""
    example: Any = None
    """`params` of a real call and its `result`."""


class PageArguments(Arguments, frozen=True):
    """Arguments of the tools for articles and events."""

    title_or_hint: Annotated[str, Meta(description="Title or key of a page, or words for its subject.")] = ""
    title: Annotated[str, Meta(description="Alias of title_or_hint.")] = ""
    top_k: Count = 1
    max_tokens: MaxTokens = 6000


class PageFacts(msgspec.Struct, frozen=True):
    """A page of the reference."""

    key: str
    title: str
    summary: str
    path: str
    markdown: str


class PageAnswer(msgspec.Struct, frozen=True):
    """Best matching pages."""

    pages: list[PageFacts]


def reference_tools(library: Library) -> list[Tool]:
    """Return the tools for this library."""
    return [
        Tool(
            name="bitrix-search",
            title="Search the reference",
            description="Finds methods, articles and events of this portal's REST API (landing.* of Bitrix24 Sites). "
            "Start here, then read the best hit with the tool for its type.",
            arguments=SearchArguments,
            answer=SearchAnswer,
            run=_bound(_search, library),
        ),
        Tool(
            name="bitrix-method-details",
            title="Read about a method",
            description="Returns parameters with types, the result, errors, the required right and scope, and the "
            "recorded answer of a real call, with samples in cURL, JavaScript, PHP, Python and BX24.js.",
            arguments=MethodArguments,
            answer=MethodAnswer,
            run=_bound(_method, library),
        ),
        *(
            Tool(
                name=name,
                title=title,
                description=description,
                arguments=PageArguments,
                answer=PageAnswer,
                run=_bound(partial(_pages, kinds=kinds), library),
            )
            for name, title, description, kinds in (
                (
                    "bitrix-article-details",
                    "Read an article",
                    "Explains calls, webhooks, batch, limits, lists, publication, rights, previews and fields.",
                    (PageKind.ARTICLE, PageKind.APP),
                ),
                (
                    "bitrix-event-details",
                    "Read about an event",
                    "Explains when an event is sent and what its handler receives.",
                    (PageKind.EVENT,),
                ),
                (
                    "bitrix-app-development-doc-details",
                    "Read about developing applications",
                    "Explains OAuth, widgets, events, SDKs, and how to connect assistants.",
                    (PageKind.APP,),
                ),
            )
        ),
    ]


def _bound(function: Any, library: Library) -> Run:
    async def run(arguments: Any, portal: PortalClient | None) -> ToolAnswer:  # noqa: ARG001  # the reference needs no portal
        answer: ToolAnswer = function(library, arguments)
        return answer

    return run


def _search(library: Library, arguments: SearchArguments) -> ToolAnswer:
    kind = arguments.doc_type.strip().lower().removesuffix("s") or "all"
    kinds = _DOC_TYPES.get(kind, _DOC_TYPES.get(f"{kind}s"))
    if kinds is None:
        text = f"Unknown doc_type {arguments.doc_type!r}. Use one of {', '.join(_DOC_TYPES)}."
        return ToolAnswer(text=text, is_error=True)
    most = arguments.limit or arguments.top_k or 8
    found = library.search.find(arguments.query, kinds=kinds, most=min(most, 50))
    if not found:
        return _not_found(library, arguments.query, kinds)
    hits = [Hit(f.page.key, f.page.kind, f.page.title, f.page.summary, f.page.path) for f in found]
    lines = [f"{number}. {hit.key} ({hit.type}): {hit.summary}" for number, hit in enumerate(hits, 1)]
    tail = "\n\nRead a method with bitrix-method-details, an article with bitrix-article-details."
    return ToolAnswer(text="\n".join(lines) + tail, data=SearchAnswer(hits))


def _method(library: Library, arguments: MethodArguments) -> ToolAnswer:
    method = library.registry.find(arguments.method.strip())
    page = library.page(method.name) if method is not None else None
    if method is None or page is None:
        return _not_found(library, arguments.method, (PageKind.METHOD,))
    field = arguments.field.strip().lower() or "all"
    if field not in _FIELDS:
        text = f"Unknown field {arguments.field!r}. Use one of {', '.join(_FIELDS)}."
        return ToolAnswer(text=text, is_error=True)
    example = examples().get(method.name)
    played = library.recorded.get(method.name) if example is not None else None
    data = MethodAnswer(
        method=method.name,
        summary=page.summary,
        scopes=sorted(scope for scope in method.scopes if scope),
        right=str(method.needs) if method.needs is not None else None,
        applications_only=method.apps_only is not None,
        parameters=[
            ParameterFacts(p.wire, parameter_words(p), p.required, p.text, None if p.required else p.default)
            for p in method.parameters
        ],
        result_type=words(result_type(method)),
        errors=[ErrorFacts(error.code, error.status, error.text) for error in errors_of(method)],
        path=page.path,
        source=source_address(method),
        own=method.is_own,
        example=played,
    )
    text = _filtered(_part(page, field), arguments.filter)
    return ToolAnswer(text=within(text, arguments.max_tokens), data=data)


def _part(page: DocPage, field: str) -> str:
    if field == "all":
        return page.text
    if field == "description":
        return page.text.partition("\n## ")[0]
    return f"# {page.title}: {field}\n\n{page.sections.get(field, 'The page has no such part.')}"


def _filtered(text: str, wanted: str) -> str:
    """Remove table rows without the wanted text; table heads stay."""
    if not wanted.strip():
        return text
    lines = text.splitlines()
    kept = []
    for number, line in enumerate(lines):
        is_head = number + 1 < len(lines) and re.match(r"\| --- ", lines[number + 1])
        is_row = line.startswith("| ") and not line.startswith("| --- ") and not is_head
        if not is_row or wanted.strip().lower() in line.lower():
            kept.append(line)
    return "\n".join(kept)


def _pages(library: Library, arguments: PageArguments, kinds: tuple[PageKind, ...]) -> ToolAnswer:
    hint = arguments.title_or_hint or arguments.title
    if not hint.strip():
        known = ", ".join(page.key for page in library.of_kind(*kinds))
        return ToolAnswer(text=f"Give the title or key of a page in title_or_hint. Pages: {known}.", is_error=True)
    found = library.by_title(hint, *kinds, most=arguments.top_k)
    if not found:
        return _not_found(library, hint, kinds)
    share = max(100, arguments.max_tokens // len(found))
    pages = [
        PageFacts(f.page.key, f.page.title, f.page.summary, f.page.path, within(f.page.text, share)) for f in found
    ]
    return ToolAnswer(text="\n\n---\n\n".join(page.markdown for page in pages), data=PageAnswer(pages))


def _not_found(library: Library, wanted: str, kinds: tuple[PageKind, ...]) -> ToolAnswer:
    near = library.near(wanted, *kinds)
    if not near:
        near = [hit.page.key for hit in library.search.find(wanted, kinds=kinds, most=5)]
    hint = f"Did you mean {', '.join(near)}?" if near else "Try other words with bitrix-search."
    return ToolAnswer(text=f"Nothing was found for {wanted[:200]!r}. {hint}", is_error=True)
