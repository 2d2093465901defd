"""landing.landing.addByTemplate: pages created from templates."""

from collections.abc import Mapping
from typing import Annotated, Any

from landingpad.domain.page import demos, menus, pages, publishing
from landingpad.domain.people.rights import Right
from landingpad.domain.site import importing, sites
from landingpad.domain.site.importing import PageTexts
from landingpad.errors.calls import AccessDenied
from landingpad.errors.page import (
    CodeCannotBeEmpty,
    FolderNotFound,
    TemplatePlaceProblem,
    TemplateSiteProblem,
    WrongCodeFormat,
    WrongTemplateData,
)
from landingpad.errors.site import SlashIsNotAllowed
from landingpad.methods.landing.access import add_menu_link, own_pictures
from landingpad.methods.wire import given_int, given_text
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.page import pages as page_rows
from landingpad.store.records import Site
from landingpad.store.site import folders as folder_rows


@method(
    "landing.landing.addByTemplate",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[
        TemplateSiteProblem,
        TemplatePlaceProblem,
        AccessDenied,
        FolderNotFound,
        WrongTemplateData,
        SlashIsNotAllowed,
        CodeCannotBeEmpty,
        WrongCodeFormat,
    ],
    doc="api-reference/landing/page/methods/landing-landing-add-by-template.md",
)
def add_by_template(
    call: Call,
    siteId: Annotated[int, Doc("Id of the site for the new page.", see="landing.site.getList")],
    code: Annotated[str, Doc("Code of the template.", see="landing.demos.getPageList")],
    fields: Annotated[
        dict[str, Any] | None,
        Doc(
            "TITLE, DESCRIPTION, SITE_TYPE; ID: a page beside which, or a folder in which, it is created; FOLDER_ID; "
            "BLOCK_ID and MENU_CODE: a menu for a link to the page; ADD_IN_MENU: Y adds a link to the site's menu."
        ),
    ] = None,
) -> int:
    """Create a page from a template, published if `fields.ID` names an active page or folder; return its id."""
    site = sites.find(call, siteId, call.site_types)
    may_edit = call.may(Right.EDIT, siteId)
    if site is None or site.deleted or not call.may(Right.READ, siteId):
        raise TemplateSiteProblem
    if not may_edit:
        raise AccessDenied("Access to create the page is denied.")
    given = fields or {}
    folder_id, publish = _place(call, site, given)
    kind = _text(given, "SITE_TYPE").upper() or site.type
    data = demos.page_data(call, code, kind)
    if data is None:
        raise WrongTemplateData(f'No page template has the code "{code}" for sites of the type {kind}.')
    texts = PageTexts(title=_text(given, "TITLE"), description=_text(given, "DESCRIPTION"))
    page_id = importing.add_page(call, site, _with_own_pictures(call, data), texts, folder_id=folder_id)
    _add_to_menu(call, site, page_id, given)
    page = page_rows.find(call.tx, call.portal_id, page_id) if publish else None
    if page is not None and call.may(Right.PUBLIC, site.id):
        publishing.publish_page(call, page)
    return page_id


def _place(call: Call, site: Site, given: Mapping[str, Any]) -> tuple[int | None, bool]:
    """Return the folder of the new page and whether to publish it: both follow the page or folder named by `ID`."""
    folder_id = given_int(given, "FOLDER_ID")
    wanted = folder_id if isinstance(folder_id, int) else None
    neighbour = given_int(given, "ID")
    if not isinstance(neighbour, int):
        return pages.checked_folder(call, site.id, wanted), False
    page = page_rows.find(call.tx, call.portal_id, neighbour)
    if page is not None and page.site_id == site.id and not page.deleted:
        place = page.folder_id or pages.checked_folder(call, site.id, wanted)
        return place, page.active
    folder = folder_rows.find(call.tx, call.portal_id, neighbour)
    if folder is not None and folder.site_id == site.id and not folder.deleted:
        return folder.id, folder.active
    raise TemplatePlaceProblem(f"The site {site.id} has no page or folder {neighbour}.")


def _with_own_pictures(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    """Return a template without pictures that the caller may not reuse."""
    fields = data.get("fields")
    if not isinstance(fields, Mapping):
        return data
    given = fields.get("ADDITIONAL_FIELDS")
    if not isinstance(given, Mapping):
        return data
    return {**data, "fields": {**fields, "ADDITIONAL_FIELDS": own_pictures(call, given)}}


def _add_to_menu(call: Call, site: Site, page_id: int, given: Mapping[str, Any]) -> None:
    title = _text(given, "TITLE")
    block_id = given_int(given, "BLOCK_ID")
    menu = _text(given, "MENU_CODE")
    added = False
    if isinstance(block_id, int) and menu:
        page = page_rows.find(call.tx, call.portal_id, page_id)
        added = add_menu_link(call, block_id, menu, page_id, title or (page.title if page else ""))
    if not added and title and given.get("ADD_IN_MENU") == "Y":
        menus.add_link_to_site(call, site, page_id, title)


def _text(given: Mapping[str, Any], name: str) -> str:
    text = given_text(given, name)
    return text.strip() if isinstance(text, str) else ""
