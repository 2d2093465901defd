"""Sessions of users in a browser: start, expiry and end."""

from typing import Final, NamedTuple

from landingpad.domain.people.secrets import hash_password, hashed, new_code
from landingpad.store.db.engine import Tx
from landingpad.store.people import people
from landingpad.store.people import sessions as rows
from landingpad.store.records import Person

IDLE_MS: Final = 7 * 86_400_000
"""An unused session ends after a week."""
LONGEST_MS: Final = 30 * 86_400_000
"""Every session ends after a month, however often it is used."""
LINK_MS: Final = 86_400_000
SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 1000
_SEEN_EVERY_MS = 300_000  # precision of the time of last use, so that not every visit is a write
_TOKEN_LENGTH = 50
_LONGEST_AGENT = 300


class PasswordRefusedError(ValueError):
    """The text cannot be a password; the error says why."""


class NewSession(NamedTuple):
    """A new session. Its token cannot be read again later."""

    id: int
    token: str


def csrf_token(token: str) -> str:
    """Return the token that protects forms of a session against other sites. It does not reveal the session token."""
    return hashed(f"csrf:{token}")


def begin(
    tx: Tx, portal_id: int, user_id: int, *, address: str, agent: str, former_token: str, now_ms: int
) -> NewSession:
    """Sign a user in with a new token, and end the former session of the browser.

    The new token prevents session fixation.
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
    """Say whether a session has expired."""
    return expires_at <= now_ms or seen_at + IDLE_MS <= now_ms


def is_to_be_noted(seen_at: int, now_ms: int) -> bool:
    """Say whether the time of last use should be stored again."""
    return seen_at + _SEEN_EVERY_MS <= now_ms


def change_password(tx: Tx, portal_id: int, user_id: int, password_hash: str, *, keep_session: int) -> None:
    """Store a new password, end all other sessions of the user, and delete sign-in links."""
    people.update(tx, portal_id, user_id, password_hash=password_hash)
    rows.end_others(tx, portal_id, user_id, but=keep_session)
    rows.forget_links(tx, portal_id, user_id)


def checked_hash(password: str, *, login: str) -> str:
    """Check a new password and return its hash. Call it in a thread, since it uses 0.1 s of CPU.

    Raises:
        PasswordRefusedError: it is too short, too long, equal to the login, or one repeated character.

    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordRefusedError(f"A password has at least {SHORTEST_PASSWORD} characters.")
    if len(password) > LONGEST_PASSWORD:
        raise PasswordRefusedError(f"A password has at most {LONGEST_PASSWORD} characters.")
    if password.lower() == login.lower() or len(set(password)) == 1:
        raise PasswordRefusedError("This password is too easy to guess.")
    return hash_password(password)


def new_link(tx: Tx, portal_id: int, user_id: int, now_ms: int) -> str:
    """Create a link that signs a user in once within a day; return its code. Earlier links of the user are deleted."""
    rows.forget_links(tx, portal_id, user_id)
    code = new_code(length=_TOKEN_LENGTH)
    rows.add_link(tx, portal_id, user_id, code_hash=hashed(code), expires_at=now_ms + LINK_MS, now_ms=now_ms)
    return code


def user_of_link(tx: Tx, portal_id: int, code: str, now_ms: int) -> Person | None:
    """Return the user of a link, or None if it is unknown, used or expired, or the user is blocked."""
    link = rows.link(tx, portal_id, hashed(code))
    if link is None or link.expires_at <= now_ms:
        return None
    person = people.find(tx, portal_id, link.user_id)
    return person if person is not None and person.is_active else None


def use_link(tx: Tx, portal_id: int, code: str, now_ms: int) -> Person | None:
    """Return the user of a link like `user_of_link`, and delete all sign-in links of that user."""
    person = user_of_link(tx, portal_id, code, now_ms)
    if person is not None:
        rows.forget_links(tx, portal_id, person.id)
        people.update(tx, portal_id, person.id, last_login_at=now_ms)
    return person
