"""Rows of registered blocks, and of blocks that users saved for reuse."""

from typing import TypedDict, Unpack

import msgspec
from sqlalchemy import Text, and_, bindparam, cast, exists, literal, not_, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Condition, Lister, Listing, SortKey
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import RepoBlock, Stamp
from landingpad.store.tables.site import blocks, files, repo_blocks, saved_blocks

_OF_PORTAL = select(repo_blocks).where(repo_blocks.c.portal_id == bindparam("portal_id"))
_BY_ID = Query(_OF_PORTAL.where(repo_blocks.c.id == bindparam("id")), RepoBlock)
_BY_XML_ID = Query(
    _OF_PORTAL.where(
        repo_blocks.c.application == bindparam("application"),
        repo_blocks.c.xml_id == bindparam("xml_id"),
        repo_blocks.c.registered,
    ),
    RepoBlock,
)
_IN_REPOSITORY = Query(
    _OF_PORTAL.where(repo_blocks.c.registered, repo_blocks.c.active).order_by(repo_blocks.c.id), RepoBlock
)
_DELETE = Statement(
    repo_blocks.delete().where(repo_blocks.c.id == bindparam("id"), repo_blocks.c.portal_id == bindparam("portal_id"))
)
_USED = exists().where(
    blocks.c.portal_id == repo_blocks.c.portal_id,
    blocks.c.code == literal("repo_") + cast(repo_blocks.c.id, Text),
)
_OF_APPLICATION = and_(
    repo_blocks.c.portal_id == bindparam("of_portal"), repo_blocks.c.application == bindparam("of_application")
)
_FORGET_UNUSED = Statement(repo_blocks.delete().where(_OF_APPLICATION, not_(_USED)))
_FORGET_REST = Statement(repo_blocks.update().where(_OF_APPLICATION).values(registered=False))
LISTER = Lister(_OF_PORTAL, RepoBlock, {column.name: column for column in repo_blocks.c})
REGISTERED = Condition("registered", "in", (True,))


class RepoSettings(TypedDict, total=False):
    """Optional columns of a new registered block."""

    active: bool
    description: str
    preview: str
    registered: bool
    site_template_id: str | None


class RepoChanges(RepoSettings, total=False):
    """Columns of a registered block that can change."""

    content: str
    manifest: str
    name: str
    sections: str


class SavedBlock(msgspec.Struct, frozen=True):
    """A copy of a block that a user saved for other pages."""

    id: int
    code: str
    content: str
    wrapper: str
    designed: bool
    created_by: int
    name: str
    sections: str
    preview_file_id: int | None
    template_code: str
    preview_key: str | None
    preview_name: str | None


_SAVED = (
    select(
        *(blocks.c[name] for name in SavedBlock.__struct_fields__[:6]),
        *(saved_blocks.c[name] for name in SavedBlock.__struct_fields__[6:10]),
        files.c.media_key.label("preview_key"),
        files.c.name.label("preview_name"),
    )
    .select_from(
        saved_blocks.join(blocks, blocks.c.id == saved_blocks.c.block_id).outerjoin(
            files, files.c.id == saved_blocks.c.preview_file_id
        )
    )
    .where(saved_blocks.c.portal_id == bindparam("portal_id"))
)
_SAVED_BY_ID = Query(_SAVED.where(saved_blocks.c.block_id == bindparam("id")), SavedBlock)
_ALL_SAVED = Query(_SAVED.order_by(saved_blocks.c.block_id), SavedBlock)


def find(tx: Tx, portal_id: int, repo_id: int) -> RepoBlock | None:
    """Return a registered block, or an unregistered one that pages still use, or None."""
    return tx.one(_BY_ID, id=repo_id, portal_id=portal_id)


def of_ids(tx: Tx, portal_id: int, ids: list[int]) -> list[RepoBlock]:
    """Return the blocks with these ids; unknown ids are skipped."""
    return list_blocks(tx, portal_id, Listing([Condition("id", "in", tuple(ids))], [SortKey("id")])) if ids else []


def by_xml_id(tx: Tx, portal_id: int, application: str, xml_id: str) -> RepoBlock | None:
    """Return the block that an application registered with this code, or None."""
    return tx.one(_BY_XML_ID, portal_id=portal_id, application=application, xml_id=xml_id)


def in_repository(tx: Tx, portal_id: int) -> list[RepoBlock]:
    """Return the registered, active blocks, which can be added to pages."""
    return tx.all(_IN_REPOSITORY, portal_id=portal_id)


def list_blocks(tx: Tx, portal_id: int, listing: Listing) -> list[RepoBlock]:
    """Return the blocks that match a listing."""
    return LISTER.rows(tx, listing, portal_id=portal_id)


def add(
    tx: Tx,
    portal_id: int,
    by: Stamp,
    *,
    application: str,
    xml_id: str,
    name: str,
    sections: str,
    manifest: str,
    content: str,
    **settings: Unpack[RepoSettings],
) -> int:
    """Store a registered block and return its id."""
    return tx.insert(
        repo_blocks,
        portal_id=portal_id,
        application=application,
        xml_id=xml_id,
        name=name,
        sections=sections,
        manifest=manifest,
        content=content,
        **settings,
        **by.created(),
    )


def update(tx: Tx, portal_id: int, repo_id: int, by: Stamp, **changes: Unpack[RepoChanges]) -> None:
    """Change columns of a registered block."""
    tx.update(repo_blocks, portal_id, repo_id, **changes, **by.modified())


def delete(tx: Tx, portal_id: int, repo_id: int) -> None:
    """Delete a block that no page uses."""
    tx.run(_DELETE, id=repo_id, portal_id=portal_id)


def forget_application(tx: Tx, portal_id: int, application: str) -> None:
    """Delete the blocks of an application. Those in use are only unregistered."""
    tx.run(_FORGET_UNUSED, of_portal=portal_id, of_application=application)
    tx.run(_FORGET_REST, of_portal=portal_id, of_application=application)


def save(
    tx: Tx,
    portal_id: int,
    block_id: int,
    *,
    name: str,
    sections: str,
    preview_file_id: int | None,
    template_code: str,
) -> None:
    """Register a block without a page as a saved block."""
    tx.insert(
        saved_blocks,
        portal_id=portal_id,
        block_id=block_id,
        name=name,
        sections=sections,
        preview_file_id=preview_file_id,
        template_code=template_code,
    )


def find_saved(tx: Tx, portal_id: int, block_id: int) -> SavedBlock | None:
    """Return a saved block, or None."""
    return tx.one(_SAVED_BY_ID, id=block_id, portal_id=portal_id)


def all_saved(tx: Tx, portal_id: int) -> list[SavedBlock]:
    """Return every saved block of a portal, the oldest first."""
    return tx.all(_ALL_SAVED, portal_id=portal_id)
