"""landing.block.*: what is in a block and how it is changed, and the repository that blocks come from."""

from collections.abc import Mapping
from typing import Annotated, Any

from landingpad.blocks.library import BlockDesign, base_version, sections, standard_library
from landingpad.domain import blocks, pages
from landingpad.domain.dates import wire_date
from landingpad.domain.errors import (
    AccessDenied,
    BlockNotFound,
    IncorrectAffected,
    NodesNotFound,
    PageNotFound,
    TypeProblem,
)
from landingpad.domain.rights import Right
from landingpad.rpc.bind import to_bool, to_int
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.pages import PageView
from landingpad.store.records import Block

DOCS = "api-reference/landing/block/methods/"

PageId = Annotated[int, Doc("Id of the page.", see="landing.landing.getList")]
BlockId = Annotated[int, Doc("Id of the block.", see="landing.block.getlist")]
PreventHistory = Annotated[bool, Doc("Accepted; there is no undo history of this step.")]
_EDIT_ERRORS = (PageNotFound, BlockNotFound, AccessDenied)


@method(
    "landing.block.getlist",
    needs=Right.READ,
    raises=[PageNotFound, AccessDenied],
    doc=DOCS + "landing-block-get-list.md",
)
def get_list(
    call: Call,
    lid: Annotated[Any, Doc("Id of a page, or a list of ids.", see="landing.landing.getList")],
    params: Annotated[
        dict[str, Any] | None,
        Doc("edit_mode: the draft instead of the public page; deleted: marked ones; get_content."),
    ] = None,
) -> list[dict[str, Any]]:
    """List the blocks of pages. Without params.edit_mode that is the public page: empty before its publication."""
    given = params or {}
    edit_mode = flag(given, "edit_mode")
    deleted = edit_mode and flag(given, "deleted")
    listed: list[dict[str, Any]] = []
    for page_id in page_ids(lid):
        page = pages.get(call, page_id, call.site_types)
        listed += [
            _list_row(call, page, block, edit_mode=edit_mode, with_content=flag(given, "get_content"))
            for block in blocks.of_page(call, page.id, edit_mode=edit_mode, deleted=deleted)
        ]
    return listed


@method(
    "landing.block.getcontent",
    needs=Right.READ,
    raises=[PageNotFound, AccessDenied, BlockNotFound],
    doc=DOCS + "landing-block-get-content.md",
)
def get_content(
    call: Call,
    lid: PageId,
    block: BlockId,
    editMode: Annotated[bool, Doc("The draft instead of the public page.")] = False,  # wire
    params: Annotated[
        dict[str, Any] | None, Doc("wrapper_show: false leaves the wrapper out; force_unactive: hidden ones too.")
    ] = None,
) -> dict[str, Any]:
    """Return a block with its HTML and its manifest."""
    given = params or {}
    page = pages.get(call, lid, call.site_types)
    found = blocks.get(call, page, block, edit_mode=editMode)
    return block_object(
        found,
        edit_mode=editMode,
        with_wrapper=flag(given, "wrapper_show", default=True),
        with_hidden=flag(given, "force_unactive"),
    )


@method(
    "landing.block.getmanifest",
    needs=Right.READ,
    raises=[PageNotFound, AccessDenied, BlockNotFound],
    doc=DOCS + "landing-block-get-manifest.md",
)
def get_manifest(
    call: Call,
    lid: PageId,
    block: BlockId,
    params: Annotated[dict[str, Any] | None, Doc("edit_mode: the draft instead of the public page.")] = None,
) -> dict[str, Any]:
    """Return the manifest of a block, prepared for an editor."""
    page = pages.get(call, lid, call.site_types)
    found = blocks.get(call, page, block, edit_mode=flag(params or {}, "edit_mode"))
    return prepared_manifest(found)


@method(
    "landing.block.getrepository",
    needs=Right.SECTION,
    runs=Runs.FREE,
    raises=[AccessDenied],
    doc=DOCS + "landing-block-get-repository.md",
)
def get_repository(
    call: Call, section: Annotated[str | None, Doc("Id of a section; without it all sections come.")] = None
) -> dict[str, Any] | bool:
    """Return the blocks that can be added, by section; false for a section that does not exist."""
    if not call.may(Right.SECTION):
        raise AccessDenied("Insufficient permissions.")
    if section is None:
        return {name: _section(call, name) for name in sections()}
    return _section(call, section) if section in sections() else False


@method(
    "landing.block.updatenodes",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[*_EDIT_ERRORS, NodesNotFound, IncorrectAffected],
    doc=DOCS + "landing-block-update-nodes.md",
)
def updatenodes(
    call: Call,
    lid: PageId,
    block: BlockId,
    data: Annotated[
        dict[str, Any],
        Doc("Selectors of the manifest, `@N` for the N-th match from 0: a text, or an object with src, href ..."),
    ],
    additional: Annotated[dict[str, Any] | None, Doc("Accepted: appendMenu.")] = None,
    preventHistory: PreventHistory = False,  # wire
) -> bool:
    """Change texts, pictures, links and icons of a block in the draft."""
    page = pages.get(call, lid, call.site_types)
    call.require(Right.EDIT, page.site_id)
    blocks.update_nodes(call, page, block, data)
    return True


