"""Local applications: programs that act for users of a portal after these have signed in (local-apps/index.md)."""

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
    """What should be an address of the application is none; the text says which, and what is wrong."""


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
    redirect_uri: str = "",
    handler_url: str = "",
    install_url: str = "",
    user_ids: Sequence[int] = (),
    now_ms: int,
    random: Random | None = None,
) -> NewApplication:
    """Make an application.

    Args:
        tx: the transaction.
        portal_id: where it belongs.
        title: what its users call it.
        scopes: what it may do.
        redirect_uri: where the browser goes after the sign-in; without one, to the page in the portal.
        handler_url: its page in the portal; without one it shows nothing there.
        install_url: what the page shows at first, until that says that the application is installed.
        user_ids: who may use it; without any, every user of the portal.
        now_ms: the moment.
        random: where its secrets come from, if they must be the same each time.

    Raises:
        UnknownScopeError: this server has no such scope.
        BadAddressError: an address is not an absolute http(s) one, or has a fragment, or is missing.

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
    """Change an application. Tokens that it has are good for its new scopes from the next call on.

    Raises:
        UnknownScopeError: this server has no such scope.
        BadAddressError: as for a new one.

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
        # There is no page any more that could say that it is installed.
        is_installed=app.is_installed or not install_url,
    )


def remove_app(tx: Tx, jobs: JobQueue, app: Application, now_ms: int) -> None:
    """Remove an application with its tokens and all that it stored; its handlers are told by ONAPPUNINSTALL."""
    events.uninstalled(tx, jobs, app, now_ms)
    rows.delete(tx, app)


def finish_installation(
    tx: Tx, jobs: JobQueue, app: Application, user_id: int, language: str, now_ms: int
) -> Application:
    """Note that an application is installed: from now on it is shown to all its users, and told of events."""
    if app.is_installed:
        return app
    rows.update(tx, app, is_installed=True)
    events.installation_finished(tx, jobs, app, user_id, language, now_ms)
    return msgspec.structs.replace(app, is_installed=True)


def _checked_addresses(redirect_uri: str, handler_url: str, install_url: str) -> str:
    """Refuse what is no address, and return where the browser goes after the sign-in."""
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
    """Give an application a new secret and return it. The old one and every token are worthless from now on."""
    secret = new_code(length=_SECRET_LENGTH)
    rows.update(tx, app, secret_hash=hashed(secret))
    tokens.revoke_all(tx, app.portal_id, app.id, now_ms)
    return secret
