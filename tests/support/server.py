"""A real server in its own process, started as users start it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from support.portal import ApiFailure

START_SECONDS = 60.0


class Server:
    """`landingpad serve` on a free port; `stop()` by SIGTERM, `kill()` by SIGKILL, `start()` again on the same data."""

    def __init__(self, data: Path, *options: str, **environment: str) -> None:
        self.data = data
        self._options = options
        given = {name.upper(): value for name, value in environment.items()}
        self._environment = {**os.environ, "LANDINGPAD_JOB_POLL": "0.1", **given}  # the default is a second
        self._process: subprocess.Popen[str] | None = None
        self.lines: list[str] = []
        self.log = data.parent / f"{data.name}.log"

    def start(self) -> Self:
        """Start the server and wait for its line `ready`."""
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "landingpad", "serve", "--data", str(self.data), "--port", "0", *self._options],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self._environment,
            )
        self.lines = []
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.strip())
            if line.startswith("ready "):
                return self
        raise AssertionError(f"the server ended with {self._process.wait()}:\n{self.log.read_text()}")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def url(self) -> str:
        return self.lines[-1].removeprefix("ready ")

    @property
    def file(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "portal.json").read_text())
        return found

    def stop(self) -> int:
        """Ask the server to stop and return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(timeout=START_SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code

    def kill(self) -> None:
        """Kill the server without warning."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def call(self, method: str, *, by: str = "admin", **params: Any) -> Any:
        """Call a method by a webhook of portal.json.

        Raises:
            ApiFailure: the answer is an error.

        """
        response = httpx.post(f"{self.file['webhooks'][by]}{method}", json=params, timeout=START_SECONDS)
        body = response.json()
        if "error" in body:
            raise ApiFailure(response.status_code, body)
        return body["result"]

    def fetch(self, address: str) -> httpx.Response:
        """Request an address of any of its sites, independent of the resolver of this machine."""
        url = httpx.URL(address)
        return httpx.get(url.copy_with(host="127.0.0.1"), headers={"Host": url.netloc.decode()}, timeout=START_SECONDS)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self.stop()


def wait_until(what: str, is_so: Any, seconds: float = START_SECONDS) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
        time.sleep(0.1)
