"""Answers to visitors: published pages by host or path, their pictures, styles and media.

Pages are untrusted. They have their own hosts; a page shown on the portal's host (`/pub/site/<code>/`, knowledge bases)
gets its own origin by a `sandbox` policy.
"""

import asyncio
import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from landingpad.blockhtml.forms import has_forms, with_moment
from landingpad.blocks import library, site_designs
from landingpad.domain.block import forms
from landingpad.domain.page import drafts, versions
from landingpad.domain.page.signing import DRAFT_PARAMETER, VERSION_PARAMETER, signed_number
from landingpad.domain.site import additional, addresses, search
from landingpad.domain.site.urls import MEDIA_PATH, base_path, site_of_portal_path
from landingpad.domain.work import Services, Work
from landingpad.http import pictures, site_files
from landingpad.http.asgi import target_of
from landingpad.http.delivery import (
    ALWAYS_ASK,
    FOREVER,
    NEVER,
    PageCache,
    Prepared,
    conditional,
    encoded,
    file_headers,
    ranged,
    read_at_once,
    stored_file,
    stored_tag,
)
from landingpad.http.pictures import PictureOrders, no_picture
from landingpad.http.plain import Answer, Request
from landingpad.http.server_pages import found_page, not_found_page
from landingpad.http.site_files import portal_host
from landingpad.media.store import MediaStore, content_type
from landingpad.render.html import ORIGIN, SCRIPT, SEARCH, with_picture, with_script
from landingpad.render.theme import accent_color
from landingpad.store.db.engine import Tx
from landingpad.store.page import pages as page_rows
from landingpad.store.page import versions as version_rows
from landingpad.store.page.versions import VersionInfo
from landingpad.store.records import Page, Site
from landingpad.store.site import addresses as address_rows
from landingpad.store.site import sites as site_rows

__all__ = ["PublicSites", "no_picture"]

_OK = 200
_UNAVAILABLE = 503
_RETRY_SECONDS = b"3600"
_STRICT = (
    "default-src 'none'; img-src * data:; media-src * data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "frame-src https:; form-action 'self' https:; base-uri 'none'; frame-ancestors *"
)
# For pages with code of their author: it runs on the host of the site or in a sandboxed origin.
_OWN_CODE = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' https:; style-src 'self' 'unsafe-inline' https:; "
    "connect-src 'self' https:; img-src * data:; media-src * data:; font-src * data:; "
    "frame-src https:; form-action 'self' https:; base-uri 'none'; frame-ancestors *"
)
_SANDBOX = "; sandbox allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
_LONGEST_QUESTION = 100
_LARGE = 64 * 1024
"""Answers from this size on are compressed in a thread, because it takes milliseconds."""
_ASSETS = "/_assets/"
_BY_PATH = "/pub/site/"
_ROOT_LINK = re.compile(r'\b(href|src|action)="/(?!/|_assets/|_media/)')


class SiteLocation(NamedTuple):
    """Target of a request: a site, a path on it, and how the site is addressed."""

    site: Site
    path: str
    base: str
    """Path of the site on this host: "", "/pub/site/acme", "/knowledge/handbook"."""
    host: str
    """Host name of the site's canonical address."""
    sandboxed: bool

    @property
    def is_online(self) -> bool:
        """Whether visitors see the site."""
        return self.site.active and not self.site.deleted


class ReadResult(NamedTuple):
    """Result of a read: an answer, and the writes that must follow."""

    answer: Answer | None
    outdated: int | None = None
    """Portal of a page that must be rendered again before it is shown."""
    orders: PictureOrders | None = None
    """Requested pictures that are not ordered yet."""


