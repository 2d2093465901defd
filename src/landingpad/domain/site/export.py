"""Export of a site for landing.site.fullExport and landing.demos.register (landing-site-full-export.md)."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from landingpad.blockhtml.exchange import take_apart
from landingpad.domain.block import repo
from landingpad.domain.block.blocks import designs_of, wrapper_of
from landingpad.domain.site import additional
from landingpad.domain.site.codes import with_number
from landingpad.domain.work import Work
from landingpad.errors.site import ExportProblem
from landingpad.store.block import blocks as block_rows
from landingpad.store.page import pages as page_rows
from landingpad.store.page import syspages, view_templates
from landingpad.store.records import Block, Page, Site
from landingpad.store.site import folders as folder_rows

VERSION = 3
_NEVER = frozenset({"B24BUTTON_CODE", "FAVICON_PICTURE"})
_CODE = re.compile(r"[a-zA-Z0-9]*")


class ExportOptions(msgspec.Struct, kw_only=True):
    """Options of an export. None stands for the value of the site."""

    edit_mode: bool = False
    without: Collection[str] = ()
    """Additional fields to leave out."""
    code: str | None = None
    name: str | None = None
    description: str | None = None
    previews: Mapping[str, str] = {}
    """Addresses under the keys preview, preview2x, preview3x and preview_url."""


class _Export(NamedTuple):
    work: Work
    site: Site
    options: ExportOptions
    code: str
    codes: Mapping[int, str]
    """Code of each exported page."""


def full_export(work: Work, site: Site, options: ExportOptions) -> dict[str, Any]:
    """Export a site with its live pages. Return an empty dict if it has none.

    In edit mode drafts are exported; otherwise published pages, and the drafts of pages that are not published.

    Raises:
        ExportProblem: the code contains other characters than Latin letters and digits.

    """
    if options.code is not None and not _CODE.fullmatch(options.code):
        raise ExportProblem
    pages = [page for page in page_rows.of_site(work.tx, work.portal_id, site.id) if not page.deleted]
    if not pages:
        return {}
    code = options.code or site.code
    alone = len(pages) == 1
    codes = {page.id: code for page in pages} if alone else _page_codes(code, pages)
    export = _Export(work, site, options, code, codes)
    items = {codes[page.id]: _page(export, page, alone=alone) for page in pages}
    return {
        "charset": "UTF-8",
        "code": code,
        "site_code": f"/{site.code}/",
        **_description(options, site.title, site.description),
        "show_in_list": "Y",
        "type": site.type.lower(),
        "version": VERSION,
        "fields": {
            "ADDITIONAL_FIELDS": _fields(export, "site", site.id),
            "TITLE": site.title,
            "LANDING_ID_INDEX": codes.get(site.index_page_id or 0, "0"),
            "LANDING_ID_404": codes.get(site.not_found_page_id or 0, "0"),
        },
        "layout": _layout(export, site.template_id, "site", site.id),
        "folders": _folders(export, pages),
        "syspages": _syspages(export),
        "items": items,
    }


def _page_codes(code: str, pages: Sequence[Page]) -> dict[int, str]:
    """Return a unique code for each page. Of equal codes in several folders, all but the first get a number."""
    found: dict[int, str] = {}
    for page in pages:
        own = with_number(page.code, lambda wanted: f"{code}/{wanted}" in found.values())
        found[page.id] = f"{code}/{own}"
    return found


def _page(export: _Export, page: Page, *, alone: bool) -> dict[str, Any]:
    options = export.options if alone else ExportOptions()
    is_index = page.id == export.site.index_page_id
    return {
        "old_id": str(page.id),
        "code": export.codes[page.id],
        **_description(options, page.title, page.description),
        "show_in_list": "Y" if alone or is_index else "N",
        "type": export.site.type.lower(),
        "version": VERSION,
        "fields": {
            "TITLE": page.title,
            "RULE": page.rule,
            "ADDITIONAL_FIELDS": _fields(export, "page", page.id),
        },
        "layout": _layout(export, page.template_id, "page", page.id),
        "items": _blocks(export, page) or [],
    }


def _blocks(export: _Export, page: Page) -> dict[str, Any]:
    work = export.work
    public = page.active and not export.options.edit_mode
    found = block_rows.of_page(work.tx, work.portal_id, page.id, public=public)
    blocks = [block for block in found if not block.deleted and block.active]
    designs = designs_of(work, {block.code for block in blocks})
    exported = {}
    for block in blocks:
        design = designs.get(block.code)
        parts = (
            {"content": block.content} if design is None else take_apart(block.content, design.content, design.manifest)
        )
        exported[f"#block{block.id}"] = {
            "old_id": block.id,
            "code": block.code,
            "access": block.access,
            **({"anchor": block.anchor} if block.anchor else {}),
            **_repo_block(work, block),
            **parts,
            **({"wrapper": wrapper} if (wrapper := wrapper_of(block)) else {}),
        }
    return exported


def _repo_block(work: Work, block: Block) -> dict[str, Any]:
    registered = repo.find(work, block.code)
    if registered is None:
        return {}
    return {"repo_block": {"app_code": registered.application, "xml_id": registered.xml_id}}


def _description(options: ExportOptions, title: str, description: str | None) -> dict[str, Any]:
    previews = ("preview", "preview2x", "preview3x", "preview_url")
    return {
        "name": title if options.name is None else options.name,
        "description": (description or "") if options.description is None else options.description,
        **{name: options.previews.get(name, "") for name in previews},
    }


def _fields(export: _Export, owner: additional.Owner, owner_id: int) -> dict[str, Any] | list[Any]:
    without = _NEVER | set(export.options.without)
    found = additional.values(export.work, owner, owner_id)
    return {name: value for name, value in found.items() if name not in without} or []


def _layout(export: _Export, template_id: int | None, owner: str, owner_id: int) -> dict[str, Any] | list[Any]:
    template = view_templates.find(template_id)
    if template is None:
        return []
    areas = view_templates.refs(export.work.tx, export.work.portal_id, owner, owner_id)
    known = {area: export.codes[page_id] for area, page_id in areas.items() if page_id in export.codes}
    in_order = list(known) == list(range(1, len(known) + 1))
    ref = list(known.values()) if in_order else {str(area): code for area, code in known.items()}
    return {"code": template.xml_id, "ref": ref}


def _folders(export: _Export, pages: Sequence[Page]) -> dict[str, Any] | list[Any]:
    """Return the codes of the pages of each folder. The key is the code of its index page, or else of the folder."""
    found = {}
    for folder in folder_rows.of_site(export.work.tx, export.work.portal_id, export.site.id):
        members = [export.codes[page.id] for page in pages if page.folder_id == folder.id]
        key = export.codes.get(folder.index_page_id or 0, f"{export.code}/{folder.code}")
        if members and not folder.deleted:
            found[key] = [code for code in members if code != key]
    return found or []


def _syspages(export: _Export) -> dict[str, str] | list[Any]:
    listed = syspages.of_site(export.work.tx, export.work.portal_id, export.site.id)
    return {found.type: export.codes[found.page_id] for found in listed if found.page_id in export.codes} or []
