"""What every test may use: a portal on each database engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from landingpad import logs
from support.portal import Databases, Portal
from support.postgres import Cluster

logs.configure("warning", "text")


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