class PublicSites:
    """Answers visitors of published sites."""

    def __init__(self, services: Services, media: MediaStore) -> None:
        self._services = services
        self._media = media
        self._cache = PageCache()

    async def answer(self, request: Request, portal_id: int | None, now_ms: int) -> Answer | None:
        """Answer a request for a public address, or return None if no site is there.

        Args:
            request: the request.
            portal_id: the portal with this host name; None on any other host.
            now_ms: the time of the request.

        """
        if request.path.startswith(MEDIA_PATH):
            return await asyncio.to_thread(self._stored_file, request)
        if request.path.startswith(_ASSETS):
            return encoded(request, _asset_answer(request))
        db = self._services.db
        found = await db.read(lambda tx: self._read(tx, request, portal_id, now_ms))
        if found.outdated is not None:
            # The site has changed since this page was rendered: render it once more, then answer.
            found = await db.write(
                lambda tx: self._read(tx, request, portal_id, now_ms, render=True), portal_id=found.outdated
            )
        orders = found.orders
        if orders is not None:
            await db.write(lambda tx: self._order(tx, orders, now_ms), portal_id=orders.portal_id)
        answer = found.answer
        if answer is None or len(answer.body) < _LARGE:
            return answer and encoded(request, answer)
        return await asyncio.to_thread(encoded, request, answer)

    def forget(self) -> None:
        """Clear the cache of pages: after a restore of the database, ids stand for other versions."""
        self._cache.clear()

    def knows_host(self, host: str) -> bool:
        """Say whether a site has this host name."""
        return self._services.db.read_row(lambda tx: site_rows.by_host(tx, host)) is not None

    def _read(
        self, tx: Tx, request: Request, portal_id: int | None, now_ms: int, *, render: bool = False
    ) -> ReadResult:
        """Answer from stored data, and return the writes that must follow."""
        place = self.place_of(tx, request, portal_id)
        if place is None:
            return ReadResult(self._moved_site(tx, request, now_ms) if portal_id is None else None)
        work = Work.of_system(tx, place.site.portal_id, now_ms, self._services)
        draft_of = _signed(work, request, DRAFT_PARAMETER)
        if draft_of is not None:
            return self._draft(work, place, draft_of)
        if not place.path.endswith("/"):
            return self._picture(work, request, place) or ReadResult(self._small_file(work, request, place))
        version_id = _signed(work, request, VERSION_PARAMETER)
        signed = None if version_id is None else version_rows.info(tx, work.portal_id, version_id)
        if signed is not None:
            return ReadResult(self._page(work, request, place, signed, own_code=False))
        page = page_at(work, place) if place.is_online else None
        if page is None:
            return ReadResult(self._not_found(work, request, place))
        path = addresses.path_of(work, page, place.site.index_page_id)
        if unquote(path) != place.path:
            return ReadResult(Answer.redirect(f"{place.base}{path}"))
        if render:
            versions.current(work, place.site, page)
            page = page_rows.find(tx, page.portal_id, page.id) or page
        version = version_rows.info(tx, page.portal_id, page.public_version_id or 0)
        if version is None:
            return ReadResult(self._not_found(work, request, place))
        outdated = version.settings_version != place.site.settings_version and not render
        answer = self._page(work, request, place, version, picture=page.preview_key)
        return ReadResult(answer, outdated=work.portal_id if outdated else None)

    def _picture(self, work: Work, request: Request, place: SiteLocation) -> ReadResult | None:
        """Answer with a picture of a page, or return None if the path names no picture."""
        folder, _, name = place.path.rpartition("/")
        shape = self._services.previews.named(name)
        if shape is None:
            return None
        page = page_at(work, place._replace(path=f"{folder}/")) if place.is_online else None
        answer, orders = pictures.picture(work, self._media, request, page, shape)
        return ReadResult(answer, orders=orders)

    def _draft(self, work: Work, place: SiteLocation, page_id: int) -> ReadResult:
        """Answer a signed address with the draft of a page or its picture."""
        draft = drafts.find(work, page_id)
        if draft is None or draft.site_id != place.site.id:
            return ReadResult(Answer(*not_found_page(home="", accent="", sandboxed=place.sandboxed)))
        shape = self._services.previews.named(place.path.rpartition("/")[2])
        if shape is not None:
            answer, orders = pictures.draft_picture(work, self._media, page_id, draft.content_hash, shape)
            return ReadResult(answer, orders=orders)
        html = _placed(draft.html, place, self._services.urls.origin(place.host), None)
        policy = f"script-src {library.page_script_source()}; {_STRICT}" if SCRIPT in html else _STRICT
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", NEVER),
            (b"content-security-policy", _for_place(policy, place).encode()),
            (b"x-content-type-options", b"nosniff"),
            # The address gives access to the draft, so it must not leak to search engines or linked sites.
            (b"x-robots-tag", b"noindex"),
            (b"referrer-policy", b"no-referrer"),
        ]
        return ReadResult(Answer(_OK, headers, with_script(html).encode()))

    def _order(self, tx: Tx, orders: PictureOrders, now_ms: int) -> None:
        pictures.order(Work.of_system(tx, orders.portal_id, now_ms, self._services), orders)

    def place_of(self, tx: Tx, request: Request, portal_id: int | None) -> SiteLocation | None:
        """Return the site and path at an address, or None."""
        if portal_id is None:
            site = site_rows.by_host(tx, request.host)
            return None if site is None else SiteLocation(site, request.path, "", request.host, sandboxed=False)
        if request.path.startswith(_BY_PATH):
            code, slash, rest = request.path[len(_BY_PATH) :].partition("/")
            site = site_rows.by_code(tx, portal_id, ("PAGE", "STORE", "SMN"), code)
            domain = None if site is None else site_rows.find_domain(tx, portal_id, site.domain_id)
            if site is None or domain is None:
                return None
            return SiteLocation(site, f"/{rest}" if slash else "", f"{_BY_PATH}{code}", domain.host, sandboxed=True)
        found = site_of_portal_path(request.path)
        if found is None:
            return None
        site_type, code, path = found
        site = site_rows.by_code(tx, portal_id, (site_type,), code)
        if site is None:
            return None
        return SiteLocation(
            site, path, base_path(site_type, code), site_rows.portal_host(tx, portal_id), sandboxed=True
        )

    def _moved_site(self, tx: Tx, request: Request, now_ms: int) -> Answer | None:
        """Redirect from a former host name of a site to its current one."""
        site = address_rows.site_once_at(tx, request.host)
        if site is None or site.deleted or not site.active:
            return None
        work = Work.of_system(tx, site.portal_id, now_ms, self._services)
        domain = site_rows.find_domain(tx, site.portal_id, site.domain_id)
        home = self._services.urls.site(portal_host(work), site.type, site.code, domain.host if domain else "")
        return Answer.redirect(home + target_of(request.scope))

    def _page(
        self,
        work: Work,
        request: Request,
        place: SiteLocation,
        version: VersionInfo,
        *,
        status: int = 200,
        own_code: bool = True,
        picture: str | None = None,
    ) -> Answer:
        """Answer with one version of a page.

        Without `own_code` the author's scripts do not run, so that taking a picture is not counted as a visit.
        """
        page = self._prepared(work, place, version, picture)
        policy = _OWN_CODE if version.own_code and own_code else _STRICT
        if page.has_script and policy is _STRICT:
            policy = f"script-src {library.page_script_source()}; {policy}"
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", ALWAYS_ASK if status == _OK else NEVER),
            (b"content-security-policy", _for_place(policy, place).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"strict-origin-when-cross-origin"),
        ]
        if status == _UNAVAILABLE:
            headers.append((b"retry-after", _RETRY_SECONDS))
        body = page.body
        if page.has_forms:
            key = site_rows.signing_key(work.tx, work.portal_id)
            body = with_moment(body, forms.moment(key, work.now_ms))
        return conditional(request, Answer(status, headers, body), page.tag, version.created_at, is_weak=page.has_forms)

    def _prepared(self, work: Work, place: SiteLocation, version: VersionInfo, picture: str | None) -> Prepared:
        own = self._services.urls.origin(place.host)
        key = (work.portal_id, version.id, own, place.base, picture)
        found = self._cache.get(key)
        if found is None:
            stored = version_rows.find(work.tx, work.portal_id, version.id)
            html = stored.html if stored else ""  # always found: this transaction has read the row before
            html = _placed(html, place, own, f"{own}{MEDIA_PATH}{picture}" if picture else None)
            body = with_script(html).encode()
            found = Prepared(body, sha256(body).hexdigest()[:32], has_script=SCRIPT in html, has_forms=has_forms(body))
            self._cache.put(key, found)
        return found

    def _not_found(self, work: Work, request: Request, place: SiteLocation) -> Answer:
        """Redirect to the new address of the page, or show the error page of the site or of the server."""
        site = place.site
        if place.is_online:
            moved = addresses.moved_page(work, site, _quoted(place.path))
            if moved is not None:
                if moved.site_id == site.id and place.sandboxed:
                    return Answer.redirect(place.base + addresses.path_of(work, moved, site.index_page_id))
                return Answer.redirect(addresses.address_of(work, moved, portal_host(work)))
            if place.path == f"/{SEARCH}/":
                return self._search(work, request, place)
            own = self._own_page(work, site.not_found_page_id, online_only=True)
            if own is not None:
                return self._page(work, request, place, own, status=404)
        elif not site.deleted:
            own = self._own_page(work, site.unavailable_page_id, online_only=False)
            if own is not None:
                return self._page(work, request, place, own, status=_UNAVAILABLE)
        fields = additional.read(work, "site", site.id)
        home = f"{place.base}/" if place.is_online else ""
        return Answer(*not_found_page(home=home, accent=accent_color(fields), sandboxed=place.sandboxed))

    def _search(self, work: Work, request: Request, place: SiteLocation) -> Answer:
        """Show results of the site's search form; a page of the site at this path takes precedence."""
        query: Mapping[str, str] = dict(parse_qsl(request.query.decode("latin-1")))
        question = query.get("q", "").strip()[:_LONGEST_QUESTION]
        found = search.find(work, place.site, question)
        page = found_page(
            home=f"{place.base}/",
            site_title=place.site.title,
            question=question,
            found=[(page.title, f"{place.base}{page.path}", page.extract) for page in found],
            accent=accent_color(additional.read(work, "site", place.site.id)),
            sandboxed=place.sandboxed,
        )
        return Answer(*page)

    def _own_page(self, work: Work, page_id: int | None, *, online_only: bool) -> VersionInfo | None:
        """Return the last published version of an error page of the site.

        The page for "offline" is shown while the site and all its pages are offline, so it need not be active.
        """
        page = page_rows.find(work.tx, work.portal_id, page_id) if page_id else None
        if page is None or page.deleted or (online_only and not page.active):
            return None
        return version_rows.info(work.tx, work.portal_id, page.public_version_id or 0)

    def _small_file(self, work: Work, request: Request, place: SiteLocation) -> Answer:
        if not place.path:
            return Answer.redirect(f"{place.base}/")
        if place.path == "/favicon.svg":
            return site_files.icon(work, request, place.site)
        if place.path == "/favicon.ico":
            return Answer.redirect(f"{place.base}/favicon.svg", 302)
        if not place.base and place.path == "/robots.txt":
            return site_files.robots(work, request, place.site, self._services.urls.origin(place.host))
        if not place.base and place.path == "/sitemap.xml":
            found = site_files.sitemap(work, request, place.site, portal_host(work))
            return found or self._not_found(work, request, place)
        with_slash = place._replace(path=f"{place.path}/")
        if place.is_online and page_at(work, with_slash) is not None:
            return Answer.redirect(f"{place.base}{_quoted(place.path)}/")
        return self._not_found(work, request, with_slash)

    def _stored_file(self, request: Request) -> Answer:
        """Answer with an uploaded file or a picture; files are immutable."""
        key = request.path.removeprefix(MEDIA_PATH).partition("/")[0]  # a readable file name may follow
        answer = stored_file(self._media, key, file_headers(content_type(key), FOREVER))
        if answer is None:
            return _no_file()
        tag = stored_tag(key)
        return read_at_once(ranged(request, conditional(request, answer, tag), tag))


