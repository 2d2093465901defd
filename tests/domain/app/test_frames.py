"""Applications in frames of the portal: permission, address, tokens and installation."""

import time
from typing import Any

import pytest

from landingpad.domain.app import apps as domain_apps
from landingpad.domain.app import frames
from landingpad.domain.app.apps import BadAddressError, NewApplication
from landingpad.domain.app.frames import FramePlace, NotShownError
from landingpad.domain.app.origins import origin_of
from landingpad.domain.people import oauth
from landingpad.domain.people.portals import SCOPES
from landingpad.rpc.auth import token_caller
from landingpad.store.app import app_starts
from landingpad.store.app import apps as app_rows
from landingpad.store.records import Application, User
from landingpad.store.tables.app import tokens
from support.portal import Portal

PAGE, INSTALL = "https://app.example/page?a=1", "https://app.example/install"
ORIGINS = ("http://localhost:8080",)


def now_ms() -> int:
    return int(time.time() * 1000)


def given_app(portal: Portal, **changes: Any) -> NewApplication:
    wanted = {"title": "Shown", "scopes": SCOPES, "handler_url": PAGE, **changes}
    return portal.parts.db.write_here(lambda tx: domain_apps.add_app(tx, portal.id, now_ms=now_ms(), **wanted))


def user(portal: Portal, *, is_admin: bool) -> User:
    user_id = portal.admin_id if is_admin else portal.plain_id
    return User(user_id, portal.id, "x", "X", "", "", is_admin=is_admin, is_active=True)


def address(portal: Portal, app: Application, *, is_admin: bool = True, handler: str = "") -> str:
    place = FramePlace("DEFAULT", handler)
    return portal.parts.db.read_here(
        lambda tx: frames.address_of(tx, app, user(portal, is_admin=is_admin), place, ORIGINS)
    )


def test_the_redirect_address_defaults_to_the_page(portal: Portal) -> None:
    app = given_app(portal).app
    assert (app.redirect_uri, app.handler_url, app.is_installed) == (PAGE, PAGE, True)
    assert address(portal, app) == PAGE
    assert address(portal, app, handler="https://app.example/w") == "https://app.example/w"


def test_before_installation_administrators_see_its_page_and_others_nothing(portal: Portal) -> None:
    app = given_app(portal, install_url=INSTALL).app
    assert address(portal, app) == INSTALL
    assert address(portal, app, handler="https://app.example/w") == INSTALL
    with pytest.raises(NotShownError, match="not fully installed"):
        address(portal, app, is_admin=False)
    db, services = portal.parts.db, portal.parts.services
    done = db.write_here(
        lambda tx: domain_apps.finish_installation(tx, services.jobs, app, portal.admin_id, "en", now_ms())
    )
    assert done.is_installed
    assert db.read_here(lambda tx: app_rows.find(tx, portal.id, app.id)) == done
    assert address(portal, done, is_admin=False) == PAGE


def test_applications_that_cannot_be_shown(portal: Portal) -> None:
    with pytest.raises(NotShownError, match="no page"):
        address(portal, given_app(portal, handler_url="", redirect_uri=PAGE).app)
    with pytest.raises(NotShownError, match="access"):
        address(portal, given_app(portal, user_ids=[portal.admin_id]).app, is_admin=False)
    for own in ("http://localhost:8080/x", "http://LOCALHOST:8080"):
        with pytest.raises(NotShownError, match="of the portal itself"):
            address(portal, given_app(portal, handler_url=own).app)


@pytest.mark.parametrize(
    "wrong", [{"handler_url": "ftp://x"}, {"install_url": "x"}, {"handler_url": "", "install_url": INSTALL}]
)
def test_invalid_addresses_are_refused(portal: Portal, wrong: dict[str, str]) -> None:
    with pytest.raises(BadAddressError):
        given_app(portal, **{"redirect_uri": PAGE, **wrong})


def test_opening_gives_tokens_of_the_user_that_can_be_refreshed(portal: Portal) -> None:
    app, sam = given_app(portal).app, user(portal, is_admin=False)
    db = portal.parts.db
    opened = [
        db.write_here(lambda tx: frames.open_frame(tx, app, sam, FramePlace(), PAGE, now_ms=now_ms())) for _ in range(2)
    ]
    for frame in opened:
        assert frame.origin == "https://app.example"
        caller = db.read_here(lambda tx, token=frame.tokens.access_token: token_caller(tx, portal.id, token, now_ms()))  # type: ignore[misc]
        assert (caller.user.id, caller.app) == (portal.plain_id, app)
    pair = db.write_here(lambda tx: oauth.refresh(tx, app, opened[0].tokens.refresh_token, now_ms()))
    assert isinstance(pair, oauth.TokenPair)
    # All openings share one grant, so that one revocation covers them.
    with db.engine.connect() as session:
        grants = session.execute(tokens.select()).mappings().all()
    assert len({row["grant_id"] for row in grants if row["created_at"] and row["portal_id"] == portal.id}) == 3


def test_the_first_opening_is_noted_for_each_user(portal: Portal) -> None:
    app, db = given_app(portal).app, portal.parts.db

    def is_first(*, is_admin: bool) -> bool:
        who = user(portal, is_admin=is_admin)
        return db.write_here(lambda tx: frames.open_frame(tx, app, who, FramePlace(), PAGE, now_ms()).is_first_time)

    assert is_first(is_admin=True)
    for _ in range(2):
        db.write_here(lambda tx: app_starts.put(tx, portal.id, app.id, portal.admin_id, now_ms()))
    assert not is_first(is_admin=True)
    assert is_first(is_admin=False)


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://App.Example:443/x", "https://app.example"),
        ("http://app.example:80", "http://app.example"),
        ("http://app.example:8080/y?z", "http://app.example:8080"),
        ("http://[::1]:9000/", "http://[::1]:9000"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
    ],
)
def test_origins_are_written_like_those_of_browsers(given: str, origin: str) -> None:
    assert origin_of(given) == origin


async def test_an_application_receives_events_only_after_its_installation(portal: Portal) -> None:
    app = given_app(portal, install_url=INSTALL).app
    db = portal.parts.db
    token = db.write_here(lambda tx: oauth.for_frame(tx, app, portal.admin_id, now_ms())).access_token
    portal.tokens["mine"] = token
    assert (await portal.call("app.info", by="mine"))["INSTALLED"] is False
    for event in ("ONAPPINSTALL", "ONAPPTEST"):
        await portal.call("event.bind", by="mine", event=event, handler="https://app.example/event")
    await portal.call("event.test", by="mine")
    assert _deliveries(portal) == 0
    db.write_here(
        lambda tx: domain_apps.finish_installation(tx, portal.parts.services.jobs, app, portal.admin_id, "en", now_ms())
    )
    assert (await portal.call("app.info", by="mine"))["INSTALLED"] is True
    assert _deliveries(portal) == 1
    await portal.call("event.test", by="mine")
    assert _deliveries(portal) == 2


def _deliveries(portal: Portal) -> int:
    with portal.parts.db.engine.connect() as session:
        count: int = session.exec_driver_sql("SELECT count(*) FROM jobs").scalar_one()
    return count
