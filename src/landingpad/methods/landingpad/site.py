"""landingpad.site.*: our own methods for sites, beyond the documented API."""

from typing import Annotated, Any

from msgspec import UNSET

from landingpad.domain.people.rights import Right
from landingpad.domain.site import duplicating, sites
from landingpad.domain.site.sites import SiteFields
from landingpad.errors.calls import AccessDenied
from landingpad.errors.site import SlashIsNotAllowed
from landingpad.methods.wire import given_text
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method


@method("landingpad.site.duplicate", needs=Right.CREATE, runs=Runs.WRITE, raises=[AccessDenied, SlashIsNotAllowed])
def duplicate(
    call: Call,
    id: Annotated[int, Doc("Id of the site to copy.", see="landing.site.getList")],
    fields: Annotated[
        dict[str, Any] | None,
        Doc("TITLE and CODE of the copy, by default those of the site. A number is added to a code that is taken."),
    ] = None,
) -> int:
    """Copy a site with its folders, pages and drafts. Return the id of the unpublished copy.

    The copy has the settings, areas, special pages and rights of the site, and its own address. Links between pages and
    blocks of the site lead to their copies. Folders, pages and blocks in the trash are omitted.
    """
    given = fields or {}
    wanted = SiteFields(title=given_text(given, "TITLE") or UNSET, code=given_text(given, "CODE"))
    may_read, may_create = call.may(Right.READ, id), call.may(Right.CREATE)
    site = sites.get(call, id, call.site_types)
    if not may_read or not may_create or site.deleted:
        raise AccessDenied
    return duplicating.duplicate(call, site, wanted, call.site_types)
