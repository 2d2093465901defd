"""JSON answers for the script of the page around an application.

Applications call the API themselves with their tokens at the REST route, like any other client.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from landingpad.domain.app import apps as rules
from landingpad.domain.app import frames
from landingpad.domain.app.frames import Frame, FramePlace, NotShownError
from landingpad.domain.app.origins import origin_of
from landingpad.domain.people import oauth
from landingpad.domain.work import Services
from landingpad.errors import ApiError
from landingpad.rpc.auth import scope_set
from landingpad.rpc.call import Caller
from landingpad.store.app import app_starts
from landingpad.store.app import apps as app_rows
from landingpad.store.app import placements as widget_rows
from landingpad.store.app.placements import ShownWidget
from landingpad.store.db.engine import Tx
from landingpad.store.people import groups
from landingpad.store.records import Application
from landingpad.web.frame.answers import NO_SNIFF, NO_STORE
from landingpad.web.frame.menu import title_of
from landingpad.web.frame.paths import APPS
from landingpad.web.frame.screen import POST, Endpoint, screen
from landingpad.web.frame.visit import Visit
from landingpad.web.screens.app_frames import auth, opened

_JsonEndpoint = Callable[[Visit], Awaitable[Mapping[str, Any]]]
_MOST_FOUND = 50
_EVERYBODY = {"id": "AU", "name": "All signed-in users"}


def origins(visit: Visit) -> tuple[str, ...]:
    """Return the origins of this portal, at which no application may be."""
    own = (visit.origin, visit.services.urls.origin(visit.portal.domain))
    return tuple(origin_of(origin) for origin in own)


def find_app(tx: Tx, visit: Visit, app_id: int) -> Application:
    """Return an application of this portal.

    Raises:
        NotShownError: there is no such application.

    """
    app = app_rows.find(tx, visit.portal.id, app_id)
    if app is None:
        raise NotShownError("There is no such application. It may have been removed.")
    return app


def find_widget(tx: Tx, visit: Visit, widget_id: int) -> ShownWidget:
    """Return a widget that the signed-in user may see.

    Raises:
        NotShownError: there is no such widget.

    """
    widget = widget_rows.find(tx, visit.portal.id, widget_id)
    if widget is None or widget.user_id not in {0, visit.caller.user.id}:
        raise NotShownError("There is no such widget. Its application may have removed it.")
    return widget


def place_of(tx: Tx, visit: Visit, app: Application, widget_id: int) -> tuple[FramePlace, str]:
    """Return place and title under which an application opens: of one of its widgets, or of its own page.

    Raises:
        NotShownError: the application has no such widget.

    """
    if not widget_id:
        return FramePlace(), app.title
    widget = find_widget(tx, visit, widget_id)
    if widget.app_id != app.id:
        raise NotShownError("The widget belongs to another application.")
    return FramePlace(widget.placement, widget.handler), title_of(widget, visit.portal.language)


def _asked_place(tx: Tx, visit: Visit, app: Application) -> tuple[FramePlace, str, str]:
    """Return place, title and address of the frame that the page asks about.

    Raises:
        NotShownError: the application cannot be shown there.

    """
    place, title = place_of(tx, visit, app, _asked_widget(visit))
    if _is_slider(visit):
        # A slider shows the application's page; an application without one opens its widget again.
        place = FramePlace(handler=app.handler_url or place.handler)
    return place, title, frames.address_of(tx, app, visit.caller.user, place, origins(visit))


def _asked_widget(visit: Visit) -> int:
    widget_id = visit.fields.get("widget")
    return widget_id if isinstance(widget_id, int) else 0


def _is_slider(visit: Visit) -> bool:
    return visit.fields.get("slider") is True


async def open_app(visit: Visit) -> Mapping[str, Any]:
    """Return tokens and settings to the page that is about to show an application."""
    app_id = visit.path_params["app_id"]
    options = visit.fields.get("options")
    options = options if isinstance(options, dict) else {}

    def work(tx: Tx) -> tuple[Frame, str]:
        app = find_app(tx, visit, app_id)
        place, title, address = _asked_place(tx, visit, app)
        return frames.open_frame(tx, app, visit.caller.user, place, address, visit.now_ms), title

    frame, title = await visit.write(work)
    return {
        **opened(frame, visit.portal, visit, options, title=title),
        "base": f"{APPS}{app_id}/",
        "slider": {"widget": _asked_widget(visit), "slider": True},
        "again": {"widget": _asked_widget(visit), "slider": _is_slider(visit), "origin": frame.origin},
    }


async def refresh(visit: Visit) -> Mapping[str, Any]:
    """Return new tokens for the origin to which the page hands them."""

    def work(tx: Tx) -> oauth.TokenPair:
        app = _app(tx, visit)
        _, _, address = _asked_place(tx, visit, app)
        if visit.fields.get("origin") != origin_of(address):
            raise NotShownError("The address of this application has changed. Reload the page.")
        return oauth.for_frame(tx, app, visit.caller.user.id, visit.now_ms)

    return auth(await visit.write(work))


async def started(visit: Visit) -> Mapping[str, Any]:
    """Record that the user has opened the application, so that the next time is not the first."""

    def work(tx: Tx) -> None:
        app = _app(tx, visit)
        app_starts.put(tx, visit.portal.id, app.id, visit.caller.user.id, visit.now_ms)

    await visit.write(work)
    return {}


async def installed(visit: Visit) -> Mapping[str, Any]:
    """Finish the installation of an application."""
    user = visit.caller.user
    if not user.is_admin:
        raise NotShownError("Only administrators may install applications.")
    services: Services = visit.services

    def work(tx: Tx) -> None:
        app = _app(tx, visit)
        rules.finish_installation(tx, services.jobs, app, user.id, visit.portal.language, visit.now_ms)

    await visit.write(work)
    return {}


async def set_option(visit: Visit) -> Mapping[str, Any]:
    """Store an option of an application or of its user, and return all options."""
    kind, name = visit.fields.get("of"), visit.fields.get("name")
    if kind not in {"app", "user"} or not isinstance(name, str) or not name:
        raise NotShownError("An option needs a name.")
    app = await visit.read(lambda tx: _app(tx, visit))
    caller = Caller(visit.portal, visit.caller.user, scope_set(app.scopes), f"app:{app.id}", app)

    async def call(method: str, **params: Any) -> Any:
        return (await visit.dispatcher.run(caller, method, params, now=visit.now, origin=visit.origin)).result

    await call(f"{kind}.option.set", options={name: visit.fields.get("value")})
    return {"options": await call(f"{kind}.option.get")}


async def people(visit: Visit) -> Mapping[str, Any]:
    """Find colleagues for the dialog that chooses a person."""
    words = visit.asked("find")
    filters = {"ACTIVE": True, "USER_TYPE": "employee"}
    method, given = ("user.search", {"FILTER": {"FIND": words}}) if words else ("user.get", {"FILTER": filters})
    rows = await visit.call(method, given, shown=False)
    return {"found": [_person(row) for row in rows if row.get("ACTIVE")]}


async def access(visit: Visit) -> Mapping[str, Any]:
    """Find access codes with their names: everybody, groups, departments and people."""
    words = visit.asked("find").casefold()

    def read(tx: Tx) -> list[dict[str, str]]:
        found = [{"id": f"{'SG' if group.kind == 'work' else 'G'}{group.id}", "name": group.name,
                  "position": "Workgroup" if group.kind == "work" else "Group"}
                 for group in groups.of_portal(tx, visit.portal.id)]  # fmt: skip
        departments = groups.all_departments(tx, visit.portal.id)
        return found + [{"id": f"D{row[0]}", "name": row[1], "position": "Department"} for row in departments]

    listed = [_EVERYBODY, *await visit.read(read)]
    colleagues = [{**person, "id": f"U{person['id']}"} for person in (await people(visit))["found"]]
    matching = [row for row in listed if words in row["name"].casefold()]
    return {"found": [*matching, *colleagues][:_MOST_FOUND]}


def _person(row: Mapping[str, Any]) -> dict[str, Any]:
    name = f"{row.get('NAME') or ''} {row.get('LAST_NAME') or ''}".strip() or str(row.get("EMAIL") or row["ID"])
    empty = dict.fromkeys(("photo", "position", "url"), "")
    return {"id": int(row["ID"]), "name": name, **empty, "sub": False, "sup": False}


def _app(tx: Tx, visit: Visit) -> Application:
    """Return the application of the path."""
    return find_app(tx, visit, visit.path_params["app_id"])


def _json_screen(endpoint: _JsonEndpoint) -> Endpoint:
    """Return the endpoint of a route that answers with JSON, for refusals too."""

    async def answer(visit: Visit) -> Response:
        status = 200
        try:
            told = await endpoint(visit)
        except NotShownError as error:
            status, told = 403, {"error": str(error)}
        except ApiError as error:
            status, told = 400, {"error": f"{error.code}: {error}"}
        headers = {"content-type": "application/json; charset=utf-8", **NO_STORE, **NO_SNIFF}
        return Response(msgspec.json.encode(told), status, headers)

    return screen(answer)


ROUTES = (
    Route(f"{APPS}people", _json_screen(people)),
    Route(f"{APPS}access", _json_screen(access)),
    Route(APPS + "{app_id:id}/open", _json_screen(open_app), methods=POST),
    Route(APPS + "{app_id:id}/refresh", _json_screen(refresh), methods=POST),
    Route(APPS + "{app_id:id}/started", _json_screen(started), methods=POST),
    Route(APPS + "{app_id:id}/installed", _json_screen(installed), methods=POST),
    Route(APPS + "{app_id:id}/options", _json_screen(set_option), methods=POST),
)
