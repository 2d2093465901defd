"""landing.landing.*: pages, their addresses, pictures, publication, and the blocks put on them."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from landingpad.domain import blocks, pages, publishing
from landingpad.domain.dates import parse_date
from landingpad.domain.errors import (
    AccessDenied,
    BlockCannotBeAdded,
    BlockNotFound,
    CannotDeleteMain,
    CodeCannotBeEmpty,
    FolderNotFound,
    PageNotFound,
    SiteNotFound,
    SlashIsNotAllowed,
    WrongCodeFormat,
)
from landingpad.domain.pages import PageFields
from landingpad.domain.rights import Right
from landingpad.methods.landing.block import block_object
from landingpad.methods.listing import Field, Kind, ask, row
from landingpad.methods.wire import given_flag, given_int, given_object, given_text
from landingpad.rpc.bind import to_bool
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store import pages as page_rows
from landingpad.store.listing import Condition, Listing
from landingpad.store.pages import PageView

FIELDS: Mapping[str, Field] = {
    "ID": Field("id", Kind.NUMBER),
    "TITLE": Field("title"),
    "CODE": Field("code"),
    "SITE_ID": Field("site_id", Kind.NUMBER),
    "FOLDER_ID": Field("folder_id", Kind.NUMBER),
    "TPL_ID": Field("template_id", Kind.NUMBER),
    "ACTIVE": Field("active", Kind.FLAG),
    "DELETED": Field("deleted", Kind.FLAG),
    "DESCRIPTION": Field("description"),
    "XML_ID": Field("xml_id"),
    "SITEMAP": Field("in_sitemap", Kind.FLAG),
    "FOLDER": Field("is_folder", Kind.FLAG),
    "RULE": Field("rule"),
    "CREATED_BY_ID": Field("created_by", Kind.NUMBER),
    "MODIFIED_BY_ID": Field("modified_by", Kind.NUMBER),
    "DATE_CREATE": Field("created_at", Kind.DATE),
    "DATE_MODIFY": Field("modified_at", Kind.DATE),
    "DATE_PUBLIC": Field("published_at", Kind.DATE),
    "DOMAIN_ID": Field("domain_id", Kind.NUMBER),
}
DOCS = "api-reference/landing/page/methods/"

PageId = Annotated[int, Doc("Id of the page.", see="landing.landing.getList")]
_CODE_ERRORS = (SlashIsNotAllowed, CodeCannotBeEmpty, WrongCodeFormat)


@method(
    "landing.landing.add",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[AccessDenied, SiteNotFound, FolderNotFound, *_CODE_ERRORS],
    doc=DOCS + "landing-landing-add.md",
)
def add(
    call: Call,
    fields: Annotated[
        dict[str, Any],
        Doc("TITLE, SITE_ID, CODE, FOLDER_ID, DESCRIPTION, XML_ID, SITEMAP, FOLDER, TPL_ID, ADDITIONAL_FIELDS."),
    ],
) -> int:
    """Make an empty page. It is not published; the answer is its id."""
    return pages.add(call, _page_fields(fields, call.caller.portal.zone), call.site_types)


@method(
    "landing.landing.update",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[AccessDenied, PageNotFound, SiteNotFound, FolderNotFound, *_CODE_ERRORS, CannotDeleteMain],
    doc=DOCS + "landing-landing-update.md",
)
def update(
    call: Call, lid: PageId, fields: Annotated[dict[str, Any], Doc("The fields of landing.landing.add, and DELETED.")]
) -> bool:
    """Change the settings of a page."""
    page = pages.get(call, lid, call.site_types, trashed=True)
    call.require(Right.EDIT, page.site_id)
    pages.update(call, page, _page_fields(fields, call.caller.portal.zone), call.site_types)
    publishing.refresh_index_page(call, page.site_id)
    return True


@method("landing.landing.getList", needs=Right.READ, raises=[AccessDenied], doc=DOCS + "landing-landing-get-list.md")
def get_list(
    call: Call,
    params: Annotated[
        dict[str, Any] | None,
        Doc("select, filter, order, limit, offset, get_urls, get_preview, check_area: all inside `params`."),
    ] = None,
) -> list[dict[str, Any]]:
    """List pages. A `filter` that is sent outside `params` has no effect, as in the original."""
    call.require(Right.READ)
    given = params or {}
    zone = call.caller.portal.zone
    question = ask(given, FIELDS, zone, always=("ID", "DOMAIN_ID"))
    conditions = [
        *question.listing.conditions,
        Condition("site_type", "in", call.site_types),
        Condition("site_deleted", "in", (False,)),
    ]
    if any(condition.column == "site_id" for condition in conditions):
        conditions.append(Condition("folder_deleted", "in", (False,)))
    listing: Listing = question.listing._replace(conditions=conditions)
    found = page_rows.list_views(call.tx, call.portal_id, listing)
    return [_row(call, page, question.select, given, zone) for page in found if call.may(Right.READ, page.site_id)]


@method(
    "landing.landing.publication",
    needs=Right.PUBLIC,
    runs=Runs.WRITE,
    raises=[PageNotFound, AccessDenied],
    doc=DOCS + "landing-landing-publication.md",
)
def publication(call: Call, lid: PageId) -> bool:
    """Publish the draft of a page, with the folders above it and its site."""
    page = pages.get(call, lid, call.site_types)
    call.require(Right.PUBLIC, page.site_id)
    publishing.publish_page(call, page.id)
    return True


@method(
    "landing.landing.unpublic",
    needs=Right.PUBLIC,
    runs=Runs.WRITE,
    raises=[PageNotFound, AccessDenied],
    doc=DOCS + "landing-landing-unpublic.md",
)
def unpublic(call: Call, lid: PageId) -> bool:
    """Take a page offline."""
    page = pages.get(call, lid, call.site_types)
    call.require(Right.PUBLIC, page.site_id)
    publishing.unpublish_page(call, page.id)
    return True


@method(
    "landing.landing.getPreview", needs=Right.READ, raises=[PageNotFound], doc=DOCS + "landing-landing-get-preview.md"
)
def get_preview(call: Call, lid: PageId) -> str:
    """Return the address of the picture of a page; of a placeholder while there is none."""
    page = pages.get(call, lid, call.site_types)
    return pages.preview_address(page, pages.address_of(call, page, call.caller.portal.domain))


@method(
    "landing.landing.getPublicUrl",
    needs=Right.READ,
    raises=[PageNotFound, AccessDenied],
    doc=DOCS + "landing-landing-get-public-url.md",
)
def get_public_url(call: Call, lid: PageId) -> str:
    """Return the address at which visitors see the page once it is published."""
    return pages.address_of(call, pages.get(call, lid, call.site_types), call.caller.portal.domain)


@method(
    "landing.landing.delete",
    needs=Right.DELETE,
    runs=Runs.WRITE,
    raises=[PageNotFound, AccessDenied],
    doc=DOCS + "landing-landing-delete.md",
)
def delete(call: Call, lid: PageId) -> bool:
    """Remove a page for good, with its blocks; it does not go through the trash."""
    page = pages.get(call, lid, call.site_types, trashed=True)
    if not call.may(Right.DELETE, page.site_id):
        raise AccessDenied("Access to delete the page is denied.")
    pages.delete(call, page)
    return True


@method(
    "landing.landing.addblock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[PageNotFound, AccessDenied, BlockCannotBeAdded, BlockNotFound],
    doc="api-reference/landing/page/block-methods/landing-landing-add-block.md",
)
def addblock(
    call: Call,
    lid: PageId,
    fields: Annotated[dict[str, Any], Doc("CODE, AFTER_ID, ACTIVE, CONTENT, RETURN_CONTENT.")],
    preventHistory: Annotated[bool, Doc("Accepted; there is no undo history of this step.")] = False,
) -> int | dict[str, Any]:
    """Add a block to the draft of a page, below AFTER_ID or at the top; the answer is its id."""
    page = pages.get(call, lid, call.site_types)
    call.require(Right.EDIT, page.site_id)
    code = given_text(fields, "CODE")
    content = given_text(fields, "CONTENT")
    after_id = given_int(fields, "AFTER_ID")
    block_id = blocks.add(
        call,
        page,
        code if isinstance(code, str) else "",
        after_id=after_id if isinstance(after_id, int) else None,
        active=fields.get("ACTIVE", "Y") not in ("N", False),
        content=content if isinstance(content, str) else None,
    )
    if fields.get("RETURN_CONTENT") in ("Y", True):
        return block_object(blocks.get_draft(call, page, block_id), edit_mode=True)
    return block_id


def _page_fields(given: Mapping[str, Any], zone: tzinfo) -> PageFields:
    return PageFields(
        title=given_text(given, "TITLE") or UNSET,
        code=given_text(given, "CODE"),
        site_id=given_int(given, "SITE_ID") or UNSET,
        folder_id=given_int(given, "FOLDER_ID"),
        description=given_text(given, "DESCRIPTION"),
        xml_id=given_text(given, "XML_ID"),
        template_id=given_int(given, "TPL_ID"),
        in_sitemap=given_flag(given, "SITEMAP"),
        is_folder=given_flag(given, "FOLDER"),
        deleted=given_flag(given, "DELETED"),
        published_at=_date(given, zone),
        additional=given_object(given, "ADDITIONAL_FIELDS"),
    )


def _date(given: Mapping[str, Any], zone: tzinfo) -> int | UnsetType | None:
    text = given_text(given, "DATE_PUBLIC")
    return parse_date(text, zone) if isinstance(text, str) else text


def _row(
    call: Call, page: PageView, select: tuple[str, ...], params: Mapping[str, Any], zone: tzinfo
) -> dict[str, Any]:
    values: dict[str, Any] = row(page, select, FIELDS, zone)
    if _asked(params, "get_urls") or _asked(params, "get_preview"):
        address = pages.address_of(call, page, call.caller.portal.domain)
        if _asked(params, "get_urls"):
            values["PUBLIC_URL"] = address
        if _asked(params, "get_preview"):
            values["PREVIEW"] = pages.preview_address(page, address)
    if _asked(params, "check_area"):
        values["IS_AREA"] = False
    return values


def _asked(params: Mapping[str, Any], name: str) -> bool:
    try:
        return to_bool(params.get(name, False))
    except TypeError:
        return bool(params[name])
