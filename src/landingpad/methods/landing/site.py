"""landing.site.*: sites, their addresses, pictures and publication."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Annotated, Any

from msgspec import UNSET

from landingpad.domain.page import publishing
from landingpad.domain.people.rights import Right
from landingpad.domain.site import additional, sites, trash
from landingpad.domain.site.sites import SiteFields
from landingpad.domain.site.urls import NO_PREVIEW
from landingpad.errors.calls import AccessDenied, TypeProblem
from landingpad.errors.site import (
    DomainExists,
    DomainExistsInTrash,
    DomainIsDisabled,
    DomainIsIncorrect,
    DomainNotFound,
    EmptyRequired,
    SiteIsNotEmpty,
    SlashIsNotAllowed,
)
from landingpad.methods.landing.access import own_pictures
from landingpad.methods.listing import MOST_VALUES, Field, FieldKind, listed, parse_list, row
from landingpad.methods.wire import given_int, given_object, given_text, require_title
from landingpad.rpc.bind import to_int
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.rpc.long_list import Rows
from landingpad.store.db.listing import Condition, Listing
from landingpad.store.records import Site
from landingpad.store.site import sites as site_rows
from landingpad.store.site.sites import SiteView

FIELDS: Mapping[str, Field] = {
    "ID": Field("id", FieldKind.NUMBER),
    "TITLE": Field("title"),
    "CODE": Field("code", FieldKind.CODE),
    "TYPE": Field("type"),
    "ACTIVE": Field("active", FieldKind.FLAG),
    "DELETED": Field("deleted", FieldKind.FLAG),
    "DESCRIPTION": Field("description"),
    "XML_ID": Field("xml_id"),
    "DOMAIN_ID": Field("domain_id", FieldKind.NUMBER),
    "LANG": Field("language"),
    "TPL_ID": Field("template_id", FieldKind.NUMBER),
    "LANDING_ID_INDEX": Field("index_page_id", FieldKind.NUMBER),
    "LANDING_ID_404": Field("not_found_page_id", FieldKind.NUMBER),
    "LANDING_ID_503": Field("unavailable_page_id", FieldKind.NUMBER),
    "CREATED_BY_ID": Field("created_by", FieldKind.NUMBER),
    "MODIFIED_BY_ID": Field("modified_by", FieldKind.NUMBER),
    "DATE_CREATE": Field("created_at", FieldKind.DATE),
    "DATE_MODIFY": Field("modified_at", FieldKind.DATE),
}
COMPUTED = ("DOMAIN_NAME", "PUBLIC_URL", "PREVIEW_PICTURE", "PHONE")
DOCS = "api-reference/landing/site/"

SiteId = Annotated[int, Doc("Id of the site.", see="landing.site.getList")]
_EXACT_TYPE = ("TYPE", "=TYPE")
_ADDRESS_ERRORS = (
    DomainNotFound,
    DomainIsIncorrect,
    DomainIsDisabled,
    DomainExists,
    DomainExistsInTrash,
    SlashIsNotAllowed,
)


@method(
    "landing.site.add",
    needs=Right.CREATE,
    runs=Runs.WRITE,
    raises=[AccessDenied, EmptyRequired, *_ADDRESS_ERRORS],
    doc=DOCS + "landing-site-add.md",
)
def add(
    call: Call,
    fields: Annotated[
        dict[str, Any], Doc("TITLE, CODE, TYPE, DOMAIN_ID, DESCRIPTION, XML_ID, TPL_ID, ADDITIONAL_FIELDS.")
    ],
) -> int:
    """Create an unpublished site without pages and return its id."""
    call.require(Right.CREATE)
    require_title(fields)
    return sites.add(call, _site_fields(call, fields), call.site_types)


@method(
    "landing.site.update",
    needs=Right.SETT,
    runs=Runs.WRITE,
    raises=[AccessDenied, *_ADDRESS_ERRORS],
    doc=DOCS + "landing-site-update.md",
)
def update(
    call: Call,
    id: SiteId,  # the name on the wire
    fields: Annotated[
        dict[str, Any], Doc("The fields of landing.site.add, and LANDING_ID_INDEX, LANDING_ID_404, LANDING_ID_503.")
    ],
) -> bool:
    """Change the settings of a site."""
    call.require(Right.SETT, id)
    site = sites.get(call, id, call.site_types)
    sites.update(call, site, _site_fields(call, fields), call.site_types)
    publishing.refresh_site(call, id)
    return True


@method(
    "landing.site.getadditionalfields",
    needs=Right.READ,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-get-additional-fields.md",
)
def get_additional_fields(call: Call, id: SiteId) -> dict[str, Any] | list[Any]:
    """Return the additional fields of a site that have a value; an empty list if none have."""
    call.require(Right.READ, id)
    site = sites.get(call, id, call.site_types)
    return additional.values(call, "site", site.id) or []


@method(
    "landing.site.markDelete",
    needs=Right.DELETE,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-mark-delete.md",
)
def mark_delete(
    call: Call, id: SiteId, mark: Annotated[bool, Doc("false: restore the site from the trash.")] = True
) -> int:
    """Move a site to the trash for thirty days and take it offline; return its id."""
    site = _site_to_delete(call, id)
    if mark:
        trash.trash_site(call, site)
    else:
        trash.restore_site(call, site)
    return id


@method(
    "landing.site.markUnDelete",
    needs=Right.DELETE,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-mark-undelete.md",
)
def mark_undelete(call: Call, id: SiteId) -> int:
    """Restore a site from the trash; it stays offline until published. Return its id."""
    trash.restore_site(call, _site_to_delete(call, id))
    return id


@method("landing.site.getList", needs=Right.READ, raises=[AccessDenied], doc=DOCS + "landing-site-get-list.md")
def get_list(
    call: Call,
    params: Annotated[
        dict[str, Any] | None,
        Doc("select, filter, order, limit, offset; group has no effect, because rows have an ID."),
    ] = None,
) -> Rows:
    """List sites. Select, filter and order work only inside `params`."""
    readable = call.readable
    zone = call.caller.portal.zone
    given = dict(params or {})
    by_type = Condition("type", "in", call.site_types)
    if isinstance(given.get("filter"), dict):
        by_type = _by_type(given["filter"], call.site_types)
        given["filter"] = {key: value for key, value in given["filter"].items() if key not in _EXACT_TYPE}
    query = parse_list(given, FIELDS, zone, computed=COMPUTED, always=("ID", "TYPE"))
    listing = query.listing._replace(conditions=[*query.listing.conditions, by_type], only=readable)
    select = query.select
    if "PREVIEW_PICTURE" in select and "LANDING_ID_INDEX" not in select:
        select = (*select, "LANDING_ID_INDEX")
    return listed(call, site_rows.LISTER, listing, lambda found: [_row(call, site, select, zone) for site in found])


@method(
    "landing.site.getPreview",
    needs=Right.READ,
    runs=Runs.ROW,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-get-preview.md",
)
def get_preview(call: Call, id: SiteId) -> str:  # the name on the wire
    """Return the picture address of a site's index page; the address of a placeholder while no picture exists."""
    found = site_rows.preview_row(call.tx, call.portal_id, id)
    if not call.may(Right.READ, id) or found is None or found.type not in call.site_types:
        return NO_PREVIEW
    urls = call.services.urls
    return sites.preview_address(found, urls.site(call.caller.portal.domain, found.type, found.code, found.host))


