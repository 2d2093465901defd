"""Search for visitors of a published site: pages that contain every word."""

import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from landingpad.domain.site.addresses import path_of
from landingpad.domain.work import Work
from landingpad.store.page import pages as page_rows
from landingpad.store.page import versions
from landingpad.store.records import Site

MOST_PAGES = 300
"""Only this many pages, the last changed ones, are searched, so that a search takes milliseconds on any site."""
MOST_FOUND = 20
MOST_WORDS = 8
_KEPT_OUT = '<meta name="robots" content="noindex">'
_AROUND = 90  # characters of text before and after the first word


class FoundPage(NamedTuple):
    """A page that contains every word."""

    title: str
    path: str
    extract: str


def find(work: Work, site: Site, question: str) -> list[FoundPage]:
    """Return the pages that contain every word, those with words in the title first.

    Pages that are hidden from search engines are not found.
    """
    words = [word.casefold() for word in re.findall(r"\w+", question)][:MOST_WORDS]
    if not words:
        return []
    ranked: list[tuple[int, FoundPage]] = []
    pages = [page for page in page_rows.of_site(work.tx, work.portal_id, site.id) if page.active and not page.deleted]
    for page in sorted(pages, key=lambda page: page.modified_at, reverse=True)[:MOST_PAGES]:
        version = versions.find(work.tx, work.portal_id, page.public_version_id or 0)
        if version is None or _KEPT_OUT in version.html or not _may_fit(version.html, words):
            continue
        text = _text(version.html)
        title = page.title.casefold()
        folded = text.casefold()
        if not all(word in folded or word in title for word in words):
            continue
        rank = sum(20 for word in words if word in title) + min(19, sum(folded.count(word) for word in words))
        ranked.append((rank, FoundPage(page.title, path_of(work, page, site.index_page_id), _extract(text, words))))
    ranked.sort(key=lambda entry: (-entry[0], entry[1].path))
    return [found for _, found in ranked[:MOST_FOUND]]


def _may_fit(html: str, words: list[str]) -> bool:
    """Say whether the HTML contains every word, before it is parsed. Words with HTML entities in them are missed."""
    folded = html.casefold()
    return all(word in folded for word in words)


def _text(html: str) -> str:
    main = LexborHTMLParser(html).css_first("main")
    return "" if main is None else " ".join(main.text(separator=" ").split())


def _extract(text: str, words: list[str]) -> str:
    places = [place for word in words if (place := text.casefold().find(word)) >= 0]
    if not places:
        return text[: 2 * _AROUND].rstrip() + ("…" if len(text) > 2 * _AROUND else "")
    start = max(0, min(places) - _AROUND)
    if start:
        start = text.find(" ", start) + 1
    end = min(places) + 2 * _AROUND
    shown = text[start:] if end >= len(text) else f"{text[start:end].rpartition(' ')[0]} …"
    return f"… {shown}" if start else shown
