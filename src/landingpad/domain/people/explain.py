"""Explain a user's rights to a site: the decision that a call would get, with its reasons."""

from collections.abc import Iterable
from typing import NamedTuple

from landingpad.domain.people.people import PeopleError
from landingpad.domain.people.rights import OPERATIONS, Access, Right, Standing, section_of
from landingpad.store.db.engine import Tx
from landingpad.store.people import groups as group_rows
from landingpad.store.people import roles as role_rows
from landingpad.store.people.rights import DENIED, EVERY_SITE
from landingpad.store.records import User
from landingpad.store.site import sites as site_rows


class Reason(NamedTuple):
    """One right, whether the user has it, and the reason."""

    right: str
    allowed: bool
    text: str


class Explanation(NamedTuple):
    """The rights of one user to one site, with everything that decides about them."""

    user: str
    site: str
    model: str
    codes: list[str]
    rules: list[str]
    reasons: list[Reason]


class _Rule(NamedTuple):
    """Operations that a setting grants to the user, and the name of that setting."""

    source: str
    operations: frozenset[str]

    def __str__(self) -> str:
        return f"{self.source}: {_named(self.operations)}"


def explain(tx: Tx, portal_id: int, user_id: int, site_id: int) -> Explanation:
    """Explain the rights of a user to a site.

    Raises:
        PeopleError: the user or site is unknown.

    """
    account = group_rows.account(tx, portal_id, user_id)
    site = site_rows.find(tx, portal_id, site_id)
    if account is None:
        raise PeopleError(f"There is no user {user_id}. `landingpad user list` shows them.")
    if site is None:
        raise PeopleError(f"There is no site {site_id}. `landingpad site list` shows them.")
    user = User(
        user_id, portal_id, account.login, account.name, account.last_name, "", account.is_admin, account.is_active
    )
    access = Access(tx, portal_id, user)
    standing, section = access.standing(site_id), section_of(site.type)
    rules = list(_role_rules(tx, portal_id, standing, section) if standing.by_roles else _set_rules(standing))
    general = _general(user, standing, section)
    reasons = []
    for right in (Right.SECTION, *OPERATIONS, Right.CREATE, Right.ADMIN):
        about = site_id if right in OPERATIONS else None
        allowed = user.is_active and access.may_use(section, site_id) and access.may(right, about, section)
        reasons.append(Reason(right.value, allowed, general or _why(right, standing, section, rules)))
    return Explanation(
        f"{account.name} {account.last_name}".strip() + f" (user {user_id}, {account.login})",
        f"{site.title} (site {site_id}, {site.type}{', in the trash' if site.deleted else ''})",
        "roles" if standing.by_roles else "extended: rights are set for each site",
        sorted(standing.codes),
        [str(rule) for rule in rules],
        reasons,
    )


def _general(user: User, standing: Standing, section: str) -> str:
    """Return the reason that decides about every right at once, or ""."""
    if not user.is_active:
        return "the user is blocked"
    if user.is_admin:
        return "the user is an administrator"
    if standing.has_full_access(section):
        return f"a role gives full access to the section {section}"
    if not standing.may_use(section):
        if standing.by_roles:
            return f"the user has no role in the section {section}"
        return "the user is from outside the company, and no rights of any site name them"
    return ""


def _why(right: Right, standing: Standing, section: str, rules: list[_Rule]) -> str:
    match right:
        case Right.SECTION:
            return "the user has a role there" if standing.by_roles else "every colleague may use the section"
        case Right.CREATE if standing.by_roles:
            return f"`create` of a role in the section {section} decides"
        case Right.CREATE:
            return "who may edit sites without rights of their own (site 0) may make some"
        case Right.ADMIN:
            return "that is for administrators, and in the role model for roles with full access"
    denying = [rule.source for rule in rules if DENIED in rule.operations]
    if denying:
        return f"denied by {', '.join(denying)}"
    granting = [rule.source for rule in rules if right in rule.operations]
    return f"by {', '.join(granting)}" if granting else "nothing grants it"


def _set_rules(standing: Standing) -> Iterable[_Rule]:
    if not standing.has_own_set and not standing.has_default_set:
        if not standing.is_outside:
            yield _Rule("default (nothing is set for the site or for site 0)", frozenset({Right.READ}))
        return
    of_site = standing.site_id if standing.has_own_set else EVERY_SITE
    for code, operations in sorted(standing.sets.get(of_site, {}).items()):
        yield _Rule(f"{code} at site {of_site}", operations)


def _role_rules(tx: Tx, portal_id: int, standing: Standing, section: str) -> Iterable[_Rule]:
    for role in role_rows.of_section(tx, portal_id, section):
        held = standing.roles.get(role.id)
        if held is None:
            continue
        via = sorted(set(role_rows.codes_of(tx, portal_id, role.id)) & set(standing.codes))
        of_site = standing.site_id if standing.site_id in held.rights else EVERY_SITE
        yield _Rule(
            f"role {role.id} {role.title} (by {', '.join(via)}) at site {of_site}", held.rights_to(standing.site_id)
        )


def _named(operations: Iterable[str]) -> str:
    if DENIED in operations:
        return DENIED
    return ", ".join(operation for operation in OPERATIONS if operation in operations) or "nothing"
