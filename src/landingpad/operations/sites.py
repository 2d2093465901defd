"""What the person who runs a server does with sites: export, import, a static copy, undoing a publication."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec

from landingpad.domain.page import demos, publishing
from landingpad.domain.page.publishing import CannotUndoError
from landingpad.domain.site import addresses, importing, transfer
from landingpad.domain.site.sites import SiteFields
from landingpad.domain.site.transfer import Progress, TransferProblem
from landingpad.domain.site.urls import PREVIEW_FILE, base_path
from landingpad.domain.work import SystemWork
from landingpad.errors import ApiError
from landingpad.http.message import Request
from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.settings import Settings
from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Condition, Listing, Order
from landingpad.store.db.migrate import current_revision
from landingpad.store.page import pages as page_rows
from landingpad.store.page import versions as version_rows
from landingpad.store.page.versions import Publication
from landingpad.store.records import Site
from landingpad.store.site import sites as site_rows

SITE_FILE = "site.json"
MEDIA_FOLDER = "media/"
MOST_SITE_BYTES = 512 * 1024 * 1024
"""How large the description of a site may be once it is unpacked: a file from elsewhere could be a bomb."""
MOST_MEDIA_BYTES = 256 * 1024 * 1024
_OK = 200
_NOT_FOUND = 404


class UnknownSiteError(Exception):
    """There is no such site or page, or no portal yet."""


class UnknownTemplateError(Exception):
    """There is no such template."""


class SiteCannotBeMadeError(Exception):
    """What the site should be called, or be, is not possible; the text says why."""


PROBLEMS = (
    CannotUndoError,
    SiteCannotBeMadeError,
    TransferProblem,
    UnknownSiteError,
    UnknownTemplateError,
)
"""What can be wrong with a command on sites."""


class Imported(NamedTuple):
    """A site that was made of a file or a template."""

    site_id: int
    address: str


@contextmanager
def opened(settings: Settings) -> Iterator[Parts]:
    """Open the parts of a server, at the address at which it was started last.

    Raises:
        UnknownSiteError: no server was started with this data yet.

    """
    try:
        url = urlsplit(str(json.loads((settings.data / "portal.json").read_bytes())["url"]))
    except (OSError, ValueError, KeyError):
        url = urlsplit("http://localhost:8080")
    default = 443 if url.scheme == "https" else 80
    parts = Parts(settings, scheme=url.scheme, port=url.port or default)
    try:
        if current_revision(parts.db) is None or parts.portals.find("") is None:
            raise UnknownSiteError(f"There is no portal in {settings.data} yet: start `landingpad serve` once.")
        yield parts
    finally:
        parts.close()


def list_sites(parts: Parts) -> list[tuple[int, str, str, str]]:
    """Return id, title, state and address of the sites of the first portal."""

    def read(tx: Tx) -> list[tuple[int, str, str, str]]:
        portal_id = _portal(parts)
        host = site_rows.portal_host(tx, portal_id)
        found = site_rows.list_views(tx, portal_id, Listing(order=[Order("id")]))
        return [
            (
                site.id,
                site.title,
                "trash" if site.deleted else "online" if site.active else "offline",
                parts.services.urls.site(host, site.type, site.code, site.host) + "/",
            )
            for site in found
        ]

    return parts.db.read_here(read)


def export_site(parts: Parts, site_id: int, path: Path, progress: Progress) -> int:
    """Write a site with its media to a file and return how many pages that were.

    Raises:
        UnknownSiteError: there is no such site.

    """
    data = parts.db.read_here(lambda tx: transfer.pack(_work(parts, tx), _site(parts, tx, site_id), progress))
    with _written(path) as archive:
        _add(archive, SITE_FILE, json.dumps(data, ensure_ascii=False, indent=1).encode())
        for key in transfer.media_of(data):
            content = parts.media.get(key)
            if content is not None:
                _add(archive, MEDIA_FOLDER + key, content)
    return len(data["pages"])


def import_site(parts: Parts, path: Path, progress: Progress) -> Imported:
    """Make a site of a file that `export_site` wrote.

    Raises:
        TransferProblem: it is no such file.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            data = msgspec.json.decode(_member(archive, SITE_FILE, MOST_SITE_BYTES))
            for name in archive.namelist():
                if name.startswith(MEDIA_FOLDER) and not name.endswith("/"):
                    _store_media(parts, name, _member(archive, name, MOST_MEDIA_BYTES))
    except (zipfile.BadZipFile, KeyError, msgspec.DecodeError, OSError) as error:
        raise TransferProblem(f"{path} is not a site that was exported: {error}.") from error
    if not isinstance(data, dict):
        raise TransferProblem(f"{path} is not a site that was exported.")
    portal_id = _portal(parts)
    site_id = parts.db.write_here(lambda tx: transfer.unpack(_work(parts, tx), data, progress), portal_id=portal_id)
    address = next(address for found, _, _, address in list_sites(parts) if found == site_id)
    return Imported(site_id, address)


