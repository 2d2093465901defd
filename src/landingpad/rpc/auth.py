"""Authorization: the caller behind a webhook, an access token or a browser session."""

from functools import lru_cache

from landingpad.domain.people.portals import SCOPES, Plan, PortalState
from landingpad.domain.people.secrets import hashed
from landingpad.domain.people.sessions import is_over
from landingpad.errors.calls import (
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
from landingpad.store.people import credentials
from landingpad.store.people.sessions import Session
from landingpad.store.records import PortalRow

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
    found = credentials.by_webhook(tx, portal_id, hashed(code))
    if found is None or str(found.user.id) != user or found.revoked_at is not None:
        raise InvalidCredentials
    if found.expires_at and found.expires_at <= now_ms:
        raise InvalidCredentials
    _check_portal(found.portal)
    if not found.user.is_active:
        raise InvalidCredentials
    return Caller(found.portal, found.user, scope_set(found.scopes), f"webhook:{found.id}")


def token_caller(tx: Tx, portal_id: int, token: str, now_ms: int) -> Caller:
    """Return the caller behind an access token of an application.

    Raises:
        InvalidToken: the token is unknown, revoked or of another portal, or the application was removed.
        ExpiredToken: the token has expired; the client should refresh it.
        AuthorizationError: the user is blocked.
        UserAccessError: the application is not open to this user.
        PortalDeleted: also OverloadLimit and PlanWithoutRest: the portal accepts no calls.

    """
    found = credentials.by_token(tx, portal_id, hashed(token))
    if found is None or found.revoked_at is not None:
        raise InvalidToken
    if found.expires_at <= now_ms:
        raise ExpiredToken
    _check_portal(found.portal)
    if not found.user.is_active:
        raise AuthorizationError
    app = found.app
    if not app.is_open_to(found.user.id):
        raise UserAccessError
    return Caller(found.portal, found.user, scope_set(app.scopes), f"app:{app.id}", app, found.expires_at)


def session_caller(tx: Tx, portal_id: int, token: str, now_ms: int) -> tuple[Caller, Session] | None:
    """Return caller and session of a browser, or None for an unknown or ended session, blocked user or deleted portal.

    The browser portal also works on plans without REST, and while REST is stopped.
    """
    found = credentials.by_session(tx, portal_id, hashed(token))
    if found is None or not found.user.is_active or found.portal.state == PortalState.DELETED:
        return None
    session = found.session
    if is_over(session.seen_at, session.expires_at, now_ms):
        return None
    return Caller(found.portal, found.user, _EVERY_SCOPE, f"session:{session.id}"), session


def _check_portal(portal: PortalRow) -> None:
    if portal.state != PortalState.ACTIVE:
        raise OverloadLimit if portal.state == PortalState.OVERLOADED else PortalDeleted
    if portal.plan == Plan.FREE:
        raise PlanWithoutRest
