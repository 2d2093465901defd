"""Blocks on the wire: as objects, list rows, manifests and repository items."""

from collections.abc import Mapping
from typing import Any

from landingpad.blockhtml import default_anchor
from landingpad.blocks.library import BlockDesign, base_version, fingerprint, sections, standard_library
from landingpad.domain.block import blocks, files, repo
from landingpad.domain.dates import wire_date
from landingpad.domain.people.rights import Right
from landingpad.rpc.call import Call
from landingpad.store.block import repo as repo_rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Block, RepoBlock

NAMESPACE = "bitrix"
"""Namespace of the standard blocks, as documented."""
FAVOURITES = "favourite"


def block_object(
    call: Call,
    page: PageView,
    block: Block,
    *,
    edit_mode: bool = True,
    with_wrapper: bool = True,
    with_hidden: bool = False,
) -> dict[str, Any]:
    """Return a block in the shape of getcontent, addblock, copyblock and moveblock."""
    design = blocks.design_of(call, block.code)
    shown = block.active or edit_mode or with_hidden
    css, js = _assets(design)
    return {
        "id": block.id,
        "sections": ",".join(design.sections) if design else "",
        "active": block.active,
        "access": block.access if call.may(Right.EDIT, page.site_id) else blocks.NO_ACCESS,
        "anchor": block.anchor or default_anchor(block.id),
        "php": False,
        "designed": block.designed,
        "repoId": repo.id_of(block.code),
        "content": blocks.html_of(block, edit_mode=edit_mode, with_wrapper=with_wrapper) if shown else "",
        "content_ext": "",
        "css": css,
        "js": js,
        "assetStrings": [],
        "lang": [],
        "manifest": prepared_manifest(design, block),
        "dynamicParams": [],
    }


def list_row(
    call: Call, page: PageView, block: Block, design: BlockDesign | None, *, edit_mode: bool, with_content: bool
) -> dict[str, Any]:
    """Return a block in the shape of getlist and getbyid."""
    zone = call.caller.portal.zone
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
            "DESIGNER_MODE": "",
        },
    }
    if with_content:
        css, js = _assets(design)
        shown = block.active or edit_mode
        listed["content"] = blocks.html_of(block, edit_mode=edit_mode) if shown else ""
        listed["css"], listed["js"] = css, js
    return listed


