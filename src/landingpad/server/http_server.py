"""The HTTP server of production and test kit: socket, certificate and uvicorn."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from landingpad.http.connections import Connection, ConnectionGuard, ConnectionLimits
from landingpad.server import first_start
from landingpad.settings import Settings

Certificate = tuple[Path, Path]
"""Paths of a certificate and its key."""
GRACE_SECONDS = 10
"""Time limit for running calls after a signal to stop."""


class CannotStartError(Exception):
    """The server cannot start; the text says why and what to do."""


def server_config(
    app: Any, settings: Settings, certificate: Certificate | None, *, grace_seconds: int
) -> uvicorn.Config:
    """Return the configuration of uvicorn.

    Args:
        app: the application.
        settings: limits of connections.
        certificate: certificate for https; None for http.
        grace_seconds: time limit for running calls after a signal to stop.

    """
    limits = ConnectionLimits(
        most=settings.connection_limit, header_seconds=settings.header_timeout, body_seconds=settings.body_timeout
    )
    return uvicorn.Config(
        app,
        http=partial(Connection, guard=ConnectionGuard(limits)),  # type: ignore[arg-type]  # it calls what it gets
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        timeout_keep_alive=settings.keep_alive,
        timeout_graceful_shutdown=grace_seconds,
        ssl_certfile=str(certificate[0]) if certificate else None,
        ssl_keyfile=str(certificate[1]) if certificate else None,
    )


class SignalledServer(uvicorn.Server):
    """A uvicorn server that reports when it accepts connections, and returns after a signal to stop."""

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
        """Stop at a signal without raising it again, which would kill the process."""
        with super().capture_signals():
            try:
                yield
            finally:
                self._captured_signals.clear()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept connections and call `when_ready`."""
        await super().startup(sockets)
        self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End endless streams, then wait for other running answers."""
        self._when_stopping()
        await super().shutdown(sockets)


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Open the listening socket.

    Raises:
        CannotStartError: the port is taken, or the address does not belong to this machine.

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


def certificate_of(settings: Settings) -> Certificate | None:
    """Return the files of the certificate and its key; None without TLS.

    Raises:
        CannotStartError: the files do not exist, or are damaged.

    """
    if settings.tls == "off":
        return None
    if settings.tls == "auto":
        from landingpad.http.tls import ensure_development_certificate  # noqa: PLC0415  # imports cryptography, which is slow to load

        given = [name.strip() for name in settings.tls_names.split(",") if name.strip()]
        hosts = [first_start.portal_domain(settings), "localhost", "*.localhost", "127.0.0.1", "::1", *given]
        try:
            cert, key, _ = ensure_development_certificate(settings.data / "tls", list(dict.fromkeys(hosts)))
        except ValueError as error:
            raise CannotStartError(str(error)) from error
        return cert, key
    names = settings.tls.split(",")
    if len(names) != 2 or not all(Path(name).is_file() for name in names):  # noqa: PLR2004  # certificate and key
        raise CannotStartError(f"--tls {settings.tls}: it takes off, auto, or two existing files as CERT,KEY.")
    return Path(names[0]), Path(names[1])
