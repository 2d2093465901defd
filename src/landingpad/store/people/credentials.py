"""Credentials of requests: webhook, access token or session with user and portal, in one joined row."""

from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query
from landingpad.store.people.sessions import Session
from landingpad.store.records import Application, PortalRow, User
from landingpad.store.tables.app import apps, grants, tokens
from landingpad.store.tables.site import portals, users, webhooks
from landingpad.store.tables.web import sessions


class WebhookCredential(msgspec.Struct, frozen=True):
    """A webhook with its user and portal, valid or not."""

    id: int
    scopes: str
    expires_at: int | None
    revoked_at: int | None
    user: User
    portal: PortalRow


class TokenCredential(msgspec.Struct, frozen=True):
    """An access token with its application, user and portal, valid or not."""

    expires_at: int
    revoked_at: int | None
    app: Application
    user: User
    portal: PortalRow


class SessionCredential(msgspec.Struct, frozen=True):
    """A session with its user and portal, ended or not."""

    session: Session
    user: User
    portal: PortalRow


# Every row ends with the user and the portal.
_PORTAL = -len(PortalRow.__struct_fields__)
_USER = _PORTAL - len(User.__struct_fields__)
_USER_AND_PORTAL = (
    *(users.c[name] for name in User.__struct_fields__),
    *(portals.c[name] for name in PortalRow.__struct_fields__),
)
_WEBHOOK = Query(
    select(webhooks.c.id, webhooks.c.scopes, webhooks.c.expires_at, webhooks.c.revoked_at, *_USER_AND_PORTAL)
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
    select(*(sessions.c[name] for name in Session.__struct_fields__), *_USER_AND_PORTAL)
    .select_from(
        sessions.join(users, users.c.id == sessions.c.user_id).join(portals, portals.c.id == sessions.c.portal_id)
    )
    .where(sessions.c.token_hash == bindparam("token_hash"), sessions.c.portal_id == bindparam("portal_id")),
    tuple,
)


def by_webhook(tx: Tx, portal_id: int, code_hash: str) -> WebhookCredential | None:
    """Return a webhook of this portal, or None."""
    row = tx.one(_WEBHOOK, code_hash=code_hash, portal_id=portal_id)
    if row is None:
        return None
    webhook_id, scopes, expires_at, revoked_at = row[:_USER]
    return WebhookCredential(webhook_id, scopes, expires_at, revoked_at, *_user_and_portal(row))


def by_token(tx: Tx, portal_id: int, token_hash: str) -> TokenCredential | None:
    """Return an access token of this portal, or None."""
    row = tx.one(_TOKEN, token_hash=token_hash, portal_id=portal_id)
    if row is None:
        return None
    expires_at, revoked_at, *app = row[:_USER]
    return TokenCredential(expires_at, revoked_at, Application(*app), *_user_and_portal(row))


def by_session(tx: Tx, portal_id: int, token_hash: str) -> SessionCredential | None:
    """Return a session of this portal, or None."""
    row = tx.one(_SESSION, token_hash=token_hash, portal_id=portal_id)
    if row is None:
        return None
    return SessionCredential(Session(*row[:_USER]), *_user_and_portal(row))


def _user_and_portal(row: tuple[Any, ...]) -> tuple[User, PortalRow]:
    return User(*row[_USER:_PORTAL]), PortalRow(*row[_PORTAL:])
