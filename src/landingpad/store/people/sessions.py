"""Rows of browser sessions and of one-time sign-in links. Tokens are stored only as hashes."""

import msgspec
from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.web import sessions, signin_links


class Session(msgspec.Struct, frozen=True):
    """A session of a user in one browser."""

    id: int
    portal_id: int
    user_id: int
    address: str
    agent: str
    seen_at: int
    expires_at: int
    created_at: int


class SignInLink(msgspec.Struct, frozen=True):
    """A link that signs a user in once."""

    id: int
    portal_id: int
    user_id: int
    expires_at: int


_OF_USER = Query(
    select(*(sessions.c[name] for name in Session.__struct_fields__))
    .where(sessions.c.user_id == bindparam("user_id"), sessions.c.portal_id == bindparam("portal_id"))
    .order_by(sessions.c.seen_at.desc(), sessions.c.id.desc()),
    Session,
)
_END = Statement(
    sessions.delete().where(
        sessions.c.id == bindparam("id"),
        sessions.c.user_id == bindparam("user_id"),
        sessions.c.portal_id == bindparam("portal_id"),
    )
)
_END_BY_TOKEN = Statement(
    sessions.delete().where(
        sessions.c.token_hash == bindparam("token_hash"), sessions.c.portal_id == bindparam("portal_id")
    )
)
_END_OTHERS = Statement(
    sessions.delete().where(
        sessions.c.user_id == bindparam("user_id"),
        sessions.c.portal_id == bindparam("portal_id"),
        sessions.c.id != bindparam("but"),
    )
)
_FORGET_OLD = Statement(
    sessions.delete().where(
        sessions.c.user_id == bindparam("user_id"),
        sessions.c.portal_id == bindparam("portal_id"),
        (sessions.c.expires_at <= bindparam("now_ms")) | (sessions.c.seen_at <= bindparam("idle_since")),
    )
)
_LINK = Query(
    select(*(signin_links.c[name] for name in SignInLink.__struct_fields__)).where(
        signin_links.c.code_hash == bindparam("code_hash"), signin_links.c.portal_id == bindparam("portal_id")
    ),
    SignInLink,
)
_FORGET_LINKS = Statement(
    signin_links.delete().where(
        signin_links.c.user_id == bindparam("user_id"), signin_links.c.portal_id == bindparam("portal_id")
    )
)


def of_user(tx: Tx, portal_id: int, user_id: int) -> list[Session]:
    """Return the sessions of a user, last used first."""
    return tx.all(_OF_USER, portal_id=portal_id, user_id=user_id)


def add(
    tx: Tx,
    portal_id: int,
    user_id: int,
    *,
    token_hash: str,
    address: str,
    agent: str,
    expires_at: int,
    now_ms: int,
) -> int:
    """Store a new session and return its id."""
    return tx.insert(
        sessions,
        portal_id=portal_id,
        user_id=user_id,
        token_hash=token_hash,
        address=address,
        agent=agent,
        seen_at=now_ms,
        expires_at=expires_at,
        created_at=now_ms,
    )


def note_use(tx: Tx, portal_id: int, session_id: int, now_ms: int) -> None:
    """Store the time of last use of a session."""
    tx.update(sessions, portal_id, session_id, seen_at=now_ms)


def end(tx: Tx, portal_id: int, user_id: int, session_id: int) -> bool:
    """End one session of a user; return False if it is unknown."""
    return tx.run(_END, id=session_id, user_id=user_id, portal_id=portal_id) > 0


def end_by_token(tx: Tx, portal_id: int, token_hash: str) -> None:
    """End the session with this token, if there is one."""
    tx.run(_END_BY_TOKEN, token_hash=token_hash, portal_id=portal_id)


def end_others(tx: Tx, portal_id: int, user_id: int, *, but: int) -> int:
    """End the sessions of a user except `but` (0 for none); return their number."""
    return tx.run(_END_OTHERS, user_id=user_id, portal_id=portal_id, but=but)


def forget_old(tx: Tx, portal_id: int, user_id: int, *, now_ms: int, idle_since: int) -> None:
    """Delete the expired sessions of a user."""
    tx.run(_FORGET_OLD, portal_id=portal_id, user_id=user_id, now_ms=now_ms, idle_since=idle_since)


def link(tx: Tx, portal_id: int, code_hash: str) -> SignInLink | None:
    """Return a sign-in link, or None."""
    return tx.one(_LINK, portal_id=portal_id, code_hash=code_hash)


def add_link(tx: Tx, portal_id: int, user_id: int, *, code_hash: str, expires_at: int, now_ms: int) -> None:
    """Store a sign-in link."""
    tx.insert(
        signin_links,
        portal_id=portal_id,
        user_id=user_id,
        code_hash=code_hash,
        expires_at=expires_at,
        created_at=now_ms,
    )


def forget_links(tx: Tx, portal_id: int, user_id: int) -> None:
    """Delete every sign-in link of a user."""
    tx.run(_FORGET_LINKS, portal_id=portal_id, user_id=user_id)
