"""Applications: creating, listing and removing them, and changing their secrets."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from landingpad.domain.app import apps, events
from landingpad.domain.app.apps import NewApplication
from landingpad.jobs.order_listeners import OrderListeners
from landingpad.jobs.queue import JobEnqueuer
from landingpad.operations.errors import NotFound
from landingpad.operations.opening import find_portal
from landingpad.store.app import apps as rows
from landingpad.store.db.engine import Database, Tx
from landingpad.store.people import people
from landingpad.store.records import Application

T = TypeVar("T")


def create_app(
    db: Database,
    *,
    title: str,
    scopes: Sequence[str],
    redirect_uri: str = "",
    handler_url: str = "",
    install_url: str = "",
    user_ids: Sequence[int] = (),
    install_for: int | None = None,
    portal_host: str = "",
    now_ms: int,
) -> NewApplication:
    """Create an application on the portal with the host name `portal_host`, or on the first one.

    With `install_for` the running server posts ONAPPINSTALL with tokens of this user to the redirect address.

    Raises:
        NotFound: there is no such portal or user.
        UnknownScopeError: there is no such scope.
        BadAddressError: an address cannot be used.

    """

    def work(tx: Tx, jobs: JobEnqueuer) -> NewApplication:
        portal = find_portal(tx, portal_host)
        for user_id in [*user_ids, *([] if install_for is None else [install_for])]:
            if people.find(tx, portal.id, user_id) is None:
                raise NotFound(f"There is no user {user_id}. `landingpad user list` shows them.")
        made = apps.add_app(
            tx,
            portal.id,
            title=title,
            scopes=scopes,
            redirect_uri=redirect_uri,
            handler_url=handler_url,
            install_url=install_url,
            user_ids=user_ids,
            now_ms=now_ms,
        )
        if install_for is not None:
            events.installed(tx, jobs, made.app, install_for, portal.language, now_ms)
        return made

    return _write(db, work)


def list_apps(db: Database) -> list[Application]:
    """Return the applications of every portal."""
    return db.read_here(rows.every)


def rotate_secret(db: Database, client_id: str, now_ms: int) -> str:
    """Give an application a new secret and return it; tokens issued before stop working.

    Raises:
        NotFound: there is no such application.

    """
    return db.write_here(lambda tx: apps.rotate_secret(tx, _app(tx, client_id), now_ms))


def delete_app(db: Database, client_id: str, now_ms: int) -> None:
    """Delete an application with its tokens and all that it stored; its handlers get ONAPPUNINSTALL.

    Raises:
        NotFound: there is no such application.

    """
    _write(db, lambda tx, jobs: apps.remove_app(tx, jobs, _app(tx, client_id), now_ms))


def _app(tx: Tx, client_id: str) -> Application:
    app = rows.by_client_id(tx, client_id)
    if app is None:
        raise NotFound(f"There is no application {client_id!r}. `landingpad app list` shows them.")
    return app


def _write(db: Database, work: Callable[[Tx, JobEnqueuer], T]) -> T:
    """Run a transaction that may order jobs."""
    jobs = JobEnqueuer(OrderListeners(), OrderListeners())
    return db.write_here(lambda tx: work(tx, jobs))
