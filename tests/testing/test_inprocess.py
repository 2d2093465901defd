"""The server of the test kit uses the HTTP server of production, in a thread."""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import landingpad
import landingpad.testing
from landingpad.server.http_server import server_config
from landingpad.settings import Settings
from landingpad.testing import InProcess

UVICORNS_OWN_SECONDS = 5
LAST_LOOK_SECONDS = 0.1


def test_connections_live_as_long_as_the_setting_says() -> None:
    """Including the last read before a connection closes, without which a request could get lost."""
    with InProcess(keep_alive=1) as server:
        port = urlsplit(server.url).port or 0
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            since = time.monotonic()  # before the server does anything, so a busy machine only adds to the time
            connection.sendall(b"GET /rest/server.time HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b""
            while not answer.endswith(b"}"):  # head and body may arrive one after the other
                answer += connection.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 401 ")
            assert connection.recv(65_536) == b""
            seconds = time.monotonic() - since
    assert 1 + 0.9 * LAST_LOOK_SECONDS < seconds < UVICORNS_OWN_SECONDS


def test_by_default_that_is_longer_than_clients_keep_connections() -> None:
    config = server_config(None, Settings(), None, grace_seconds=1)
    assert config.timeout_keep_alive == Settings().keep_alive > 60


def test_stopping_ends_streams() -> None:
    """Otherwise open streams would delay the stop until the grace period ends."""
    server = InProcess().start()
    server.stop()
    assert server.parts.closing.is_set()


def test_the_example_of_the_reference_works() -> None:
    article = Path(landingpad.__file__).parent / "reference" / "articles" / "run-tests.md"
    (example,) = re.findall(r"^```python\n(.*?)^```$", article.read_text(), re.MULTILINE | re.DOTALL)
    subprocess.run([sys.executable, "-W", "error", "-c", example], check=True, timeout=120)


@pytest.mark.parametrize("name", landingpad.testing.__all__)
def test_each_public_name_is_there(name: str) -> None:
    assert getattr(landingpad.testing, name).__name__ == name


def test_the_public_import_loads_the_server_lazily() -> None:
    """`landingpad --help` and pytest import the package without using a portal."""
    program = "import sys, landingpad.testing; print('sqlalchemy' in sys.modules, hasattr(landingpad.testing, 'Kit'))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"]
