"""Run every example on a portal of its own and record the answers shown in the reference."""

import shutil
from pathlib import Path
from random import Random
from typing import Any

from landingpad.domain.people.portals import SCOPES, add_portal, add_user
from landingpad.domain.site.urls import PublicUrls
from landingpad.domain.work import Delivery, Services
from landingpad.errors import ApiError, OperatorError
from landingpad.media.reader import PictureReader
from landingpad.media.store import MediaStore
from landingpad.network.outgoing import OutgoingClient
from landingpad.reference.examples import Example, prepare
from landingpad.reference.methods import Recorded
from landingpad.rpc.call import Caller
from landingpad.rpc.declare import Registry
from landingpad.rpc.dispatch import Dispatcher
from landingpad.store.app import apps
from landingpad.store.db.engine import Database, Tx, database_url
from landingpad.store.db.migrate import migrate
from landingpad.store.page import pages
from landingpad.store.people import portals
from landingpad.store.preview import queue
from landingpad.store.records import Application, PortalRow, User

HOST = "portal.example.com"
NOW = 1_790_000_000.0  # 21 September 2026: the time at which examples run
_LONGEST_TEXT = 200
_LONGEST_LIST = 3
_MOST_MEMBERS = 12
_DEEPEST = 5
_TIME = frozenset({"start", "finish", "duration", "processing"})


_PORTAL = PortalRow(1, HOST, "Example", "3" * 32, "active", "UTC", "en", int(NOW * 1000))
_ADA = User(1, 1, "ada", "Ada", "", "ada@example.com", is_admin=True, is_active=True)
_APP = Application(
    id=1,
    portal_id=1,
    client_id="local.example",
    title="Example",
    scopes=",".join(SCOPES),
    redirect_uri="https://app.example.com/",
    handler_url="",
    install_url="",
    is_installed=True,
    user_ids="",
    application_token="",
    version=1,
    created_at=int(NOW * 1000),
)


class BrokenExampleError(OperatorError):
    """An example of the reference ended with an error."""


class _InstantPictures:
    """A queue that finishes every picture at once and drops other jobs."""

    def picture_expected(self, tx: Tx, *, preview_id: int) -> None:
        now = int(NOW * 1000)
        preview = queue.claim(tx, "examples", now, until=now, begun_after=now)
        if preview is not None and preview.id == preview_id:
            queue.finish(tx, "examples", preview, media_key="example.jpg", problem=None, now_ms=now)
            pages.show_picture(tx, preview.portal_id, preview.page_id, "example.jpg")

    def refresh_pages(self, tx: Tx, *, portal_id: int, site_id: int) -> None:
        """Do nothing: these pages have no visitors."""

    def deliver_event(
        self, tx: Tx, delivery: Delivery, *, attempt: int = 0, delay_seconds: float = 0, once: str = ""
    ) -> None:
        """Do nothing: no handler receives events."""

    def forget(self) -> None:
        """Do nothing: no state is restored."""


async def record(registry: Registry, examples: dict[str, Example], folder: Path) -> Recorded:
    """Return the answers of all examples, shortened for reading.

    Args:
        registry: the declared methods.
        examples: examples by method name.
        folder: an empty folder; the database of each example is created in it.

    Raises:
        BrokenExampleError: an example fails; the text names it and the error.

    """
    template = folder / "template"
    template.mkdir()
    with Database(database_url(template, "")) as db:
        migrate(db)
        db.write_here(_make_portal)
    found = Recorded()
    for method in registry:
        if method.name not in examples:
            continue
        workdir = folder / "example"
        shutil.copytree(template, workdir)
        with Database(database_url(workdir, "")) as db:
            try:
                found[method.name] = await _play(registry, method.name, examples[method.name], db, workdir)
            except ApiError as error:
                if error.code == examples[method.name].refused:
                    found[method.name] = {"params": examples[method.name].params, "error": error.body}
                    shutil.rmtree(workdir)
                    continue
                text = f"The example of {method.name} in examples.toml does not work: {error.code}: {error}"
                raise BrokenExampleError(text) from error
        shutil.rmtree(workdir)
    return found


async def _play(registry: Registry, name: str, example: Example, db: Database, folder: Path) -> dict[str, Any]:
    services = Services(
        db=db,
        jobs=_InstantPictures(),
        urls=PublicUrls("https", 443),
        random=Random(7),  # noqa: S311  # a fixed seed gives equal codes in every run
        media=MediaStore(folder / "media"),
        outgoing=OutgoingClient(),
        pictures=PictureReader(),
    )
    dispatcher = Dispatcher(registry, services, prove_declarations=True)

    async def run(method: str, params: dict[str, Any], *, app: bool) -> Any:
        caller = _caller(app=app)
        return (await dispatcher.run(caller, method, params, now=NOW, origin=f"https://{HOST}")).result

    async def call(method: str, params: dict[str, Any]) -> Any:
        return await run(method, params, app=example.app)

    params = await prepare(example, call)
    try:
        return {"params": params, "result": shortened(await run(name, params, app=example.app))}
    finally:
        services.pictures.close()


def _make_portal(tx: Tx) -> None:
    now_ms = int(NOW * 1000)
    portal_id = add_portal(tx, domain=HOST, title="Example", now_ms=now_ms)
    portals.update(tx, portal_id, member_id=_PORTAL.member_id, signing_key="example")
    for login, is_admin in (("ada", True), ("sam", False)):
        add_user(tx, portal_id, login=login, name=login.title(), password=None, is_admin=is_admin, now_ms=now_ms)
    apps.add(tx, _APP, secret_hash="")


def _caller(*, app: bool) -> Caller:
    credential = "app:1" if app else "webhook:1"
    return Caller(_PORTAL, _ADA, frozenset(SCOPES), credential, _APP if app else None, int(NOW + 3600) * 1000)


def shortened(value: Any, depth: int = 0) -> Any:
    """Return a value with long texts, lists and objects cut; "..." marks the cut."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT].rstrip() + " ..."
    if isinstance(value, list | dict) and depth >= _DEEPEST:
        return "..." if value else value
    if isinstance(value, list):
        kept = [shortened(member, depth + 1) for member in value[:_LONGEST_LIST]]
        return kept if len(value) <= _LONGEST_LIST else [*kept, "..."]
    if isinstance(value, dict):
        if value.keys() >= _TIME:
            return dict.fromkeys(value, 0)  # durations differ in every run
        names = list(value)[:_MOST_MEMBERS]
        found = {str(name): shortened(value[name], depth + 1) for name in names}
        return found if len(value) <= _MOST_MEMBERS else {**found, "...": "..."}
    return value
