"""Screens where administrators create, change and remove local applications."""

from typing import NamedTuple

from starlette.responses import Response
from starlette.routing import Route

from landingpad.domain.app import apps as domain
from landingpad.domain.app import events
from landingpad.domain.app.apps import BadAddressError, NewApplication
from landingpad.domain.app.origins import is_entrusted, origin_of
from landingpad.domain.people.portals import SCOPES, UnknownScopeError
from landingpad.store.app import apps as rows
from landingpad.store.app import events as event_rows
from landingpad.store.app import placements
from landingpad.store.app.events import EventHandler
from landingpad.store.app.placements import Widget
from landingpad.store.db.engine import Tx
from landingpad.store.people import people
from landingpad.store.records import Application
from landingpad.web.developer.admins import admin_screen
from landingpad.web.developer.webhooks import LONGEST_TITLE, scope_counts
from landingpad.web.frame.notes import NO_CALL
from landingpad.web.frame.paths import DEVELOPER
from landingpad.web.frame.screen import POST
from landingpad.web.frame.visit import Visit
from landingpad.web.screens.app_calls import origins

PATH = f"{DEVELOPER}apps/"
_USUAL_SCOPES = ("landing", "placement", "user_brief")
_GONE = "There is no such application. It may have been removed."


class ShownApp(NamedTuple):
    """An application with its widgets and event handlers."""

    app: Application
    widgets: list[Widget]
    handlers: list[EventHandler]
    users: list[str]
    """Names of the users who may open it; empty: everybody."""
    closed: frozenset[str]
    """Addresses of widgets and handlers that get nothing, because no administrator entrusted their origins."""


class _AppForm(NamedTuple):
    """The fields of the form of an application."""

    title: str
    scopes: list[str]
    handler_url: str
    install_url: str
    redirect_uri: str


async def show_all(visit: Visit) -> Response:
    """Show the applications of the portal."""

    def read(tx: Tx) -> list[tuple[Application, int]]:
        widgets = placements.counts(tx, visit.portal.id)
        return [(app, widgets.get(app.id, 0)) for app in rows.of_portal(tx, visit.portal.id)]

    return await visit.page("developer/apps.html", apps=await visit.read(read), scopes=SCOPES)


async def show(visit: Visit) -> Response:
    """Show an application."""
    return await _show(visit, visit.path_params["app_id"])


async def _show(
    visit: Visit, app_id: int, *, status: int = 200, problem: str = "", secret: str = "", is_new: bool = False
) -> Response:
    """Show an application; `secret` is its new secret, which is shown only once."""
    found = await visit.read(lambda tx: _shown(tx, visit, app_id))
    if found is None:
        return visit.done(PATH, _GONE, NO_CALL, is_error=True)
    return await visit.page(
        "developer/app.html",
        status=status,
        shown=found,
        given=_form(visit) if problem else _form_of(found.app),
        scopes=scope_counts(visit.dispatcher.registry),
        longest=LONGEST_TITLE,
        problem=problem,
        secret=secret,
        is_new=is_new,
        path=f"{PATH}{app_id}/",
    )


async def ask_new(visit: Visit, *, status: int = 200, problem: str = "") -> Response:
    """Show the form for a new application."""
    return await visit.page(
        "developer/app_new.html",
        status=status,
        given=_form(visit) if problem else _AppForm("", list(_USUAL_SCOPES), "", "", ""),
        scopes=scope_counts(visit.dispatcher.registry),
        longest=LONGEST_TITLE,
        problem=problem,
    )


async def make(visit: Visit) -> Response:
    """Create an application. Its secret is only in this answer."""
    given, user = _form(visit), visit.caller.user

    def work(tx: Tx) -> NewApplication:
        made = domain.add_app(tx, visit.portal.id, **given._asdict(), now_ms=visit.now_ms)
        if visit.text("install"):
            events.installed(tx, visit.services.jobs, made.app, user.id, visit.portal.language, visit.now_ms)
        return made

    problem = _problem(visit, given)
    if problem:
        return await ask_new(visit, status=422, problem=problem)
    try:
        made = await visit.write(work)
    except (BadAddressError, UnknownScopeError) as error:
        return await ask_new(visit, status=422, problem=str(error))
    return await _show(visit, made.app.id, secret=made.client_secret, is_new=True)


