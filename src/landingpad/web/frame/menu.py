"""What the navigation shows beside the pages of the portal itself."""

import json
from typing import TYPE_CHECKING, NamedTuple

from landingpad.domain.app import frames
from landingpad.store.app.placements import ShownWidget
from landingpad.store.db.engine import Tx
from landingpad.web.frame.paths import APPS

if TYPE_CHECKING:
    from landingpad.web.frame.visit import Visit

_LEFT_MENU = "LEFT_MENU"


class Entry(NamedTuple):
    """One entry of the navigation."""

    title: str
    path: str


async def app_entries(visit: "Visit") -> list[Entry]:
    """Return the applications that the signed-in user may open, and what they put into the menu themselves."""
    user = visit.caller.user

    def read(tx: Tx) -> list[Entry]:
        apps = [Entry(app.title, f"{APPS}{app.id}/") for app in frames.shown_apps(tx, user)]
        return [*apps, *(entry_of(widget, visit) for widget in frames.widgets_at(tx, user, [_LEFT_MENU]))]

    return await visit.read(read)


def entry_of(widget: ShownWidget, visit: "Visit", query: str = "") -> Entry:
    """Return the entry of a widget, in the language of the portal if it has texts for several."""
    return Entry(title_of(widget, visit.portal.language), f"{APPS}widgets/{widget.id}/{query}")


def title_of(widget: ShownWidget, language: str) -> str:
    """Return what a widget is called in a language: its title, or that of its application."""
    texts = json.loads(widget.languages).get(language)
    own = texts.get("TITLE") if isinstance(texts, dict) else None
    return str(own or widget.title or widget.app_title)
