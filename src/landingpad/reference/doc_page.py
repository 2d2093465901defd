"""A page of the reference, and helpers shared by all pages."""

import re
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from landingpad.rpc.declare import Method

OWN_METHOD = "Landingpad's own: a portal of Bitrix24 does not have this method."
"""Stands wherever a method is shown that the public documentation does not have."""


class PageKind(StrEnum):
    """Kind of a page."""

    METHOD = "method"
    ARTICLE = "article"
    EVENT = "event"
    APP = "app_development_docs"
    """An article about writing applications."""


class DocPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page, in Markdown."""

    key: str
    """Name in addresses; for a method its name."""
    kind: PageKind
    title: str
    summary: str
    """One or two sentences without markup."""
    text: str
    """Markdown, starting with the title."""
    words: str = ""
    """Further search words for the subject."""

    @property
    def path(self) -> str:
        """Path at which the portal serves the page."""
        return f"/docs/{self.key}"

    @property
    def sections(self) -> dict[str, str]:
        """The sections below second-level headings, by lower-case title."""
        parts = re.split(r"^## (.+)$", self.text, flags=re.MULTILINE)
        return {title.strip().lower(): body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table; bars inside cells are escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def method_link(method: Method) -> str:
    """Return a link to the page of a method."""
    return f"[{method.name}](/docs/{method.name})"


def summary_of(method: Method) -> str:
    """Return the first paragraph about a method in one line, with a mark if it is our own."""
    first = " ".join(method.summary.split("\n\n")[0].split())
    return f"{first} {OWN_METHOD}" if method.is_own else first


def plain(markdown: str) -> str:
    """Return a sentence without its markup."""
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown).replace("`", "").replace("**", "")


def within(text: str, tokens: int) -> str:
    """Return a text cut at a paragraph to about `tokens` tokens, with a note about the cut."""
    most = tokens * 4  # about four characters a token in English and code
    if len(text) <= most:
        return text
    kept = text[:most]
    end = max(kept.rfind("\n\n"), kept.rfind("\n"), most // 2)
    kept = kept[:end].rstrip()
    if kept.count("```") % 2:
        kept += "\n```"
    return f"{kept}\n\n(Cut: {len(text) - end} more characters. Ask with a larger max_tokens to see them.)"
