"""A complete server inside another program, for test suites that start it once and reset it before each test.

It is the real application on the real HTTP server, with its own database in a temporary folder. Only the job queue
differs (`testing.immediate_jobs`): the effects of a call are complete when its answer arrives.
"""

import asyncio
import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from landingpad import logs
from landingpad.control.kit import START, Kit
from landingpad.jobs.events import EventJob
from landingpad.server import first_start
from landingpad.server.app import App
from landingpad.server.background import Renderer
from landingpad.server.http_server import SignalledServer, certificate_of, listening, server_config
from landingpad.server.parts import Parts
from landingpad.server.seed import Seeded, SeedFile, plant
from landingpad.settings import Settings
from landingpad.store.db.migrate import create_tables
from landingpad.testing.immediate_jobs import ImmediateJobs

T = TypeVar("T")

_START_SECONDS = 30.0
_GRACE_SECONDS = 1
_USUAL = {"dev": True, "strict": True, "limits": "count", "port": 0, "log_level": "warning", "journal": 5000}


class InProcess:
    """A server in a thread of this process."""

    def __init__(self, *, seed: SeedFile | None = None, photographs: bool = False, **settings: Any) -> None:
        """Prepare a server.

        Args:
            seed: content of the portal in addition to the standard users, webhooks and application.
            photographs: whether Chromium takes the pictures; by default they are drawn at once.
            settings: settings (see `Settings`) that differ from the defaults for tests.

        """
        self._seed = seed or SeedFile()
        self._photographs = photographs
        self._given = {**_USUAL, **settings}
        self._jobs = ImmediateJobs()
        self._undo = contextlib.ExitStack()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.seeded: Seeded
        self.parts: Parts
        self.url = ""

    def start(self) -> Self:
        """Start the server, and return when it answers."""
        undo = self._undo
        folder = self._given.get("data")
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="landingpad-"))
            undo.callback(shutil.rmtree, folder, ignore_errors=True)
        settings = Settings.from_env({}, **{**self._given, "data": folder})
        logs.configure_inside(settings.log_level)
        listener = undo.enter_context(listening(settings))
        port: int = listener.getsockname()[1]
        certificate = certificate_of(settings)
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://localhost:{port}"
        jobs = self._jobs
        self.parts = parts = Parts(settings, scheme=scheme, port=port, jobs=jobs)
        undo.callback(parts.close)
        create_tables(parts.db)
        events = EventJob(parts.services, parts.deliveries)
        jobs.serve(parts.services, events, parts.order_listeners)
        undo.callback(jobs.stop)
        app = App(parts)
        if self._photographs:
            renderer = Renderer(parts, app)
            renderer.start()
            undo.callback(renderer.stop)
        else:
            self.kit.draw_pictures(instant=True)
        self.seeded = asyncio.run(plant(parts, self._seed, first_start.add_standard_portal(parts, self.url), self.url))
        self.kit.started()
        ready = threading.Event()

        def when_ready() -> None:
            self._loop = asyncio.get_running_loop()
            ready.set()

        config = server_config(app, settings, certificate, grace_seconds=_GRACE_SECONDS)
        server = SignalledServer(config, when_ready, parts.closing.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="landingpad", daemon=True)
        thread.start()
        undo.callback(thread.join)
        undo.callback(setattr, server, "should_exit", True)
        if not ready.wait(_START_SECONDS):
            raise RuntimeError(f"The server did not start within {_START_SECONDS:.0f} s.")
        return self

    def stop(self) -> None:
        """Stop the server and remove its temporary folder."""
        self._undo.close()

    @property
    def kit(self) -> Kit:
        """The kit of the control plane."""
        kit = self.parts.kit
        assert kit is not None  # noqa: S101  # developer mode is on
        return kit

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.parts.settings.data

    @property
    def ca(self) -> Path:
        """Path of the certificate authority, if the server uses https."""
        return self.data / "tls" / "ca.pem"

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the event loop of the server and return its result."""
        assert self._loop is not None  # noqa: S101  # set when the server has started
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def reset(self) -> None:
        """Return to the state after the start."""

        async def work() -> None:
            await self.kit.go_back(START)
            self.kit.as_started()

        self.run(work())

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextlib.contextmanager
def trusting(server: InProcess) -> Iterator[None]:
    """Make this process and its children trust the certificate of a server, if it has one."""
    if server.parts.services.urls.scheme != "https":
        yield
        return
    from landingpad.http.tls import ca_environment  # noqa: PLC0415  # needed with https only

    wanted = ca_environment(server.ca)
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
