"""landing.template.*: view templates and the pages that fill their areas."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

from landingpad.domain.page import view_templates
from landingpad.domain.people.rights import Right
from landingpad.domain.site import sites
from landingpad.errors.calls import AccessDenied
from landingpad.errors.page import EntityNotFound
from landingpad.methods.landing.access import find_page
from landingpad.methods.listing import Field, FieldKind, grouped, parse_list, row
from landingpad.rpc.bind import to_int
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.page import view_templates as template_rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Site

FIELDS: Mapping[str, Field] = {
    "ID": Field("id", FieldKind.NUMBER),
    "ACTIVE": Field("active", FieldKind.FLAG),
    "AREA_COUNT": Field("area_count", FieldKind.NUMBER),
    "SORT": Field("sort", FieldKind.NUMBER),
    "TITLE": Field("title"),
    "XML_ID": Field("xml_id"),
    "CONTENT": Field("content"),
    "CREATED_BY_ID": Field("created_by", FieldKind.NUMBER),
    "MODIFIED_BY_ID": Field("modified_by", FieldKind.NUMBER),
    "DATE_CREATE": Field("created_at", FieldKind.DATE),
    "DATE_MODIFY": Field("modified_at", FieldKind.DATE),
}
DOCS = "api-reference/landing/template/"

SiteId = Annotated[int, Doc("Id of the site.", see="landing.site.getList")]
PageId = Annotated[int, Doc("Id of the page.", see="landing.landing.getList")]
Areas = Annotated[
    dict[str, Any] | None,
    Doc("Area number -> id of the page that fills it. Replaces all areas; without it all are emptied."),
]


@method(
    "landing.template.getlist",
    needs=Right.SECTION,
    raises=[AccessDenied],
    doc=DOCS + "landing-template-get-list.md",
)
def get_list(
    call: Call,
    params: Annotated[
        dict[str, Any] | None, Doc("select, filter, order, group, limit, offset; they work only inside `params`.")
    ] = None,
) -> list[dict[str, Any]]:
    """List the view templates. They are built in and cannot be changed."""
    call.require(Right.SECTION)
    zone = call.caller.portal.zone
    query = parse_list(params or {}, FIELDS, zone, deleted_hidden=False)
    return grouped(
        query,
        lambda listing: template_rows.list_templates(call.tx, call.portal_id, listing),
        lambda template, name: row(template, (name,), FIELDS, zone)[name],
    )


@method(
    "landing.template.getSiteRef",
    needs=Right.READ,
    raises=[EntityNotFound, AccessDenied],
    doc=DOCS + "landing-template-get-site-ref.md",
)
def get_site_ref(call: Call, id: SiteId) -> dict[str, int] | bool:
    """Return the pages that fill the areas of a site, as area -> page id; true if no area is filled."""
    return _areas_answer(view_templates.areas_of_site(call, _site(call, id)))


@method(
    "landing.template.setSiteRef",
    needs=Right.SETT,
    runs=Runs.WRITE,
    raises=[EntityNotFound, AccessDenied],
    doc=DOCS + "landing-template-set-site-ref.md",
)
def set_site_ref(call: Call, id: SiteId, data: Areas = None) -> bool:
    """Set the pages that fill the areas of a site; always true, also if the right is missing and nothing changes."""
    site = _site(call, id)
    if call.may(Right.SETT, site.id):
        view_templates.fill_site(call, site, _areas(call, data))
    return True


@method(
    "landing.template.getLandingRef",
    needs=Right.READ,
    raises=[EntityNotFound, AccessDenied],
    doc=DOCS + "landing-template-get-landing-ref.md",
)
def get_landing_ref(call: Call, id: PageId) -> dict[str, int] | bool:
    """Return the pages that fill the areas of a page, as area -> page id; true if it has no own areas."""
    return _areas_answer(view_templates.areas_of_page(call, _page(call, id)))


@method(
    "landing.template.setLandingRef",
    needs=Right.SETT,
    runs=Runs.WRITE,
    raises=[EntityNotFound, AccessDenied],
    doc=DOCS + "landing-template-set-landing-ref.md",
)
def set_landing_ref(call: Call, id: PageId, data: Areas = None) -> bool:
    """Set the pages that fill the areas of a page; always true, also if the right is missing and nothing changes."""
    page = _page(call, id)
    if call.may(Right.SETT, page.site_id):
        view_templates.fill_page(call, page, _areas(call, data))
    return True


def _site(call: Call, site_id: int) -> Site:
    site = sites.find(call, site_id, call.site_types)
    if not call.may(Right.READ, site_id) or site is None or site.deleted:
        raise EntityNotFound
    return site


def _page(call: Call, page_id: int) -> PageView:
    page = find_page(call, page_id)
    if page is None:
        raise EntityNotFound
    return page


def _areas(call: Call, data: Mapping[str, Any] | None) -> dict[int, int]:
    """Parse areas; ignore non-numbers and pages the caller cannot read."""
    areas = {}
    for area, page_id in (data or {}).items():
        with suppress(TypeError):
            number, page = to_int(area), find_page(call, to_int(page_id))
            if number > 0 and page is not None:
                areas[number] = page.id
    return areas


def _areas_answer(areas: Mapping[int, int]) -> dict[str, int] | bool:
    return {str(area): page_id for area, page_id in areas.items()} or True
