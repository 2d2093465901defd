"""Preview of drafts, at signed addresses that expire."""

from hashlib import sha256
from typing import NamedTuple

from landingpad.domain.page import versions
from landingpad.domain.page.signing import draft_query
from landingpad.domain.site.addresses import address_of
from landingpad.domain.work import Work
from landingpad.errors.page import PageNotFound
from landingpad.store.page import pages as page_rows
from landingpad.store.site import sites as site_rows

LIFETIME_MS = 3_600_000
"""Default lifetime of an address."""


class Draft(NamedTuple):
    """The rendered draft of a page."""

    site_id: int
    html: str
    content_hash: str


class DraftAddresses(NamedTuple):
    """Addresses that show a draft to anybody, without signing in."""

    page: str
    picture: str
    expires_ms: int


def find(work: Work, page_id: int) -> Draft | None:
    """Render the draft of a page, or return None if the page or its site is unknown or in the trash."""
    page = page_rows.find(work.tx, work.portal_id, page_id)
    site = None if page is None else site_rows.find(work.tx, work.portal_id, page.site_id)
    if page is None or site is None or page.deleted or site.deleted:
        return None
    html = versions.draft_html(work, site, page)
    return Draft(site.id, html, sha256(html.encode()).hexdigest())


def addresses_of(work: Work, page_id: int, *, lifetime_ms: int = LIFETIME_MS) -> DraftAddresses:
    """Return the signed addresses of a draft.

    Raises:
        PageNotFound: the page is unknown.

    """
    view = page_rows.find_view(work.tx, work.portal_id, page_id)
    if view is None:
        raise PageNotFound
    address = address_of(work, view, site_rows.portal_host(work.tx, work.portal_id))
    return addresses_at(work, page_id, address, lifetime_ms=lifetime_ms)


def addresses_at(work: Work, page_id: int, address: str, *, lifetime_ms: int = LIFETIME_MS) -> DraftAddresses:
    """Return the signed addresses of the draft of a page whose public address is known."""
    expires_ms = work.now_ms + lifetime_ms
    query = draft_query(site_rows.signing_key(work.tx, work.portal_id), page_id, expires_ms)
    return DraftAddresses(f"{address}?{query}", f"{address}preview.jpg?{query}", expires_ms)
