"""Entries of applications in the navigation of the portal."""

import json
from typing import NamedTuple

from landingpad.domain.app import frames
from landingpad.store.app.placements import ShownWidget
from landingpad.store.db.engine import Tx
from landingpad.store.records import User
from landingpad.web.frame.paths import APPS

_LEFT_MENU = "LEFT_MENU"


class MenuEntry(NamedTuple):
    """One entry of the navigation."""

    title: str
    path: str


def app_entries(tx: Tx, user: User, language: str) -> list[MenuEntry]:
    """Return the applications that a user may open, and the widgets that they added to the menu."""
    apps = [MenuEntry(app.title, f"{APPS}{app.id}/") for app in frames.shown_apps(tx, user)]
    return [*apps, *(entry_of(widget, language) for widget in frames.widgets_at(tx, user, [_LEFT_MENU]))]


def entry_of(widget: ShownWidget, language: str, query: str = "") -> MenuEntry:
    """Return the entry of a widget, in the given language if the widget has it."""
    return MenuEntry(title_of(widget, language), f"{APPS}widgets/{widget.id}/{query}")


def title_of(widget: ShownWidget, language: str) -> str:
    """Return the title of a widget in a language, or the title of its application."""
    texts = json.loads(widget.languages).get(language)
    own = texts.get("TITLE") if isinstance(texts, dict) else None
    return str(own or widget.title or widget.app_title)
