"""What every test may use: lanes, and a portal on each database engine."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from landingpad import logs
from support.handler import Handler
from support.portal import Databases, Portal
from support.postgres import Cluster
from support.sent_statements import recorded
from support.server import Server

SLOWEST = 15  # files that the summary names

logs.configure("warning", "text")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--lane",
        choices=["fast", "long", "all"],
        default="all",
        help="which cases run: those of `make test`, those of `make test-long`, or (by default) both",
    )


def lane_of(item: pytest.Item) -> str:
    """Return the lane that runs a case. Each case has exactly one, so both together run everything once."""
    if item.get_closest_marker("long"):
        return "long"
    parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    on_postgresql = parameters.get("databases") == "postgresql"
    return "long" if on_postgresql and not item.get_closest_marker("both_engines") else "fast"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("lane")
    if wanted == "all":
        return
    others = [item for item in items if lane_of(item) != wanted]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if lane_of(item) == wanted]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the slowest files, so that a suite that grows slow shows where."""
    seconds: defaultdict[str, float] = defaultdict(float)
    cases: defaultdict[str, int] = defaultdict(int)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.location[0]] += report.duration
                cases[report.location[0]] += report.when == "call"
    if len(seconds) > 1:
        terminalreporter.section("slowest files")
        for file in sorted(seconds, key=seconds.__getitem__, reverse=True)[:SLOWEST]:
            terminalreporter.line(f"{seconds[file]:7.1f} s  {cases[file]:4} cases  {file}")


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """Commands set up the log of their process, and in tests that process is ours."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for this run of the tests."""
    with Cluster() as running:
        yield running


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Databases of each engine in turn."""
    cluster = request.getfixturevalue("cluster") if request.param == "postgresql" else None
    return Databases(request.param, tmp_path_factory.mktemp("databases"), cluster)


@pytest.fixture
def portal(databases: Databases, tmp_path: Path) -> Iterator[Portal]:
    """A portal of its own for each test."""
    with databases.parts(tmp_path) as parts:
        yield Portal(parts)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All statements that transactions send to the database, in order."""
    return recorded(monkeypatch)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo portal without pictures, made once: a server on a copy of it starts faster."""
    with Server(tmp_path_factory.mktemp("demo") / "data", "--dev", landingpad_preview_slots="0") as server:
        return server.data


@pytest.fixture
def handler() -> Iterator[Handler]:
    """The web server of an application."""
    running = Handler()
    yield running
    running.close()
