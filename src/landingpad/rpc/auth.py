"""Authorization: the caller behind a webhook, an access token or a browser session."""

from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select

from landingpad.domain.people.portals import SCOPES, Plan, PortalState
from landingpad.domain.people.secrets import hashed
from landingpad.domain.people.sessions import is_over
from landingpad.errors import (
    AuthorizationError,
    ExpiredToken,
    InvalidCredentials,
    InvalidToken,
    OverloadLimit,
    PlanWithoutRest,
    PortalDeleted,
    UserAccessError,
)
from landingpad.rpc.call import Caller
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query
from landingpad.store.people.sessions import COLUMNS as SESSION_COLUMNS
from landingpad.store.people.sessions import Session
from landingpad.store.records import Application, Portal, User
from landingpad.store.tables.app import apps, grants, tokens
from landingpad.store.tables.site import portals, users, webhooks
from landingpad.store.tables.web import sessions

_USER_AND_PORTAL = (
    users.c.id.label("user_id"),
    users.c.login,
    users.c.name,
    users.c.last_name,
    users.c.email,
    users.c.is_admin,
    users.c.is_active,
    portals.c.domain,
    portals.c.title.label("portal_title"),
    portals.c.member_id,
    portals.c.state,
    portals.c.time_zone,
    portals.c.language,
    portals.c.created_at.label("portal_created_at"),
    portals.c.plan,
)
_WEBHOOK = Query(
    select(
        webhooks.c.id.label("webhook_id"),
        webhooks.c.scopes,
        webhooks.c.expires_at,
        webhooks.c.revoked_at,
        *_USER_AND_PORTAL,
    )
    .select_from(
        webhooks.join(users, users.c.id == webhooks.c.user_id).join(portals, portals.c.id == webhooks.c.portal_id)
    )
    .where(webhooks.c.code_hash == bindparam("code_hash"), webhooks.c.portal_id == bindparam("portal_id")),
    tuple,
)
_TOKEN = Query(
    select(
        tokens.c.expires_at,
        grants.c.revoked_at,
        *(apps.c[name] for name in Application.__struct_fields__),
        *_USER_AND_PORTAL,
    )
    .select_from(
        tokens.join(grants, grants.c.id == tokens.c.grant_id)
        .join(apps, apps.c.id == grants.c.app_id)
        .join(users, users.c.id == grants.c.user_id)
        .join(portals, portals.c.id == tokens.c.portal_id)
    )
    .where(
        tokens.c.token_hash == bindparam("token_hash"),
        tokens.c.kind == "access",
        tokens.c.portal_id == bindparam("portal_id"),
    ),
    tuple,
)
_SESSION = Query(
    select(*SESSION_COLUMNS, *_USER_AND_PORTAL)
    .select_from(
        sessions.join(users, users.c.id == sessions.c.user_id).join(portals, portals.c.id == sessions.c.portal_id)
    )
    .where(sessions.c.token_hash == bindparam("token_hash"), sessions.c.portal_id == bindparam("portal_id")),
    tuple,
)
_EVERY_SCOPE = frozenset(SCOPES)


@lru_cache(maxsize=256)
def scope_set(scopes: str) -> frozenset[str]:
    """Parse the stored list of scopes."""
    return frozenset(scope for scope in scopes.split(",") if scope)


def webhook_caller(tx: Tx, portal_id: int, user: str, code: str, now_ms: int) -> Caller:
    """Return the caller behind a webhook address `/rest/{user}/{code}/`.

    The hash of the whole code is looked up in an index, so response times reveal nothing about a partly right guess.

    Raises:
        InvalidCredentials: the code is unknown, another user's, expired or revoked, or the user is blocked.
        PortalDeleted: also OverloadLimit and PlanWithoutRest: the portal accepts no calls.

    """
    row = tx.one(_WEBHOOK, code_hash=hashed(code), portal_id=portal_id)
    if row is None:
        raise InvalidCredentials
    webhook_id, scopes, expires_at, revoked_at, *rest = row
    if str(rest[0]) != user or revoked_at is not None or (expires_at and expires_at <= now_ms):
        raise InvalidCredentials
    user_found, portal = _user_and_portal(portal_id, rest)
    if not user_found.is_active:
        raise InvalidCredentials
    return Caller(portal, user_found, scope_set(scopes), f"webhook:{webhook_id}")


def token_caller(tx: Tx, portal_id: int, token: str, now_ms: int) -> Caller:
    """Return the caller behind an access token of an application.

    Raises:
        InvalidToken: the token is unknown, revoked or of another portal, or the application was removed.
        ExpiredToken: the token has expired; the client should refresh it.
        AuthorizationError: the user is blocked.
        UserAccessError: the application is not open to this user.
        PortalDeleted: also OverloadLimit and PlanWithoutRest: the portal accepts no calls.

    """
    row = tx.one(_TOKEN, token_hash=hashed(token), portal_id=portal_id)
    if row is None or row[1] is not None:
        raise InvalidToken
    if row[0] <= now_ms:
        raise ExpiredToken
    fields = len(Application.__struct_fields__)
    app = Application(*row[2 : 2 + fields])
    user, portal = _user_and_portal(portal_id, row[2 + fields :])
    if not user.is_active:
        raise AuthorizationError
    if not app.is_open_to(user.id):
        raise UserAccessError
    return Caller(portal, user, scope_set(app.scopes), f"app:{app.id}", app, row[0])


def session_caller(tx: Tx, portal_id: int, token: str, now_ms: int) -> tuple[Caller, Session] | None:
    """Return caller and session of a browser, or None for an unknown or ended session, blocked user or deleted portal.

    The browser portal also works on plans without REST, and while REST is stopped.
    """
    row = tx.one(_SESSION, token_hash=hashed(token), portal_id=portal_id)
    if row is None:
        return None
    session = Session(*row[: len(SESSION_COLUMNS)])
    user_id, login, name, last_name, email, is_admin, is_active, *rest = row[len(SESSION_COLUMNS) :]
    portal = Portal(portal_id, *rest)
    if not is_active or portal.state == PortalState.DELETED or is_over(session.seen_at, session.expires_at, now_ms):
        return None
    user = User(user_id, portal_id, login, name, last_name, email, is_admin, is_active)
    return Caller(portal, user, _EVERY_SCOPE, f"session:{session.id}"), session


def _user_and_portal(portal_id: int, row: Any) -> tuple[User, Portal]:
    user_id, login, name, last_name, email, is_admin, is_active, *rest = row
    portal = Portal(portal_id, *rest)
    if portal.state != PortalState.ACTIVE:
        raise OverloadLimit if portal.state == PortalState.OVERLOADED else PortalDeleted
    if portal.plan == Plan.FREE:
        raise PlanWithoutRest
    return User(user_id, portal_id, login, name, last_name, email, is_admin, is_active), portal
