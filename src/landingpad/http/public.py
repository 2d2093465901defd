"""What visitors get: published pages by host or by path, their pictures, styles and media.

Pages are untrusted. They live on hosts of their own; where one is shown on the portal's host (`/pub/site/<code>/`,
knowledge bases), a `sandbox` policy gives it an origin of its own.
"""

import re
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import parse_qsl

from landingpad.blocks import library
from landingpad.domain import additional, addresses, versions
from landingpad.domain.signing import SIGNATURE_PARAMETER, VERSION_PARAMETER, version_is_signed
from landingpad.domain.urls import PREVIEW_FILE, base_path, site_of_portal_path
from landingpad.domain.work import Services, SystemWork
from landingpad.http.encoding import SMALL, compress, negotiate
from landingpad.http.message import Answer, Request
from landingpad.http.pages import no_picture_bytes, not_found_page
from landingpad.media.store import MediaStore, content_type
from landingpad.render.html import ORIGIN
from landingpad.render.theme import accent_color, favicon
from landingpad.store import pages as page_rows
from landingpad.store import sites as site_rows
from landingpad.store import versions as version_rows
from landingpad.store.engine import Tx
from landingpad.store.records import Page, PageVersion, Site

FOREVER = b"public, max-age=31536000, immutable"
ALWAYS_ASK = b"public, max-age=0, must-revalidate"
NEVER = b"no-store"

OK = 200

HTML = b"text/html; charset=utf-8"
_PAGE_POLICY = (
    "default-src 'none'; img-src * data:; media-src * data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "frame-src https:; form-action 'self' https:; base-uri 'none'; frame-ancestors *"
)
_SANDBOX = "; sandbox allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
_FILE_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"
_BY_PATH = "/pub/site/"
_ROOT_LINK = re.compile(r'\b(href|src|action)="/(?!/|_assets/|_media/)')


class Place(NamedTuple):
    """Where on a site a request leads, and how the site is addressed there."""

    site: Site
    path: str
    base: str
    """Path of the site on this host: "", "/pub/site/acme", "/knowledge/handbook"."""
    host: str
    """The host name at which the site is at home, which its canonical address has."""
    sandboxed: bool


