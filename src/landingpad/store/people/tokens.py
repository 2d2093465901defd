"""Rows of what users granted to applications, and of the tokens that came of it. Tokens are stored as hashes only."""

from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Grant, Token
from landingpad.store.tables.app import grants, tokens

_GRANT = select(*(grants.c[name] for name in Grant.__struct_fields__))
_BY_CODE = Query(
    _GRANT.where(grants.c.code_hash == bindparam("code_hash"), grants.c.app_id == bindparam("app_id")), Grant
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
    tokens.delete().where(tokens.c.grant_id == bindparam("grant_id"), tokens.c.expires_at < bindparam("before"))
)
_REVOKE_ALL = Statement(
    grants.update()
    .where(grants.c.app_id == bindparam("of_app"), grants.c.portal_id == bindparam("of_portal"))
    .values(revoked_at=bindparam("now_ms"))
)


def grant_of_code(tx: Tx, app_id: int, code_hash: str) -> Grant | None:
    """Return the grant that an authorization code of this application began."""
    return tx.one(_BY_CODE, app_id=app_id, code_hash=code_hash)


def grant(tx: Tx, portal_id: int, grant_id: int) -> Grant | None:
    """Return a grant."""
    return tx.one(_BY_ID, id=grant_id, portal_id=portal_id)


def direct_grant(tx: Tx, portal_id: int, app_id: int, user_id: int) -> Grant | None:
    """Return a grant that did not begin with a code, and holds."""
    return tx.one(_DIRECT, app_id=app_id, user_id=user_id, portal_id=portal_id)


def has_agreed(tx: Tx, portal_id: int, app_id: int, user_id: int) -> bool:
    """Say whether a user has let an application act for them by a code that it used, and that still holds."""
    return tx.one(_USED_CODE, app_id=app_id, user_id=user_id, portal_id=portal_id) is not None


def find(tx: Tx, portal_id: int, kind: str, token_hash: str) -> Token | None:
    """Return an access or refresh token."""
    return tx.one(_TOKEN, kind=kind, token_hash=token_hash, portal_id=portal_id)


def forget_old(tx: Tx, grant_id: int, before: int) -> None:
    """Remove the tokens of a grant that expired before a moment."""
    tx.run(_FORGET_OLD, grant_id=grant_id, before=before)


def revoke_all(tx: Tx, portal_id: int, app_id: int, now_ms: int) -> None:
    """Make every token of an application worthless."""
    tx.run(_REVOKE_ALL, of_app=app_id, of_portal=portal_id, now_ms=now_ms)
