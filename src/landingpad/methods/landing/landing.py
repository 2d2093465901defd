"""landing.landing.*: pages, their addresses, pictures and publication."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import tzinfo
from typing import Annotated, Any
from urllib.parse import unquote

from msgspec import UNSET, UnsetType

from landingpad.domain.block import arrange, files
from landingpad.domain.dates import parse_date
from landingpad.domain.page import pages, publishing
from landingpad.domain.page.pages import PageFields, Place
from landingpad.domain.people.rights import Right
from landingpad.domain.site import additional, addresses, copying, sites, trash
from landingpad.errors.block import BlockNotFound
from landingpad.errors.calls import AccessDenied
from landingpad.errors.page import (
    CannotDeleteMain,
    CodeCannotBeEmpty,
    DeleteAccessDenied,
    FolderNotFound,
    PageNotFound,
    UnableDeleteInclude,
    WrongCodeFormat,
)
from landingpad.errors.site import EmptyRequired, SiteNotFound, SlashIsNotAllowed
from landingpad.methods.landing.access import add_menu_link, find_page, get_page, own_pictures, site_for_page
from landingpad.methods.listing import Field, FieldKind, listed, parse_list, row
from landingpad.methods.wire import given_flag, given_int, given_object, given_text, params_flag, require_title
from landingpad.rpc.bind import to_int, to_list
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.rpc.long_list import Rows
from landingpad.store.db.listing import Condition, Listing
from landingpad.store.page import pages as page_rows
from landingpad.store.page import view_templates
from landingpad.store.page.pages import PageView

FIELDS: Mapping[str, Field] = {
    "ID": Field("id", FieldKind.NUMBER),
    "TITLE": Field("title"),
    "CODE": Field("code"),
    "SITE_ID": Field("site_id", FieldKind.NUMBER),
    "FOLDER_ID": Field("folder_id", FieldKind.NUMBER),
    "TPL_ID": Field("template_id", FieldKind.NUMBER),
    "ACTIVE": Field("active", FieldKind.FLAG),
    "DELETED": Field("deleted", FieldKind.FLAG),
    "DESCRIPTION": Field("description"),
    "XML_ID": Field("xml_id"),
    "SITEMAP": Field("in_sitemap", FieldKind.FLAG),
    "FOLDER": Field("is_folder", FieldKind.FLAG),
    "RULE": Field("rule"),
    "CREATED_BY_ID": Field("created_by", FieldKind.NUMBER),
    "MODIFIED_BY_ID": Field("modified_by", FieldKind.NUMBER),
    "DATE_CREATE": Field("created_at", FieldKind.DATE),
    "DATE_MODIFY": Field("modified_at", FieldKind.DATE),
    "DATE_PUBLIC": Field("published_at", FieldKind.DATE),
    "DOMAIN_ID": Field("domain_id", FieldKind.NUMBER),
}
DOCS = "api-reference/landing/page/methods/"

PageId = Annotated[int, Doc("Id of the page.", see="landing.landing.getList")]
_CODE_ERRORS = (SlashIsNotAllowed, CodeCannotBeEmpty, WrongCodeFormat)


@method(
    "landing.landing.add",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[AccessDenied, SiteNotFound, FolderNotFound, EmptyRequired, *_CODE_ERRORS],
    doc=DOCS + "landing-landing-add.md",
)
def add(
    call: Call,
    fields: Annotated[
        dict[str, Any],
        Doc(
            "TITLE, SITE_ID, CODE, FOLDER_ID, DESCRIPTION, XML_ID, SITEMAP, FOLDER, TPL_ID, ADDITIONAL_FIELDS; "
            "BLOCK_ID and MENU_CODE add a link to a menu: id of its block, and its selector."
        ),
    ],
) -> int:
    """Create an empty, unpublished page and return its id."""
    given = _page_fields(call, fields)
    site = site_for_page(call, given.site_id)
    require_title(fields)
    page_id = pages.add(call, site, given)
    block_id, menu = given_int(fields, "BLOCK_ID"), given_text(fields, "MENU_CODE")
    if isinstance(block_id, int) and isinstance(menu, str):
        title = given_text(fields, "TITLE")
        add_menu_link(call, block_id, menu, page_id, title if isinstance(title, str) else "")
    return page_id


@method(
    "landing.landing.update",
    needs=Right.SETT,
    runs=Runs.WRITE,
    raises=[
        AccessDenied,
        PageNotFound,
        SiteNotFound,
        FolderNotFound,
        *_CODE_ERRORS,
        CannotDeleteMain,
        UnableDeleteInclude,
    ],
    doc=DOCS + "landing-landing-update.md",
)
def update(
    call: Call, lid: PageId, fields: Annotated[dict[str, Any], Doc("The fields of landing.landing.add, and DELETED.")]
) -> bool:
    """Change the settings of a page. Visitors see them at once; published blocks stay unchanged."""
    page = get_page(call, lid, Right.SETT, trashed=True)
    given = _page_fields(call, fields)
    if given.deleted is not UNSET and not call.may(Right.DELETE, page.site_id):
        raise AccessDenied("Access to delete the page is denied.")
    if given.published_at is not UNSET and not call.may(Right.PUBLIC, page.site_id):
        raise AccessDenied("Publishing access to the page is denied.")
    pages.update(call, page, given, _place(call, page, given))
    return True


@method(
    "landing.landing.copy",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[PageNotFound, SiteNotFound, AccessDenied],
    doc=DOCS + "landing-landing-copy.md",
)
def copy(
    call: Call,
    lid: PageId,
    toSiteId: Annotated[int | None, Doc("Id of the site for the copy; by default the site of the page.")] = None,
    toFolderId: Annotated[
        int | None, Doc("Id of the folder for the copy; by default the root.", see="landing.site.getFolders")
    ] = None,
    skipSystem: Annotated[bool, Doc("Accepted; pages have no system mark to skip.")] = False,
) -> int:
    """Copy a page with its draft, also from the trash. Return the id of the unpublished copy."""
    page = get_page(call, lid, trashed=True)
    site = site_for_page(call, toSiteId or page.site_id, "Access to create the page is denied.")
    return copying.copy_page(call, page, site, toFolderId)


@method(
    "landing.landing.move",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[PageNotFound, AccessDenied, DeleteAccessDenied, FolderNotFound],
    doc=DOCS + "landing-landing-move.md",
)
def move(
    call: Call,
    lid: PageId,
    toSiteId: Annotated[int | None, Doc("Id of the target site; by default the site of the page.")] = None,
    toFolderId: Annotated[int | None, Doc("Id of a folder in the page's own site; by default the root.")] = None,
) -> bool:
    """Move a page to the root of a site or a folder of its own site. The old address redirects to the new one."""
    page = get_page(call, lid)
    site_id = toSiteId or page.site_id
    target = sites.find(call, site_id, call.site_types)
    may_edit = call.may(Right.EDIT, site_id)
    if target is None or target.deleted or not may_edit:
        raise AccessDenied("The target site was not found or access to it is denied.")
    if not call.may(Right.DELETE, page.site_id):
        raise DeleteAccessDenied
    pages.move(call, page, target, toFolderId)
    return True


@method("landing.landing.getList", needs=Right.READ, raises=[AccessDenied], doc=DOCS + "landing-landing-get-list.md")
def get_list(
    call: Call,
    params: Annotated[
        dict[str, Any] | None,
        Doc(
            "select, filter, order, limit, offset. Flags: get_urls adds PUBLIC_URL, get_preview adds PREVIEW, "
            "check_area adds IS_AREA."
        ),
    ] = None,
) -> Rows:
    """List pages. Select, filter and order work only inside `params`."""
    readable = call.readable
    given = params or {}
    zone = call.caller.portal.zone
    query = parse_list(given, FIELDS, zone, always=("ID", "DOMAIN_ID"))
    conditions = [
        *query.listing.conditions,
        Condition("site_type", "in", call.site_types),
        Condition("site_deleted", "in", (False,)),
    ]
    if any(condition.column == "site_id" for condition in conditions):
        conditions.append(Condition("folder_deleted", "in", (False,)))
    listing: Listing = query.listing._replace(conditions=conditions, only=readable)
    urls, previews, areas = (params_flag(given, name) for name in ("get_urls", "get_preview", "check_area"))
    area_pages = view_templates.area_pages(call.tx, call.portal_id) if areas else set()
    places = addresses.Places(call)

    def write_rows(found: list[PageView]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = [row(page, query.select, FIELDS, zone) for page in found]
        at = places.addresses_of(found, call.caller.portal.domain) if urls or previews else {}
        for page, values in zip(found, rows, strict=True):
            if urls:
                values["PUBLIC_URL"] = at[page.id]
            if previews:
                values["PREVIEW"] = pages.preview_address(page, at[page.id])
            if areas:
                values["IS_AREA"] = page.id in area_pages
        return rows

    return listed(call, page_rows.LISTER, listing, write_rows)


@method(
    "landing.landing.getadditionalfields",
    needs=Right.READ,
    raises=[PageNotFound, AccessDenied],
    doc=DOCS + "landing-landing-get-additional-fields.md",
)
def get_additional_fields(call: Call, lid: PageId) -> dict[str, Any] | list[Any]:
    """Return the additional fields of a page that have a value; an empty list if none have."""
    page = get_page(call, lid)
    return additional.values(call, "page", page.id) or []


@method(
    "landing.landing.publication",
    needs=Right.PUBLIC,
    runs=Runs.WRITE,
    raises=[PageNotFound, AccessDenied],
    doc=DOCS + "landing-landing-publication.md",
)
def publication(call: Call, lid: PageId) -> bool:
    """Publish the draft of a page; its site and the folders above it go online too."""
    page = get_page(call, lid, Right.PUBLIC)
    publishing.publish_page(call, page)
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
    page = get_page(call, lid)
    if not call.may(Right.PUBLIC, page.site_id):
        raise AccessDenied("Publishing access to the page is denied.")
    publishing.unpublish_page(call, page.id)
    return True


@method(
    "landing.landing.getpreview", needs=Right.READ, raises=[PageNotFound], doc=DOCS + "landing-landing-get-preview.md"
)
def get_preview(call: Call, lid: PageId) -> str:
    """Return the picture address of a page; the address of a placeholder while no picture exists."""
    page = get_page(call, lid)
    return pages.preview_address(page, addresses.address_of(call, page, call.caller.portal.domain))


@method(
    "landing.landing.getpublicurl",
    needs=Right.READ,
    raises=[PageNotFound, AccessDenied],
    doc=DOCS + "landing-landing-get-public-url.md",
)
def get_public_url(call: Call, lid: PageId) -> str:
    """Return the public address of a page, valid once it is published."""
    page = get_page(call, lid)
    return addresses.address_of(call, page, call.caller.portal.domain)


@method(
    "landing.landing.resolveIdByPublicUrl",
    needs=Right.READ,
    raises=[AccessDenied],
    doc=DOCS + "landing-landing-resolve-id-by-public-url.md",
)
def resolve_id_by_public_url(
    call: Call,
    landingUrl: Annotated[
        str, Doc("Path within the site, such as /catalog/sale/.", see="landing.landing.getpublicurl")
    ],
    siteId: Annotated[int, Doc("Id of the site.", see="landing.site.getList")],
) -> int | None:
    """Return the id of the page at a path of a site, published or not; null if no page is there."""
    site = sites.find(call, siteId, call.site_types)
    if not call.may(Right.READ, siteId) or site is None or site.deleted:
        return None
    path = unquote(landingUrl.partition("?")[0].partition("#")[0])
    page = addresses.page_at(call, site, path, public=False)
    return None if page is None else page.id


@method(
    "landing.landing.markDelete",
    needs=Right.DELETE,
    runs=Runs.WRITE,
    raises=[AccessDenied, CannotDeleteMain, UnableDeleteInclude],
    doc=DOCS + "landing-landing-mark-delete.md",
)
def mark_delete(
    call: Call,
    lid: PageId,
    mark: Annotated[bool, Doc("false: restore the page from the trash.")] = True,
) -> int:
    """Move a page to the trash for thirty days and take it offline; return its id."""
    page = _page_to_delete(call, lid)
    if mark:
        trash.trash_page(call, page)
    else:
        trash.restore_page(call, page)
    return lid


@method(
    "landing.landing.markUnDelete",
    needs=Right.DELETE,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-landing-mark-undelete.md",
)
def mark_undelete(call: Call, lid: PageId) -> int:
    """Restore a page from the trash; it stays offline until published. Return its id."""
    trash.restore_page(call, _page_to_delete(call, lid))
    return lid


@method(
    "landing.landing.removeEntities",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[PageNotFound],
    doc=DOCS + "landing-landing-remove-entities.md",
)
def remove_entities(
    call: Call,
    lid: PageId,
    data: Annotated[
        dict[str, Any], Doc("blocks: list of block ids to delete; images: list of {block, image} ids to release.")
    ],
) -> bool:
    """Delete blocks from the draft of a page and release pictures; unknown or protected ones are skipped."""
    page = get_page(call, lid)
    if call.may(Right.EDIT, page.site_id):
        for block_id in _ids(data.get("blocks")):
            with suppress(BlockNotFound, AccessDenied):
                arrange.delete(call, page, block_id)
        for pair in _pairs(data.get("images")):
            files.release(call, page, *pair)
    return True


@method(
    "landing.landing.delete",
    needs=Right.DELETE,
    runs=Runs.WRITE,
    raises=[PageNotFound, AccessDenied],
    doc=DOCS + "landing-landing-delete.md",
)
def delete(call: Call, lid: PageId) -> bool:
    """Delete a page and its blocks permanently, without the trash."""
    page = get_page(call, lid, trashed=True)
    if not call.may(Right.DELETE, page.site_id):
        raise AccessDenied("Access to delete the page is denied.")
    pages.delete(call, page)
    return True


def _pairs(given: Any) -> list[tuple[int, int]]:
    """Parse pairs of block and image id, skipping invalid ones."""
    members = list(given.values()) if isinstance(given, dict) else given if isinstance(given, list) else []
    pairs = []
    for member in members:
        if isinstance(member, dict):
            with suppress(TypeError):
                pairs.append((to_int(member.get("block")), to_int(member.get("image"))))
    return pairs


def _page_to_delete(call: Call, page_id: int) -> PageView:
    """Return the page to trash or restore; unknown and forbidden pages are the same error, as documented."""
    page = find_page(call, page_id, trashed=True)
    if not call.may(Right.DELETE, page.site_id if page else None) or page is None or page.site_deleted:
        raise AccessDenied("Access to delete the page is denied.")
    return page


def _ids(given: Any) -> list[int]:
    """Parse a list of ids, skipping invalid ones."""
    if not isinstance(given, list | dict):
        return []
    found = []
    for member in to_list(given):
        with suppress(TypeError):
            found.append(to_int(member))
    return found


def _place(call: Call, page: PageView, given: PageFields) -> Place:
    """Return where an update puts a page. The folder must be on its present site: only one of both can change."""
    folder_id = page.folder_id
    if given.folder_id is not UNSET:
        folder_id = pages.checked_folder(call, page.site_id, given.folder_id)
    if isinstance(given.site_id, int) and given.site_id != page.site_id:
        return Place(site_for_page(call, given.site_id).id, None)
    return Place(page.site_id, folder_id)


def _page_fields(call: Call, given: Mapping[str, Any]) -> PageFields:
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
        published_at=_date(given, call.caller.portal.zone),
        additional=own_pictures(call, given_object(given, "ADDITIONAL_FIELDS")),
    )


def _date(given: Mapping[str, Any], zone: tzinfo) -> int | UnsetType | None:
    text = given_text(given, "DATE_PUBLIC")
    if not isinstance(text, str) or not text.strip():
        return None if text is not UNSET else UNSET
    found = parse_date(text, zone)
    return UNSET if found is None else found  # an unreadable date changes nothing
