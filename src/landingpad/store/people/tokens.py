"""Rows of grants of users to applications, and of their tokens. Tokens are stored only as hashes."""

from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Grant, Token
from landingpad.store.tables.app import grants, tokens

_GRANT = select(*(grants.c[name] for name in Grant.__struct_fields__))
_BY_CODE = Query(
    _GRANT.where(
        grants.c.code_hash == bindparam("code_hash"),
        grants.c.app_id == bindparam("app_id"),
        grants.c.portal_id == bindparam("portal_id"),
    ),
    Grant,
)
_BY_ID = Query(_GRANT.where(grants.c.id == bindparam("id"), grants.c.portal_id == bindparam("portal_id")), Grant)
_DIRECT = Query(
    _GRANT.where(
        grants.c.app_id == bindparam("app_id"),
        grants.c.user_id == bindparam("user_id"),
        grants.c.portal_id == bindparam("portal_id"),
        grants.c.code_hash.is_(None),
        grants.c.revoked_at.is_(None),
    ).order_by(grants.c.id),
    Grant,
)
_USED_CODE = Query(
    select(grants.c.id)
    .where(
        grants.c.app_id == bindparam("app_id"),
        grants.c.user_id == bindparam("user_id"),
        grants.c.portal_id == bindparam("portal_id"),
        grants.c.code_used_at.is_not(None),
        grants.c.revoked_at.is_(None),
    )
    .limit(1),
    tuple,
)
_TOKEN = Query(
    select(*(tokens.c[name] for name in Token.__struct_fields__)).where(
        tokens.c.token_hash == bindparam("token_hash"),
        tokens.c.kind == bindparam("kind"),
        tokens.c.portal_id == bindparam("portal_id"),
    ),
    Token,
)
_FORGET_OLD = Statement(
    tokens.delete().where(
        tokens.c.grant_id == bindparam("grant_id"),
        tokens.c.portal_id == bindparam("portal_id"),
        tokens.c.expires_at < bindparam("before"),
    )
)
_REVOKE_ALL = Statement(
    grants.update()
    .where(grants.c.app_id == bindparam("of_app"), grants.c.portal_id == bindparam("of_portal"))
    .values(revoked_at=bindparam("now_ms"))
)


def grant_of_code(tx: Tx, portal_id: int, app_id: int, code_hash: str) -> Grant | None:
    """Return the grant of an authorization code of this application, or None."""
    return tx.one(_BY_CODE, app_id=app_id, code_hash=code_hash, portal_id=portal_id)


def grant(tx: Tx, portal_id: int, grant_id: int) -> Grant | None:
    """Return a grant, or None."""
    return tx.one(_BY_ID, id=grant_id, portal_id=portal_id)


def direct_grant(tx: Tx, portal_id: int, app_id: int, user_id: int) -> Grant | None:
    """Return the first unrevoked grant that was made without a code, or None."""
    return tx.one(_DIRECT, app_id=app_id, user_id=user_id, portal_id=portal_id)


def has_agreed(tx: Tx, portal_id: int, app_id: int, user_id: int) -> bool:
    """Say whether a user has an unrevoked grant whose code the application exchanged."""
    return tx.one(_USED_CODE, app_id=app_id, user_id=user_id, portal_id=portal_id) is not None


def find(tx: Tx, portal_id: int, kind: str, token_hash: str) -> Token | None:
    """Return an access or refresh token, or None."""
    return tx.one(_TOKEN, kind=kind, token_hash=token_hash, portal_id=portal_id)


def add_grant(
    tx: Tx,
    portal_id: int,
    app_id: int,
    user_id: int,
    now_ms: int,
    *,
    code_hash: str | None = None,
    code_expires_at: int | None = None,
) -> Grant:
    """Store a grant of a user to an application, with an authorization code or directly."""
    grant_id = tx.insert(
        grants,
        portal_id=portal_id,
        app_id=app_id,
        user_id=user_id,
        code_hash=code_hash,
        code_expires_at=code_expires_at,
        created_at=now_ms,
    )
    return Grant(grant_id, portal_id, app_id, user_id, code_expires_at, None, None)


def mark_code_used(tx: Tx, grant: Grant, now_ms: int) -> None:
    """Mark the authorization code of a grant as used."""
    tx.update(grants, grant.portal_id, grant.id, code_used_at=now_ms)


def revoke(tx: Tx, grant: Grant, now_ms: int) -> None:
    """Revoke a grant and so all its tokens."""
    tx.update(grants, grant.portal_id, grant.id, revoked_at=now_ms)


def add(tx: Tx, grant: Grant, kind: str, token_hash: str, *, expires_at: int, now_ms: int) -> None:
    """Store an access or refresh token of a grant."""
    tx.insert(
        tokens,
        portal_id=grant.portal_id,
        grant_id=grant.id,
        kind=kind,
        token_hash=token_hash,
        expires_at=expires_at,
        created_at=now_ms,
    )


def mark_replaced(tx: Tx, portal_id: int, token_id: int, now_ms: int) -> None:
    """Mark a refresh token as replaced by a new pair."""
    tx.update(tokens, portal_id, token_id, replaced_at=now_ms)


def forget_old(tx: Tx, grant: Grant, before: int) -> None:
    """Delete the tokens of a grant that expired before a time."""
    tx.run(_FORGET_OLD, grant_id=grant.id, portal_id=grant.portal_id, before=before)


def revoke_all(tx: Tx, portal_id: int, app_id: int, now_ms: int) -> None:
    """Revoke all grants to an application and so all its tokens."""
    tx.run(_REVOKE_ALL, of_app=app_id, of_portal=portal_id, now_ms=now_ms)
