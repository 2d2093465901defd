"""Pages and sites made from templates in the format of an export (landing-site-full-export.md)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from landingpad import blockhtml
from landingpad.blockhtml.exchange import put_together
from landingpad.blocks.library import BlockDesign
from landingpad.domain.block import repo
from landingpad.domain.block.blocks import FULL_ACCESS, design_of
from landingpad.domain.page import pages
from landingpad.domain.page.pages import PageFields
from landingpad.domain.site import codes, sites
from landingpad.domain.site.copying import relink_blocks
from landingpad.domain.site.sites import SiteFields
from landingpad.domain.work import Work, stamp
from landingpad.errors.calls import TypeProblem
from landingpad.errors.page import CodeCannotBeEmpty
from landingpad.store.block import blocks as block_rows
from landingpad.store.block import repo as repo_rows
from landingpad.store.page import view_templates
from landingpad.store.records import Site
from landingpad.store.site import sites as site_rows
from landingpad.store.site.sites import SiteSettings

SORT_STEP = 500
_LARGE = 1024 * 1024
"""Weight of many blocks; their number is no fault of the caller."""
_MOST_OF_BLOCK = 64 * 1024 * 1024
_LEVELS = frozenset("ADVWX")

NewIds = dict[tuple[str, int], int]
"""New ids of the pages and blocks of a template: ("landing" or "block", old id) -> id."""


class _NewBlock(NamedTuple):
    """A block of a template: its entry, its design if it is known here, and its HTML."""

    source: Mapping[str, Any]
    design: BlockDesign | None
    content: str


class PageTexts(msgspec.Struct, kw_only=True):
    """Texts for a page made from a template. Empty ones are taken from the template."""

    title: str = ""
    description: str = ""


def add_page(
    work: Work,
    site: Site,
    data: Mapping[str, Any],
    texts: PageTexts,
    *,
    folder_id: int | None = None,
) -> int:
    """Create a page from a template, with a draft of its blocks, and return its id. It is not published.

    Raises:
        FolderNotFound: the folder is not on this site.
        SlashIsNotAllowed, CodeCannotBeEmpty, WrongCodeFormat: the template has an invalid code.

    """
    (blocks,) = _new_blocks(work, [data])
    page_id = _add_page(work, site, data, texts, folder_id)
    new_ids = _known_as("landing", data, page_id)
    relink_blocks(work, _add_blocks(work, site, page_id, blocks, new_ids), new_ids)
    return page_id


def add_site(work: Work, data: Mapping[str, Any], fields: SiteFields, types: tuple[str, ...]) -> int:
    """Create a site from a template, with drafts of its pages, and return its id. It is not published.

    `fields` win over the template. Links between the pages are changed to the new ids.

    Raises:
        AccessDenied, SlashIsNotAllowed, DomainIsIncorrect, DomainExists, DomainExistsInTrash: the site is invalid.
        CodeCannotBeEmpty, WrongCodeFormat: the template has a page with an invalid code.

    """
    prepared = _new_blocks(work, [_mapping(item) for item in _mapping(data.get("items")).values()])
    given = _mapping(data.get("fields"))
    own = {**_mapping(given.get("ADDITIONAL_FIELDS")), **(fields.additional or {})}
    title = fields.title or str(given.get("TITLE") or data.get("name") or "")
    site_id = sites.add(work, msgspec.structs.replace(fields, title=title, additional=own), types)
    site = sites.get(work, site_id, types)
    new_ids: NewIds = {}
    made: dict[str, int] = {}
    for code, item in _mapping(data.get("items")).items():
        page = _mapping(item)
        made[code] = _add_page(work, site, page, PageTexts(), None)
        new_ids |= _known_as("landing", page, made[code])
    contents: dict[int, str] = {}
    for page_id, blocks in zip(made.values(), prepared, strict=True):
        contents |= _add_blocks(work, site, page_id, blocks, new_ids)
    relink_blocks(work, contents, new_ids)
    special: SiteSettings = {}
    if (code := str(given.get("LANDING_ID_INDEX"))) in made:
        special["index_page_id"] = made[code]
    if (code := str(given.get("LANDING_ID_404"))) in made:
        special["not_found_page_id"] = made[code]
    site_rows.update(work.tx, work.portal_id, site_id, stamp(work), **special)
    return site_id


def _add_page(work: Work, site: Site, data: Mapping[str, Any], texts: PageTexts, folder_id: int | None) -> int:
    code = str(data.get("code") or "").strip("/").rpartition("/")[2]
    if not code.strip():
        raise CodeCannotBeEmpty
    codes.check_page_code(code)
    fields = _mapping(data.get("fields"))
    own = dict(_mapping(fields.get("ADDITIONAL_FIELDS")))
    if texts.title:
        own |= {"METAOG_TITLE": texts.title, "METAMAIN_TITLE": texts.title}
    if texts.description:
        own |= {"METAOG_DESCRIPTION": texts.description, "METAMAIN_DESCRIPTION": texts.description}
    layout = _mapping(data.get("layout"))
    template = next((found for found in view_templates.VIEW_TEMPLATES if found.xml_id == layout.get("code")), None)
    return pages.add(
        work,
        site,
        PageFields(
            title=texts.title or str(fields.get("TITLE") or data.get("name") or code),
            code=code,
            folder_id=folder_id,
            template_id=template.id if template else msgspec.UNSET,
            additional=own,
        ),
    )


def _known_as(kind: str, source: Mapping[str, Any], new_id: int) -> NewIds:
    """Map the id of a page or block in its template to its new id."""
    old_id = str(source.get("old_id", ""))
    return {(kind, int(old_id)): new_id} if re.fullmatch(r"[0-9]{1,18}", old_id) else {}


def _new_blocks(work: Work, pages: Sequence[Mapping[str, Any]]) -> list[list[_NewBlock]]:
    """Return the blocks of each page of a template, without those whose application has not registered them here."""
    found = [
        [
            (source, design)
            for source in map(_mapping, _mapping(page.get("items")).values())
            for design in [_design(work, source)]
            if design is not None or source.get("content")
        ]
        for page in pages
    ]
    parts = [
        (design.content if design else "", design.manifest if design else {}, source)
        for page in found
        for source, design in page
    ]
    weight = sum(_weight(content, source) for content, _, source in parts)
    contents = iter(work.outside(min(weight, _LARGE), _all_together, parts))
    return [[_NewBlock(source, design, next(contents)) for source, design in page] for page in found]


def _weight(design: str, source: Mapping[str, Any]) -> int:
    """Return about how many characters a block of a template makes the parsers read.

    Raises:
        TypeProblem: they are too many.

    """
    changes = sum(
        len(values) if isinstance(values, list | Mapping) else 1
        for name in ("cards", "nodes", "style", "attrs")
        for values in _mapping(source.get(name)).values()
    )
    weight = (len(design) + blockhtml.text_size(source)) * max(changes, 1)
    if weight > _MOST_OF_BLOCK:
        raise TypeProblem(f"A block of the template has {changes} changes, too many for HTML of its size.")
    return weight


def _all_together(parts: Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any]]]) -> list[str]:
    return [blockhtml.checked(put_together(*part)) for part in parts]


def _add_blocks(work: Work, site: Site, page_id: int, blocks: Sequence[_NewBlock], new_ids: NewIds) -> dict[int, str]:
    """Add the blocks of a template and return block id -> HTML. Their new ids are added to `new_ids`."""
    contents: dict[int, str] = {}
    for source, design, content in blocks:
        code = design.code if design is not None else "html"
        if design is not None and not design.fits(site.type):
            continue
        wrapper = _mapping(source.get("wrapper"))
        access = source.get("access")
        anchor = source.get("anchor")
        block_id = block_rows.add(
            work.tx,
            work.portal_id,
            stamp(work),
            page_id=page_id,
            code=code,
            content=content,
            sort=(len(contents) + 1) * SORT_STEP,
            anchor=anchor if isinstance(anchor, str) and anchor else None,
            access=access if isinstance(access, str) and access in _LEVELS else FULL_ACCESS,
            wrapper=msgspec.json.encode({str(k): str(v) for k, v in wrapper.items()}).decode() if wrapper else "",
        )
        contents[block_id] = content
        new_ids.update(_known_as("block", source, block_id))
    return contents


def _design(work: Work, source: Mapping[str, Any]) -> BlockDesign | None:
    """Return the design of a block. Registered ones are found by application and code: ids differ between portals."""
    registered = _mapping(source.get("repo_block"))
    if registered:
        application, xml_id = str(registered.get("app_code") or ""), str(registered.get("xml_id") or "")
        found = repo_rows.by_xml_id(work.tx, work.portal_id, application, xml_id)
        return repo.design(found) if found else None
    code = source.get("code")
    return design_of(work, code) if isinstance(code, str) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
