"""Designs in the database: blocks that integrations register, and blocks that users save.

A registered block has the code `repo_<ID>`, a saved one `<code>@<ID>` (landing/user-blocks/index.md).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from landingpad import blockhtml
from landingpad.blocks.library import BlockDesign
from landingpad.domain.work import Work, stamp
from landingpad.errors.block import (
    ContentIsBad,
    ManifestIntersects,
    PresetContentIsBad,
    RequiredFieldMissing,
    UnsupportedBlockSubtype,
    UnsupportedBlockType,
)
from landingpad.errors.calls import TypeProblem
from landingpad.store.block import blocks as block_rows
from landingpad.store.block import repo as rows
from landingpad.store.block.repo import RepoChanges
from landingpad.store.records import RepoBlock, Stamp

_CODE = re.compile(r"repo_([1-9][0-9]{0,17})")
_PICTURE_STYLES = frozenset({"background", "block-default", "block-border"})
"""Style types that set a background picture, which conflicts with a node on the same element."""


_LARGE = 1024 * 1024
"""Weight of many blocks; their number is no fault of the caller."""


class RepoFields(msgspec.Struct, kw_only=True):
    """Fields of a registered block. None stands for a field that was not sent."""

    name: str | None = None
    content: str | None = None
    sections: str | None = None
    preview: str | None = None
    description: str | None = None
    site_template_id: str | None = None
    active: bool = True
    reset: bool = False
    """Whether to update existing blocks on drafts to the new design."""


def register(work: Work, application: str, code: str, fields: RepoFields, manifest: Mapping[str, Any]) -> int:
    """Register a block for an application ("" for webhooks), or replace the one with this code; return its id.

    Raises:
        RequiredFieldMissing: the code, NAME, CONTENT, SECTIONS or PREVIEW is missing.
        UnsupportedBlockType, UnsupportedBlockSubtype, ManifestIntersects: the manifest is invalid.
        ContentIsBad, PresetContentIsBad: `blockhtml.check` finds dangerous HTML.

    """
    _check_fields(code, fields)
    size = blockhtml.text_size(manifest)
    if size > blockhtml.MOST_BYTES:
        raise TypeProblem(f"The manifest has {size} characters; it may have {blockhtml.MOST_BYTES}.")
    content = fields.content or ""
    cleaned = work.outside(len(content) + size, _cleaned, content, manifest)
    values: RepoChanges = {
        "active": fields.active,
        "name": fields.name or "",
        "description": fields.description or "",
        "sections": ",".join(_words(fields.sections or "")),
        "site_template_id": fields.site_template_id,
        "preview": blockhtml.safe_picture(fields.preview or "") or "",
        "manifest": msgspec.json.encode(manifest).decode(),
        "content": cleaned,
    }
    known = rows.by_xml_id(work.tx, work.portal_id, application, code)
    if known is not None:
        rows.update(work.tx, work.portal_id, known.id, stamp(work), **values)
        if fields.reset:
            _renew_blocks(work, known)
        return known.id
    return rows.add(work.tx, work.portal_id, stamp(work), application=application, xml_id=code, **values)


def _cleaned(content: str, manifest: Mapping[str, Any]) -> str:
    """Check manifest and content of a new block; return the content cleaned."""
    _check_manifest(manifest)
    problem = _bad_html(content, "The content of the block")
    if problem:
        raise ContentIsBad(problem)
    return blockhtml.clean_html(content)


def _bad_html(html: str, what: str) -> str:
    """Return why HTML cannot be registered, or ""."""
    problem = blockhtml.problem_of(html)
    if problem:
        return f"{what} cannot be read. {problem}"
    if blockhtml.check(html)[0]:
        return f"{what} holds scripts, handlers or foreign frames. landing.repo.checkContent shows the places."
    return ""


def unregister(work: Work, application: str, code: str) -> bool:
    """Remove a block from the repository; return False if it is unknown. Blocks on pages keep working."""
    known = rows.by_xml_id(work.tx, work.portal_id, application, code)
    if known is None:
        return False
    if block_rows.is_used(work.tx, work.portal_id, code_of(known)):
        by = Stamp(known.modified_by, work.now_ms)
        rows.update(work.tx, work.portal_id, known.id, by, registered=False)
    else:
        rows.delete(work.tx, work.portal_id, known.id)
    return True


def code_of(block: RepoBlock) -> str:
    """Return the code of a registered block on pages."""
    return f"repo_{block.id}"


def id_of(code: str) -> int | None:
    """Return the id in a code such as `repo_7`, or None for other codes."""
    found = _CODE.fullmatch(code)
    return int(found[1]) if found else None


def find(work: Work, code: str) -> RepoBlock | None:
    """Return the block with a code such as `repo_7`, or None. Unregistered blocks that pages still use are found."""
    repo_id = id_of(code)
    return None if repo_id is None else rows.find(work.tx, work.portal_id, repo_id)


def designs(work: Work, codes: Collection[str]) -> dict[str, BlockDesign]:
    """Return the designs of registered blocks by code, in one query."""
    ids = sorted({repo_id for repo_id in map(id_of, codes) if repo_id is not None})
    return {code_of(block): design(block) for block in rows.of_ids(work.tx, work.portal_id, ids)}


def design(block: RepoBlock) -> BlockDesign:
    """Return the design of a registered block. Its fields win over its manifest."""
    manifest: dict[str, Any] = msgspec.json.decode(block.manifest) or {}
    described = manifest.get("block")
    description = {
        **(described if isinstance(described, dict) else {}),
        "name": block.name,
        "section": block.sections.split(",") if block.sections else [],
    }
    description["type"] = _names(description.get("type"))
    if block.description:
        description["description"] = block.description
    return BlockDesign(
        code=code_of(block),
        manifest={
            **manifest,
            "block": description,
            "namespace": block.application,
            "timestamp": block.modified_at // 1000,
        },
        content=block.content,
        style="",
    )


def saved_id(code: str) -> int | None:
    """Return the id in the code of a saved block, `<code>@<ID>`, or None for other codes."""
    base, at, number = code.rpartition("@")
    return int(number) if base and at and re.fullmatch(r"[1-9][0-9]{0,17}", number) else None


def saved(work: Work, code: str) -> rows.SavedBlock | None:
    """Return the saved block with a code such as `01.big_with_text@51`, or None."""
    block_id = saved_id(code)
    block = None if block_id is None else rows.find_saved(work.tx, work.portal_id, block_id)
    return block if block is not None and f"{block.code}@{block.id}" == code else None


def _check_fields(code: str, fields: RepoFields) -> None:
    named = {"NAME": fields.name, "CONTENT": fields.content, "SECTIONS": fields.sections, "PREVIEW": fields.preview}
    missing = [name for name, value in named.items() if value is None]
    missing += [name for name in ("NAME", "CONTENT") if named[name] is not None and not str(named[name]).strip()]
    if not code.strip():
        missing.insert(0, "code")
    if missing:
        raise RequiredFieldMissing(f"A registered block needs a value for: {', '.join(missing)}.")


def _check_manifest(manifest: Mapping[str, Any]) -> None:
    described = blockhtml.section(manifest, "block")
    if "MAINPAGE" in (name.upper() for name in _names(described.get("type"))):
        raise UnsupportedBlockType("Blocks of the type MAINPAGE cannot be registered.")
    if "widget" in (name.lower() for name in _names(described.get("subtype"))):
        raise UnsupportedBlockSubtype("Blocks of the subtype widget cannot be registered.")
    styles = blockhtml.section(manifest, "style", "nodes")
    for selector in blockhtml.section(manifest, "nodes"):
        style = styles.get(selector)
        clash = _PICTURE_STYLES & set(_names(style.get("type") if isinstance(style, Mapping) else None))
        if clash:
            raise ManifestIntersects(
                f'"{selector}" is a node and has the style type {min(clash)}, which sets a picture. '
                "Change the style type, or leave the node out of the manifest."
            )
    for where, html in _presets(manifest):
        problem = _bad_html(html, f"The preset {where}")
        if problem:
            raise PresetContentIsBad(problem)


def _presets(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for selector in blockhtml.section(manifest, "cards"):
        for code, preset in blockhtml.section(manifest, "cards", selector, "presets").items():
            if isinstance(preset, Mapping):
                yield f"{selector} {code}", str(preset.get("html", ""))


def _names(value: Any) -> list[str]:
    """Return the texts of a member that is a comma separated text, a list or an object."""
    if isinstance(value, str):
        return _words(value)
    members = list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else []
    return [member for member in members if isinstance(member, str)]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _renew_blocks(work: Work, old: RepoBlock) -> None:
    """Update blocks on drafts to the new design. Authors' content of nodes that still exist is kept."""
    new = rows.find(work.tx, work.portal_id, old.id)
    if new is None:
        raise LookupError(f"the registered block {old.id} is gone")
    before, after = design(old), design(new)
    blocks = block_rows.drafts_of_code(work.tx, work.portal_id, before.code)
    contents = work.outside(
        min(sum(len(block.content) for block in blocks), _LARGE),
        _renewed,
        [block.content for block in blocks],
        blockhtml.Design(before.content, before.manifest),
        blockhtml.Design(after.content, after.manifest),
    )
    for block, content in zip(blocks, contents, strict=True):
        if content != block.content:
            block_rows.update(work.tx, work.portal_id, block.id, stamp(work), content=content)


def _renewed(contents: list[str], before: blockhtml.Design, after: blockhtml.Design) -> list[str]:
    return [blockhtml.renew(content, before, after) for content in contents]