def prepared_manifest(design: BlockDesign | None, block: Block) -> dict[str, Any]:
    """Return the manifest of a block with additions for editors; empty parts are []."""
    raw: Mapping[str, Any] = design.manifest if design is not None else {}
    css, js = _assets(design)
    nodes = raw.get("nodes")
    return {
        **raw,
        "nodes": _coded(nodes) if isinstance(nodes, Mapping) and nodes else [],
        **{part: raw.get(part) or [] for part in ("cards", "attrs", "menu")},
        "style": _sorted_style(raw.get("style")),
        "assets": {"css": css, "js": js, "ext": [], "class": [], "callbacks": []},
        "callbacks": _lower_names(raw.get("callbacks")),
        "namespace": raw.get("namespace", NAMESPACE),
        "code": block.code,
        "preview": _preview_path(design),
        "timestamp": raw.get("timestamp", block.created_at // 1000),
    }


def repository(call: Call) -> dict[str, dict[str, Any]]:
    """Return the sections of the repository with their blocks, for the site types of the call."""
    found: dict[str, dict[str, Any]] = {FAVOURITES: _section("Favorites")}
    found |= {name: _section(title) for name, title in sections().items()}
    for code, item in _items(call):
        for name in item["section"]:
            found.setdefault(name, _section(name, application=item["app_code"]))["items"][code] = item
        if item.get("favorite"):
            found[FAVOURITES]["items"][code] = item
    for section in found.values():
        section["items"] = section["items"] or []
    return found


def _items(call: Call) -> list[tuple[str, dict[str, Any]]]:
    """Return the standard, registered and saved blocks by code."""

    def fits(design: BlockDesign) -> bool:
        return any(design.fits(site_type) for site_type in call.site_types)

    registered = [
        (block, design)
        for block in repo_rows.in_repository(call.tx, call.portal_id)
        if fits(design := repo.design(block))
    ]
    saved = repo_rows.all_saved(call.tx, call.portal_id)
    designs = blocks.designs_of(call, {block.code for block in saved})
    return [
        *((code, _standard_item(call, design)) for code, design in standard_library().items() if fits(design)),
        *((repo.code_of(block), _registered_item(block, design)) for block, design in registered),
        *(
            (f"{block.code}@{block.id}", _saved_item(call, block, designs[block.code]))
            for block in saved
            if block.code in designs and fits(designs[block.code])
        ),
    ]


def _section(name: str, *, application: str | bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "meta": [],
        "new": False,
        "type": None,
        "specialType": None,
        "separator": False,
        "app_code": application,
        "items": {},
    }


def _standard_item(call: Call, design: BlockDesign) -> dict[str, Any]:
    path = _preview_path(design)
    return {
        "id": None,
        "name": design.name,
        "namespace": NAMESPACE,
        "new": False,
        "version": None,
        "type": [site_type.lower() for site_type in design.types],
        "section": list(design.sections),
        "system": False,
        "description": design.description or None,
        "preview": f"//{call.origin.partition('://')[2]}{path}" if path else "",
        "restricted": False,
        "repo_id": False,
        "app_code": False,
        "only_for_license": "",
        "requires_updates": False,
    }


def _registered_item(block: RepoBlock, design: BlockDesign) -> dict[str, Any]:
    return {
        "id": None,
        "new": False,
        "name": design.name,
        "description": design.description or None,
        "namespace": block.application,
        "type": [site_type.lower() for site_type in design.types],
        "section": list(design.sections),
        "preview": block.preview,
        "restricted": False,
        "repo_id": str(block.id),
        "app_code": block.application or False,
        "requires_updates": False,
    }


def _saved_item(call: Call, block: repo_rows.SavedBlock, design: BlockDesign) -> dict[str, Any]:
    item = _standard_item(call, design)
    item |= {"id": str(block.id), "name": block.name, "section": block.sections.split(",") if block.sections else []}
    item |= {"favorite": True, "favoriteMy": block.created_by == call.user.id}
    if block.preview_key:
        item["preview"] = files.address(block.preview_key, block.preview_name or "")
    repo_id = repo.id_of(block.code)
    if repo_id is not None:
        item |= {"repo_id": str(repo_id), "namespace": design.manifest.get("namespace", "")}
    return item


def _coded(nodes: Mapping[str, Any]) -> dict[str, Any]:
    """Add to each node of a manifest its selector as `code`."""
    return {
        selector: {**node, "code": selector} if isinstance(node, Mapping) else node for selector, node in nodes.items()
    }


def _sorted_style(style: Any) -> dict[str, Any]:
    """Return the style of a manifest as `block` and `nodes`; older manifests list selectors in `style` itself."""
    given = style if isinstance(style, Mapping) else {}
    if "block" not in given and "nodes" not in given:
        return {"block": [], "nodes": given or []}
    return {**given, "block": given.get("block") or [], "nodes": given.get("nodes") or []}


def _lower_names(callbacks: Any) -> dict[str, Any] | list[Any]:
    return {name.lower(): value for name, value in callbacks.items()} if isinstance(callbacks, Mapping) else []


def _preview_path(design: BlockDesign | None) -> str:
    """Return the path of the picture of a standard block, or ""."""
    if design is None or not design.has_picture:
        return ""
    return f"/_assets/blocks/{design.code}.webp?v={fingerprint(design)}"


def _assets(design: BlockDesign | None) -> tuple[list[str], list[str]]:
    """Return the style sheets and scripts that a block needs when it is shown outside its page."""
    if design is None:
        return [], []
    own = [f"/_assets/blocks/{design.code}.css?v={base_version()}"] if design.style else []
    return [f"/_assets/base.css?v={base_version()}", *own], []
