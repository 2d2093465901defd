"""placement.*: places in the portal where applications show widgets (widgets/*.md)."""

import json
import re
from typing import Annotated, Any

from landingpad.domain.app.events import check_address
from landingpad.domain.app.known_names import FOR_ONE_USER, LANDING_BLOCK, ONE_HANDLER_ONLY, PLACEMENTS
from landingpad.errors.app import (
    AdministratorRequired,
    EmptyErrorHandler,
    PlacementArgument,
    PlacementMaxCount,
    PlacementUserMode,
)
from landingpad.errors.calls import WrongAuthType
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.app import placements as rows
from landingpad.store.app.placements import WidgetTexts

DOCS = "api-reference/widgets/"
_KNOWN = frozenset(name for names in PLACEMENTS.values() for name in names)
_NAMED_BY_OWNER = re.compile(rf"{LANDING_BLOCK}[A-Z0-9_.-]+|CRM_DYNAMIC_[0-9]+_[A-Z_]+")
"""Places whose names contain a block code or a type number."""

Placement = Annotated[str | None, Doc("Name of a place, case-insensitive.", see="placement.list")]
Text = Annotated[str, Doc("Shown to users whose language is not in LANG_ALL.")]


@method(
    "placement.list",
    scope="placement",
    runs=Runs.FREE,
    any_case=True,
    apps_only=WrongAuthType,
    doc=DOCS + "placement-list.md",
)
def list_(
    call: Call,
    SCOPE: Annotated[str | None, Doc("Only the places of this scope.")] = None,
    FULL: Annotated[bool, Doc("true: all places; false: only those within the application's scopes.")] = False,
) -> list[str]:
    """List the names of places for widgets."""
    if SCOPE is not None:
        return list(PLACEMENTS.get(SCOPE.strip().lower(), ()))
    allowed = call.caller.scopes
    return [name for scope, names in PLACEMENTS.items() if FULL or not scope or scope in allowed for name in names]


@method(
    "placement.bind",
    scope="placement",
    runs=Runs.WRITE,
    any_case=True,
    apps_only=WrongAuthType,
    raises=[AdministratorRequired, PlacementArgument, PlacementMaxCount, PlacementUserMode, EmptyErrorHandler],
    doc=DOCS + "placement-bind.md",
)
def bind(
    call: Call,
    PLACEMENT: Placement = None,
    HANDLER: Annotated[str | None, Doc("Address of the page that the widget shows.")] = None,
    TITLE: Text = "",
    DESCRIPTION: Text = "",
    GROUP_NAME: Text = "",
    LANG_ALL: Annotated[dict[str, Any] | None, Doc("Language -> {TITLE, DESCRIPTION, GROUP_NAME}.")] = None,
    OPTIONS: Annotated[
        dict[str, Any] | None, Doc("Options of the place; PAGE_BACKGROUND_WORKER needs errorHandlerUrl.")
    ] = None,
    USER_ID: Annotated[int, Doc("Id of the only user who sees the widget; 0: all users.", see="user.get")] = 0,
) -> bool:
    """Show a widget of the application in a place. Binding the handler again updates the widget."""
    if not call.user.is_admin:
        raise AdministratorRequired
    name, handler = (PLACEMENT or "").strip().upper(), (HANDLER or "").strip()
    _check(name, handler, OPTIONS or {}, USER_ID)
    known = [
        w for w in rows.of_app(call.tx, call.portal_id, call.app.id) if (w.placement, w.user_id) == (name, USER_ID)
    ]
    if known and name in ONE_HANDLER_ONLY:
        raise PlacementMaxCount
    texts: WidgetTexts = {
        "title": TITLE,
        "description": DESCRIPTION,
        "group_name": GROUP_NAME,
        "languages": json.dumps(LANG_ALL or {}, ensure_ascii=False),
        "options": json.dumps(OPTIONS or {}, ensure_ascii=False),
    }
    for widget in known:
        if widget.handler == handler:
            rows.update(call.tx, call.portal_id, widget.id, is_entrusted=True, **texts)
            return True
    rows.add(
        call.tx,
        call.portal_id,
        call.app.id,
        placement=name,
        handler=handler,
        user_id=USER_ID,
        is_entrusted=True,
        now_ms=call.now_ms,
        **texts,
    )
    return True


@method(
    "placement.unbind",
    scope="placement",
    runs=Runs.WRITE,
    any_case=True,
    apps_only=WrongAuthType,
    raises=[AdministratorRequired, PlacementArgument],
    doc=DOCS + "placement-unbind.md",
)
def unbind(
    call: Call,
    PLACEMENT: Annotated[Any, Doc("Name of a place, case-insensitive.", see="placement.get")] = None,
    HANDLER: Annotated[str | None, Doc("Address of the widget; without it all widgets of the place.")] = None,
    USER_ID: Annotated[int | None, Doc("Only widgets bound for this user id.")] = None,
) -> dict[str, int]:
    """Remove widgets from a place. `count` counts each widget twice: as found and as removed."""
    if not call.user.is_admin:
        raise AdministratorRequired
    if PLACEMENT is None or PLACEMENT == "":
        raise PlacementArgument("PLACEMENT")
    if not isinstance(PLACEMENT, str):
        raise PlacementArgument("PLACEMENT", "The value of an argument 'PLACEMENT' must be of type string")
    name = PLACEMENT.strip().upper()
    found = [
        widget
        for widget in rows.of_app(call.tx, call.portal_id, call.app.id)
        if widget.placement == name
        and (not HANDLER or widget.handler == HANDLER.strip())
        and (USER_ID is None or widget.user_id == USER_ID)
    ]
    return {"count": len(found) + sum(rows.delete(call.tx, call.portal_id, widget.id) for widget in found)}


@method(
    "placement.get",
    scope="placement",
    any_case=True,
    apps_only=WrongAuthType,
    doc=DOCS + "placement-get.md",
)
def get(call: Call) -> list[dict[str, Any]]:
    """List the widgets of the application."""
    language = call.caller.portal.language
    listed = []
    for widget in rows.of_app(call.tx, call.portal_id, call.app.id):
        texts = {"TITLE": widget.title, "DESCRIPTION": widget.description, "GROUP_NAME": widget.group_name}
        listed.append(
            {
                "placement": widget.placement,
                "userId": widget.user_id,
                "handler": widget.handler,
                "options": json.loads(widget.options) or [],
                "title": widget.title,
                "description": widget.description,
                "langAll": json.loads(widget.languages) or {language: texts},
            }
        )
    return listed


def _check(name: str, handler: str, options: dict[str, Any], user_id: int) -> None:
    if not name:
        raise PlacementArgument("PLACEMENT")
    if not handler:
        raise PlacementArgument("HANDLER")
    if name not in _KNOWN and not _NAMED_BY_OWNER.fullmatch(name):
        raise PlacementArgument("PLACEMENT", f"There is no place {name[:100]!r}. The method placement.list lists them.")
    check_address(handler, "HANDLER")
    if user_id and name not in FOR_ONE_USER:
        raise PlacementUserMode
    if name in FOR_ONE_USER and not options.get("errorHandlerUrl"):
        raise EmptyErrorHandler
