"""Local applications: programs that act for users of a portal after these have signed in (local-apps/index.md)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from landingpad.domain.portals import check_scopes
from landingpad.domain.secrets import hashed, new_code
from landingpad.store import apps as rows
from landingpad.store import tokens
from landingpad.store.app_tables import apps
from landingpad.store.engine import Tx
from landingpad.store.records import Application

_SECRET_LENGTH = 50


class BadRedirectError(ValueError):
    """The address that the browser should go to after the sign-in is none; the text says what is wrong."""


class NewApplication(NamedTuple):
    """An application and its secret, which can be read only now."""

    app: Application
    client_secret: str


def add_app(
    tx: Tx,
    portal_id: int,
    *,
    title: str,
    scopes: Iterable[str],
    redirect_uri: str,
    user_ids: Sequence[int] = (),
    now_ms: int,
) -> NewApplication:
    """Make an application; without `user_ids` every user of the portal may use it.

    Raises:
        UnknownScopeError: this server has no such scope.
        BadRedirectError: the address is not an absolute http(s) one, or has a fragment.

    """
    wanted = check_scopes(scopes)
    split = urlsplit(redirect_uri)
    if split.scheme not in {"http", "https"} or not split.hostname or split.fragment:
        raise BadRedirectError(
            f"{redirect_uri!r} cannot be a redirect address: it takes http:// or https://, a host, and no #fragment."
        )
    client_id = f"local.{new_code(length=14)}.{new_code(length=8)}"
    secret = new_code(length=_SECRET_LENGTH)
    tx.insert(
        apps,
        portal_id=portal_id,
        client_id=client_id,
        secret_hash=hashed(secret),
        title=title,
        scopes=",".join(wanted),
        redirect_uri=redirect_uri,
        user_ids=",".join(str(user_id) for user_id in user_ids),
        application_token=new_code(),
        created_at=now_ms,
    )
    app = rows.by_client_id(tx, client_id)
    assert app is not None  # noqa: S101  # it was just stored
    return NewApplication(app, secret)


def rotate_secret(tx: Tx, app: Application, now_ms: int) -> str:
    """Give an application a new secret and return it. The old one and every token are worthless from now on."""
    secret = new_code(length=_SECRET_LENGTH)
    tx.update(apps, app.portal_id, app.id, secret_hash=hashed(secret))
    tokens.revoke_all(tx, app.portal_id, app.id, now_ms)
    return secret
