"""Commands run inside the process of the tests."""

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from landingpad.cli.main import app
from support.portal import Portal


@pytest.fixture(autouse=True)
def log() -> Iterator[None]:
    """Take back the set-up of the log by a command: it would write to a stream that is closed afterwards."""
    before = structlog.get_config() if structlog.is_configured() else None
    yield
    if before is None:
        structlog.reset_defaults()
    else:
        structlog.configure(**before)


@pytest.fixture
def run(portal: Portal, tmp_path: Path) -> Callable[..., list[str]]:
    """Run a command on the data of the portal and return the lines of its output."""
    given = ["--data", str(tmp_path), "--database-url", portal.parts.settings.database_url]

    def command(line: str, *, status: int = 0) -> list[str]:
        result = CliRunner().invoke(app, [*shlex.split(line), *given])
        assert result.exit_code == status, result.output
        return result.output.splitlines()

    return command
