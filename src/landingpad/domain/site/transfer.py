"""Pack a whole site into one value and unpack it, to move it to another portal or to back it up.

Unlike landing.site.fullExport, which makes a template, this contains the whole site: drafts and public versions,
folders, areas, special pages. Packed ids are those of the source portal; unpacking assigns new ones.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from landingpad import blockhtml
from landingpad.domain.block import repo
from landingpad.domain.page import versions
from landingpad.domain.page.versions import COPIED
from landingpad.domain.site import sites
from landingpad.domain.site.copying import relink_blocks
from landingpad.domain.site.sites import SiteFields
from landingpad.domain.work import Work, stamp
from landingpad.errors import ApiError, OperatorError
from landingpad.store.block import blocks as block_rows
from landingpad.store.block import repo as repo_rows
from landingpad.store.page import pages as page_rows
from landingpad.store.page import syspages, view_templates
from landingpad.store.records import Block, Site
from landingpad.store.site import folders as folder_rows
from landingpad.store.site import sites as site_rows

FORMAT, VERSION = "landingpad-site", 1
ALL_TYPES = ("PAGE", "STORE", "SMN", "KNOWLEDGE", "GROUP", "MAINPAGE")

_SITE = ("type", "code", "title", "description", "xml_id", "active", "language", "template_id")
_SITE_PAGES = ("index_page_id", "not_found_page_id", "unavailable_page_id")
_FOLDER = ("title", "code", "active")
_PAGE = (
    "title",
    "code",
    "description",
    "xml_id",
    "active",
    "in_sitemap",
    "is_folder",
    "template_id",
    "published_at",
)
_DESIGN = (
    "application",
    "xml_id",
    "registered",
    "active",
    "name",
    "description",
    "sections",
    "site_template_id",
    "preview",
    "manifest",
    "content",
)
_MEDIA = re.compile(r"/_media/([0-9a-f]{64}\.[a-z0-9]{2,5})")

Progress = Callable[[int, int], None]
"""Called after each page with the number of finished pages and of all pages."""


class TransferProblem(OperatorError):  # noqa: N818  # its text is printed on the command line
    """The data is not a packed site, or cannot be unpacked here; the text says why."""


def pack(work: Work, site: Site, progress: Progress = lambda _done, _all: None) -> dict[str, Any]:
    """Pack a site with its live pages and folders."""
    tx, portal_id = work.tx, work.portal_id
    listed = [page for page in page_rows.of_site(tx, portal_id, site.id) if not page.deleted]
    packed = []
    codes: set[str] = set()
    for number, page in enumerate(listed, 1):
        found = [b for public in (False, True) for b in block_rows.of_page(tx, portal_id, page.id, public=public)]
        codes |= {block.code for block in found}
        packed.append(
            {
                "id": page.id,
                "folder_id": page.folder_id,
                **{name: getattr(page, name) for name in _PAGE},
                "was_published": page.public_version_id is not None,
                "additional": page_rows.fields(tx, portal_id, "page", page.id),
                "areas": list(view_templates.refs(tx, portal_id, "page", page.id).items()),
                "blocks": [_packed_block(block) for block in found if not block.deleted],
            }
        )
        progress(number, len(listed))
    return {
        "format": FORMAT,
        "version": VERSION,
        "site": {
            **{name: getattr(site, name) for name in (*_SITE, *_SITE_PAGES)},
            "additional": page_rows.fields(tx, portal_id, "site", site.id),
            "areas": list(view_templates.refs(tx, portal_id, "site", site.id).items()),
            "special": [[found.type, found.page_id] for found in syspages.of_site(tx, portal_id, site.id)],
        },
        "folders": [
            {
                "id": folder.id,
                "parent_id": folder.parent_id,
                "index_page_id": folder.index_page_id,
                **{name: getattr(folder, name) for name in _FOLDER},
            }
            for folder in folder_rows.of_site(tx, portal_id, site.id)
            if not folder.deleted
        ],
        "pages": packed,
        "designs": {code: _packed_design(work, code) for code in sorted(codes) if repo.id_of(code) is not None},
    }


def media_of(data: Mapping[str, Any]) -> list[str]:
    """Return the media keys of the files that a packed site uses."""
    return sorted(set(_MEDIA.findall(msgspec.json.encode(data).decode())))


def unpack(work: Work, data: Mapping[str, Any], progress: Progress = lambda _done, _all: None) -> int:
    """Create a site from a packed one and return its id. A number is added to a taken code.

    HTML with dangerous parts is cleaned; other HTML is stored byte for byte. Published pages are published again.

    Raises:
        TransferProblem: the data is not a packed site, is of a newer release, or cannot be created here.

    """
    try:
        return _unpack(work, data, progress)
    except ApiError as error:
        raise TransferProblem(f"The site cannot be made here: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TransferProblem(f"The site cannot be read: {type(error).__name__}: {error}.") from error


def _unpack(work: Work, data: Mapping[str, Any], progress: Progress) -> int:
    if data.get("format") != FORMAT:
        raise TransferProblem("This is not a site that was exported by `landingpad site export`.")
    if data["version"] > VERSION:
        raise TransferProblem(f"This site was exported by a newer release (version {data['version']} of the format).")
    given = data["site"]
    site_id = sites.add(
        work,
        SiteFields(
            title=given["title"],
            code=given["code"],
            type=given["type"],
            description=given["description"],
            xml_id=given["xml_id"],
            template_id=given["template_id"],
            additional=given["additional"],
        ),
        ALL_TYPES,
    )
    codes = {code: _unpacked_design(work, design) for code, design in data["designs"].items()}
    folder_ids = _unpack_folders(work, site_id, data["folders"])
    page_ids: dict[int, int] = {}
    for page in data["pages"]:
        folder_id = folder_ids.get(page["folder_id"])
        values = {name: page[name] for name in _PAGE}
        page_ids[page["id"]] = page_rows.add(
            work.tx, work.portal_id, stamp(work), site_id=site_id, folder_id=folder_id, **values
        )
    for page in data["pages"]:
        _unpack_page(work, page, page_ids, codes)
    _unpack_roles(work, site_id, data, folder_ids, page_ids)
    site = _site(work, site_id)
    published = [page for page in data["pages"] if page["was_published"]]
    for number, page in enumerate(published, 1):
        stored = page_rows.find(work.tx, work.portal_id, page_ids[page["id"]])
        if stored is not None:
            versions.publish(work, site, stored, block_rows.of_page(work.tx, work.portal_id, stored.id, public=True))
        progress(number, len(published))
    return site_id


def _unpack_folders(work: Work, site_id: int, given: list[Mapping[str, Any]]) -> dict[int, int]:
    ids: dict[int, int] = {}
    waiting = list(given)
    while waiting:
        ready = [folder for folder in waiting if folder["parent_id"] is None or folder["parent_id"] in ids]
        for folder in ready or waiting:  # folders without a known parent move to the root
            parent_id = ids.get(folder["parent_id"])
            values = {name: folder[name] for name in _FOLDER}
            ids[folder["id"]] = folder_rows.add(
                work.tx, work.portal_id, stamp(work), site_id=site_id, parent_id=parent_id, **values
            )
        waiting = [folder for folder in waiting if folder["id"] not in ids]
    return ids


def _unpack_page(work: Work, page: Mapping[str, Any], page_ids: Mapping[int, int], codes: Mapping[str, str]) -> None:
    page_id = page_ids[page["id"]]
    for name, value in page["additional"].items():
        page_rows.set_field(work.tx, work.portal_id, "page", page_id, str(name), str(value))
    new_ids = {("landing", old): new for old, new in page_ids.items()}
    contents: dict[int, str] = {}
    # Drafts come first, since public blocks refer to them.
    for block in sorted(page["blocks"], key=lambda block: bool(block["is_public"])):
        values = {name: block[name] for name in COPIED}
        values["code"] = codes.get(values["code"], values["code"])
        values["content"] = _safe(values["content"])
        block_id = block_rows.add(
            work.tx,
            work.portal_id,
            stamp(work),
            page_id=page_id,
            is_public=block["is_public"],
            draft_id=new_ids.get(("block", block["draft_id"])) if block["is_public"] else None,
            **values,
        )
        new_ids["block", block["id"]] = block_id
        contents[block_id] = values["content"]
    relink_blocks(work, contents, new_ids)


def _unpack_roles(
    work: Work,
    site_id: int,
    data: Mapping[str, Any],
    folder_ids: Mapping[int, int],
    page_ids: Mapping[int, int],
) -> None:
    """Restore the roles of the pages: index page, error pages, areas, special pages."""
    given = data["site"]
    by = stamp(work)
    roles: dict[str, Any] = {name: page_ids.get(given[name]) for name in _SITE_PAGES}
    site_rows.update(work.tx, work.portal_id, site_id, by, active=given["active"], language=given["language"], **roles)
    for folder in data["folders"]:
        if folder["index_page_id"] in page_ids:
            folder_id, index_id = folder_ids[folder["id"]], page_ids[folder["index_page_id"]]
            folder_rows.update(work.tx, work.portal_id, folder_id, by, index_page_id=index_id)
    view_templates.set_refs(work.tx, work.portal_id, "site", site_id, _areas(given["areas"], page_ids))
    for page in data["pages"]:
        areas = _areas(page["areas"], page_ids)
        view_templates.set_refs(work.tx, work.portal_id, "page", page_ids[page["id"]], areas)
    for kind, page_id in given["special"]:
        if page_id in page_ids:
            syspages.store(work.tx, work.portal_id, site_id, kind, page_ids[page_id])


def _areas(given: Any, page_ids: Mapping[int, int]) -> dict[int, int]:
    return {int(area): page_ids[page_id] for area, page_id in given if page_id in page_ids}


def _packed_block(block: Block) -> dict[str, Any]:
    return {
        "id": block.id,
        "is_public": block.is_public,
        "draft_id": block.draft_id,
        **{name: getattr(block, name) for name in COPIED},
    }


def _packed_design(work: Work, code: str) -> dict[str, Any] | None:
    found = repo.find(work, code)
    return None if found is None else {name: getattr(found, name) for name in _DESIGN}


def _unpacked_design(work: Work, design: Mapping[str, Any] | None) -> str:
    """Return the code of a registered block on this portal. Register the block if it is unknown."""
    if design is None:
        return "html"
    known = repo_rows.by_xml_id(work.tx, work.portal_id, design["application"], design["xml_id"])
    if known is not None:
        return repo.code_of(known)
    values = {name: design[name] for name in _DESIGN}
    values["content"] = _safe(values["content"])
    repo_id = repo_rows.add(work.tx, work.portal_id, stamp(work), **values)
    return f"repo_{repo_id}"


def _safe(html: str) -> str:
    """Return HTML unchanged, or cleaned if it has dangerous parts."""
    return blockhtml.clean_html(html) if blockhtml.check(html)[0] else html


def _site(work: Work, site_id: int) -> Site:
    site = site_rows.find(work.tx, work.portal_id, site_id)
    assert site is not None  # noqa: S101  # created in this transaction
    return site


def addresses_in(html: str) -> Iterator[str]:
    """Yield the paths of assets and stored files in a page or style sheet."""
    yield from re.findall(r"/_(?:assets|media)/[A-Za-z0-9._/-]+", html)
