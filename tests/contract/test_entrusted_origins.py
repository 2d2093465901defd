"""Tokens of a person are sent only to origins that an administrator entrusted with the application.

Who stores an address x kind of address x own or foreign origin x who triggers it x what is sent.
"""

import asyncio
import re
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import pytest

import landingpad
from landingpad.domain.app import apps as domain_apps
from landingpad.domain.app import events, origins
from landingpad.domain.app.known_names import ONE_HANDLER_ONLY
from landingpad.domain.work import Delivery
from landingpad.jobs.deliveries import Deliveries
from landingpad.jobs.events import EventJob
from landingpad.rpc.declare import REGISTRY
from landingpad.store.app import apps as app_rows
from landingpad.store.app import placements as widget_rows
from landingpad.store.db.engine import Tx
from landingpad.store.tables.app import event_handlers, placements
from support.portal import ApiFailure, Portal
from support.web import text_of, visitor
from web.screens.test_apps import ask

OWN, FOREIGN = "https://app.example/w", "https://evil.example/steal"
BEFORE = "row of before"
SETTERS = ("app", "plain app", "admin", "plain", BEFORE)
"""An administrator's and a user's token of the application, their webhooks, and a row stored before the rule."""


class Kind(NamedTuple):
    """A kind of address that an application stores."""

    method: str
    place: str
    """Name of the placement or event."""

    @property
    def is_event(self) -> bool:
        return self.method == "event.bind"

    def params(self, address: str) -> dict[str, Any]:
        if self.is_event:
            return {"event": self.place, "handler": address}
        if self.method == "placement.bind":
            return {"PLACEMENT": self.place, "HANDLER": address}
        return {"fields": {"PLACEMENT": self.place, "PLACEMENT_HANDLER": address, "TITLE": "Improve this block"}}


REFUSALS = {"ACCESS_DENIED", "WRONG_AUTH_TYPE", "TYPE_ERROR", "ERROR_ARGUMENT", "MISSING_PARAMS"}
KINDS = (
    Kind("landing.repo.bind", "LANDING_SETTINGS"),
    Kind("landing.repo.bind", "LANDING_BLOCK_*"),
    Kind("placement.bind", "LEFT_MENU"),
    Kind("placement.bind", "REST_APP_URI"),
    *(Kind("event.bind", name) for name in (events.TEST, events.OFFLINE_EVENT, events.INSTALL, events.UNINSTALL)),
)

HELD = {("event.bind", "handler"), ("landing.repo.bind", "fields"), ("placement.bind", "HANDLER")}
"""Parameters with addresses that get tokens: the matrix tries them."""
HARMLESS = {
    ("event.bind", "auth_type"): "the id of a user",
    ("event.test", "any"): "data for handlers, no address",
    ("event.bind", "event_type"): "online or offline",
    ("event.unbind", "auth_type"): "the id of a user",
    ("event.unbind", "event_type"): "online or offline",
    ("event.unbind", "handler"): "names what is removed",
    ("landing.block.uploadfile", "picture"): "fetched by GET without credentials",
    ("landing.landing.getList", "params"): "names of columns",
    ("landing.landing.resolveIdByPublicUrl", "landingUrl"): "a path, looked up only",
    ("landing.repo.register", "fields"): "the address of a picture, shown only",
    ("landing.repo.unbind", "handler"): "names what is removed",
    ("landing.site.fullExport", "params"): "written into the export only",
    ("user.add", "EMAIL"): "an address of mail, stored and shown only",
    ("user.update", "EMAIL"): "an address of mail, stored and shown only",
    ("landing.syspage.getSpecialPage", "additional"): "added to the query of an own address",
    ("placement.bind", "OPTIONS"): "errorHandlerUrl is listed, but nothing is sent to it",
    ("placement.unbind", "HANDLER"): "names what is removed",
}
_ABOUT_ADDRESSES = re.compile(r"handler|url\b|uri\b|address|callback|hook", re.IGNORECASE)

SENDERS = {
    "bx24/": "in the frame of the application, which has the tokens",
    "domain/app/apps.py": "makes the token of an application",
    "domain/app/events.py": "puts it into the delivery of a removal, in the matrix",
    "domain/people/oauth.py": "makes tokens",
    "domain/work.py": "the field of a delivery",
    "http/oauth.py": "answers to whoever proved to be the application",
    "jobs/events.py": "event deliveries, in the matrix",
    "logs.py": "masks them",
    "reference/": "examples in the documentation",
    "server/first_start.py": "the demo portal's tokens, into portal.json",
    "server/seed.py": "a seed's tokens, into portal.json",
    "store/": "columns",
    "testing/": "for suites of tests, outside the server",
    "web/screens/app_frames.py": "frames, in the matrix",
    "web/static/frame.js": "posts to the address of /apps/<id>/open and messages its origin only",
}
_TOKENS = re.compile(r"\b(AUTH_ID|REFRESH_ID|APPLICATION_TOKEN|application_token|refresh_token)\b")


