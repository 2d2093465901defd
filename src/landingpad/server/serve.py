"""`landingpad serve`: runs a server on an address with a data folder."""

import asyncio
import fcntl
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import structlog
from uvicorn.supervisors import Multiprocess

from landingpad import logs
from landingpad.http.connections import raise_descriptor_limit
from landingpad.server.app import App
from landingpad.server.background import Background
from landingpad.server.http_server import (
    CannotStartError,
    Certificate,
    SignalledServer,
    certificate_of,
    listening,
    server_config,
)
from landingpad.server.lost_database import refuse_lost_database
from landingpad.server.parts import Parts
from landingpad.server.portal_json import Announce, prepare
from landingpad.server.seed import SeedFile, SeedProblemError, read_seed
from landingpad.settings import Settings
from landingpad.store.db.migrate import NewerDatabaseError, migrate

log = structlog.get_logger("landingpad.server")

GRACE_SECONDS = 10
"""Time limit for running calls after a signal to stop."""


def serve(settings: Settings, announce: Announce) -> None:
    """Run the server until it gets a signal to stop.

    Args:
        settings: settings of the server.
        announce: receives each line for the person who starts the server.

    Raises:
        CannotStartError: the data folder is in use or lost its database, the port is taken, or the database is newer.

    """
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStartError(f"The data folder {settings.data} cannot be made: {error.strerror}.") from error
    raise_descriptor_limit()
    seed = _seed(settings)
    with locked(settings.data), listening(settings) as listener:
        refuse_lost_database(settings)
        port: int = listener.getsockname()[1]
        certificate = certificate_of(settings)
        scheme = "https" if certificate else "http"
        settings = msgspec.structs.replace(settings, port=port)
        with closing(Parts(settings, scheme=scheme, port=port)) as parts:
            try:
                migrate(parts.db)
            except NewerDatabaseError as error:
                raise CannotStartError(str(error)) from error
            url = settings.public_url.rstrip("/") or f"{scheme}://{_shown_host(settings.host)}:{port}"
            if parts.kit is not None and settings.instant_previews:
                parts.kit.draw_pictures(instant=True)
            try:
                asyncio.run(prepare(parts, url, seed, announce))
            except SeedProblemError as error:
                raise CannotStartError(str(error)) from error
            if parts.kit is not None:
                parts.kit.started()
            _run(settings, parts, listener, certificate, lambda: announce(f"ready {url}"))


def _seed(settings: Settings) -> SeedFile | None:
    if not settings.seed:
        return None
    if not settings.dev:
        raise CannotStartError("A seed needs developer mode. Start with --dev.")
    try:
        return read_seed(Path(settings.seed))
    except SeedProblemError as error:
        raise CannotStartError(str(error)) from error


def worker_app() -> App:
    """Make the application of a worker process from the settings in the environment."""
    settings = Settings.from_env()
    logs.configure(settings.log_level, settings.log_format)
    threading.Thread(target=_stop_with_parent, name="parent", daemon=True).start()
    return App(Parts(settings, scheme=os.environ["LANDINGPAD_WORKER_SCHEME"], port=settings.port))


def _stop_with_parent() -> None:
    """Stop this worker process when its parent is gone, even if it was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101  # uvicorn starts workers by multiprocessing
    parent.join()
    log.warning("worker_without_parent", next="This process finishes its running calls and stops.")
    os.kill(os.getpid(), signal.SIGTERM)


def _run(
    settings: Settings,
    parts: Parts,
    listener: socket.socket,
    certificate: Certificate | None,
    ready: Callable[[], None],
) -> None:
    app = App(parts)
    background = Background(parts, app)
    alone = settings.workers <= 1
    config = server_config(
        app if alone else "landingpad.server.serve:worker_app",
        settings,
        certificate,
        grace_seconds=GRACE_SECONDS,
        is_factory=not alone,
    )

    def when_ready() -> None:
        ready()
        background.start()

    try:
        if alone:
            SignalledServer(config, when_ready, parts.closing.set).run(sockets=[listener])
            return
        scheme = "https" if certificate else "http"
        settings.export(os.environ)
        os.environ["LANDINGPAD_WORKER_SCHEME"] = scheme
        address = f"{scheme}://{_shown_host(settings.host)}:{settings.port}/"
        threading.Thread(target=_wait_until_ready, args=(address, when_ready), daemon=True).start()
        Multiprocess(config, sockets=[listener]).run()
    finally:
        background.stop()


def _wait_until_ready(address: str, when_ready: Callable[[], None]) -> None:
    import ssl  # noqa: PLC0415  # one process needs no question

    from landingpad.network.own_server import ask  # noqa: PLC0415  # with ssl

    trust_any = ssl._create_unverified_context()  # noqa: S323, SLF001  # only checks whether this server answers
    while True:
        try:
            ask(address, tls=trust_any, seconds=5)
        except OSError:
            time.sleep(0.05)
        else:
            break
    when_ready()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the data folder for one server.

    Raises:
        CannotStartError: another server has locked it.

    """
    with (folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise CannotStartError(
                f"The data folder {folder} is in use by another server (process {owner}). "
                "Stop that one, or choose another folder with --data."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _shown_host(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104  # compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
