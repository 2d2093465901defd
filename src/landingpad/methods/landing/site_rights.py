"""landing.site.getRights and setRights: rights on one site."""

from contextlib import suppress
from typing import Annotated, Any

from landingpad.domain.people.rights import SITES, Right, replace_site_rights
from landingpad.domain.site import sites
from landingpad.errors.calls import AccessDenied
from landingpad.errors.people import IsNotAdmin
from landingpad.rpc.bind import to_list
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.people.rights import EVERY_SITE

DOCS = "api-reference/landing/rights/extended-model/"

SiteId = Annotated[int, Doc("Id of the site.", see="landing.site.getList")]


@method("landing.site.getRights", needs=Right.SECTION, raises=[AccessDenied], doc=DOCS + "landing-site-get-rights.md")
def get_rights(call: Call, id: SiteId) -> list[str]:
    """Return the caller's rights on a site; an empty list if it is unknown or unreadable."""
    call.require(Right.SECTION, id)
    site = sites.find(call, id, call.site_types)
    return [] if site is None else call.access.operations(id)


@method(
    "landing.site.setRights",
    needs=Right.ADMIN,
    runs=Runs.WRITE,
    raises=[AccessDenied, IsNotAdmin],
    doc=DOCS + "landing-site-set-rights.md",
)
def set_rights(
    call: Call,
    id: Annotated[int, Doc("Id of the site; 0: all sites without their own rights.", see="landing.site.getList")],
    rights: Annotated[
        dict[str, Any] | None,
        Doc(
            "Access code -> list of denied, read, edit, sett, public, delete. Without it the site's rights are removed."
        ),
    ] = None,
) -> bool:
    """Replace the rights of a site in the extended model; false if it is unknown or in the trash.

    While the role model is on, these rights are stored but have no effect.
    """
    if not call.may(Right.ADMIN):
        raise IsNotAdmin
    if id == EVERY_SITE:
        if call.section != SITES and not call.user.is_admin:
            raise IsNotAdmin  # these rights hold in every section
    else:
        site = sites.find(call, id, call.site_types)
        if site is None or site.deleted:
            return False
    given = {}
    for code, operations in (rights or {}).items():
        with suppress(TypeError):  # skip values that are not lists
            given[code.strip()] = to_list(operations)
    replace_site_rights(call.tx, call.portal_id, id, given)
    return True
