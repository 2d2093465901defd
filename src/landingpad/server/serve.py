"""`landingpad serve`: from an address and a data folder to a running server."""

import asyncio
import fcntl
import json
import os
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import structlog
import uvicorn
from uvicorn.supervisors import Multiprocess

from landingpad import logs
from landingpad.http.connections import Connection
from landingpad.jobs.queue import create_job_tables
from landingpad.server import first_start
from landingpad.server.app import App
from landingpad.server.background import Background
from landingpad.server.parts import Parts
from landingpad.server.seed import SeedFile, SeedProblemError, plant, read_seed
from landingpad.settings import Settings
from landingpad.store.db.migrate import NewerDatabaseError, migrate

log = structlog.get_logger("landingpad.server")

GRACE_SECONDS = 10
"""How long calls in flight may take to finish after a signal to stop."""
PORTAL_FILE = "portal.json"
LONGEST_TARGET = 65_536
"""Bytes of the longest address and headers that are read: clients put whole batches into the query."""

Announce = Callable[[str], None]


class CannotStartError(Exception):
    """The server cannot start; the text says why and what to do."""


def serve(settings: Settings, announce: Announce) -> None:
    """Run the server until it is told to stop.

    Args:
        settings: where to listen, where the data is.
        announce: called with each line that the person who started it should read.

    Raises:
        CannotStartError: the data folder is in use, the port is taken, the database is of a newer release.

    """
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStartError(f"The data folder {settings.data} cannot be made: {error.strerror}.") from error
    seed = _seed(settings)
    with locked(settings.data), listening(settings) as listener:
        port: int = listener.getsockname()[1]
        certificate = certificate_of(settings)
        scheme = "https" if certificate else "http"
        settings = msgspec.structs.replace(settings, port=port)
        with closing(Parts(settings, scheme=scheme, port=port)) as parts:
            try:
                migrate(parts.db)
                create_job_tables(parts.db)
            except NewerDatabaseError as error:
                raise CannotStartError(str(error)) from error
            url = settings.public_url.rstrip("/") or f"{scheme}://{_shown_host(settings.host)}:{port}"
            if parts.control is not None and settings.instant_previews:
                parts.control.kit.draw_pictures(instant=True)
            try:
                asyncio.run(_prepare(parts, url, seed, announce))
            except SeedProblemError as error:
                raise CannotStartError(str(error)) from error
            if parts.control is not None:
                parts.control.kit.started()
            _run(settings, parts, listener, certificate, lambda: announce(f"ready {url}"))


def _seed(settings: Settings) -> SeedFile | None:
    if not settings.seed:
        return None
    if not settings.dev:
        raise CannotStartError("A seed is for portals of developers: start with --dev.")
    try:
        return read_seed(Path(settings.seed))
    except SeedProblemError as error:
        raise CannotStartError(str(error)) from error


def worker_app() -> App:
    """Make the application of a worker process; its settings are in the environment."""
    settings = Settings.from_env()
    logs.configure(settings.log_level, settings.log_format)
    return App(Parts(settings, scheme=os.environ["LANDINGPAD_WORKER_SCHEME"], port=settings.port))