class _UnknownAssetError(LookupError):
    """The block library has no file of this name."""


class _Asset(NamedTuple):
    data: bytes
    kind: str
    tag: str


def _asset_answer(request: Request) -> Answer:
    """Answer with a style, script or picture of the block library; its address never gets other content."""
    try:
        asset = _asset(request.path.removeprefix(_ASSETS))
    except _UnknownAssetError:
        return _no_file()
    answer = Answer(_OK, file_headers(asset.kind, FOREVER), asset.data)
    return ranged(request, conditional(request, answer, asset.tag), asset.tag)


@lru_cache(maxsize=1024)
def _asset(name: str) -> _Asset:
    found = _found_asset(name)
    if found is None:
        raise _UnknownAssetError  # an exception is not cached: unknown names push nothing out
    return _Asset(*found, sha256(found[0]).hexdigest()[:32])


def _found_asset(name: str) -> tuple[bytes, str] | None:
    if name == "base.css":
        return library.base_css().encode(), "text/css; charset=utf-8"
    if name.startswith("blocks/") and name.endswith(".css"):
        design = library.standard_library().get(name[len("blocks/") : -len(".css")])
        return None if design is None else (design.style.encode(), "text/css; charset=utf-8")
    if name.startswith("blocks/") and name.endswith(".webp"):
        picture = library.picture(name[len("blocks/") : -len(".webp")])
        return None if picture is None else (picture, "image/webp")
    if name.startswith("sites/") and name.endswith(".webp"):
        picture = site_designs.picture(name[len("sites/") : -len(".webp")])
        return None if picture is None else (picture, "image/webp")
    return library.asset(name)


