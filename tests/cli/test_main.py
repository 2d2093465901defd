"""The command line as a whole: errors, help, and the commands without a noun."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from landingpad.cli.main import app
from landingpad.store.db.engine import Database, database_url
from landingpad.store.db.migrate import migrate


def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Return exit code, output and errors of a command."""
    done = CliRunner().invoke(app, arguments, env=environment)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        "webhook create --user 1 --scope landing",
        "app list",
        "portal",
        "user list",
        "group list",
        "department list",
        "rights explain --user 1 --site 1",
        "form list --site 1",
        "form delete 1",
        "site list",
        "page history 1",
        "preview status 1",
        "worker",
    ],
)
def test_commands_say_where_there_is_no_portal_and_make_none(tmp_path: Path, words: str) -> None:
    code, out, err = run(*words.split(), "--data", str(tmp_path / "nothing"))
    assert (code, out) == (1, "")
    assert err == f"landingpad: There is no portal in {tmp_path}/nothing yet: start `landingpad serve` once.\n"
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("words", ["user list", "site list"])
def test_a_database_without_a_portal_and_one_of_another_release_are_refused(tmp_path: Path, words: str) -> None:
    """Only a start of the server upgrades: one of the other release may be running."""
    with Database(database_url(tmp_path, "")) as db:
        migrate(db)
        assert "There is no portal in" in run(*words.split(), "--data", str(tmp_path))[2]
        with db.engine.begin() as session:
            session.exec_driver_sql("UPDATE alembic_version SET version_num = '0001_first_tables'")
    code, _, err = run(*words.split(), "--data", str(tmp_path))
    assert code == 1
    assert err.startswith("landingpad: The database is at 0001_first_tables, this release works with ")
    assert err.endswith("Start `landingpad serve` of this release first: it upgrades the database.\n")


@pytest.mark.parametrize("words", ["serve --port 0", "user list", "site list"])
def test_a_database_that_does_not_answer_is_named_in_a_line(tmp_path: Path, words: str) -> None:
    address = "postgresql://somebody:secret@127.0.0.1:1/portal"
    code, _, err = run(*words.split(), "--data", str(tmp_path), "--database-url", address)
    assert code == 1
    assert err.startswith("landingpad: The database does not answer (")
    assert "Connection refused" in err
    assert "secret" not in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", ["serve --port 0", "user list", "site list"])
