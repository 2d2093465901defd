"""Portals, their users and webhooks. They are created on the command line; the API works inside one portal."""

from collections.abc import Iterable
from enum import StrEnum
from random import Random

from landingpad.domain.app.known_names import ALL_SCOPES
from landingpad.domain.people.roles import add_standard_roles
from landingpad.domain.people.secrets import hash_password, hashed, new_code
from landingpad.errors import OperatorError
from landingpad.store.db.engine import Tx
from landingpad.store.people import people, webhooks
from landingpad.store.people import portals as rows
from landingpad.store.records import User


class PortalState(StrEnum):
    """Whether a portal answers."""

    ACTIVE = "active"
    OVERLOADED = "overloaded"
    """The API was stopped and answers OVERLOAD_LIMIT."""
    DELETED = "deleted"
    """The portal is closed and answers PORTAL_DELETED."""


class Plan(StrEnum):
    """Plan of a portal. The names are ours, the limits are documented (limits.md)."""

    FREE = "free"
    """Without the REST API."""
    BASIC = "basic"
    ENTERPRISE = "enterprise"


SCOPES = (
    "landing",
    "placement",
    "user",
    "user.userfield",
    "user_basic",
    "user_brief",
    "department",
    "configuration.import",
)
"""REST scopes of the methods of this server. General methods need no scope."""
FOREIGN_SCOPES = tuple(sorted(set(ALL_SCOPES) - set(SCOPES)))
"""Scopes of a full portal without a method here. Tokens may have them, as applications for a full portal expect."""


class UnknownScopeError(OperatorError):
    """The scope is unknown to this server; the text lists the known ones."""


def add_portal(
    tx: Tx,
    *,
    domain: str,
    title: str,
    now_ms: int,
    time_zone: str = "UTC",
    plan: Plan = Plan.BASIC,
    random: Random | None = None,
) -> int:
    """Create a portal and return its id; `domain` is its host name.

    It has a root department with the title of the portal, the standard roles, and no users.
    """
    portal_id = rows.add(
        tx,
        domain=domain,
        title=title,
        member_id=new_code(random),
        plan=plan,
        time_zone=time_zone,
        signing_key=new_code(random, 64),
        now_ms=now_ms,
    )
    people.add_department(tx, portal_id, title)
    add_standard_roles(tx, portal_id, now_ms)
    return portal_id


def add_user(
    tx: Tx,
    portal_id: int,
    *,
    login: str,
    name: str,
    last_name: str = "",
    password: str | None,
    is_admin: bool,
    now_ms: int,
    email: str = "",
) -> int:
    """Create a user and return the id. Without a password only a sign-in link lets the user in."""
    return people.add(
        tx,
        portal_id,
        login=login,
        password_hash=None if password is None else hash_password(password),
        name=name,
        last_name=last_name,
        email=email or f"{login}@example.com",
        is_admin=is_admin,
        department_id=people.root_department(tx, portal_id),
        now_ms=now_ms,
    )


def add_webhook(
    tx: Tx,
    portal_id: int,
    user_id: int,
    *,
    scopes: Iterable[str],
    title: str,
    now_ms: int,
    expires_at: int | None = None,
    random: Random | None = None,
) -> str:
    """Create a webhook and return its code, which is stored only as a hash.

    Raises:
        UnknownScopeError: a scope is unknown.

    """
    wanted = check_scopes(scopes)
    code = new_code(random)
    webhooks.add(
        tx,
        portal_id,
        user_id,
        code_hash=hashed(code),
        title=title,
        scopes=",".join(wanted),
        expires_at=expires_at,
        now_ms=now_ms,
    )
    return code


def revoke_webhook(tx: Tx, webhook_id: int, *, by: User, now_ms: int) -> bool:
    """Revoke a webhook of `by`, or any of the portal for an administrator. Return False if there is no such webhook."""
    found = webhooks.find(tx, by.portal_id, webhook_id)
    if found is None or found.revoked_at is not None or not (by.is_admin or found.user_id == by.id):
        return False
    webhooks.revoke(tx, by.portal_id, webhook_id, now_ms)
    return True


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """Return the scopes sorted and without duplicates.

    Raises:
        UnknownScopeError: a scope is unknown.

    """
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES and scope not in FOREIGN_SCOPES]
    if unknown:
        raise UnknownScopeError(
            f"There is no scope {', '.join(unknown)}. There are: {', '.join(SCOPES)}; and scopes of parts of a portal "
            f"that are not here: {', '.join(FOREIGN_SCOPES)}."
        )
    return wanted
