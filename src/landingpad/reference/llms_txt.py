"""The list of all pages for language models (llms.txt)."""

from landingpad.reference.doc_page import PageKind
from landingpad.reference.library import Library

_TITLES = {
    PageKind.ARTICLE: "Guide",
    PageKind.APP: "Applications and clients",
    PageKind.METHOD: "Methods",
    PageKind.EVENT: "Events",
}
_HEAD = """\
# Landingpad

> A self-hosted portal that speaks the REST API of Bitrix24 Sites (landing.*) and photographs the pages it publishes.
> Its MCP server is at /mcp, the API for programs at /openapi.json."""


def llms_text(library: Library) -> str:
    """Return the list of all pages: Markdown address and summary."""
    parts = [_HEAD]
    for kind, title in _TITLES.items():
        lines = [f"- [{page.title}]({page.path}.md): {page.summary}" for page in library.of_kind(kind)]
        parts.append(f"## {title}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"