def create_site(parts: Parts, template: str, *, title: str, code: str, site_type: str, publish: bool) -> Imported:
    """Make a site of a ready-made template, or of one that an integration registered.

    Raises:
        UnknownTemplateError: there is no such template for this type of site.
        SiteCannotBeMadeError: its code or type is not possible.

    """

    def make(tx: Tx) -> int:
        work = _work(parts, tx)
        data = demos.site_data(work, template, site_type)
        if data is None:
            known = ", ".join(design.code for design in demos.ready_made(site_type)) or "none"
            raise UnknownTemplateError(
                f"There is no template {template!r} for sites of the type {site_type}. Those of our own are: {known}."
            )
        fields = SiteFields(title=title, code=code or template.rpartition("@")[2], type=site_type)
        try:
            return importing.add_site(work, data, fields, (site_type,))
        except ApiError as error:
            raise SiteCannotBeMadeError(str(error)) from error

    site_id = parts.db.write_here(make, portal_id=_portal(parts))
    if publish:
        publish_all(parts, site_id, lambda _done, _of: None)
    address = next(address for found, _, _, address in list_sites(parts) if found == site_id)
    return Imported(site_id, address)


async def static_site(parts: Parts, site_id: int, path: Path, progress: Progress, *, address: str = "") -> int:
    """Write what visitors get of a site as files that any web server can serve; return how many files that were.

    Every page is the `index.html` of its folder. Links and pictures are paths, which hold at the root of any host; what
    has to name a host (canonical addresses, the sitemap) names that of the site here, or the given one.

    Args:
        parts: of the server.
        site_id: which site.
        path: the file to write.
        progress: is told of every page.
        address: scheme and host at which the files will be, such as https://www.example.com.

    Raises:
        UnknownSiteError: there is no such site, or it is offline.

    """
    found = parts.db.read_here(lambda tx: _public_paths(parts, tx, site_id))
    here = parts.services.urls.origin(found.host)
    there = address.rstrip("/") or here
    files: dict[str, bytes] = {}
    app = App(parts)

    async def fetch(target: str, status: int = _OK) -> bytes | None:
        body = await _fetched(parts, app, found.host, target, status=status)
        is_text = there != here and body is not None and target.endswith(("/", ".xml", ".txt"))
        return body.replace(here.encode(), there.encode()) if body is not None and is_text else body

    wanted = [f"{found.base}/favicon.svg", *(["/robots.txt", "/sitemap.xml"] if not found.base else [])]
    for number, page in enumerate(found.paths, 1):
        body = await fetch(page)
        if body is not None:
            files[_file_name(page)] = body
            wanted += [*transfer.addresses_in(body.decode()), f"{page}{PREVIEW_FILE}"]
        progress(number, len(found.paths))
    for target in wanted:  # it grows by what style sheets name
        name = target.lstrip("/")
        body = None if name in files else await fetch(target)
        if body is not None:
            files[name] = body
            if name.endswith(".css"):
                wanted += transfer.addresses_in(body.decode())
    not_found = await fetch(f"{found.base}/_none/", _NOT_FOUND)
    if not_found is not None:
        files["404.html"] = not_found
    with _written(path) as archive:
        for name in sorted(files):
            _add(archive, name, files[name])
    return len(files)


def publications(parts: Parts, page_id: int) -> list[Publication]:
    """Return the publications of a page that can be gone back to, the newest first.

    Raises:
        UnknownSiteError: there is no such page.

    """

    def read(tx: Tx) -> list[Publication]:
        if page_rows.find(tx, _portal(parts), page_id) is None:
            raise UnknownSiteError(f"There is no page {page_id}.")
        return version_rows.history(tx, _portal(parts), page_id)

    return parts.db.read_here(read)