class PublicSites:
    """Answers visitors."""

    def __init__(self, services: Services, media: MediaStore) -> None:
        self._services = services
        self._media = media

    async def answer(self, request: Request, portal_id: int | None, now_ms: int) -> Answer | None:
        """Answer a request for a public address; None if it is none of ours.

        Args:
            request: what was asked for.
            portal_id: the portal that has this very host name; None on any other host.
            now_ms: the moment.

        """
        if request.path.startswith(("/_assets/", "/_media/")):
            return _encoded(request, self._file(request))
        db = self._services.db
        found: tuple[Answer, bool] | None = await db.read(lambda tx: self._read(tx, request, portal_id, now_ms))
        if found is None:
            return None
        answer, is_outdated = found
        if is_outdated:
            # The site has changed since this page was rendered: render it anew, once, then answer.
            answer = await db.write(lambda tx: self._rendered_anew(tx, request, portal_id, now_ms))
        return _encoded(request, answer)

    def knows_host(self, host: str) -> bool:
        """Say whether a site is at home at this host name."""
        return self._services.db.read_row(lambda tx: site_rows.by_host(tx, host)) is not None

    def _rendered_anew(self, tx: Tx, request: Request, portal_id: int | None, now_ms: int) -> Answer:
        found = self._read(tx, request, portal_id, now_ms, render=True)
        if found is None:  # the site was removed this very moment
            return not_found_page(
                home="", accent=None, sandboxed=False
            )  # it was found a moment ago; a page just removed is a 404, not None
        return found[0]

    def _read(
        self, tx: Tx, request: Request, portal_id: int | None, now_ms: int, *, render: bool = False
    ) -> tuple[Answer, bool] | None:
        place = self._place(tx, request, portal_id)
        if place is None:
            return None
        work = SystemWork(tx, place.site.portal_id, now_ms, self._services)
        if not place.path.endswith("/"):
            return self._small_file(work, request, place), False
        signed = _signed_version(work, request)
        if signed is not None:
            return self._page(request, place, signed), False
        page = _page_at(work, place) if place.site.active and not place.site.deleted else None
        if page is None:
            return self._not_found(work, request, place), False
        if render:
            return self._page(request, place, versions.current(work, place.site, page)), False
        version = version_rows.find(tx, page.portal_id, page.public_version_id or 0)
        if version is None:
            return self._not_found(work, request, place), False
        return self._page(request, place, version), version.settings_version != place.site.settings_version

    def _place(self, tx: Tx, request: Request, portal_id: int | None) -> Place | None:
        if portal_id is None:
            site = site_rows.by_host(tx, request.host)
            return None if site is None else Place(site, request.path, "", request.host, sandboxed=False)
        if request.path.startswith(_BY_PATH):
            code, slash, rest = request.path[len(_BY_PATH) :].partition("/")
            site = site_rows.by_code(tx, portal_id, ("PAGE", "STORE", "SMN"), code)
            domain = None if site is None else site_rows.find_domain(tx, portal_id, site.domain_id)
            if site is None or domain is None:
                return None
            return Place(site, f"/{rest}" if slash else "", f"{_BY_PATH}{code}", domain.host, sandboxed=True)
        found = site_of_portal_path(request.path)
        if found is None:
            return None
        site_type, code, path = found
        site = site_rows.by_code(tx, portal_id, (site_type,), code)
        if site is None:
            return None
        return Place(site, path, base_path(site_type, code), site_rows.portal_host(tx, portal_id), sandboxed=True)

    def _page(self, request: Request, place: Place, version: PageVersion, *, status: int = 200) -> Answer:
        own = self._services.urls.origin(place.host)
        html = version.html.replace(ORIGIN, own)
        if place.base != base_path(place.site.type, place.site.code):
            html = _ROOT_LINK.sub(rf'\1="{place.base}/', html)
        policy = _PAGE_POLICY + (_SANDBOX if place.sandboxed else "")
        tag = sha256(f"{version.content_hash}{own}{place.base}".encode()).hexdigest()[:32]
        return _conditional(
            request,
            Answer(
                status,
                [
                    (b"content-type", HTML),
                    (b"cache-control", ALWAYS_ASK if status == OK else NEVER),  # OK
                    (b"content-security-policy", policy.encode()),
                    *_page_headers(),
                ],
                html.encode(),
            ),
            tag,
            version.created_at,
        )

    def _not_found(self, work: SystemWork, request: Request, place: Place) -> Answer:
        """Show the site's own page for this, if it has published one, or ours."""
        site = place.site
        if site.active and not site.deleted and site.not_found_page_id:
            page = page_rows.find(work.tx, work.portal_id, site.not_found_page_id)
            if page is not None and page.active and not page.deleted and page.public_version_id:
                version = version_rows.find(work.tx, work.portal_id, page.public_version_id)
                if version is not None:
                    return self._page(request, place, version, status=404)
        home = f"{place.base}/" if site.active and not site.deleted else ""
        fields = additional.read(work, "site", site.id)
        return not_found_page(home=home, accent=accent_color(fields), sandboxed=place.sandboxed)

    def _small_file(self, work: SystemWork, request: Request, place: Place) -> Answer:
        folder, _, name = place.path.rpartition("/")
        if not place.path:
            return Answer.redirect(f"{place.base}/")
        if name == "favicon.svg":
            icon = favicon(place.site.title, additional.read(work, "site", place.site.id)).encode()
            headers = [(b"content-type", b"image/svg+xml"), (b"cache-control", ALWAYS_ASK), *_file_headers()]
            return _conditional(request, Answer(200, headers, icon), sha256(icon).hexdigest()[:32], 0)
        if place.path == "/favicon.ico":
            return Answer.redirect(f"{place.base}/favicon.svg", 302)
        is_open = place.site.active and not place.site.deleted
        if name == PREVIEW_FILE:
            page = _page_at(work, place._replace(path=f"{folder}/")) if is_open else None
            return self._picture(request, page)
        if is_open and _page_at(work, place._replace(path=f"{place.path}/")) is not None:
            return Answer.redirect(f"{place.base}{place.path}/")
        return self._not_found(work, request, place)

    def _picture(self, request: Request, page: Page | None) -> Answer:
        """Answer preview.jpg: one address whose content follows the page."""
        key = page.preview_key if page is not None else None
        data = self._media.get(key) if key else None
        if key is None or data is None:
            return no_picture()
        headers = [(b"content-type", b"image/jpeg"), (b"cache-control", ALWAYS_ASK), *_file_headers()]
        return _conditional(request, Answer(200, headers, data), key.partition(".")[0][:32], 0)

    def _file(self, request: Request) -> Answer:
        """Answer styles and pictures of the block library, and stored media: immutable, all of them."""
        _, folder, name = request.path.split("/", 2)
        if folder == "_media":
            data = self._media.get(name)
            found = None if data is None else (data, content_type(name))
        else:
            found = _asset(name)
        if found is None:
            return Answer.text(404, "There is no such file.")
        data, kind = found
        headers = [(b"content-type", kind.encode()), (b"cache-control", FOREVER), *_file_headers()]
        return _conditional(request, Answer(200, headers, data), sha256(data).hexdigest()[:32], 0)


