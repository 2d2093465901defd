"""What the person who runs a server does with its applications and portals."""

from collections.abc import Callable
from typing import TypeVar

from landingpad.domain.app import apps, events
from landingpad.domain.app.apps import NewApplication
from landingpad.domain.people.portals import Plan, PortalState
from landingpad.jobs.bell import Bell
from landingpad.jobs.queue import JobEnqueuer, create_job_tables
from landingpad.settings import Settings
from landingpad.store.app import apps as app_rows
from landingpad.store.db.engine import Database, Tx, database_url
from landingpad.store.db.migrate import current_revision, migrate
from landingpad.store.people import people
from landingpad.store.people import portals as portal_rows
from landingpad.store.records import Application, Portal

T = TypeVar("T")


class UnknownPortalError(ValueError):
    """There is no such portal."""


class UnknownAppError(ValueError):
    """There is no such application."""


class UnknownUserError(ValueError):
    """There is no such user."""


def create_app(
    settings: Settings,
    *,
    title: str,
    scopes: list[str],
    redirect_uri: str,
    handler_url: str,
    install_url: str,
    user_ids: list[int],
    install_for: int | None,
    domain: str,
    now_ms: int,
) -> NewApplication:
    """Make an application on a portal: that with the host name `domain`, or the first one.

    With `install_for` the running server posts ONAPPINSTALL with tokens of this user to the redirect address.

    Raises:
        UnknownPortalError: there is no such portal.
        UnknownUserError: it has no such user.
        UnknownScopeError: there is no such scope.
        BadAddressError: an address cannot be used.

    """

    def work(tx: Tx, jobs: JobEnqueuer) -> NewApplication:
        portal = _portal(tx, domain)
        for user_id in [*user_ids, *([] if install_for is None else [install_for])]:
            if people.find(tx, portal.id, user_id) is None:
                raise UnknownUserError(f"There is no user {user_id}.")
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

    return _write(settings, work)


def list_apps(settings: Settings) -> list[Application]:
    """Return the applications of every portal."""
    return _write(settings, lambda tx, _jobs: app_rows.every(tx))


def rotate_app(settings: Settings, client_id: str, now_ms: int) -> str:
    """Give an application a new secret and return it; its tokens are worthless from now on.

    Raises:
        UnknownAppError: there is no such application.

    """
    return _write(settings, lambda tx, _jobs: apps.rotate_secret(tx, _app(tx, client_id), now_ms))


def delete_app(settings: Settings, client_id: str, now_ms: int) -> None:
    """Remove an application with its tokens and all that it stored; its handlers are told by ONAPPUNINSTALL.

    Raises:
        UnknownAppError: there is no such application.

    """

    def work(tx: Tx, jobs: JobEnqueuer) -> None:
        apps.remove_app(tx, jobs, _app(tx, client_id), now_ms)

    _write(settings, work)


def set_portal(settings: Settings, *, domain: str, plan: Plan | None, state: PortalState | None) -> Portal:
    """Change the plan or the state of a portal, and return it: that with the host name `domain`, or the first one.

    Raises:
        UnknownPortalError: there is no such portal.

    """

    def work(tx: Tx, _jobs: JobEnqueuer) -> Portal:
        portal = _portal(tx, domain)
        portal_rows.update(tx, portal.id, plan=plan or Plan(portal.plan), state=state or PortalState(portal.state))
        return _portal(tx, portal.domain)

    return _write(settings, work)


def _portal(tx: Tx, domain: str) -> Portal:
    portal = portal_rows.by_domain(tx, domain.lower()) if domain else portal_rows.first(tx)
    if portal is None:
        raise UnknownPortalError(f"There is no portal {domain!r}.")
    return portal


def _app(tx: Tx, client_id: str) -> Application:
    app = app_rows.by_client_id(tx, client_id)
    if app is None:
        raise UnknownAppError(f"There is no application {client_id!r}. `landingpad app list` shows those that exist.")
    return app


def _write(settings: Settings, work: Callable[[Tx, JobEnqueuer], T]) -> T:
    with Database(database_url(settings.data, settings.database_url)) as db:
        if current_revision(db) is None:
            raise UnknownPortalError(
                f"There is no portal in {settings.database_url or settings.data} yet: start `landingpad serve` once."
            )
        migrate(db)
        create_job_tables(db)
        jobs = JobEnqueuer(db, Bell())
        return db.write_here(lambda tx: work(tx, jobs))
