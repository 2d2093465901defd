"""Local applications, which act for users of a portal after these signed in (local-apps/index.md)."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from landingpad.domain.app import events
from landingpad.domain.people.portals import check_scopes
from landingpad.domain.people.secrets import hashed, new_code
from landingpad.domain.work import JobQueue
from landingpad.errors import OperatorError
from landingpad.store.app import apps as rows
from landingpad.store.db.engine import Tx
from landingpad.store.people import tokens
from landingpad.store.records import Application

_SECRET_LENGTH = 50


class BadAddressError(OperatorError):
    """An address of an application is invalid; the text names it and the rule."""


class NewApplication(NamedTuple):
    """A new application and its secret, which cannot be read later."""

    app: Application
    client_secret: str


def add_app(
    tx: Tx,
    portal_id: int,
    *,
    title: str,
    scopes: Iterable[str],
    redirect_uri: str = "",
    handler_url: str = "",
    install_url: str = "",
    user_ids: Sequence[int] = (),
    now_ms: int,
    random: Random | None = None,
) -> NewApplication:
    """Create an application.

    Args:
        tx: the transaction.
        portal_id: its portal.
        title: its name for users.
        scopes: its scopes.
        redirect_uri: address for the browser after sign-in; by default `handler_url`.
        handler_url: its page in the portal; "" for none.
        install_url: page shown instead until it reports that the installation is finished; "" for none.
        user_ids: users who may use it; empty for every user of the portal.
        now_ms: the time.
        random: source of reproducible secrets.

    Raises:
        UnknownScopeError: a scope is unknown.
        BadAddressError: an address is missing, has a fragment, or is not an absolute http(s) address.

    """
    wanted = check_scopes(scopes)
    redirect_uri = _checked_addresses(redirect_uri, handler_url, install_url)
    client_id = f"local.{new_code(random, 14)}.{new_code(random, 8)}"
    secret = new_code(random, _SECRET_LENGTH)
    app = Application(
        id=0,
        portal_id=portal_id,
        client_id=client_id,
        title=title,
        scopes=",".join(wanted),
        redirect_uri=redirect_uri,
        handler_url=handler_url,
        install_url=install_url,
        is_installed=not install_url,
        user_ids=",".join(str(user_id) for user_id in user_ids),
        application_token=new_code(random),
        version=1,
        created_at=now_ms,
    )
    return NewApplication(rows.add(tx, app, secret_hash=hashed(secret)), secret)


def change_app(
    tx: Tx,
    app: Application,
    *,
    title: str,
    scopes: Iterable[str],
    redirect_uri: str,
    handler_url: str,
    install_url: str,
) -> None:
    """Change an application. Its existing tokens have the new scopes from the next call on.

    Raises:
        UnknownScopeError: a scope is unknown.
        BadAddressError: an address is missing, has a fragment, or is not an absolute http(s) address.

    """
    wanted = check_scopes(scopes)
    redirect_uri = _checked_addresses(redirect_uri, handler_url, install_url)
    rows.update(
        tx,
        app,
        title=title,
        scopes=",".join(wanted),
        redirect_uri=redirect_uri,
        handler_url=handler_url,
        install_url=install_url,
        # Without an installation page, nothing could report that the installation is finished.
        is_installed=app.is_installed or not install_url,
    )


def remove_app(tx: Tx, jobs: JobQueue, app: Application, now_ms: int) -> None:
    """Delete an application with its tokens and stored data, and send ONAPPUNINSTALL to its handlers."""
    events.uninstalled(tx, jobs, app, now_ms)
    rows.delete(tx, app)


def finish_installation(
    tx: Tx, jobs: JobQueue, app: Application, user_id: int, language: str, now_ms: int
) -> Application:
    """Mark an application as installed. From now on all its users see it, and it receives events."""
    if app.is_installed:
        return app
    rows.update(tx, app, is_installed=True)
    events.installation_finished(tx, jobs, app, user_id, language, now_ms)
    return msgspec.structs.replace(app, is_installed=True)


def _checked_addresses(redirect_uri: str, handler_url: str, install_url: str) -> str:
    """Check the addresses of an application and return its redirect address."""
    redirect_uri = redirect_uri or handler_url
    _check_address(redirect_uri, "a redirect address")
    if handler_url:
        _check_address(handler_url, "the page of an application")
    if install_url:
        _check_address(install_url, "the page of an installation")
        if not handler_url:
            raise BadAddressError("An application that is installed on a page needs a handler address, too.")
    return redirect_uri


def _check_address(address: str, what: str) -> None:
    try:
        split = urlsplit(address)
        is_good = split.scheme in {"http", "https"} and bool(split.hostname) and not split.fragment and split.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise BadAddressError(f"{address!r} cannot be {what}: it takes http:// or https://, a host, and no #fragment.")


def rotate_secret(tx: Tx, app: Application, now_ms: int) -> str:
    """Replace the secret of an application and return the new one. Revoke all its tokens."""
    secret = new_code(length=_SECRET_LENGTH)
    rows.update(tx, app, secret_hash=hashed(secret))
    tokens.revoke_all(tx, app.portal_id, app.id, now_ms)
    return secret