def undo_publication(parts: Parts, page_id: int, publication: int | None) -> int:
    """Show visitors an earlier publication of a page again, and return its number.

    Raises:
        UnknownSiteError: there is no such page.
        CannotUndoError: there is no such publication.

    """
    publications(parts, page_id)
    return parts.db.write_here(
        lambda tx: publishing.undo_publication(_work(parts, tx), page_id, publication), portal_id=_portal(parts)
    )


def publish_all(parts: Parts, site_id: int, progress: Progress) -> int:
    """Publish the drafts of all pages of a site, also of those that never were; return how many that were.

    Each page is a transaction of its own: visitors and other writers do not wait for the whole site.

    Raises:
        UnknownSiteError: there is no such site.

    """

    def live(tx: Tx) -> list[int]:
        _site(parts, tx, site_id)
        return [page.id for page in page_rows.of_site(tx, _portal(parts), site_id) if not page.deleted]

    page_ids = parts.db.read_here(live)
    for number, page_id in enumerate(page_ids, 1):

        def publish(tx: Tx, page_id: int = page_id) -> None:
            publishing.publish_page(_work(parts, tx), page_id)

        parts.db.write_here(publish, portal_id=_portal(parts))
        progress(number, len(page_ids))
    return len(page_ids)


class _Public(NamedTuple):
    host: str
    base: str
    paths: list[str]


def _public_paths(parts: Parts, tx: Tx, site_id: int) -> _Public:
    site = _site(parts, tx, site_id)
    if not site.active:
        raise UnknownSiteError(f"The site {site_id} is offline: publish it first.")
    work = _work(parts, tx)
    portal_host = site_rows.portal_host(tx, work.portal_id)
    conditions = [
        Condition("site_id", "in", (site.id,)),
        Condition("active", "in", (True,)),
        Condition("deleted", "in", (False,)),
    ]
    listed = page_rows.list_views(tx, work.portal_id, Listing(conditions, [Order("id")]))
    found = addresses.public_addresses_of(work, listed, portal_host)
    base = base_path(site.type, site.code)
    host = urlsplit(next(iter(found.values()), "")).hostname or portal_host
    return _Public(host, base, [urlsplit(address).path for address in found.values()])


async def _fetched(parts: Parts, app: App, host: str, target: str, *, status: int) -> bytes | None:
    """Ask this very server for an address; None if it answers with another status."""
    split = urlsplit(target)
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "scheme": parts.services.urls.scheme,
        "path": unquote(split.path),
        "query_string": split.query.encode(),
        "headers": [(b"host", f"{host}{parts.services.urls.suffix}".encode())],
    }
    answer = await app.answer(Request(scope))
    is_placeholder = status == _OK and (b"cache-control", b"no-store") in answer.headers
    return None if answer.status != status or is_placeholder else answer.body


def _file_name(path: str) -> str:
    return f"{unquote(path).strip('/')}/index.html".lstrip("/")


def _portal(parts: Parts) -> int:
    portal_id = parts.portals.find("")
    if portal_id is None:
        raise UnknownSiteError("There is no portal yet: start `landingpad serve` once.")
    return portal_id


def _work(parts: Parts, tx: Tx) -> SystemWork:
    return SystemWork(tx, _portal(parts), parts.services.clock.now_ms(), parts.services)


def _site(parts: Parts, tx: Tx, site_id: int) -> Site:
    site = site_rows.find(tx, _portal(parts), site_id)
    if site is None or site.deleted:
        raise UnknownSiteError(f"There is no site {site_id}. `landingpad site list` shows which there are.")
    return site


@contextmanager
def _written(path: Path) -> Iterator[zipfile.ZipFile]:
    """Write an archive, whole or not at all."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        yield archive
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(content.getvalue())
    temporary.replace(path)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file without the time of day: the same site gives the same archive."""
    archive.writestr(zipfile.ZipInfo(name), content, compress_type=zipfile.ZIP_DEFLATED)


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    if archive.getinfo(name).file_size > most:
        raise TransferProblem(f"{name} is larger than {most} bytes; this is not a file that was exported here.")
    return archive.read(name)


def _store_media(parts: Parts, name: str, content: bytes) -> None:
    """Store a file under the hash of what it really holds."""
    key = name.removeprefix(MEDIA_FOLDER)
    try:
        stored = parts.media.put(content, key.rpartition(".")[2])
    except ValueError as error:
        raise TransferProblem(f"{name}: {error}.") from error
    if stored != key:
        raise TransferProblem(f"{name} does not hold what its name says; the file is damaged.")