def test_every_parameter_with_an_address_is_held_or_harmless() -> None:
    found = {
        (method.name, parameter.wire)
        for method in REGISTRY
        for parameter in method.parameters
        if _ABOUT_ADDRESSES.search(f"{parameter.wire} {parameter.text}")
    }
    assert found == HELD | HARMLESS.keys(), "list each new parameter here, and add what gets tokens to the matrix"
    assert {name for name, _ in HELD} == {kind.method for kind in KINDS}


class World:
    """A portal with an application, its captured deliveries and its posts."""

    def __init__(self, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.portal = portal
        self.app = portal.app_record
        self.now_ms = int(time.time() * 1000)
        self.queued: list[Delivery] = []
        self.posted: list[tuple[str, dict[str, str]]] = []
        monkeypatch.setattr(portal.parts.services.outgoing, "post", self._post)
        monkeypatch.setattr(
            portal.parts.services.jobs, "deliver_event", lambda _, delivery, **__: self.queued.append(delivery)
        )

    async def _post(self, address: str, body: bytes, _content_type: str) -> None:
        self.posted.append((address, dict(parse_qsl(body.decode()))))

    async def store(self, kind: Kind, address: str, *, by: str) -> bool:
        """Store an address, and return whether a row was stored."""
        if by == BEFORE:
            self.portal.parts.db.write_here(lambda tx: self._row_of_before(tx, kind, address))
            return True
        answer = (await self.portal.answer(kind.method, kind.params(address), by=by)).json()
        assert answer.get("error") in REFUSALS | {None}, answer
        return answer.get("result") is not None

    def _row_of_before(self, tx: Tx, kind: Kind, address: str) -> None:
        row = {"portal_id": self.portal.id, "app_id": self.app.id, "handler": address, "user_id": 0, "created_at": 0}
        if kind.is_event:
            tx.insert(event_handlers, **row, event=kind.place)
        else:
            tx.insert(placements, **row, placement=kind.place)

    def unbind(self, kind: Kind, address: str) -> None:
        """Remove the rows of an address."""
        table = event_handlers if kind.is_event else placements
        with self.portal.parts.db.engine.begin() as session:
            session.execute(table.delete().where(table.c.handler == address))

    async def sent(self, kind: Kind, *, by_admin: bool) -> set[str]:
        """Trigger an address as an administrator or a user, and return the origins that got secrets."""
        return await (self._events(kind, by_admin=by_admin) if kind.is_event else self._frames(by_admin=by_admin))

    async def _frames(self, *, by_admin: bool) -> set[str]:
        """Open all widgets with their page, in the page and in a slider."""
        found = set()
        user_id = self.portal.admin_id if by_admin else self.portal.plain_id
        widgets = self.portal.parts.db.read_here(lambda tx: widget_rows.of_app(tx, self.portal.id, self.app.id))
        async with visitor(self.portal, user_id) as who:
            for widget in widgets:
                for is_slider in (False, True):
                    body = {"widget": widget.id, "slider": is_slider}
                    answer = await ask(who, f"/apps/{self.app.id}/open", body)
                    told = answer.json()
                    origin = origins.origin_of(widget.handler)
                    renewed = await ask(who, f"/apps/{self.app.id}/refresh", {**body, "origin": origin})
                    assert renewed.status_code == answer.status_code
                    if answer.status_code == 200:
                        assert {"AUTH_ID", "REFRESH_ID", "APPLICATION_TOKEN"} <= told["fields"].keys()
                        found.add(origins.origin_of(told["action"]))
                    else:
                        assert "administrator can allow it" in told["error"]
                        assert "AUTH_ID" not in answer.text + renewed.text
                if widget.placement == "LEFT_MENU":
                    page = await who.get(f"/apps/widgets/{widget.id}/")
                    assert (page.status_code == 200) == bool(found)
                    assert ("evil.example" in page.headers["content-security-policy"]) == (
                        "https://evil.example" in found
                    )
                    assert found or "administrator can allow it" in text_of(page)
        return found

    async def _events(self, kind: Kind, *, by_admin: bool) -> set[str]:
        services, user_id = self.portal.parts.services, self.portal.admin_id if by_admin else self.portal.plain_id
        caller = "app" if by_admin else "plain app"
        if kind.place == events.OFFLINE_EVENT:
            await self.portal.call("event.bind", by="app", event=events.TEST, event_type="offline")
        if kind.place in {events.TEST, events.OFFLINE_EVENT}:
            await self.portal.call("event.test", by=caller)
        else:

            def work(tx: Tx) -> None:
                if kind.place == events.INSTALL:
                    events.installation_finished(tx, services.jobs, self.app, user_id, "en", self.now_ms)
                else:
                    events.uninstalled(tx, services.jobs, self.app, self.now_ms)

            self.portal.parts.db.write_here(work)
        deliveries = Deliveries(100)
        job = EventJob(services, deliveries)
        while self.queued:
            await asyncio.to_thread(job.run, self.queued.pop(), 0)
        assert all(attempt.outcome in {"delivered", "refused"} for attempt in deliveries.all())
        found = set()
        while self.posted:
            address, form = self.posted.pop()
            assert form["auth[application_token]"]
            found.add(origins.origin_of(address))
        return found


@pytest.fixture
def world(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(portal, monkeypatch)


@pytest.mark.parametrize("by_admin", [True, False], ids=["opened by an administrator", "opened by a user"])
@pytest.mark.parametrize("setter", SETTERS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.method} {kind.place}")
async def test_tokens_reach_entrusted_origins_only(world: World, kind: Kind, setter: str, *, by_admin: bool) -> None:
    for address in (OWN, FOREIGN):
        is_own = address == OWN
        is_stored = await world.store(kind, address, by=setter)
        may_store = setter in {"app", BEFORE} or (setter == "plain app" and is_own and kind.method != "placement.bind")
        assert is_stored == may_store, address
        found = await world.sent(kind, by_admin=by_admin)
        is_entrusted = is_stored and (is_own or setter == "app")
        assert found == ({origins.origin_of(address)} if is_entrusted else set()), address
        if setter == BEFORE and not is_own:
            if kind.place in ONE_HANDLER_ONLY:
                world.unbind(kind, address)
            assert await world.store(kind, address, by="app")
            assert await world.sent(kind, by_admin=by_admin) == {origins.origin_of(address)}, (
                "allowed by storing it again"
            )
        world.unbind(kind, address)


TRICKS = (
    "https://evil.example/https://app.example/",
    "https://app.example.evil.example/",
    "https://app.example@evil.example/",
    "https://app.example:443@evil.example/",
    "https://evil.example\\@app.example/",
    "https://evil.example#@app.example/",
    "https://evil.example?@app.example/",
    "https://evil.example\t@app.example/",
    "https://app.example%2eevil.example/",
    "https://app.example%00.evil.example/",
    "https:\\\\evil.example\\app.example/",
    "https:///evil.example/app.example/",
    "https://xn--app-.example/",
    "https://app.example:8443/w",
    "https://app.example:/w",
    "http://app.example/w",
    "http://app.example:443/w",
    "https://APP.example./w",
    "https://ａpp.example/w",
    "//app.example/w",
    "javascript:alert(1)//app.example/",
    "",
)


@pytest.mark.parametrize("address", TRICKS)
async def test_addresses_that_clients_read_differently_are_foreign(world: World, address: str) -> None:
    is_same = address == "https://app.example:/w"  # an empty port is the usual one for everybody
    assert world.portal.parts.db.read_here(lambda tx: origins.is_entrusted(tx, world.app, address)) is is_same
    for kind in (KINDS[0], Kind("event.bind", events.TEST)):
        assert await world.store(kind, address, by="plain app") is is_same


async def test_a_host_name_is_the_same_only_if_it_is_written_the_same(world: World) -> None:
    """Browsers and HTTP clients translate international names by different rules."""
    app = world.portal.parts.db.write_here(
        lambda tx: (
            domain_apps.add_app(
                tx,
                world.portal.id,
                title="x",
                scopes=["landing"],
                redirect_uri="https://fass.example/",
                now_ms=world.now_ms,
            ).app
        )
    )
    entrusted = world.portal.parts.db.read_here(
        lambda tx: [
            address
            for address in ("https://faß.example/", "https://FASS.example/x", "https://xn--fa-hia.example/")
            if origins.is_entrusted(tx, app, address)
        ]
    )
    assert entrusted == ["https://FASS.example/x"]


async def test_the_refusal_names_the_address_and_who_can_help(world: World) -> None:
    for kind, status in ((KINDS[0], 400), (Kind("event.bind", events.TEST), 403)):
        with pytest.raises(ApiFailure) as failure:
            await world.portal.call(kind.method, by="plain app", **kind.params(FOREIGN))
        assert (failure.value.status, failure.value.code) == (status, "ACCESS_DENIED")
        assert FOREIGN in failure.value.text
        assert "let an administrator make this call" in failure.value.text


async def test_what_an_administrator_bound_entrusts_its_origin_until_it_is_unbound(world: World) -> None:
    event = Kind("event.bind", events.TEST)
    assert await world.store(KINDS[0], FOREIGN, by="app")
    assert await world.store(event, FOREIGN, by="plain app")
    assert await world.sent(event, by_admin=False) == {"https://evil.example"}
    await world.portal.call("landing.repo.unbind", by="app", code=KINDS[0].place)
    assert await world.sent(event, by_admin=False) == set()
    # An administrator may also register the origin as an address of the application.
    registered = "https://evil.example/new"
    world.portal.parts.db.write_here(lambda tx: app_rows.update(tx, world.app, handler_url=registered))
    assert await world.sent(event, by_admin=True) == {"https://evil.example"}


def test_everything_that_writes_tokens_is_known() -> None:
    """A new module that hands out tokens of people has to be looked at, and listed."""
    root = Path(landingpad.__file__).parent
    found = {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.suffix in {".py", ".js", ".html"}
        and "migrations" not in path.parts
        and _TOKENS.search(path.read_text())
    }
    listed = {path: [known for known in SENDERS if path == known or path.startswith(known)] for path in found}
    unknown = [path for path, known in listed.items() if not known]
    assert not unknown, "does it send tokens of people somewhere? Add that to the matrix, and list the module"
    assert {known for all_known in listed.values() for known in all_known} == SENDERS.keys(), "no longer there"
