"""Worker processes of `--workers N`: each runs the server on the shared socket; one that ends or hangs is replaced."""

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection, wait
from typing import Any

import structlog

from landingpad import logs
from landingpad.server.app import App
from landingpad.server.http_server import (
    GRACE_SECONDS,
    CannotStartError,
    Certificate,
    SignalledServer,
    server_config,
)
from landingpad.server.parts import Parts
from landingpad.settings import Settings

log = structlog.get_logger("landingpad.server")

_SPAWN = multiprocessing.get_context("spawn")
_BEAT_SECONDS = 1.0
_HANG_SECONDS = 5.0
"""Longest silence of a worker after its first beat."""


def run_workers(
    settings: Settings,
    scheme: str,
    certificate: Certificate | None,
    listener: socket.socket,
    when_ready: Callable[[], None],
) -> None:
    """Run worker processes until a signal to stop.

    Args:
        settings: settings of the server, with the port of the listener.
        scheme: scheme of its addresses.
        certificate: certificate for https; None for http.
        listener: the socket on which all workers accept connections.
        when_ready: called when the first of them accepts connections.

    Raises:
        CannotStartError: a worker ended before any was ready.

    """

    def started() -> _Worker:
        return _Worker(settings, scheme, certificate, listener)

    with _stop_signals() as signalled:
        workers = [started() for _ in range(settings.workers)]
        try:
            _watch(workers, started, signalled, when_ready)
        finally:
            for worker in workers:
                worker.process.terminate()
            deadline = time.monotonic() + GRACE_SECONDS + _HANG_SECONDS
            for worker in workers:
                worker.process.join(max(0.0, deadline - time.monotonic()))
                worker.end()


class _Worker:
    """A worker process, seen from its parent."""

    def __init__(self, *given: Any) -> None:
        self.pulse, theirs = _SPAWN.Pipe(duplex=False)
        self.process = _SPAWN.Process(target=_work, args=(*given, theirs))
        self.process.start()
        theirs.close()
        self.is_ready = False
        self._silence: float | None = None  # until the first beat

    def is_alive(self, heard: Sequence[object], passed: float) -> bool:
        """Say whether the process neither ended nor hangs.

        Args:
            heard: what can be read from.
            passed: seconds since the last question.

        """
        if self.pulse in heard:
            try:
                self.is_ready = self.pulse.recv()
            except EOFError:
                return False
            self._silence = 0.0
        elif self._silence is not None:
            self._silence += passed
        return self._silence is None or self._silence < _HANG_SECONDS

    def end(self) -> None:
        """Kill the process if it runs, and forget it."""
        self.process.kill()
        self.process.join()
        self.pulse.close()


def _watch(
    workers: list[_Worker], started: Callable[[], _Worker], signalled: int, when_ready: Callable[[], None]
) -> None:
    """Replace workers until a signal to stop."""
    is_ready = False
    looked = time.monotonic()
    while signalled not in (heard := wait([signalled, *(worker.pulse for worker in workers)], _BEAT_SECONDS)):
        now = time.monotonic()
        # After a pause of all processes no worker is late.
        passed, looked = min(now - looked, _BEAT_SECONDS), now
        for index, worker in enumerate(workers):
            if worker.is_alive(heard, passed):
                if worker.is_ready and not is_ready:
                    is_ready = True
                    when_ready()
                continue
            worker.end()
            if not is_ready:
                raise CannotStartError(
                    f"A worker process ended with exit code {worker.process.exitcode} before it was ready. "
                    "The log says why."
                )
            log.warning("worker_replaced", pid=worker.process.pid, exit_code=worker.process.exitcode)
            workers[index] = started()


@contextmanager
def _stop_signals() -> Iterator[int]:
    """Open a descriptor that can be read from after a signal to stop."""
    signalled, writing = os.pipe()

    def stop(_number: int, _frame: object) -> None:
        os.write(writing, b"\0")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield signalled
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(signalled)
        os.close(writing)


def _work(
    settings: Settings, scheme: str, certificate: Certificate | None, listener: socket.socket, pulse: Connection
) -> None:
    """Run the server in a worker process until a signal to stop."""
    logs.configure(settings.log_level, settings.log_format)
    ready = threading.Event()
    threading.Thread(target=_beat, args=(pulse, ready), name="pulse", daemon=True).start()
    with closing(Parts(settings, scheme=scheme, port=settings.port)) as parts:
        config = server_config(App(parts), settings, certificate, grace_seconds=GRACE_SECONDS)
        SignalledServer(config, ready.set, parts.closing.set).run(sockets=[listener])


def _beat(pulse: Connection, ready: threading.Event) -> None:
    """Tell the parent each second whether this process is ready; stop when the parent is gone, even if killed."""
    try:
        while True:
            pulse.send(ready.is_set())
            if ready.is_set():
                time.sleep(_BEAT_SECONDS)
            else:
                ready.wait(_BEAT_SECONDS)
    except OSError:
        log.warning("worker_without_parent", next="This process finishes its running calls and stops.")
        os.kill(os.getpid(), signal.SIGTERM)
