"""Small files of a site: icon, robots.txt, sitemap.xml."""

from datetime import UTC, datetime
from hashlib import sha256
from html import escape

from landingpad.domain.site import additional, addresses
from landingpad.domain.work import Work
from landingpad.http.delivery import ALWAYS_ASK, conditional, file_headers
from landingpad.http.plain import Answer, Request
from landingpad.render.theme import favicon
from landingpad.store.page import pages as page_rows
from landingpad.store.records import Site
from landingpad.store.site import sites as site_rows

MOST_ADDRESSES = 50_000
"""Maximum number of addresses in a sitemap (sitemaps.org)."""


def icon(work: Work, request: Request, site: Site) -> Answer:
    """Answer with the generated icon of a site."""
    drawn = favicon(site.title, additional.read(work, "site", site.id)).encode()
    answer = Answer(200, file_headers("image/svg+xml", ALWAYS_ASK), drawn)
    return conditional(request, answer, sha256(drawn).hexdigest()[:32])


def robots(work: Work, request: Request, site: Site, origin: str) -> Answer:
    """Answer with robots.txt: the author's, or else one that allows everything while the site is online."""
    fields = additional.read(work, "site", site.id)
    if not site.active or site.deleted:
        text = "User-agent: *\nDisallow: /\n"
    elif fields.get("ROBOTS_USE") == "Y" and fields.get("ROBOTS_CONTENT"):
        text = fields["ROBOTS_CONTENT"].rstrip() + "\n"
    else:
        text = f"User-agent: *\nAllow: /\n\nSitemap: {origin}/sitemap.xml\n"
    answer = Answer(200, file_headers("text/plain; charset=utf-8", ALWAYS_ASK), text.encode())
    return conditional(request, answer, sha256(answer.body).hexdigest()[:32])


def sitemap(work: Work, request: Request, site: Site, portal_host: str) -> Answer | None:
    """Answer with sitemap.xml of the public pages marked for it, or return None while the site is offline."""
    if not site.active or site.deleted:
        return None
    listed = page_rows.for_sitemap(work.tx, work.portal_id, site.id, MOST_ADDRESSES)
    public = addresses.public_addresses_of(work, listed, portal_host)
    entries = "".join(
        f"<url><loc>{escape(public[page.id], quote=False)}</loc>"
        f"<lastmod>{_day(page.published_at or page.modified_at)}</lastmod></url>\n"
        for page in listed
        if page.id in public
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    ).encode()
    answer = Answer(200, file_headers("application/xml", ALWAYS_ASK), body)
    return conditional(request, answer, sha256(body).hexdigest()[:32])


def portal_host(work: Work) -> str:
    """Return the host name of the portal."""
    return site_rows.portal_host(work.tx, work.portal_id)


def _day(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