@method(
    "landing.block.updatecontent",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_EDIT_ERRORS,
    doc=DOCS + "landing-block-update-content.md",
)
def updatecontent(
    call: Call,
    lid: PageId,
    block: BlockId,
    content: Annotated[str, Doc("The new HTML. Scripts and other dangers are removed.")],
    designed: Annotated[bool | None, Doc("Mark the block as changed by a designer.")] = None,
    preventHistory: PreventHistory = False,  # wire
) -> bool:
    """Replace the HTML of a block in the draft."""
    page = pages.get(call, lid, call.site_types)
    call.require(Right.EDIT, page.site_id)
    blocks.update_content(call, page, block, content, designed=designed)
    return True


def flag(given: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """Read a switch of `params`; what cannot be read as yes or no counts as PHP would take it."""
    value = given.get(name, default)
    try:
        return to_bool(value)
    except TypeError:
        return bool(value)


def page_ids(lid: Any) -> list[int]:
    """Read one page id or a list of them.

    Raises:
        TypeProblem: they are no whole numbers.

    """
    members = list(lid.values()) if isinstance(lid, dict) else lid if isinstance(lid, list) else [lid]
    try:
        return [to_int(member) for member in members]
    except TypeError as error:
        raise TypeProblem(f'Parameter "lid" {error}') from error


def block_object(
    block: Block, *, edit_mode: bool, with_wrapper: bool = True, with_hidden: bool = False
) -> dict[str, Any]:
    """Return a block as getcontent and addblock show it."""
    design = blocks.design_of(block.code)
    shown = block.active or edit_mode or with_hidden
    css, js = _assets(design)
    return {
        "id": block.id,
        "sections": ",".join(design.sections) if design else "",
        "active": block.active,
        "access": block.access,
        "anchor": block.anchor or f"b{block.id}",
        "php": False,
        "designed": block.designed,
        "repoId": None,
        "content": blocks.html_of(block, edit_mode=edit_mode, with_wrapper=with_wrapper) if shown else "",
        "content_ext": "",
        "css": css,
        "js": js,
        "assetStrings": [],
        "lang": [],
        "manifest": prepared_manifest(block),
        "dynamicParams": [],
    }


def prepared_manifest(block: Block) -> dict[str, Any]:
    """Return the manifest of a block with what editors need beside it; empty parts are []."""
    raw = blocks.manifest_of(block)
    prepared: dict[str, Any] = {**raw}
    prepared["nodes"] = {selector: {**node, "code": selector} for selector, node in raw.get("nodes", {}).items()} or []
    for part in ("cards", "attrs", "menu"):
        prepared[part] = raw.get(part) or []
    prepared["style"] = raw.get("style") or {"block": [], "nodes": []}
    css, js = _assets(blocks.design_of(block.code))
    prepared["assets"] = {"css": css, "js": js, "ext": [], "class": [], "callbacks": []}
    prepared["callbacks"] = []
    prepared["namespace"] = "bitrix"
    prepared["code"] = block.code
    prepared["preview"] = ""
    prepared["timestamp"] = block.modified_at // 1000
    return prepared


def _assets(design: BlockDesign | None) -> tuple[list[str], list[str]]:
    """Return the style sheets and scripts that a block needs where it is shown outside its page."""
    if design is None:
        return [], []
    own = [f"/_assets/blocks/{design.code}.css?v={base_version()}"] if design.style else []
    return [f"/_assets/base.css?v={base_version()}", *own], []


def _list_row(call: Call, page: PageView, block: Block, *, edit_mode: bool, with_content: bool) -> dict[str, Any]:
    zone = call.caller.portal.zone
    design = blocks.design_of(block.code)
    listed: dict[str, Any] = {
        "id": block.id,
        "lid": block.page_id,
        "code": block.code,
        "name": design.name if design else block.code,
        "active": block.active,
        "meta": {
            "LID": str(block.page_id),
            "FAVORITE_META": "",
            "CREATED_BY_ID": str(block.created_by),
            "DATE_CREATE": wire_date(block.created_at, zone),
            "MODIFIED_BY_ID": str(block.modified_by),
            "DATE_MODIFY": wire_date(block.modified_at, zone),
            "SITE_TYPE": page.site_type,
            "LANDING_TITLE": page.title,
            "LANDING_TPL_CODE": "",
            "SITE_TPL_CODE": "",
            "XML_ID": block.xml_id,
            "DESIGNER_MODE": "Y" if block.designed else "",
        },
    }
    if with_content:
        css, js = _assets(design)
        shown = block.active or edit_mode
        listed["content"] = blocks.html_of(block, edit_mode=edit_mode) if shown else ""
        listed["css"], listed["js"] = css, js
    return listed


def _section(call: Call, section: str) -> dict[str, Any]:
    items = {
        code: _repository_item(design)
        for code, design in standard_library().items()
        if section in design.sections and any(design.fits(site_type) for site_type in call.site_types)
    }
    return {
        "name": sections()[section],
        "meta": [],
        "new": False,
        "type": None,
        "specialType": None,
        "separator": False,
        "app_code": False,
        "items": items or [],
    }


def _repository_item(design: BlockDesign) -> dict[str, Any]:
    return {
        "id": None,
        "name": design.name,
        "namespace": "bitrix",
        "new": False,
        "version": None,
        "type": [site_type.lower() for site_type in design.types],
        "section": list(design.sections),
        "system": False,
        "description": design.description or None,
        "preview": "",
        "restricted": False,
        "repo_id": False,
        "app_code": False,
        "only_for_license": "",
        "requires_updates": False,
    }
