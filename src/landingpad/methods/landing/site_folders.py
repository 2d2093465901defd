"""landing.site.*Folder*: folders of a site."""

from collections.abc import Mapping
from typing import Annotated, Any

from landingpad.domain.people.rights import UNKNOWN_SITE, Right
from landingpad.domain.site import folders, sites, trash
from landingpad.domain.site.folders import FolderFields
from landingpad.errors.calls import AccessDenied
from landingpad.errors.site import EmptyRequired, FolderContainsAreas, FolderIsNotUnique, SlashIsNotAllowed
from landingpad.methods.listing import Field, FieldKind, listed, parse_list, row
from landingpad.methods.wire import given_flag, given_int, given_text
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.rpc.long_list import Rows
from landingpad.store.db.listing import Condition
from landingpad.store.records import Folder, Site
from landingpad.store.site import folders as folder_rows

FIELDS: Mapping[str, Field] = {
    "ID": Field("id", FieldKind.NUMBER),
    "PARENT_ID": Field("parent_id", FieldKind.NUMBER),
    "SITE_ID": Field("site_id", FieldKind.NUMBER),
    "INDEX_ID": Field("index_page_id", FieldKind.NUMBER),
    "ACTIVE": Field("active", FieldKind.FLAG),
    "DELETED": Field("deleted", FieldKind.FLAG),
    "TITLE": Field("title"),
    "CODE": Field("code"),
    "CREATED_BY_ID": Field("created_by", FieldKind.NUMBER),
    "MODIFIED_BY_ID": Field("modified_by", FieldKind.NUMBER),
    "DATE_CREATE": Field("created_at", FieldKind.DATE),
    "DATE_MODIFY": Field("modified_at", FieldKind.DATE),
}
DOCS = "api-reference/landing/site/"

SiteId = Annotated[int, Doc("Id of the site.", see="landing.site.getList")]
FolderId = Annotated[int, Doc("Id of the folder.", see="landing.site.getFolders")]


@method(
    "landing.site.addFolder",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[AccessDenied, EmptyRequired, FolderIsNotUnique, SlashIsNotAllowed],
    doc=DOCS + "landing-site-add-folder.md",
)
def add_folder(
    call: Call, siteId: SiteId, fields: Annotated[dict[str, Any], Doc("TITLE, CODE, PARENT_ID, ACTIVE.")]
) -> int:
    """Create a folder and return its id. Without ACTIVE=Y it is offline."""
    return folders.add(call, _site_to_edit(call, siteId), _fields(fields))


@method(
    "landing.site.updateFolder",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[AccessDenied, FolderIsNotUnique, SlashIsNotAllowed],
    doc=DOCS + "landing-site-update-folder.md",
)
def update_folder(
    call: Call,
    siteId: SiteId,
    folderId: FolderId,
    fields: Annotated[dict[str, Any], Doc("TITLE, CODE, PARENT_ID, INDEX_ID, ACTIVE.")],
) -> bool:
    """Change a folder. Without PARENT_ID it moves to the root of the site."""
    site = _site_to_edit(call, siteId)
    folder = _folder(call, folderId, Right.EDIT)
    if folder.site_id != site.id:
        raise AccessDenied(f"The folder {folderId} was not found on this site.")
    folders.update(call, site, folder, _fields(fields))
    return True


@method("landing.site.getFolders", needs=Right.READ, raises=[AccessDenied], doc=DOCS + "landing-site-get-folders.md")
def get_folders(
    call: Call,
    siteId: SiteId,
    filter: Annotated[dict[str, Any] | None, Doc("Field -> value, with operator prefixes such as >=.")] = None,
) -> Rows:
    """List the folders of a site; an empty list if the site is unknown or unreadable."""
    site = sites.find(call, siteId, call.site_types)
    if not call.may(Right.READ, siteId) or site is None:
        return []
    zone = call.caller.portal.zone
    query = parse_list({"filter": filter or {}}, FIELDS, zone)
    conditions = [*query.listing.conditions, Condition("site_id", "in", (site.id,))]
    listing = query.listing._replace(conditions=conditions)
    return listed(
        call, folder_rows.LISTER, listing, lambda found: [row(folder, query.select, FIELDS, zone) for folder in found]
    )


@method(
    "landing.site.publicationFolder",
    needs=Right.PUBLIC,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-publication-folder.md",
)
def publication_folder(
    call: Call, folderId: FolderId, mark: Annotated[bool, Doc("false: take the folder offline.")] = True
) -> bool:
    """Put a folder and its parent folders online. Pages are published separately."""
    folders.publish(call, _folder(call, folderId, Right.PUBLIC), active=mark)
    return True


@method(
    "landing.site.unPublicFolder",
    needs=Right.PUBLIC,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-unpublic-folder.md",
)
def unpublic_folder(call: Call, folderId: FolderId) -> bool:
    """Take a folder and its parent folders offline, with everything in them."""
    folders.publish(call, _folder(call, folderId, Right.PUBLIC), active=False)
    return True


@method(
    "landing.site.markFolderDelete",
    needs=Right.DELETE,
    runs=Runs.WRITE,
    raises=[AccessDenied, FolderContainsAreas],
    doc=DOCS + "landing-site-mark-folder-delete.md",
)
def mark_folder_delete(
    call: Call,
    id: FolderId,
    mark: Annotated[bool, Doc("false: restore the folder from the trash.")] = True,
) -> bool:
    """Move a folder to the trash with the folders and pages below it."""
    folder = _folder(call, id, Right.DELETE, trashed=True)
    if mark:
        trash.trash_folder(call, folder)
    else:
        trash.restore_folder(call, folder)
    return True


@method(
    "landing.site.markFolderUnDelete",
    needs=Right.DELETE,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-mark-folder-undelete.md",
)
def mark_folder_undelete(call: Call, id: FolderId) -> bool:
    """Restore a folder from the trash with the folders and pages that were trashed with it."""
    trash.restore_folder(call, _folder(call, id, Right.DELETE, trashed=True))
    return True


def _folder(call: Call, folder_id: int, right: Right, *, trashed: bool = False) -> Folder:
    """Return a folder of a site to which the caller has a right; in the trash only with `trashed`."""
    folder = folder_rows.find(call.tx, call.portal_id, folder_id)
    # Read as much for an unknown folder as for a forbidden one, so that time does not tell them apart.
    site_id = folder.site_id if folder else UNKNOWN_SITE
    site = sites.find(call, site_id, call.site_types)
    allowed = call.may(right, site_id)
    if folder is None or site is None or site.deleted or not allowed or (folder.deleted and not trashed):
        raise AccessDenied("Folder not found or access to it is denied.")
    return folder


def _site_to_edit(call: Call, site_id: int) -> Site:
    site = sites.find(call, site_id, call.site_types)
    if not call.may(Right.EDIT, site_id) or site is None or site.deleted:
        raise AccessDenied("Site not found or access to it is denied.")
    return site


def _fields(given: Mapping[str, Any]) -> FolderFields:
    parent_id = given_int(given, "PARENT_ID")
    return FolderFields(
        title=given_text(given, "TITLE"),
        code=given_text(given, "CODE"),
        parent_id=parent_id if isinstance(parent_id, int) else None,
        index_page_id=given_int(given, "INDEX_ID"),
        active=given_flag(given, "ACTIVE"),
    )
