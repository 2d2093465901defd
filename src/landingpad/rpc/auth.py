"""Who calls: the owner of a webhook."""

from functools import lru_cache

from sqlalchemy import bindparam, select

from landingpad.domain.errors import InvalidCredentials
from landingpad.domain.secrets import hashed
from landingpad.rpc.call import Caller
from landingpad.store.engine import Tx
from landingpad.store.query import Query
from landingpad.store.records import Portal, User
from landingpad.store.tables import portals, users, webhooks

_WEBHOOK = Query(
    select(
        webhooks.c.id.label("webhook_id"),
        webhooks.c.scopes,
        webhooks.c.expires_at,
        webhooks.c.revoked_at,
        users.c.id.label("user_id"),
        users.c.login,
        users.c.name,
        users.c.last_name,
        users.c.email,
        users.c.is_admin,
        users.c.is_active,
        portals.c.domain,
        portals.c.title,
        portals.c.member_id,
        portals.c.state,
        portals.c.time_zone,
        portals.c.language,
        portals.c.created_at,
    )
    .select_from(webhooks.join(users, users.c.id == webhooks.c.user_id).join(portals))
    .where(webhooks.c.code_hash == bindparam("code_hash"), webhooks.c.portal_id == bindparam("portal_id")),
    tuple,
)


@lru_cache(maxsize=256)
def scope_set(scopes: str) -> frozenset[str]:
    """Parse the stored list of scopes."""
    return frozenset(scope for scope in scopes.split(",") if scope)


def webhook_caller(tx: Tx, portal_id: int, user: str, code: str, now_ms: int) -> Caller:
    """Return the caller behind a webhook address `/rest/{user}/{code}/`.

    The hash of the whole code is looked up in an index, so no comparison tells how much of a guess was right.

    Raises:
        InvalidCredentials: unknown code, another user's, expired or revoked, or the user is blocked.

    """
    row = tx.one(_WEBHOOK, code_hash=hashed(code), portal_id=portal_id)
    if row is None:
        raise InvalidCredentials
    (webhook_id, scopes, expires_at, revoked_at, user_id, login, name, last_name, email, is_admin, is_active, *rest) = (
        row
    )
    if str(user_id) != user or revoked_at is not None or not is_active or (expires_at and expires_at <= now_ms):
        raise InvalidCredentials
    return Caller(
        Portal(portal_id, *rest),
        User(user_id, portal_id, login, name, last_name, email, is_admin, is_active),
        scope_set(scopes),
        f"webhook:{webhook_id}",
    )