def _no_file() -> Answer:
    return Answer.text(404, "There is no such file.")


def page_at(work: Work, place: SiteLocation) -> Page | None:
    """Find the published page at a path."""
    return addresses.page_at(work, place.site, place.path, public=True)


def _quoted(path: str) -> str:
    """Percent-encode a path."""
    names = [name for name in path.split("/") if name]
    quoted = "/" + "/".join(addresses.quoted(name) for name in names)
    return f"{quoted}/" if names and path.endswith("/") else quoted


def _signed(work: Work, request: Request, parameter: str) -> int | None:
    """Return the id in a correctly signed address (of a version, or of a page with a draft), or None."""
    if parameter.encode() not in request.query:
        return None
    query: Mapping[str, str] = dict(parse_qsl(request.query.decode("latin-1")))
    return signed_number(site_rows.signing_key(work.tx, work.portal_id), parameter, query, work.now_ms)


def _placed(html: str, place: SiteLocation, origin: str, picture: str | None) -> str:
    """Fill in the parts of a rendered page that depend on where it is shown."""
    html = with_picture(html, picture).replace(ORIGIN, origin)
    if place.base != base_path(place.site.type, place.site.code):
        html = _ROOT_LINK.sub(rf'\1="{place.base}/', html)
    return html


def _for_place(policy: str, place: SiteLocation) -> str:
    """Return the policy for a location; on the portal's host it sandboxes the page."""
    if not place.sandboxed:
        return policy
    return policy + _SANDBOX + (" allow-scripts" if "script-src" in policy else "")
