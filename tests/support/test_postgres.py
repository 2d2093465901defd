"""The temporary PostgreSQL server: fast new databases, and nothing left behind however the tests end."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from support.postgres import Cluster, PostgresFailedError, PostgresMissingError, find_binaries
from support.processes import is_running

LIMIT_SECONDS = 30.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster() as running:
        yield running


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {LIMIT_SECONDS:g} s: {what}"
        time.sleep(0.02)


def ask(url: str, question: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return str(row[0])


def data_folder(cluster: Cluster) -> Path:
    return Path(ask(cluster.new_database(), "SHOW data_directory"))


def server_pid(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split()[0])


def test_each_database_is_empty_and_independent(cluster: Cluster) -> None:
    one, two = cluster.new_database(), cluster.new_database()
    with psycopg.connect(one) as connection:
        connection.execute("CREATE TABLE sites (id int)")
    assert ask(two, "SELECT count(*) FROM pg_tables WHERE tablename = 'sites'") == "0"


def test_a_copy_has_the_rows_of_its_template_and_is_independent(cluster: Cluster) -> None:
    template = cluster.new_database()
    with psycopg.connect(template) as connection:
        connection.execute("CREATE TABLE sites (title text)")
        connection.execute("INSERT INTO sites VALUES ('Лавка')")
    copy = cluster.new_database(template)
    with psycopg.connect(copy) as connection:
        connection.execute("INSERT INTO sites VALUES ('Second')")
    assert ask(copy, "SELECT string_agg(title, ',' ORDER BY title COLLATE \"C\") FROM sites") == "Second,Лавка"
    assert ask(template, "SELECT string_agg(title, ',') FROM sites") == "Лавка"


def test_letters_beyond_ascii_have_cases(cluster: Cluster) -> None:
    """A database with the C locale would not know that these two are the same letter."""
    assert ask(cluster.new_database(), "SELECT lower('Я')") == "я"


def test_drop_ends_open_connections(cluster: Cluster) -> None:
    url = cluster.new_database()
    connection = psycopg.connect(url)
    cluster.drop(url)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_the_port_asks_for_the_password(cluster: Cluster) -> None:
    """Other users of this machine cannot become superuser of the tests' server."""
    url = cluster.new_database()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url, password="wrong")
    socket_folder = data_folder(cluster).parent
    assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700


def test_a_new_database_is_fast(cluster: Cluster) -> None:
    """Some hundred tests use a copy of the migrated template each."""
    template = cluster.new_database()

    def seconds() -> float:
        began = time.perf_counter()
        cluster.new_database(template)
        return time.perf_counter() - began

    assert any(seconds() < 0.5 for _ in range(50))  # a busy machine is not always busy


def test_stop_leaves_neither_process_nor_folder() -> None:
    cluster = Cluster().start()
    folder = data_folder(cluster)
    server = server_pid(folder)
    assert is_running(server)
    cluster.stop()
    assert not is_running(server)
    assert not folder.parent.exists()
    cluster.stop()  # a second stop has no effect
    with pytest.raises(PostgresFailedError, match="does not run"):
        cluster.new_database()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_the_tests_however_these_end(ending: signal.Signals) -> None:
    """A killed test run cannot clean up; the launcher does it."""
    program = (
        "import psycopg, time; from support.postgres import Cluster\n"
        "cluster = Cluster().start()\n"  # kept, because the server also ends with the object
        "with psycopg.connect(cluster.new_database()) as connection:\n"
        "    print(connection.execute('SHOW data_directory').fetchone()[0], flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        text=True,
    ) as tests:
        assert tests.stdout is not None
        folder = Path(tests.stdout.readline().strip())
        server = server_pid(folder)
        assert is_running(server)
        tests.send_signal(ending)
    wait_for(lambda: not is_running(server), "the server ends")
    wait_for(lambda: not folder.parent.exists(), "its folder is removed")


def test_it_cleans_up_when_its_launcher_is_terminated() -> None:
    cluster = Cluster().start()
    folder = data_folder(cluster)
    server = server_pid(folder)
    assert cluster._launcher is not None
    cluster._launcher.terminate()
    wait_for(lambda: not is_running(server) and not folder.parent.exists(), "server and folder are removed")
    cluster.stop()


def test_the_error_of_a_server_that_does_not_start_has_its_output(tmp_path: Path) -> None:
    for name in ("initdb", "postgres"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho 'there is no room on the device' >&2\nexit 1\n")
        program.chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o755)  # so that the account used instead of root can start them
    with pytest.raises(PostgresFailedError, match="no room on the device"):
        Cluster(tmp_path).start()


def test_missing_binaries_name_the_package(tmp_path: Path) -> None:
    with pytest.raises(PostgresMissingError, match="apt-get install postgresql"):
        find_binaries(path=str(tmp_path), debian=tmp_path)


def test_the_newest_of_debians_versions_is_taken(tmp_path: Path) -> None:
    for version in ("9.6", "15", "16"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    (tmp_path / "17" / "bin").mkdir(parents=True)  # a client without a server
    assert find_binaries(path=str(tmp_path), debian=tmp_path) == tmp_path / "16" / "bin"
