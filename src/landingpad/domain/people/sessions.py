"""People who are signed in with a browser: how that begins, how long it lasts and how it ends."""

from typing import Final, NamedTuple

from landingpad.domain.people.secrets import hash_password, hashed, new_code
from landingpad.store.db.engine import Tx
from landingpad.store.people import people
from landingpad.store.people import sessions as rows
from landingpad.store.records import Person

IDLE_MS: Final = 7 * 86_400_000
"""A session that is not used for a week ends."""
LONGEST_MS: Final = 30 * 86_400_000
"""After a month one signs in again, however often the session is used."""
LINK_MS: Final = 86_400_000
SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 1000
_SEEN_EVERY_MS = 300_000  # how exactly it is remembered when a session was used: not every visit is to be a write
_TOKEN_LENGTH = 50
_LONGEST_AGENT = 300


class PasswordRefusedError(ValueError):
    """A text that cannot be a password; the text of the error says why."""


class NewSession(NamedTuple):
    """A session that has just begun; its token is known only now."""

    id: int
    token: str


def csrf_token(token: str) -> str:
    """Return what forms of a session carry, so that no other page can send them. It does not tell the token."""
    return hashed(f"csrf:{token}")


def begin(
    tx: Tx, portal_id: int, user_id: int, *, address: str, agent: str, former_token: str, now_ms: int
) -> NewSession:
    """Sign a user in. The token is always new, and what the browser was signed in with before ends.

    So nobody can sign in with a token first and have somebody else use it.
    """
    if former_token:
        rows.end_by_token(tx, portal_id, hashed(former_token))
    rows.forget_old(tx, portal_id, user_id, now_ms=now_ms, idle_since=now_ms - IDLE_MS)
    token = new_code(length=_TOKEN_LENGTH)
    session_id = rows.add(
        tx,
        portal_id,
        user_id,
        token_hash=hashed(token),
        address=address,
        agent=agent[:_LONGEST_AGENT],
        expires_at=now_ms + LONGEST_MS,
        now_ms=now_ms,
    )
    return NewSession(session_id, token)


def is_over(seen_at: int, expires_at: int, now_ms: int) -> bool:
    """Say whether a session has ended by itself."""
    return expires_at <= now_ms or seen_at + IDLE_MS <= now_ms


def is_to_be_noted(seen_at: int, now_ms: int) -> bool:
    """Say whether it is time to remember that a session is in use."""
    return seen_at + _SEEN_EVERY_MS <= now_ms


def change_password(tx: Tx, portal_id: int, user_id: int, password_hash: str, *, keep_session: int) -> None:
    """Store a new password. Whoever knew the old one is signed out everywhere else, links included."""
    people.update(tx, portal_id, user_id, password_hash=password_hash)
    rows.end_others(tx, portal_id, user_id, but=keep_session)
    rows.forget_links(tx, portal_id, user_id)


def checked_hash(password: str, *, login: str) -> str:
    """Return what is stored of a new password. Takes a tenth of a second of processor time: call it in a thread.

    Raises:
        PasswordRefusedError: it is too short, too long, or the login.

    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordRefusedError(f"A password has at least {SHORTEST_PASSWORD} characters.")
    if len(password) > LONGEST_PASSWORD:
        raise PasswordRefusedError(f"A password has at most {LONGEST_PASSWORD} characters.")
    if password.lower() == login.lower() or len(set(password)) == 1:
        raise PasswordRefusedError("This password is too easy to guess.")
    return hash_password(password)


def new_link(tx: Tx, portal_id: int, user_id: int, now_ms: int) -> str:
    """Make a link that signs a user in once within a day, and return its code. Earlier links of the user end."""
    rows.forget_links(tx, portal_id, user_id)
    code = new_code(length=_TOKEN_LENGTH)
    rows.add_link(tx, portal_id, user_id, code_hash=hashed(code), expires_at=now_ms + LINK_MS, now_ms=now_ms)
    return code


def user_of_link(tx: Tx, portal_id: int, code: str, now_ms: int) -> Person | None:
    """Return whom a link signs in; None if it was used, has expired or never was, or the user is blocked."""
    link = rows.link(tx, portal_id, hashed(code))
    if link is None or link.expires_at <= now_ms:
        return None
    person = people.find(tx, portal_id, link.user_id)
    return person if person is not None and person.is_active else None


def use_link(tx: Tx, portal_id: int, code: str, now_ms: int) -> Person | None:
    """Like `user_of_link`, and the link is used with it."""
    person = user_of_link(tx, portal_id, code, now_ms)
    if person is not None:
        rows.forget_links(tx, portal_id, person.id)
        people.update(tx, portal_id, person.id, last_login_at=now_ms)
    return person
