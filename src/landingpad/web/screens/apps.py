"""Screens of applications: the list, the page of one application, and widgets."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from landingpad.domain.app import frames
from landingpad.domain.app.frames import NotShownError
from landingpad.domain.app.known_names import LANDING_BLOCK, LANDING_SETTINGS
from landingpad.domain.app.origins import origin_of
from landingpad.errors.block import BlockNotFound
from landingpad.errors.page import PageNotFound
from landingpad.render.html import ORIGIN
from landingpad.render.sample import block_page
from landingpad.store.app import apps as app_rows
from landingpad.store.app.placements import ShownWidget
from landingpad.store.db.engine import Tx
from landingpad.store.records import Application
from landingpad.web.frame.answers import NO_STORE
from landingpad.web.frame.menu import MenuEntry, entry_of
from landingpad.web.frame.paths import APP_LINKS, APPS, SITES
from landingpad.web.frame.screen import screen
from landingpad.web.frame.visit import Visit, came_from
from landingpad.web.screens import app_calls
from landingpad.web.screens.sites import scope_of, scoped

_BY_LINK = "REST_APP_URI"
_OWN_POPUPS = "same-origin-allow-popups"
"""Applications open windows for sign-ins elsewhere and wait for their answers."""
_BLOCK_POLICY = (
    "default-src 'none'; img-src * data:; media-src *; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
)


async def show_all(visit: Visit) -> Response:
    """Show the applications that the signed-in user may open."""
    shown = await visit.read(lambda tx: frames.shown_apps(tx, visit.caller.user))
    return await visit.page("apps.html", apps=[(app, origin_of(app.handler_url)) for app in shown])


async def show(visit: Visit) -> Response:
    """Show the page of an application."""
    return await _show(visit, visit.path_params["app_id"], widget_id=0, options=_from(visit), back="")


async def show_widget(visit: Visit) -> Response:
    """Show a widget, for the site, page or block in the query if any."""
    try:
        widget = await visit.read(lambda tx: app_calls.find_widget(tx, visit, visit.path_params["widget_id"]))
    except NotShownError as error:
        return await _refused(visit, "Nothing to show", str(error))
    options, block = await _about(visit, widget)
    back = came_from(visit) or SITES
    return await _show(visit, widget.app_id, widget_id=widget.id, options=options, back=back, block=block)


async def follow_link(visit: Visit) -> Response:
    """Show an application to people who follow a documented link to it."""

    def read(tx: Tx) -> tuple[Application | None, list[ShownWidget]]:
        app = app_rows.by_client_id(tx, visit.path_params["code"])
        return app, frames.widgets_at(tx, visit.caller.user, [_BY_LINK])

    app, widgets = await visit.read(read)
    if app is None or app.portal_id != visit.portal.id:
        return await _refused(visit, "Nothing to show", "There is no such application. It may have been removed.")
    given = visit.query.get("params")
    options = {**_from(visit), **(given if isinstance(given, dict) else {})}
    widget = next((widget for widget in widgets if widget.app_id == app.id), None)
    return await _show(visit, app.id, widget_id=widget.id if widget else 0, options=options, back="")


async def show_block(visit: Visit) -> Response:
    """Show the draft of one block in a sandbox, beside an application that edits it."""
    page_id, block_id = visit.path_params["page_id"], visit.path_params["block_id"]
    asked = {"lid": page_id, "block": block_id, "editMode": True, "params": {"wrapper_show": False}}
    found = await visit.call("landing.block.getcontent", scoped(asked, scope_of(visit)), shown=False)
    html = block_page(block_id, str(found["content"]), code=await _code(visit, page_id, block_id))
    return HTMLResponse(html.replace(ORIGIN, ""), headers={"content-security-policy": _BLOCK_POLICY, **NO_STORE})


class PageWidgets(NamedTuple):
    """Menu entries of widgets for a page, and for each of its blocks by id."""

    page: list[MenuEntry]
    blocks: dict[int, list[MenuEntry]]


async def page_widgets(visit: Visit, page_id: int, blocks: Iterable[tuple[int, str]], *, scope: str) -> PageWidgets:
    """Return the widgets for a page and for its blocks (ids and codes)."""
    widgets = await visit.read(lambda tx: frames.widgets_of_sites(tx, visit.caller.user))
    query = f"?lid={page_id}" + (f"&scope={scope}" if scope else "")

    def at(places: set[str], more: str = "") -> list[MenuEntry]:
        return [
            entry_of(widget, visit.portal.language, query + more) for widget in widgets if widget.placement in places
        ]

    of_blocks = {
        block_id: at({f"{LANDING_BLOCK}{code.upper()}", f"{LANDING_BLOCK}*"}, f"&block={block_id}")
        for block_id, code in blocks
    }
    return PageWidgets(at({LANDING_SETTINGS}), of_blocks)


async def _show(
    visit: Visit,
    app_id: int,
    *,
    widget_id: int,
    options: Mapping[str, Any],
    back: str,
    block: str = "",
) -> Response:
    user = visit.caller.user

    def read(tx: Tx) -> tuple[Application, str, list[str]]:
        app = app_calls.find_app(tx, visit, app_id)
        place, title = app_calls.place_of(tx, visit, app, widget_id)
        address = frames.address_of(tx, app, user, place, app_calls.origins(visit))
        # The policy must also admit the application's page, which it may open in a slider above a widget.
        addresses = [address, app.handler_url] if app.handler_url else [address]
        return app, title, list(dict.fromkeys(origin_of(each) for each in addresses))

    try:
        app, title, origins = await visit.read(read)
    except NotShownError as error:
        return await _refused(visit, "This application cannot be shown", str(error))
    told = {
        "base": f"{APPS}{app_id}/",
        "csrf": visit.visitor.csrf,
        "back": back,
        "place": {"widget": widget_id, "options": options},
    }
    answer = await visit.page(
        "app.html",
        frames=origins,
        forms=origins,
        title=title,
        app=app,
        path=f"{APPS}widgets/{widget_id}/" if widget_id else f"{APPS}{app_id}/",
        told=json.dumps(told, ensure_ascii=False),
        back=back,
        block=block,
        is_new=visit.asked("install_finished") == "Y",
    )
    answer.headers["cross-origin-opener-policy"] = _OWN_POPUPS
    return answer


async def _about(visit: Visit, widget: ShownWidget) -> tuple[dict[str, Any], str]:
    """Return the placement options of a widget, and the path of the block that it is opened for.

    Raises:
        ApiError: the page or block does not exist or the visitor may not see it.

    """
    if not widget.placement.startswith("LANDING_"):
        return _from(visit), ""
    page_id, scope = visit.number("lid", visit.query), scope_of(visit)
    if widget.placement == LANDING_SETTINGS:
        asked = {"params": {"select": ["ID", "SITE_ID"], "filter": {"ID": page_id}}}
        pages = await visit.call("landing.landing.getList", scoped(asked, scope), shown=False)
        if not pages:
            raise PageNotFound
        return {"SITE_ID": str(pages[0]["SITE_ID"]), "LID": str(page_id), **_from(visit)}, ""
    block_id = visit.number("block", visit.query)
    code = await _code(visit, page_id, block_id)
    path = f"{APPS}blocks/{page_id}/{block_id}/" + (f"?scope={scope}" if scope else "")
    return {"ID": str(block_id), "CODE": code, "LID": str(page_id), **_from(visit)}, path


async def _code(visit: Visit, page_id: int, block_id: int) -> str:
    asked = {"lid": page_id, "params": {"edit_mode": 1}}
    blocks = await visit.call("landing.block.getlist", scoped(asked, scope_of(visit)), shown=False)
    code = next((str(block["code"]) for block in blocks if int(block["id"]) == block_id), "")
    if not code:
        raise BlockNotFound
    return code


def _from(visit: Visit) -> dict[str, Any]:
    uri = came_from(visit)
    return {"URI": uri} if uri else {}


async def _refused(visit: Visit, title: str, text: str) -> Response:
    return await visit.page("app_refused.html", status=403, heading=title, text=text)


ROUTES = (
    Route(APPS, screen(show_all)),
    *app_calls.ROUTES,
    Route(APPS + "{app_id:id}/", screen(show)),
    Route(APPS + "widgets/{widget_id:id}/", screen(show_widget)),
    Route(APPS + "blocks/{page_id:id}/{block_id:id}/", screen(show_block)),
    Route(APP_LINKS + "{code:code}/", screen(follow_link)),
)