@method(
    "landing.site.getPublicUrl", needs=Right.READ, raises=[AccessDenied], doc=DOCS + "landing-site-get-public-url.md"
)
def get_public_url(
    call: Call,
    id: Annotated[Any, Doc("Id of a site, or a list of ids.", see="landing.site.getList")],
) -> str | dict[str, str] | list[str]:
    """Return the public address of one site ("" if unknown); for a list of ids an object id -> address."""
    readable = call.readable
    many = isinstance(id, list | dict)
    try:
        ids = [to_int(member) for member in (id.values() if isinstance(id, dict) else id)] if many else [to_int(id)]
    except TypeError as error:
        raise TypeProblem(f'Parameter "id" {error}') from error
    if len(ids) > MOST_VALUES:
        raise TypeProblem(f'Parameter "id" has {len(ids)} values; it takes at most {MOST_VALUES}.')
    listing = Listing(
        [
            Condition("id", "in", tuple(ids)),
            Condition("type", "in", call.site_types),
            Condition("deleted", "in", (False,)),
        ],
        only=readable,
    )
    found = {str(site.id): _address(call, site) for site in site_rows.list_views(call.tx, call.portal_id, listing)}
    if many:
        return {str(member): found[str(member)] for member in ids if str(member) in found} or []
    return found.get(str(ids[0]), "")


