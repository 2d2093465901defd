"""Applications in frames of the portal: permission, address and tokens."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from landingpad.domain.app.origins import is_entrusted, origin_of
from landingpad.domain.people import oauth
from landingpad.domain.people.oauth import TokenPair
from landingpad.store.app import app_starts
from landingpad.store.app import apps as app_rows
from landingpad.store.app import options as option_rows
from landingpad.store.app import placements as widget_rows
from landingpad.store.app.placements import ShownWidget
from landingpad.store.db.engine import Tx
from landingpad.store.records import Application, User

MAIN: Final = "DEFAULT"
"""The placement of an application's own page."""


class NotShownError(Exception):
    """The application cannot be shown to this user; the text says why."""


class FramePlace(NamedTuple):
    """The placement in which an application is opened."""

    code: str = MAIN
    handler: str = ""
    """Address of a widget, or "" for the application's own page."""


class Frame(NamedTuple):
    """An application opened by a user."""

    app: Application
    user: User
    place: FramePlace
    address: str
    tokens: TokenPair
    is_installing: bool
    is_first_time: bool
    own_options: dict[str, Any]
    user_options: dict[str, Any]

    @property
    def origin(self) -> str:
        """Scheme, host and port of the application: the only origin of messages from and to it."""
        return origin_of(self.address)


def address_of(tx: Tx, app: Application, user: User, place: FramePlace, portal_origins: Sequence[str]) -> str:
    """Return the address for a frame: the widget, the application's page, or its installation page.

    Args:
        tx: the transaction.
        app: the application.
        user: the user who opens it.
        place: the placement.
        portal_origins: origins of the portal. The browser would not isolate a frame of these.

    Raises:
        NotShownError: the application cannot be shown.

    """
    if not app.is_open_to(user.id):
        raise NotShownError("You do not have access to this application.")
    if not app.is_installed and not user.is_admin:
        raise NotShownError("The application is not fully installed yet. An administrator has to open it first.")
    address = place.handler if app.is_installed else app.install_url
    address = address or app.handler_url
    if not address:
        raise NotShownError("The application has no page in the portal.")
    if not is_entrusted(tx, app, address):
        raise NotShownError(
            f"This page is at {_shown_origin(address)}, which is not an address of the application {app.title!r} and "
            "was not added by an administrator, so your access is not sent there. If the page is wanted, an "
            "administrator can allow it by adding the widget again (placement.bind or landing.repo.bind)."
        )
    if origin_of(address) in portal_origins:
        raise NotShownError(
            f"The page {address} is at the address of the portal itself. An application needs a host or a port "
            "of its own, so that the browser keeps it apart from the portal."
        )
    return address


def _shown_origin(address: str) -> str:
    try:
        return origin_of(address)
    except ValueError:
        return address


def open_frame(tx: Tx, app: Application, user: User, place: FramePlace, address: str, now_ms: int) -> Frame:
    """Open an application for a user, at an address that `address_of` returned."""
    return Frame(
        app=app,
        user=user,
        place=place,
        address=address,
        tokens=oauth.for_frame(tx, app, user.id, now_ms),
        is_installing=not app.is_installed,
        is_first_time=not app_starts.exists(tx, app.portal_id, app.id, user.id),
        own_options=option_rows.read(tx, app.portal_id, app.id, option_rows.OF_APPLICATION),
        user_options=option_rows.read(tx, app.portal_id, app.id, user.id),
    )


def shown_apps(tx: Tx, user: User) -> list[Application]:
    """Return the applications with a page that a user may open. Only administrators see uninstalled ones."""
    return [
        app
        for app in app_rows.of_portal(tx, user.portal_id)
        if app.handler_url and app.is_open_to(user.id) and (app.is_installed or user.is_admin)
    ]


def widgets_at(tx: Tx, user: User, places: Sequence[str]) -> list[ShownWidget]:
    """Return the widgets for a user in some placements, of installed applications that the user may use."""
    return _for_user(widget_rows.at_places(tx, user.portal_id, places), user)


def widgets_of_sites(tx: Tx, user: User) -> list[ShownWidget]:
    """Return the widgets for a user in placements of pages and blocks."""
    return _for_user(widget_rows.starting_with(tx, user.portal_id, "LANDING_"), user)


def _for_user(widgets: list[ShownWidget], user: User) -> list[ShownWidget]:
    return [
        widget
        for widget in widgets
        if widget.user_id in {0, user.id} and (not widget.user_ids or str(user.id) in widget.user_ids.split(","))
    ]