async def change(visit: Visit) -> Response:
    """Change title, addresses and scopes of an application."""
    given, app_id = _form(visit), visit.path_params["app_id"]
    problem = _problem(visit, given)
    if problem:
        return await _show(visit, app_id, status=422, problem=problem)

    def work(tx: Tx) -> bool:
        app = rows.find(tx, visit.portal.id, app_id)
        if app is not None:
            domain.change_app(tx, app, **given._asdict())
        return app is not None

    try:
        is_done = await visit.write(work)
    except (BadAddressError, UnknownScopeError) as error:
        return await _show(visit, app_id, status=422, problem=str(error))
    if not is_done:
        return visit.done(PATH, _GONE, NO_CALL, is_error=True)
    return visit.done(
        f"{PATH}{app_id}/", f"{given.title} is changed. The change applies from the next call on.", NO_CALL
    )


async def rotate(visit: Visit) -> Response:
    """Replace the secret of an application; the old secret and all tokens become invalid."""
    app_id = visit.path_params["app_id"]

    def work(tx: Tx) -> str:
        app = rows.find(tx, visit.portal.id, app_id)
        return "" if app is None else domain.rotate_secret(tx, app, visit.now_ms)

    return await _show(visit, app_id, secret=await visit.write(work))


async def delete(visit: Visit) -> Response:
    """Remove an application with everything it stored, and notify its handlers."""
    app_id = visit.path_params["app_id"]

    def work(tx: Tx) -> Application | None:
        app = rows.find(tx, visit.portal.id, app_id)
        if app is not None:
            domain.remove_app(tx, visit.services.jobs, app, visit.now_ms)
        return app

    app = await visit.write(work)
    if app is None:
        return visit.done(PATH, _GONE, NO_CALL, is_error=True)
    return visit.done(PATH, f"{app.title} is removed with its tokens and everything it stored.", NO_CALL)


def _shown(tx: Tx, visit: Visit, app_id: int) -> ShownApp | None:
    portal_id = visit.portal.id
    app = rows.find(tx, portal_id, app_id)
    if app is None:
        return None
    users = [people.find(tx, portal_id, int(user_id)) for user_id in app.user_ids.split(",") if user_id]
    names = [f"{one.name} {one.last_name}".strip() or one.email for one in users if one is not None]
    widgets, handlers = placements.of_app(tx, portal_id, app_id), event_rows.handlers_of_app(tx, portal_id, app_id)
    addresses = {widget.handler for widget in widgets} | {handler.handler for handler in handlers if handler.handler}
    closed = frozenset(address for address in addresses if not is_entrusted(tx, app, address))
    return ShownApp(app, widgets, handlers, names, closed)


def _form_of(app: Application) -> _AppForm:
    return _AppForm(app.title, app.scopes.split(","), app.handler_url, app.install_url, app.redirect_uri)


def _form(visit: Visit) -> _AppForm:
    texts = (visit.text(name) for name in ("handler_url", "install_url", "redirect_uri"))
    return _AppForm(visit.text("title"), visit.texts("scopes"), *texts)


def _problem(visit: Visit, given: _AppForm) -> str:
    """Return an error of the form that the domain does not check, or ""."""
    if not given.title or len(given.title) > LONGEST_TITLE:
        return f"An application needs a name of at most {LONGEST_TITLE} characters."
    if not given.handler_url and not given.redirect_uri:
        return "An application needs a page in the portal or an address after the sign-in."
    for address in (given.handler_url, given.install_url):
        if address and _origin(address) in origins(visit):
            return (
                f"{address} has the host and port of the portal. An application needs its own host or port, "
                "so that the browser keeps it apart from the portal."
            )
    return ""


def _origin(address: str) -> str:
    """Return the origin of an address, or "" if it is invalid, which the domain reports."""
    try:
        return origin_of(address)
    except (ValueError, UnicodeError):
        return ""


ROUTES = (
    Route(PATH, admin_screen(show_all)),
    Route(f"{PATH}new", admin_screen(ask_new)),
    Route(f"{PATH}new", admin_screen(make), methods=POST),
    Route(PATH + "{app_id:id}/", admin_screen(show)),
    Route(PATH + "{app_id:id}/", admin_screen(change), methods=POST),
    Route(PATH + "{app_id:id}/rotate", admin_screen(rotate), methods=POST),
    Route(PATH + "{app_id:id}/delete", admin_screen(delete), methods=POST),
)
