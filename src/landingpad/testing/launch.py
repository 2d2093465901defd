"""A portal in its own process, for the duration of a test run."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from landingpad.settings import OTHER_VARIABLES

START_SECONDS = 120.0
"""Time limit for the start: a first start on a busy machine builds the demo site."""
STOP_SECONDS = 30.0
_LOG_LINES = 20
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class CannotLaunchError(Exception):
    """The server did not become ready; the text contains the end of its log."""


class Launched(msgspec.Struct, frozen=True):
    """A running portal."""

    url: str
    told: dict[str, Any]
    """Content of portal.json."""
    data: Path
    log: Path
    """Path of the server's log."""

    def environment(self) -> dict[str, str]:
        """Return environment variables with the addresses of portal and demo site and the credentials."""
        told = self.told
        values = {
            "LANDINGPAD_URL": self.url,
            "LANDINGPAD_WEBHOOK": told["webhook"],
            "LANDINGPAD_WEBHOOK_PLAIN": told["webhooks"]["plain"],
            "LANDINGPAD_WEBHOOK_LIMITED": told["webhooks"]["limited"],
            "LANDINGPAD_PORTAL_FILE": str(self.data / "portal.json"),
            "LANDINGPAD_LOG": str(self.log),
            "LANDINGPAD_CLIENT_ID": told["oauth"]["client_id"],
            "LANDINGPAD_CLIENT_SECRET": told["oauth"]["client_secret"],
            "LANDINGPAD_ACCESS_TOKEN": told["oauth"]["access_token"],
            "LANDINGPAD_REFRESH_TOKEN": told["oauth"]["refresh_token"],
        }
        if "site_id" in told:
            values |= {"LANDINGPAD_SITE_ID": str(told["site_id"]), "LANDINGPAD_PUBLIC_URL": told["public_url"]}
        return values


@contextlib.contextmanager
def launched(options: Sequence[str], *, data: Path | None = None) -> Iterator[Launched]:
    """Run `landingpad serve --dev` on a free port until the block ends.

    Args:
        options: further options of `landingpad serve`.
        data: the data folder, which is kept; None makes a temporary one.

    Raises:
        CannotLaunchError: the server ended or was not ready in time.

    """
    with contextlib.ExitStack() as undo:
        if data is None:
            made = Path(tempfile.mkdtemp(prefix="landingpad-run-"))
            undo.callback(shutil.rmtree, made, ignore_errors=True)
            data = made / "data"
        data.mkdir(parents=True, exist_ok=True)
        log = data / "server.log"
        process = _start([*options, "--dev", "--port", "0", "--data", str(data)], log)
        undo.callback(_stop, process)
        url = _wait_until_ready(process, log)
        told = json.loads((data / "portal.json").read_text("utf-8"))
        yield Launched(url, told, data, log)


def _start(options: Sequence[str], log: Path) -> "subprocess.Popen[str]":
    library = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def die_with_us() -> None:
        if library is not None:
            library.prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)

    with log.open("w") as errors:
        return subprocess.Popen(  # noqa: S603  # starts Landingpad itself
            [sys.executable, "-m", "landingpad", "serve", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=_own_environment(),
            # Keeps Ctrl-C of the terminal from the server, which is stopped after the command that it serves.
            start_new_session=True,
            preexec_fn=die_with_us,  # noqa: PLW1509  # safe: this process has no threads yet
        )


def _own_environment() -> dict[str, str]:
    """Return the environment without variables that an outer `launched` has set."""
    outer = OTHER_VARIABLES | {"LANDINGPAD_PUBLIC_URL", "LANDINGPAD_PORT", "LANDINGPAD_DATA"}
    return {name: value for name, value in os.environ.items() if name not in outer}


def _wait_until_ready(process: "subprocess.Popen[str]", log: Path) -> str:
    if process.stdout is None:
        raise RuntimeError("the server was started without a pipe to read from")
    late = threading.Event()

    def give_up() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(START_SECONDS, give_up)
    timer.start()
    try:
        for line in process.stdout:
            if line.startswith("ready "):
                return line.removeprefix("ready ").strip()
    finally:
        timer.cancel()
    why = f"was not ready within {START_SECONDS:.0f} s" if late.is_set() else f"ended with {process.wait()}"
    said = "\n".join(log.read_text("utf-8", "replace").splitlines()[-_LOG_LINES:])
    raise CannotLaunchError(f"The server {why}. The end of its log:\n{said}")


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