def no_picture() -> Answer:
    """Answer with the placeholder; it must not be kept, for the picture may come any moment."""
    return Answer(
        200, [(b"content-type", b"image/jpeg"), (b"cache-control", NEVER), *_file_headers()], no_picture_bytes()
    )


def _asset(name: str) -> tuple[bytes, str] | None:
    if name == "base.css":
        return library.base_css().encode(), "text/css; charset=utf-8"
    if name.startswith("blocks/") and name.endswith(".css"):
        design = library.standard_library().get(name[len("blocks/") : -len(".css")])
        return None if design is None else (design.style.encode(), "text/css; charset=utf-8")
    return library.asset(name)


def _page_at(work: SystemWork, place: Place) -> Page | None:
    """Find the published page at a path."""
    return addresses.page_at(work, place.site, place.path, public=True)


def _signed_version(work: SystemWork, request: Request) -> PageVersion | None:
    """Return the version that a genuine internal address asks for."""
    if VERSION_PARAMETER.encode() not in request.query:
        return None
    query: Mapping[str, str] = dict(parse_qsl(request.query.decode("latin-1")))
    number, given = query.get(VERSION_PARAMETER, ""), query.get(SIGNATURE_PARAMETER, "")
    key = site_rows.signing_key(work.tx, work.portal_id)
    if not number.isdigit() or not version_is_signed(key, number, given):
        return None
    return version_rows.find(work.tx, work.portal_id, int(number))


def _conditional(request: Request, answer: Answer, tag: str, changed_ms: int) -> Answer:
    """Add ETag and Last-Modified, and answer 304 to a visitor who has this very content."""
    etag = f'"{tag}"'
    answer.headers.append((b"etag", etag.encode()))
    if changed_ms:
        answer.headers.append((b"last-modified", formatdate(changed_ms / 1000, usegmt=True).encode()))
    if answer.status != OK:  # OK
        return answer
    known = request.header(b"if-none-match")
    if known:
        tags = {part.strip().removeprefix("W/") for part in known.split(",")}
        is_known = etag in tags or "*" in tags
    else:
        is_known = bool(changed_ms) and _not_changed_since(request.header(b"if-modified-since"), changed_ms)
    if not is_known:
        return answer
    kept = [(name, value) for name, value in answer.headers if name != b"content-type"]
    return Answer(304, kept)


def _not_changed_since(header: str, changed_ms: int) -> bool:
    try:
        return bool(header) and changed_ms // 1000 <= int(parsedate_to_datetime(header).timestamp())
    except (ValueError, TypeError):
        return False


def _encoded(request: Request, answer: Answer) -> Answer:
    """Compress text for clients that take it."""
    kind = next((value for name, value in answer.headers if name == b"content-type"), b"")
    if not kind.startswith((b"text/", b"image/svg")):
        return answer
    answer.headers.append((b"vary", b"accept-encoding"))
    encoding = negotiate(request.header(b"accept-encoding"))
    if encoding and len(answer.body) >= SMALL:
        answer.body = compress(answer.body, encoding)
        answer.headers.append((b"content-encoding", encoding.encode()))
        # Each encoding is a representation of its own; a weak tag says that they mean the same.
        answer.headers = [(name, b"W/" + value if name == b"etag" else value) for name, value in answer.headers]
    return answer


def _page_headers() -> list[tuple[bytes, bytes]]:
    return [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"strict-origin-when-cross-origin")]


def _file_headers() -> list[tuple[bytes, bytes]]:
    return [
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", _FILE_POLICY),
        (b"access-control-allow-origin", b"*"),
        (b"cross-origin-resource-policy", b"cross-origin"),
    ]