@method(
    "landing.site.publication",
    needs=Right.PUBLIC,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-publication.md",
)
def publication(call: Call, id: SiteId) -> int:  # the name on the wire
    """Publish a site, its folders, and the drafts of its active pages; return the site id.

    A page that was never published stays offline: publish it with landing.landing.publication.
    """
    publishing.publish_site(call, _site_to_publish(call, id, "Publishing the site is not allowed."))
    return id


@method(
    "landing.site.unpublic",
    needs=Right.PUBLIC,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-unpublic.md",
)
def unpublic(call: Call, id: SiteId) -> int:  # the name on the wire
    """Take a site offline with its pages and folders; return the site id."""
    publishing.unpublish_site(call, _site_to_publish(call, id, "Publishing access for the site is denied."))
    return id


@method(
    "landing.site.delete",
    needs=Right.DELETE,
    runs=Runs.WRITE,
    raises=[AccessDenied, SiteIsNotEmpty],
    doc=DOCS + "landing-site-delete.md",
)
def delete(call: Call, id: SiteId) -> bool:  # the name on the wire
    """Delete a site without pages permanently."""
    call.require(Right.DELETE, id)
    sites.delete(call, sites.get(call, id, call.site_types))
    return True


def _site_to_delete(call: Call, site_id: int) -> Site:
    site = sites.find(call, site_id, call.site_types)
    if not call.may(Right.DELETE, site_id) or site is None:
        raise AccessDenied("Access to delete the site is denied.")
    return site


def _site_to_publish(call: Call, site_id: int, refusal: str) -> Site:
    site = sites.find(call, site_id, call.site_types)
    if not call.may(Right.PUBLIC, site_id) or site is None or site.deleted:
        raise AccessDenied(refusal)
    return site


def _site_fields(call: Call, given: Mapping[str, Any]) -> SiteFields:
    domain = given.get("DOMAIN_ID", UNSET)
    if isinstance(domain, list | dict):
        raise TypeProblem('Field "DOMAIN_ID" must be of type int|string, array given')
    return SiteFields(
        title=given_text(given, "TITLE") or UNSET,
        code=given_text(given, "CODE"),
        type=given_text(given, "TYPE") or UNSET,
        domain=domain,
        description=given_text(given, "DESCRIPTION"),
        xml_id=given_text(given, "XML_ID"),
        template_id=given_int(given, "TPL_ID"),
        index_page_id=given_int(given, "LANDING_ID_INDEX"),
        not_found_page_id=given_int(given, "LANDING_ID_404"),
        unavailable_page_id=given_int(given, "LANDING_ID_503"),
        additional=own_pictures(call, given_object(given, "ADDITIONAL_FIELDS")),
    )


def _by_type(filter_: Mapping[str, Any], types: tuple[str, ...]) -> Condition:
    """Restrict a filter by TYPE to the call's scope (landing/site/landing-site-get-list.md).

    A single type of the scope filters, STORE including SMN; several types or a foreign type mean the whole scope.
    """
    wanted = types
    for key in _EXACT_TYPE:
        value = filter_.get(key)
        named = ("STORE", "SMN") if value == "STORE" else (value,)
        wanted = tuple(name for name in types if name in named) or wanted
    return Condition("type", "in", wanted)


def _row(call: Call, site: SiteView, select: tuple[str, ...], zone: tzinfo) -> dict[str, Any]:
    values: dict[str, Any] = row(site, [name for name in select if name in FIELDS], FIELDS, zone)
    for name in select:
        match name:
            case "DOMAIN_NAME":
                values[name] = site.host
            case "PUBLIC_URL":
                values[name] = _address(call, site)
            case "PREVIEW_PICTURE":
                values[name] = sites.preview_address(site, _address(call, site))
            case "PHONE":
                values[name] = None
    return {name: values[name] for name in select}


def _address(call: Call, site: SiteView) -> str:
    return call.services.urls.site(call.caller.portal.domain, site.type, site.code, site.host)
