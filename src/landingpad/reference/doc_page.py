"""A page of the reference, and what all of them have in common."""

import re
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from landingpad.rpc.declare import Method

OWN_METHOD = "Landingpad's own: a portal of Bitrix24 does not have this method."
"""Stands wherever a method is shown that the public documentation does not have."""


class Kind(StrEnum):
    """What a page is about."""

    METHOD = "method"
    ARTICLE = "article"
    EVENT = "event"
    APP = "app_development_docs"
    """An article about writing applications."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page, in Markdown."""

    key: str
    """Its name in addresses; that of a method is the method's."""
    kind: Kind
    title: str
    summary: str
    """One or two sentences without markup."""
    text: str
    """Markdown, from the title on."""
    words: str = ""
    """What people call the subject, for the search."""

    @property
    def path(self) -> str:
        """Where the portal serves it."""
        return f"/docs/{self.key}"

    @property
    def sections(self) -> dict[str, str]:
        """The parts below headings of the second level, by their title in lower case."""
        parts = re.split(r"^## (.+)$", self.text, flags=re.MULTILINE)
        return {title.strip().lower(): body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a Markdown table; bars inside cells are escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def method_link(method: Method) -> str:
    """Write a link to the page of a method."""
    return f"[{method.name}](/docs/{method.name})"


def summary_of(method: Method) -> str:
    """Return the first paragraph about a method in one line, with a mark if it is our own."""
    first = " ".join(method.summary.split("\n\n")[0].split())
    return f"{first} {OWN_METHOD}" if method.is_own else first


def plain(markdown: str) -> str:
    """Drop the markup of a sentence."""
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown).replace("`", "").replace("**", "")


def within(text: str, tokens: int) -> str:
    """Cut a text at a paragraph so that it costs a model about `tokens` tokens, and say so."""
    most = tokens * 4  # four characters a token: what English and code come to
    if len(text) <= most:
        return text
    kept = text[:most]
    end = max(kept.rfind("\n\n"), kept.rfind("\n"), most // 2)
    kept = kept[:end].rstrip()
    if kept.count("```") % 2:
        kept += "\n```"
    return f"{kept}\n\n(Cut: {len(text) - end} more characters. Ask with a larger max_tokens to see them.)"
