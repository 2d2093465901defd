"""What the orders of the control plane work on: the parts of one server, and what was ordered so far."""

import asyncio
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from random import Random, SystemRandom
from typing import Any

import msgspec

from landingpad.control.declare import ControlError
from landingpad.control.faults import Faults
from landingpad.control.pictures.painting import Painter, Switch
from landingpad.domain.preview import previews
from landingpad.domain.work import Services, SystemWork
from landingpad.http.oauth import OAuthRoutes
from landingpad.http.public import PublicSites
from landingpad.http.rest import RestRoute
from landingpad.jobs.deliveries import Deliveries
from landingpad.jobs.previews import Camera
from landingpad.media.store import CONTENT_TYPES, MediaStore
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.journal import Journal
from landingpad.rpc.limits import LimitMode, RequestRate
from landingpad.rpc.portals import PortalDirectory
from landingpad.settings import Settings
from landingpad.store.db.engine import Tx
from landingpad.store.db.portable import read_state, write_state
from landingpad.store.db.snapshots import SnapshotError, Snapshots, snapshots_of
from landingpad.store.preview import previews as rows
from landingpad.store.records import Preview

START = "start"
"""The snapshot of the state in which the server became ready."""


class Kit:
    """One server under control."""

    def __init__(
        self,
        settings: Settings,
        services: Services,
        *,
        portals: PortalDirectory,
        public: PublicSites,
        dispatcher: Dispatcher,
        rest: RestRoute,
        oauth: OAuthRoutes,
        journal: Journal,
        deliveries: Deliveries,
        media: MediaStore,
    ) -> None:
        self.settings = settings
        self.services = services
        self.portals = portals
        self.public = public
        self.dispatcher = dispatcher
        self.rest = rest
        self.journal = journal
        self.deliveries = deliveries
        self._media = media
        self._media_folder = settings.data / "media"
        self._painter = Painter(services, media)
        self._switch: Switch | None = None
        self._wakes: Any = None  # while pictures are drawn: what woke the worker that takes photographs
        self.picture_mode = self._mode_at_start = "photographs"
        self.snapshots: Snapshots = snapshots_of(services.db, settings.data / "snapshots")
        self.faults = Faults(dispatcher.registry, Random())  # noqa: S311  # which calls fail is no secret
        self.going_back: list[Callable[[], None]] = []
        """What else is done when the state changes under the server."""
        dispatcher.before = self.faults.before
        rest.deliver = self.faults.deliver
        oauth.before = self.faults.before_tokens
        self._changing = asyncio.Lock()

    def started(self) -> None:
        """Remember the state in which the server became ready."""
        self._mode_at_start = self.picture_mode
        self.snapshots.create(START)

    def camera(self, camera: Camera) -> Camera:
        """Return what takes pictures: the camera, or while pictures are drawn, no camera."""
        self._switch = Switch(camera)
        self._switch.draws = self.picture_mode == "instant"
        return self._switch

    def draw_pictures(self, *, instant: bool) -> None:
        """Have pictures drawn at once, or photographed."""
        jobs: Any = self.services.jobs  # whichever queue it is, it wakes whoever makes pictures
        if instant and self.picture_mode != "instant":
            self._wakes, jobs.wake_renderer = jobs.wake_renderer, self._painter.draw_all
        elif not instant and self.picture_mode == "instant":
            jobs.wake_renderer = self._wakes
        self.picture_mode = "instant" if instant else "photographs"
        if self._switch is not None:
            self._switch.draws = instant
        if instant:
            self._painter.draw_all()

    def portal_id(self) -> int:
        """Return the portal that orders are about: the first one.

        Raises:
            ControlError: there is no portal.

        """
        found = self.portals.find("")
        if found is None:
            raise ControlError("This server has no portal.", 409)
        return found

    async def go_back(self, name: str) -> None:
        """Bring the rows of a snapshot back, and drop all that was kept in memory of the rows that were.

        Raises:
            SnapshotError: there is no such snapshot, or it is of another release.

        """
        async with self._changing:
            known = await self.services.db.read(lambda tx: rows.in_state(tx, rows.READY))
            await self.change_state(lambda: self.snapshots.restore(name))
            await self.services.db.write(lambda tx: self._keep_pictures(tx, known))

    def _keep_pictures(self, tx: Tx, known: list[Preview]) -> None:
        """Let pictures that were expected in a snapshot be those that were taken since of the same content."""
        waiting = rows.in_state(tx, rows.PENDING)
        if not waiting:
            return
        keys = {(preview.content_hash, rows.shape_of(preview)): preview.media_key for preview in known}
        for preview in waiting:
            key = keys.get((preview.content_hash, rows.shape_of(preview)))
            if key:
                now_ms = self.services.clock.now_ms()
                rows.settle(tx, preview, key, now_ms)
                work = SystemWork(tx, preview.portal_id, now_ms, self.services)
                previews.taken(work, preview, key, int(time.time() * 1000))

    async def change_state(self, change: Callable[[], Any]) -> Any:
        """Do something to the whole database, in a thread, and drop all that was kept in memory of it."""
        done = await asyncio.to_thread(change)
        self.portals.forget()
        self.public.forget()
        for act in self.going_back:
            act()
        return done

    def export(self) -> bytes:
        """Return the whole state as a file: rows and media."""
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            write_state(self.services.db, archive)
            for path in sorted(self._media_folder.rglob("*")):
                if path.suffix.removeprefix(".") in CONTENT_TYPES:
                    archive.write(path, f"media/{path.relative_to(self._media_folder)}", zipfile.ZIP_STORED)
        return out.getvalue()

    def import_(self, content: bytes) -> None:
        """Put the state of a file in the place of the present one.

        Raises:
            SnapshotError: it is no such file, or of another release.

        """
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                read_state(self.services.db, archive)
                for name in archive.namelist():
                    if name.startswith("media/"):
                        self._media.put(archive.read(name), name.rpartition(".")[2])
        except (zipfile.BadZipFile, KeyError, ValueError, msgspec.MsgspecError) as error:
            raise SnapshotError("The file is no state of Landingpad.") from error

    def as_started(self) -> None:
        """Undo every order that is no row: faults, clock, limits, chance, and what was remembered of calls."""
        if self.picture_mode != self._mode_at_start:
            self.draw_pictures(instant=self._mode_at_start == "instant")
        self.faults.clear()
        self.services.clock.reset()
        self.limit(LimitMode(self.settings.limit_mode), self.settings.operating_limit)
        self.seed(self.settings.chance)
        self.journal.clear()
        self.deliveries.clear()

    def limit(self, mode: LimitMode, operating_limit: float) -> None:
        """Count calls anew, and do about limits what is said."""
        self.dispatcher.limit(mode, operating_limit)
        self.rest.rate = RequestRate() if mode is LimitMode.ENFORCE else None

    def seed(self, value: str) -> None:
        """Let chance begin anew from a value; "" is real chance."""
        self.services.random = chance(value)
        self.faults.random = Random(value or None)  # noqa: S311  # which calls fail is no secret


def chance(seed: str) -> Random:
    """Return where codes and tokens come from: real chance, or what always follows from a seed."""
    return Random(seed) if seed else SystemRandom()  # noqa: S311  # only in developer mode, where that is wanted


class Clockwork(msgspec.Struct):
    """The time of the server as it is told."""

    now: float
    iso: str
    frozen: bool
    ahead: float
