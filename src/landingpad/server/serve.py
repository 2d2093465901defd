"""`landingpad serve`: runs a server on an address with a data folder."""

import asyncio
import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from landingpad.http.connections import raise_descriptor_limit
from landingpad.server.app import App
from landingpad.server.background import Background
from landingpad.server.http_server import (
    GRACE_SECONDS,
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


def _run(
    settings: Settings,
    parts: Parts,
    listener: socket.socket,
    certificate: Certificate | None,
    ready: Callable[[], None],
) -> None:
    app = App(parts)
    background = Background(parts, app)

    def when_ready() -> None:
        ready()
        background.start()

    try:
        if settings.workers <= 1:
            config = server_config(app, settings, certificate, grace_seconds=GRACE_SECONDS)
            SignalledServer(config, when_ready, parts.closing.set).run(sockets=[listener])
            return
        from landingpad.server.workers import run_workers  # noqa: PLC0415  # imports multiprocessing

        run_workers(settings, "https" if certificate else "http", certificate, listener, when_ready)
    finally:
        background.stop()


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
