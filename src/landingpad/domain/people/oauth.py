"""The authorization server: codes, access tokens and refresh tokens (settings/oauth/*.md).

A function that detects abuse stores the revocation. So it returns the refusal instead of raising it: an exception would
roll the transaction back.
"""

import hmac
from random import Random
from typing import Final, NamedTuple

from landingpad.domain.people.secrets import hashed, new_code
from landingpad.store.app import apps as app_rows
from landingpad.store.db.engine import Tx
from landingpad.store.people import people
from landingpad.store.people import tokens as rows
from landingpad.store.records import Application, Grant

CODE_MS: Final = 30_000
"""Lifetime of an authorization code."""
ACCESS_MS: Final = 3_600_000
REFRESH_MS: Final = 180 * 86_400_000
REUSE_MS: Final = 86_400_000
"""How long a refresh token works after its use, for clients that lost the answer. Later use counts as abuse."""
_TOKEN_LENGTH = 70


class TokenPair(NamedTuple):
    """Tokens for a code or a refresh token."""

    access_token: str
    refresh_token: str
    expires_at: int
    user_id: int


class Refusal(NamedTuple):
    """Reason why an application gets no tokens."""

    code: str
    text: str
    status: int = 400


def check_client(tx: Tx, client_id: str, client_secret: str) -> Application | Refusal:
    """Return the application with this id if the secret is right, else a refusal."""
    app = app_rows.by_client_id(tx, client_id)
    if app is None:
        # Official SDKs assert this code with status 200.
        return Refusal("wrong_client", f"There is no application {client_id[:100]!r}.", 200)
    if not hmac.compare_digest(hashed(client_secret), app_rows.secret_hash(tx, app)):
        return Refusal("invalid_client", "The client_secret does not belong to this client_id.")
    return app


def give_code(tx: Tx, app: Application, user_id: int, now_ms: int, random: Random | None = None) -> str:
    """Let an application act for a user; return the code to exchange for tokens."""
    code = new_code(random, _TOKEN_LENGTH)
    rows.add_grant(tx, app.portal_id, app.id, user_id, now_ms, code_hash=hashed(code), code_expires_at=now_ms + CODE_MS)
    return code


def exchange_code(
    tx: Tx, app: Application, code: str, now_ms: int, random: Random | None = None
) -> TokenPair | Refusal:
    """Exchange a code for tokens, once. A second use indicates theft and revokes the tokens of the first."""
    grant = rows.grant_of_code(tx, app.portal_id, app.id, hashed(code))
    if grant is None:
        return Refusal("invalid_grant", "The authorization code is unknown to this application.")
    if grant.code_used_at is not None:
        rows.revoke(tx, grant, now_ms)
        return Refusal("invalid_grant", "The authorization code was used before; its tokens are revoked now.")
    if grant.code_expires_at is None or grant.code_expires_at <= now_ms:
        return Refusal("invalid_grant", "The authorization code has expired; it lives 30 seconds.")
    refusal = _refusal(tx, app, grant)
    if refusal is not None:
        return refusal
    rows.mark_code_used(tx, grant, now_ms)
    return _issue(tx, grant, now_ms, random)


def refresh(
    tx: Tx, app: Application, refresh_token: str, now_ms: int, random: Random | None = None
) -> TokenPair | Refusal:
    """Exchange a refresh token for a new pair of tokens, which replaces it."""
    token = rows.find(tx, app.portal_id, "refresh", hashed(refresh_token))
    grant = None if token is None else rows.grant(tx, app.portal_id, token.grant_id)
    if token is None or grant is None or grant.app_id != app.id:
        return Refusal("invalid_grant", "The refresh token is unknown to this application.")
    if token.expires_at <= now_ms:
        return Refusal("invalid_grant", "The refresh token has expired; it lives 180 days. Sign in again.")
    refusal = _refusal(tx, app, grant)
    if refusal is not None:
        return refusal
    if token.replaced_at is None:
        rows.mark_replaced(tx, app.portal_id, token.id, now_ms)
    elif token.replaced_at + REUSE_MS <= now_ms:
        rows.revoke(tx, grant, now_ms)
        return Refusal("invalid_grant", "The refresh token was replaced long ago; its tokens are revoked now.")
    return _issue(tx, grant, now_ms, random)


def grant_directly(tx: Tx, app: Application, user_id: int, now_ms: int, random: Random | None = None) -> TokenPair:
    """Return tokens for a user without sign-in: at the installation, and for the demo portal."""
    return _issue(tx, rows.add_grant(tx, app.portal_id, app.id, user_id, now_ms), now_ms, random)


def for_frame(tx: Tx, app: Application, user_id: int, now_ms: int, random: Random | None = None) -> TokenPair:
    """Return tokens for a page of the application inside the portal, where the user is signed in already."""
    grant = rows.direct_grant(tx, app.portal_id, app.id, user_id)
    return grant_directly(tx, app, user_id, now_ms, random) if grant is None else _issue(tx, grant, now_ms, random)


def access_only(tx: Tx, app: Application, user_id: int, now_ms: int, random: Random | None = None) -> str:
    """Return an access token that cannot be refreshed, for handlers of events."""
    grant = rows.direct_grant(tx, app.portal_id, app.id, user_id)
    if grant is None:
        grant = rows.add_grant(tx, app.portal_id, app.id, user_id, now_ms)
    rows.forget_old(tx, grant, now_ms - REFRESH_MS)
    token = new_code(random, _TOKEN_LENGTH)
    rows.add(tx, grant, "access", hashed(token), expires_at=now_ms + ACCESS_MS, now_ms=now_ms)
    return token


def expired_token(tx: Tx, app: Application, user_id: int, now_ms: int, random: Random | None = None) -> str:
    """Return an expired access token, for developers who test how their program reacts."""
    grant = rows.add_grant(tx, app.portal_id, app.id, user_id, now_ms)
    token = new_code(random, _TOKEN_LENGTH)
    rows.add(tx, grant, "access", hashed(token), expires_at=now_ms - 1, now_ms=now_ms)
    return token


def _refusal(tx: Tx, app: Application, grant: Grant) -> Refusal | None:
    """Return the reason why a grant is no longer valid, or None if it is."""
    if grant.revoked_at is not None:
        return Refusal("invalid_grant", "The access was revoked. Sign in again.")
    person = people.find(tx, app.portal_id, grant.user_id)
    if person is None or not person.is_active:
        return Refusal("invalid_grant", "The user is blocked.")
    if not app.is_open_to(person.id):
        return Refusal("invalid_grant", "The user does not have access to the application.")
    return None


def _issue(tx: Tx, grant: Grant, now_ms: int, random: Random | None) -> TokenPair:
    # Keep an access token as long as it can be refreshed: clients refresh it when told "expired", not "unknown".
    rows.forget_old(tx, grant, now_ms - REFRESH_MS)
    access, renewal = new_code(random, _TOKEN_LENGTH), new_code(random, _TOKEN_LENGTH)
    pair = TokenPair(access, renewal, now_ms + ACCESS_MS, grant.user_id)
    rows.add(tx, grant, "access", hashed(access), expires_at=pair.expires_at, now_ms=now_ms)
    rows.add(tx, grant, "refresh", hashed(renewal), expires_at=now_ms + REFRESH_MS, now_ms=now_ms)
    return pair
