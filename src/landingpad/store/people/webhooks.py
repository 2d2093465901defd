"""Rows of webhooks for display, with their time of last use."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import bindparam, or_, select, update

from landingpad.store.db.columns import Id, Time
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.site import users, webhooks


class Webhook(msgspec.Struct, frozen=True):
    """A webhook with its user, without its code, which is stored only as a hash."""

    id: int
    user_id: int
    title: str
    scopes: str
    expires_at: int | None
    revoked_at: int | None
    created_at: int
    used_at: int | None
    login: str
    is_active: bool
    """Whether its user is not blocked."""

    def is_expired(self, now_ms: int) -> bool:
        """Say whether the webhook has expired."""
        return self.expires_at is not None and self.expires_at <= now_ms


_WEBHOOK = (
    select(*(webhooks.c[name] for name in Webhook.__struct_fields__[:-2]), users.c.login, users.c.is_active)
    .join(users, users.c.id == webhooks.c.user_id)
    .where(webhooks.c.portal_id == bindparam("portal_id"))
    .order_by(webhooks.c.id.desc())
)
_ALL = Query(_WEBHOOK, Webhook)
_OF_USER = Query(_WEBHOOK.where(webhooks.c.user_id == bindparam("user_id")), Webhook)
_BY_ID = Query(_WEBHOOK.where(webhooks.c.id == bindparam("id")), Webhook)
_USED = Statement(
    update(webhooks)
    .where(
        webhooks.c.id == bindparam("row_id", type_=Id),
        or_(webhooks.c.used_at.is_(None), webhooks.c.used_at < bindparam("used_at", type_=Time)),
    )
    .values(used_at=bindparam("used_at", type_=Time))
)


def of_portal(tx: Tx, portal_id: int) -> list[Webhook]:
    """Return the webhooks of a portal, newest first."""
    return tx.all(_ALL, portal_id=portal_id)


def of_user(tx: Tx, portal_id: int, user_id: int) -> list[Webhook]:
    """Return the webhooks of a user, newest first."""
    return tx.all(_OF_USER, portal_id=portal_id, user_id=user_id)


def find(tx: Tx, portal_id: int, webhook_id: int) -> Webhook | None:
    """Return a webhook of this portal, or None."""
    return tx.one(_BY_ID, portal_id=portal_id, id=webhook_id)


def add(
    tx: Tx,
    portal_id: int,
    user_id: int,
    *,
    code_hash: str,
    title: str,
    scopes: str,
    expires_at: int | None,
    now_ms: int,
) -> None:
    """Store a webhook."""
    tx.insert(
        webhooks,
        portal_id=portal_id,
        user_id=user_id,
        code_hash=code_hash,
        title=title,
        scopes=scopes,
        expires_at=expires_at,
        created_at=now_ms,
    )


def revoke(tx: Tx, portal_id: int, webhook_id: int, now_ms: int) -> None:
    """Revoke a webhook."""
    tx.update(webhooks, portal_id, webhook_id, revoked_at=now_ms)


def note_uses(tx: Tx, used: Mapping[int, int]) -> None:
    """Store times of last use of webhooks of any portal: id -> time. Times before the stored ones are ignored."""
    # In order of ids, so that processes of this server cannot deadlock each other.
    for webhook_id in sorted(used):
        tx.run(_USED, row_id=webhook_id, used_at=used[webhook_id])
