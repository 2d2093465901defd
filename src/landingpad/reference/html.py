"""Reference pages as HTML: inline style sheet, no script, suited to phones and dark mode."""

from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files

from markdown_it import MarkdownIt
from markdown_it.token import Token

from landingpad.reference.doc_page import DocPage, PageKind
from landingpad.reference.library import Library
from landingpad.reference.search import SearchHit

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'"
"""The Content-Security-Policy of these pages."""

_PARTS = {
    PageKind.ARTICLE: "Guide",
    PageKind.APP: "Applications and clients",
    PageKind.METHOD: "Methods",
    PageKind.EVENT: "Events",
}


def page_html(library: Library, page: DocPage) -> str:
    """Return a page with a list of all pages beside it."""
    body = _markdown().render(page.text)
    foot = (
        f'<p class="foot">This page as <a href="{escape(page.path)}.md">Markdown</a>, for assistants and scripts.</p>'
    )
    return _frame(library, page.title, body + foot, current=page.key)


def search_html(library: Library, query: str, found: Sequence[SearchHit]) -> str:
    """Return the results of a search."""
    hits = "".join(
        f'<div class="hit"><a href="{escape(hit.page.path)}">{escape(hit.page.title)}</a>'
        f"<p>{escape(hit.page.summary)}</p></div>"
        for hit in found
    )
    body = f"<h1>{escape(query) or 'Search'}</h1>{hits or '<p>Nothing was found. Try other words.</p>'}"
    return _frame(library, f"Search: {query}", body, query=query)


def start_html(library: Library) -> str:
    """Return the start page of the reference."""
    first = (
        "first-site",
        "calling",
        "webhooks",
        "blocks-and-manifest",
        "previews",
        "assistants",
        "methods-index",
        "errors",
    )
    pages = [page for key in first if (page := library.page(key)) is not None]
    hits = "".join(
        f'<div class="hit"><a href="{page.path}">{escape(page.title)}</a><p>{escape(page.summary)}</p></div>'
        for page in pages
    )
    body = (
        f"<h1>Reference</h1><p>All {len(library.registry)} methods of this portal, each with its parameters, "
        "errors and an example that was really run. It is made of the code, so it cannot say anything else.</p>"
        f"{_search_form('')}{hits}"
        '<p class="foot">For programs: <a href="/openapi.json">OpenAPI</a>, <a href="/llms.txt">llms.txt</a>, and '
        "every page as Markdown at its address with .md.</p>"
    )
    return _frame(library, "Reference", body)


def missing_html(library: Library, key: str) -> str:
    """Return the page for an unknown address, with similar names."""
    near = "".join(f'<li><a href="/docs/{escape(name)}">{escape(name)}</a></li>' for name in library.near(key))
    hint = f"<p>Did you mean:</p><ul>{near}</ul>" if near else "<p>Search for what you want to do.</p>"
    return _frame(library, "No such page", f"<h1>There is no such page</h1>{hint}{_search_form(key[:80])}")


def _frame(library: Library, title: str, body: str, *, current: str = "", query: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - Landingpad</title><style>{_style()}</style></head><body>"
        '<a class="skip" href="#content">To the content</a><div class="frame">'
        f'<header><a class="brand" href="/docs/">Landingpad reference</a>{_search_form(query)}'
        '<a class="to-menu" href="#menu">All pages</a></header>'
        f'<main id="content">{body}</main><nav id="menu" aria-label="All pages">{_menu(library, current)}</nav>'
        "</div></body></html>"
    )


def _search_form(query: str) -> str:
    return (
        '<form action="/docs/search" role="search"><input type="search" name="q" aria-label="Search the reference" '
        f'placeholder="Search" value="{escape(query)}"><button>Search</button></form>'
    )


def _menu(library: Library, current: str) -> str:
    parts = []
    for kind, title in _PARTS.items():
        pages = library.of_kind(kind)
        links = _links(pages, current) if kind is not PageKind.METHOD else _methods(pages, current)
        parts.append(f"<h2>{title}</h2>{links}")
    return "".join(parts)


def _methods(pages: list[DocPage], current: str) -> str:
    """Return the methods by name space; the current name space is open."""
    spaces: dict[str, list[DocPage]] = {}
    for page in pages:
        spaces.setdefault(page.key.rpartition(".")[0] or "general", []).append(page)
    return "".join(
        f"<details{' open' if any(page.key == current for page in members) else ''}><summary>{escape(space)}</summary>"
        f"{_links(members, current)}</details>"
        for space, members in sorted(spaces.items())
    )


def _links(pages: list[DocPage], current: str) -> str:
    def item(page: DocPage) -> str:
        mark = ' aria-current="page"' if page.key == current else ""
        return f'<li><a href="{escape(page.path)}"{mark}>{escape(page.title)}</a></li>'

    return f"<ul>{''.join(item(page) for page in pages)}</ul>"


@cache
def _style() -> str:  # read on first use
    return files(__package__).joinpath("docs.css").read_text("utf-8")


@cache
def _markdown() -> MarkdownIt:  # built on first use
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")

    def open_table(renderer: object, tokens: Sequence[Token], number: int, options: object, env: object) -> str:  # noqa: ARG001  # the signature of a render rule
        return '<div class="wide" tabindex="0"><table>'

    def close_table(renderer: object, tokens: Sequence[Token], number: int, options: object, env: object) -> str:  # noqa: ARG001  # the signature of a render rule
        return "</table></div>"

    parser.add_render_rule("table_open", open_table)
    parser.add_render_rule("table_close", close_table)
    return parser