def test_what_to_install_for_postgresql_is_said_in_a_line(
    tmp_path: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    address = "postgresql://somebody:secret@127.0.0.1:1/portal"
    code, _, err = run(*words.split(), "--data", str(tmp_path), "--database-url", address)
    assert code == 1
    assert err.startswith("landingpad: The driver of PostgreSQL cannot be imported (")
    assert err.endswith("). Install it: pip install 'landingpad[postgresql]'\n")
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", ["serve", "worker", "doctor", "ca", "user list", "site list", "state list"])
def test_a_setting_that_cannot_be_used_is_named_in_a_line(tmp_path: Path, words: str) -> None:
    code, out, err = run(*words.split(), "--data", str(tmp_path), LANDINGPAD_PORT="many")
    assert (code, out) == (1, "")
    assert err == "landingpad: LANDINGPAD_PORT='many' is not a whole number from 0 to 65535.\n"


def test_a_setting_that_only_pictures_read_is_named_as_well(tmp_path: Path) -> None:
    code, _, err = run("serve", "--data", str(tmp_path), "--port", "0", LANDINGPAD_PREVIEW_SIZE="big")
    assert (code, err.splitlines()[-1]) == (
        1,
        "landingpad: LANDINGPAD_PREVIEW_SIZE='big' is not a size like 1200x800, each side 50 to 4096.",
    )


def test_a_variable_that_sets_nothing_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    _, _, err = run("serve", "--data", str(tmp_path / "file"), LANDINGPAD_PROT="1")
    assert re.search(r"unknown_setting .*similar=LANDINGPAD_PORT variable=LANDINGPAD_PROT", err)


def test_a_mistake_in_the_code_keeps_its_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr("landingpad.operations.doctor.examine", broken)
    with pytest.raises(RuntimeError, match="a mistake"):
        run("doctor", "--data", str(tmp_path))


def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield a command and every command below it."""
    yield name, command
    for below, found in getattr(command, "commands", {}).items():
        yield from walk(found, f"{name} {below}")


@pytest.mark.parametrize(("name", "command"), [*walk(get_command(app), "landingpad")])
def test_every_command_and_each_of_its_options_is_explained(name: str, command: Any) -> None:
    assert command.help, name
    unexplained = [parameter.name for parameter in command.params if not parameter.help]
    assert not unexplained
    code, out, _ = run(*name.split()[1:], "--help", COLUMNS="500", TERM="dumb")
    assert code == 0
    assert command.help.split("\n")[0] in out


def test_the_version_is_printed() -> None:
    assert re.fullmatch(r"landingpad \d+\.\d+\.\d+\n", run("--version")[1])


def test_doctor_says_what_is_missing(tmp_path: Path) -> None:
    code, out, _ = run("doctor", "--data", str(tmp_path / "data"))
    assert (code, out.count("ok  ")) == (0, 3), out
    code, out, _ = run("doctor", "--data", str(tmp_path / "data"), LANDINGPAD_CHROMIUM="/nowhere/chromium")
    assert code == 1
    assert "FAIL  Chromium" in out
    (tmp_path / "file").touch()
    code, out, _ = run("doctor", "--data", str(tmp_path / "file"))
    assert code == 1
    assert f"FAIL  data folder: {tmp_path}/file cannot be written" in out


def test_a_worker_says_what_it_cannot_do(tmp_path: Path) -> None:
    code, _, err = run("worker", "--queues", "mail", "--data", str(tmp_path))
    assert (code, err) == (1, "landingpad: There is no queue mail for workers; known are preview.\n")


def test_ca_says_how_to_get_one_and_where_it_is(tmp_path: Path) -> None:
    code, _, err = run("ca", "--data", str(tmp_path))
    assert (code, err) == (
        1,
        f"landingpad: There is no {tmp_path}/tls/ca.pem: start `landingpad serve --tls auto` once.\n",
    )
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "ca.pem").touch()
    code, out, _ = run("ca", "--data", str(tmp_path))
    assert (code, out.splitlines()[0]) == (0, f"{tmp_path}/tls/ca.pem")
    assert f"export SSL_CERT_FILE={tmp_path}/tls/ca.pem" in out


def test_every_command_is_run_by_a_test() -> None:
    tests = Path(__file__).parents[1]
    files = [*tests.rglob("test_*.py"), *(tests / "support").glob("*.py")]
    text = "\n".join(file.read_text("utf-8") for file in files)
    between = r'(?:",)?\s+"?'  # "page history 1", or "page", "history"
    missing = []
    for name, command in walk(get_command(app), ""):
        words = between.join(re.escape(word) for word in name.split())
        if not hasattr(command, "commands") and not re.search(rf'["\s]{words}["\s]', text):
            missing.append(f"landingpad{name}: no test runs this command; write one in tests/cli/.")
    assert not missing, "\n".join(missing)


def test_help_loads_only_what_it_shows() -> None:
    """Typer loads pydantic to convert options, which takes longer than all the rest of the help."""
    program = """
import sys
from landingpad.__main__ import main
sys.argv[1:] = ["--help"]
try:
    main()
except SystemExit:
    print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "Run the server." in done.stdout
    loaded = set(done.stdout.splitlines()[-1].split())
    others = {"asyncio", "http", "pydantic", "sqlalchemy", "sqlite3", "ssl", "structlog", "uvicorn"}
    assert loaded & others == set()
    ours = {name.split(".")[1] for name in loaded if name.startswith("landingpad.")}
    assert ours == {"__main__", "cli", "errors", "settings", "store"}
    assert {name for name in loaded if name.startswith("landingpad.store.")} == {
        "landingpad.store.db",
        "landingpad.store.db.errors",
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--port x", "landingpad: --port x is not a whole number from 0 to 65535.\n"),
        ("--workers 0", "landingpad: --workers 0 is not a whole number, at least 1.\n"),
        ("--database-url what", "landingpad: --database-url is not an address such as postgresql://user@host/name.\n"),
    ],
)
def test_an_option_with_a_wrong_value_is_named_in_a_line(words: str, said: str) -> None:
    assert run("serve", *words.split()) == (1, "", said)


@pytest.mark.parametrize("words", ["--prot 8080", "here", "--port"])
def test_words_that_serve_does_not_know_are_refused(words: str) -> None:
    code, out, err = run("serve", *words.split())
    assert (code, out) == (2, "")
    assert "Error" in err


def test_docs_outside_a_checkout_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run("docs")
    assert code == 1
    assert re.fullmatch(r"landingpad: \. is not a checkout of Landingpad: it has no .*\. Run this inside one\.\n", err)
