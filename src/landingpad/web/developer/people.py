"""The screen of users, groups and roles of a portal."""

from typing import NamedTuple

from starlette.responses import Response
from starlette.routing import Route

from landingpad.domain.people.rights import SECTIONS, SITES
from landingpad.store.db.engine import Tx
from landingpad.store.people import groups, roles
from landingpad.store.people.groups import Account, UserGroup
from landingpad.web.developer.admins import admin_screen
from landingpad.web.frame.paths import DEVELOPER
from landingpad.web.frame.visit import Visit

PATH = f"{DEVELOPER}people/"
_TITLES = {SITES: "Sites and stores", "KNOWLEDGE": "Knowledge bases", "GROUP": "Groups", "MAINPAGE": "Main pages"}


class ShownRole(NamedTuple):
    """A role with its rights and its access codes."""

    id: int
    title: str
    rights: dict[int, list[str]]
    additional: list[str]
    codes: list[str]


class PeopleAndRoles(NamedTuple):
    """All data of the page."""

    accounts: list[Account]
    groups: list[UserGroup]
    departments: dict[int, str]
    sections: dict[str, list[ShownRole]]


async def show(visit: Visit) -> Response:
    """Show users, groups and roles."""
    is_role_model = await visit.call("landing.role.isEnabled")
    found = await visit.read(lambda tx: _found(tx, visit))
    codes = sorted({code for listed in found.sections.values() for role in listed for code in role.codes})
    named = await visit.call("access.name", {"ACCESS": codes}) if codes else {}
    return await visit.page(
        "developer/people.html",
        found=found,
        titles=_TITLES,
        is_role_model=is_role_model,
        names={code: str(named[code]["name"]) if code in named else "" for code in codes},
    )


def _found(tx: Tx, visit: Visit) -> PeopleAndRoles:
    portal_id = visit.portal.id
    return PeopleAndRoles(
        groups.accounts(tx, portal_id),
        groups.of_portal(tx, portal_id),
        {number: name for number, name, *_ in groups.all_departments(tx, portal_id)},
        {section: [_role(tx, role) for role in roles.of_section(tx, portal_id, section)] for section in SECTIONS},
    )


def _role(tx: Tx, role: roles.Role) -> ShownRole:
    rights = roles.rights_of(tx, role.portal_id, role.id)
    return ShownRole(
        role.id,
        role.title or role.xml_id,
        {site_id: operations.split(",") for site_id, operations in rights.items()},
        [one for one in role.additional.split(",") if one],
        roles.codes_of(tx, role.portal_id, role.id),
    )


ROUTES = (Route(PATH, admin_screen(show)),)
