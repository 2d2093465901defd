"""The HTTP server under the application: a socket, a certificate and uvicorn, for production and the test kit alike."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from landingpad.http.connections import Connection
from landingpad.server import first_start
from landingpad.settings import Settings

Certificate = tuple[Path, Path]
"""The files of a certificate and of its key."""


class CannotStartError(Exception):
    """The server cannot start; the text says why and what to do."""


def server_config(
    app: Any, settings: Settings, certificate: Certificate | None, *, grace_seconds: int, is_factory: bool = False
) -> uvicorn.Config:
    """Return how uvicorn serves.

    Args:
        app: the application, or the name of what makes it in each worker process.
        settings: how many workers, and how long idle connections stay open.
        certificate: for https; None for http.
        grace_seconds: how long calls in flight may take to finish after a signal to stop.
        is_factory: whether `app` makes the application.

    """
    return uvicorn.Config(
        app,
        factory=is_factory,
        workers=settings.workers,
        http=Connection,
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


def certificate_of(settings: Settings) -> Certificate | None:
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