def _run(
    settings: Settings,
    parts: Parts,
    listener: socket.socket,
    certificate: tuple[Path, Path] | None,
    ready: Callable[[], None],
) -> None:
    app = App(parts)
    background = Background(parts, app)
    alone = settings.workers <= 1
    config = uvicorn.Config(
        app if alone else "landingpad.server.serve:worker_app",
        factory=not alone,
        workers=settings.workers,
        http=Connection,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        timeout_keep_alive=settings.keep_alive,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=str(certificate[0]) if certificate else None,
        ssl_keyfile=str(certificate[1]) if certificate else None,
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


class SignalledServer(uvicorn.Server):
    """Says when it accepts connections, and returns after a signal to stop."""

    def __init__(
        self,
        config: uvicorn.Config,
        when_ready: Callable[[], None],
        when_stopping: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._when_ready = when_ready
        self._when_stopping = when_stopping

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal, and end well: uvicorn would raise the signal again and so kill the process."""
        with super().capture_signals():
            try:
                yield
            finally:
                self._captured_signals.clear()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End answers that would go on for ever, then wait for the others."""
        self._when_stopping()
        await super().shutdown(sockets)


def _wait_until_ready(address: str, when_ready: Callable[[], None]) -> None:
    trust_any = ssl._create_unverified_context()  # noqa: S323, SLF001  # our own server; only whether it answers
    while True:
        try:
            urllib.request.urlopen(address, timeout=5, context=trust_any)  # noqa: S310  # our own address
        except urllib.error.HTTPError:
            break
        except OSError:
            time.sleep(0.05)
            continue
        break
    when_ready()


async def _prepare(parts: Parts, url: str, seed: SeedFile | None, announce: Announce) -> None:
    """Make the first portal where there is none, and write portal.json."""
    path = parts.settings.data / PORTAL_FILE
    told: dict[str, Any] = {"url": url, "pid": os.getpid()}
    is_first = parts.portals.find("") is None
    if not parts.settings.dev:
        if is_first:
            made = first_start.add_empty_portal(parts)
            announce(f"First start: made a portal. The password of {first_start.ADMIN_LOGIN} is shown only now:")
            announce(f"password {made.password}")
        _write_json(path, told)
        return
    if is_first:
        made = first_start.add_demo_portal(parts)
        told |= {
            "webhook": f"{url}/rest/{made.webhooks['admin']}/",
            "webhooks": {name: f"{url}/rest/{code}/" for name, code in made.webhooks.items()},
            "admin": {"login": first_start.ADMIN_LOGIN, "password": made.password},
        }
    else:
        kept = _read_json(path)
        told = {**kept, **told, **_moved_webhooks(kept, url)}
    # Written before the site is built: codes cannot be read back, so they must not be lost with a process.
    _write_json(path, told)
    if "webhook" in told:
        told["oauth"] = told.get("oauth") or first_start.add_demo_app(parts, url)
        _write_json(path, told)
        told["oauth"] |= first_start.demo_tokens(parts, told["oauth"]["client_id"], url)
    if seed is not None and is_first:
        told = (await plant(parts, seed, told, url)).told | {"seed": parts.settings.seed}
        first = next(iter(told.get("sites", {}).values()), None)
        if first is not None:
            told["site_id"] = first["id"]
    if "webhook" in told and "site_id" not in told and "seed" not in told:
        announce("First start: building the demo site ...")
        told["site_id"] = await first_start.add_demo_site(parts, told["webhook"].partition("/rest/")[2].strip("/"))
    for site in told.get("sites", {}).values():
        site["url"] = first_start.site_address(parts, site["id"])
    if "site_id" in told:
        told["public_url"] = first_start.site_address(parts, told["site_id"])
    told["sign_in"] = first_start.sign_in_link(parts, url)
    _write_json(path, told)
    if told["sign_in"]:
        announce(f"sign in (this link works once) {told['sign_in']}")


def _moved_webhooks(kept: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the webhooks of the last start at the address of this one: codes are not stored anywhere else."""

    def moved(address: str) -> str:
        return f"{url}/rest/{address.partition('/rest/')[2]}"

    if "webhooks" not in kept:
        return {}
    return {
        "webhook": moved(kept["webhook"]),
        "webhooks": {name: moved(address) for name, address in kept["webhooks"].items()},
    }


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the data folder for one server.

    Raises:
        CannotStartError: another server holds it.

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


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Open the port.

    Raises:
        CannotStartError: it is taken, or the address is not of this machine.

    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    with closing(listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise CannotStartError(
                f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. "
                "Choose another port with --port (0 picks a free one)."
            ) from error
        listener.set_inheritable(True)
        yield listener


def certificate_of(settings: Settings) -> tuple[Path, Path] | None:
    """Return the files of the certificate and its key; None without TLS.

    Raises:
        CannotStartError: there are no such files.

    """
    if settings.tls == "off":
        return None
    if settings.tls == "auto":
        from landingpad.http.tls import ensure_development_certificate  # noqa: PLC0415  # imports cryptography

        given = [name.strip() for name in settings.tls_names.split(",") if name.strip()]
        hosts = [first_start.portal_domain(settings), "localhost", "*.localhost", "127.0.0.1", "::1", *given]
        cert, key, _ = ensure_development_certificate(settings.data / "tls", list(dict.fromkeys(hosts)))
        return cert, key
    names = settings.tls.split(",")
    if len(names) != 2 or not all(Path(name).is_file() for name in names):  # noqa: PLR2004  # a certificate and a key
        raise CannotStartError(f"--tls {settings.tls}: it takes off, auto, or two existing files as CERT,KEY.")
    return Path(names[0]), Path(names[1])


def _shown_host(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104  # compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_bytes()))
    except (FileNotFoundError, ValueError):
        return {}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    temporary.replace(path)
