"""landing.site.bindingTo* and related methods: knowledge bases at menus and groups of the portal."""

from typing import Annotated, Any

from landingpad.domain.people.rights import Right
from landingpad.domain.site import bindings, sites
from landingpad.domain.site.bindings import Kind
from landingpad.errors.calls import AccessDenied
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.site import bindings as binding_rows

DOCS = "api-reference/landing/embedding/knowledge-base/"

SiteId = Annotated[int, Doc("Id of the knowledge base.", see="landing.site.getList")]
GroupId = Annotated[int, Doc("Id of the group.")]
MenuCode = Annotated[str, Doc("Code of the menu, such as crm_switcher:deal.")]


@method(
    "landing.site.bindingToMenu",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-binding-to-menu.md",
)
def binding_to_menu(call: Call, id: SiteId, menuCode: MenuCode) -> bool:
    """Show a knowledge base in a menu; false if it is already there or not allowed there."""
    return _bind(call, id, "menu", menuCode)


@method(
    "landing.site.unbindingFromMenu",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-unbinding-from-menu.md",
)
def unbinding_from_menu(call: Call, id: SiteId, menuCode: MenuCode) -> bool:
    """Remove a knowledge base from a menu; false if it was not there."""
    return _unbind(call, id, "menu", menuCode)


@method(
    "landing.site.getMenuBindings",
    needs=Right.SECTION,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-get-menu-bindings.md",
)
def get_menu_bindings(
    call: Call, menuCode: Annotated[str | None, Doc("Code of a menu; without it all menus.")] = None
) -> list[dict[str, Any]]:
    """List the knowledge bases in menus."""
    call.require(Right.SECTION)
    return _listed(call, "menu", menuCode)


@method(
    "landing.site.bindingToGroup",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-binding-to-group.md",
)
def binding_to_group(call: Call, id: SiteId, groupId: GroupId) -> bool:
    """Show a knowledge base to a group; false if the group already has one or it is not allowed there."""
    return _bind(call, id, "group", str(groupId))


@method(
    "landing.site.unbindingFromGroup",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-unbinding-from-group.md",
)
def unbinding_from_group(call: Call, id: SiteId, groupId: GroupId) -> bool:
    """Remove a knowledge base from a group; false if it was not there."""
    return _unbind(call, id, "group", str(groupId))


@method(
    "landing.site.getGroupBindings",
    needs=Right.SECTION,
    raises=[AccessDenied],
    doc=DOCS + "landing-site-get-group-bindings.md",
)
def get_group_bindings(
    call: Call, groupId: Annotated[int | None, Doc("Id of a group; without it all groups.")] = None
) -> list[dict[str, Any]]:
    """List the knowledge bases of groups."""
    call.require(Right.SECTION)
    return _listed(call, "group", None if groupId is None else str(groupId))


def _bind(call: Call, site_id: int, kind: Kind, target: str) -> bool:
    site = sites.find(call, site_id, bindings.TYPES)
    allowed = call.may(Right.EDIT, site_id)
    return allowed and site is not None and not site.deleted and bindings.bind(call, site, kind, target)


def _unbind(call: Call, site_id: int, kind: Kind, target: str) -> bool:
    site = sites.find(call, site_id, bindings.TYPES)
    return call.may(Right.EDIT, site_id) and site is not None and bindings.unbind(call, site, kind, target)


def _listed(call: Call, kind: Kind, target: str | None) -> list[dict[str, Any]]:
    urls, portal_host = call.services.urls, call.caller.portal.domain
    bound = binding_rows.of_kind(call.tx, call.portal_id, kind, target)
    readable = call.access.readable_among({found.site_id for found in bound}, bindings.TYPES)
    return [
        {
            "ENTITY_ID": str(found.site_id),
            "ENTITY_TYPE": "S",
            "BINDING_ID": found.target,
            "TITLE": found.title,
            "PUBLIC_URL": urls.site(portal_host, found.type, found.code, found.host) + "/",
        }
        for found in bound
        if found.site_id in readable
    ]
