"""Sites as files: export, import, and a static copy for any web server."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec

from landingpad.domain.site import addresses, transfer
from landingpad.domain.site.transfer import Progress, TransferProblem
from landingpad.domain.site.urls import PREVIEW_FILE, base_path
from landingpad.operations.errors import Refused
from landingpad.operations.opening import first_portal
from landingpad.operations.sites import ListedSite, find_site, list_sites, work_of
from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Condition, Listing, SortKey
from landingpad.store.page import pages as page_rows
from landingpad.store.site import sites as site_rows

SITE_FILE = "site.json"
MEDIA_FOLDER = "media/"
MOST_SITE_BYTES = 512 * 1024 * 1024
"""Largest unpacked description of a site: a file from elsewhere could be a bomb."""
MOST_MEDIA_BYTES = 256 * 1024 * 1024
_OK = 200
_NOT_FOUND = 404


def export_site(parts: Parts, site_id: int, path: Path, progress: Progress) -> int:
    """Write a site with its media to a file and return the number of its pages.

    Raises:
        NotFound: there is no such site.
        Refused: the file cannot be written.

    """
    data = parts.db.read_here(lambda tx: transfer.pack(work_of(parts, tx), find_site(parts, tx, site_id), progress))
    with _written(path) as archive:
        _add(archive, SITE_FILE, json.dumps(data, ensure_ascii=False, indent=1).encode())
        for key in transfer.media_of(data):
            content = parts.media.get(key)
            if content is not None:
                _add(archive, MEDIA_FOLDER + key, content)
    return len(data["pages"])


def import_site(parts: Parts, path: Path, progress: Progress) -> ListedSite:
    """Create a site from a file that `export_site` wrote.

    Raises:
        TransferProblem: the file is damaged or something else.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            data = msgspec.json.decode(_member(archive, SITE_FILE, MOST_SITE_BYTES))
            for name in archive.namelist():
                if name.startswith(MEDIA_FOLDER) and not name.endswith("/"):
                    _store_media(parts, name, _member(archive, name, MOST_MEDIA_BYTES))
    except (zipfile.BadZipFile, KeyError, msgspec.DecodeError, OSError) as error:
        raise TransferProblem(f"{path} is not a file of `landingpad site export`: {error}.") from error
    if not isinstance(data, dict):
        raise TransferProblem(f"{path} is not a file of `landingpad site export`.")
    portal_id = first_portal(parts)
    site_id = parts.db.write_here(lambda tx: transfer.unpack(work_of(parts, tx), data, progress), portal_id=portal_id)
    return next(site for site in list_sites(parts) if site.id == site_id)


async def static_site(parts: Parts, site_id: int, path: Path, progress: Progress, *, address: str = "") -> int:
    """Write the published site as files that any web server can serve; return their number.

    Every page is the `index.html` of its folder. Links and pictures are paths from the root of a host; what has to name
    a host (canonical addresses, the sitemap) names `address`, or the present host of the site.

    Args:
        parts: of the server.
        site_id: which site.
        path: the file to write.
        progress: called after every page.
        address: scheme and host at which the files will be, such as https://www.example.com.

    Raises:
        NotFound: there is no such site.
        Refused: the site is offline, or the file cannot be written.

    """
    found = parts.db.read_here(lambda tx: _public_paths(parts, tx, site_id))
    here = parts.services.urls.origin(found.host)
    there = address.rstrip("/") or here
    files: dict[str, bytes] = {}
    app = App(parts)

    async def fetch(target: str, status: int = _OK) -> bytes | None:
        body = await _fetched(app, found.host, target, status=status)
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


class _Public(NamedTuple):
    host: str
    base: str
    paths: list[str]


def _public_paths(parts: Parts, tx: Tx, site_id: int) -> _Public:
    site = find_site(parts, tx, site_id)
    if not site.active:
        raise Refused(f"Site {site_id} is offline. Publish it first: `landingpad site publish {site_id}`.")
    work = work_of(parts, tx)
    portal_host = site_rows.portal_host(tx, work.portal_id)
    conditions = [
        Condition("site_id", "in", (site.id,)),
        Condition("active", "in", (True,)),
        Condition("deleted", "in", (False,)),
    ]
    listed = page_rows.list_views(tx, work.portal_id, Listing(conditions, [SortKey("id")]))
    found = addresses.public_addresses_of(work, listed, portal_host)
    base = base_path(site.type, site.code)
    host = urlsplit(next(iter(found.values()), "")).hostname or portal_host
    return _Public(host, base, [urlsplit(address).path for address in found.values()])


async def _fetched(app: App, host: str, target: str, *, status: int) -> bytes | None:
    """Return what the server answers at an address, or None if the status is another one."""
    split = urlsplit(target)
    answer = await app.visit(host, unquote(split.path), split.query.encode())
    is_placeholder = status == _OK and (b"cache-control", b"no-store") in answer.headers
    return None if answer.status != status or is_placeholder else answer.body


def _file_name(path: str) -> str:
    return f"{unquote(path).strip('/')}/index.html".lstrip("/")


@contextmanager
def _written(path: Path) -> Iterator[zipfile.ZipFile]:
    """Write an archive, completely or not at all.

    Raises:
        Refused: the file cannot be written.

    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        yield archive
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_bytes(content.getvalue())
        temporary.replace(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from error


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file without its time: the same site gives the same archive."""
    archive.writestr(zipfile.ZipInfo(name), content, compress_type=zipfile.ZIP_DEFLATED)


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    if archive.getinfo(name).file_size > most:
        raise TransferProblem(f"{name} is larger than {most} bytes. `landingpad site export` writes no such files.")
    return archive.read(name)


def _store_media(parts: Parts, name: str, content: bytes) -> None:
    """Store a file, and check that its name is the hash of its content."""
    key = name.removeprefix(MEDIA_FOLDER)
    try:
        stored = parts.media.put(content, key.rpartition(".")[2])
    except ValueError as error:
        raise TransferProblem(f"{name}: {error}.") from error
    if stored != key:
        raise TransferProblem(f"The content of {name} does not match its name: the file is damaged.")
