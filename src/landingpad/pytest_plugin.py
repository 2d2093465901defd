"""The pytest plugin: a real offline portal for tests of programs that use its API.

Every pytest run loads it if Landingpad is installed, so it imports the server only when a fixture is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landingpad.testing import InProcess, OAuthApp, Portal

_TLS, _LENIENT, _PHOTOGRAPHS, _SEED = (
    "landingpad_tls",
    "landingpad_lenient",
    "landingpad_photographs",
    "landingpad_seed",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, for the command line and for the configuration file."""
    group = parser.getgroup("landingpad", "a portal for tests (Landingpad)")
    for name, text in (
        (_TLS, "serve the portal over https; this process and its children trust its certificate"),
        (_LENIENT, "ignore parameters without effect, as the original does, instead of refusing them"),
        (_PHOTOGRAPHS, "take pictures of pages with Chromium instead of drawing them at once"),
    ):
        group.addoption(f"--{name.replace('_', '-')}", action="store_true", default=None, help=text)
        parser.addini(name, text, type="bool", default=False)
    text = "TOML file describing the portal at the start of each test"
    group.addoption(f"--{_SEED.replace('_', '-')}", default=None, help=text)
    parser.addini(_SEED, text, type="paths", default=[])


@pytest.fixture(scope="session")
def landingpad(request: pytest.FixtureRequest) -> Iterator[InProcess]:
    """The server of this test run (with xdist: of this worker), in a thread on its own port."""
    from pathlib import Path

    from landingpad.server.seed import SeedFile, read_seed
    from landingpad.testing.inprocess import InProcess, trusting

    config = request.config
    seed = config.getoption(_SEED) or next(iter(config.getini(_SEED)), None)
    server = InProcess(
        seed=read_seed(Path(seed)) if seed else SeedFile(),
        photographs=_is_on(config, _PHOTOGRAPHS),
        strict=not _is_on(config, _LENIENT),
        tls="auto" if _is_on(config, _TLS) else "off",
        chance="landingpad",
    )
    with server, trusting(server):
        yield server


@pytest.fixture
def portal(landingpad: InProcess) -> Portal:
    """The portal, reset to the state of its start before each test."""
    from landingpad.testing.portal import Portal

    landingpad.reset()
    return Portal(landingpad)


@pytest.fixture
def webhook_url(portal: Portal) -> str:
    """Address of a webhook of an administrator with all scopes, with a trailing slash."""
    return portal.webhook_url


@pytest.fixture
def oauth_app(portal: Portal) -> OAuthApp:
    """An application with tokens of an administrator."""
    return portal.oauth_app


def _is_on(config: pytest.Config, name: str) -> bool:
    given = config.getoption(name)
    return bool(config.getini(name) if given is None else given)
