"""A temporary PostgreSQL server for the tests: started for a session, removed afterwards.

It runs the installed binaries on its own data folder, never a server of the system. A launcher process holds the
reading end of a pipe; when the tests close the other end or die in any way, the launcher stops the server and removes
the folder, so nothing is left behind.
"""

import itertools
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

SUPERUSER = "landingpad"
MAINTENANCE = "postgres"  # the database that initdb creates; tests store nothing in it
DEBIAN_FOLDER = Path("/usr/lib/postgresql")  # one folder a major version; Debian keeps them off the PATH
UNPRIVILEGED = ("postgres", "nobody")  # accounts used instead of root, because PostgreSQL refuses to run as root
START_SECONDS = 60.0
STOP_SECONDS = 20.0
START_ATTEMPTS = 5

# Test data need not survive a power cut, so nothing waits for the disk.
OPTIONS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
}

# Arguments: binaries, folder, name of the superuser, then those of the server. It runs as long as the server does. The
# reader waits for the end of the pipe; SIGQUIT stops the server without waiting for clients.
LAUNCHER = """
bin=$1 folder=$2 superuser=$3
shift 3
server= reader=
cleanup() {
    [ -z "$server" ] || { kill -QUIT "$server" 2>/dev/null; wait "$server"; }
    [ -z "$reader" ] || kill "$reader" 2>/dev/null
    cd / && rm -rf -- "$folder"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1
exec 3<&0
"$bin/initdb" --pgdata=data --username="$superuser" --pwfile=password --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host=scram-sha-256 --no-sync >log 2>&1 || { cat log >&2; exit 1; }
"$bin/postgres" -D data -k "$folder" "$@" </dev/null >log 2>&1 &
server=$!
{ read -r line; kill -QUIT "$server"; } <&3 &
reader=$!
wait "$server"
tail -n 20 log >&2
server=
"""


class PostgresMissingError(RuntimeError):
    """No PostgreSQL binaries were found."""


class PostgresFailedError(RuntimeError):
    """The server did not start or stop; the text contains its output."""


def find_binaries(path: str | None = None, debian: Path = DEBIAN_FOLDER) -> Path:
    """Return the folder of initdb and postgres: from PATH, else the newest version installed by Debian.

    Raises:
        PostgresMissingError: no binaries were found.

    """
    on_path = shutil.which("initdb", path=path)
    if on_path:
        return Path(on_path).resolve().parent
    versions = [folder for folder in debian.glob("*/bin") if (folder / "initdb").exists()]
    if not versions:
        raise PostgresMissingError(
            f"These tests need PostgreSQL: initdb is neither on the PATH nor in {debian}/*/bin. "
            "Run scripts/setup test, or: apt-get install postgresql"
        )
    return max(versions, key=lambda folder: [int(part) for part in folder.parent.name.split(".") if part.isdigit()])


class Cluster:
    """A PostgreSQL server with its own folder; a context manager, or `start` and `stop`.

    Start it before anything forks: a fork without exec keeps the pipe open and the server alive.

    Unix socket and folder are accessible to this user only; the port listens on loopback and requires a password,
    which is new for every cluster.
    """

    def __init__(self, binaries: Path | None = None) -> None:
        self._binaries = binaries
        self._numbers = itertools.count(1)
        self._password = secrets.token_urlsafe(16)
        self._launcher: subprocess.Popen[bytes] | None = None
        self._admin: psycopg.Connection[TupleRow] | None = None
        self._port = 0

    def start(self) -> Self:
        """Create the folder, start the server and wait until it answers.

        Raises:
            PostgresMissingError: no binaries were found.
            PostgresFailedError: the server did not start; the text contains its log.

        """
        binaries = self._binaries or find_binaries()
        for attempt in range(1, START_ATTEMPTS + 1):
            try:
                self._start(binaries)
            except PostgresFailedError as error:
                # Another program may take the free port before the server does.
                if attempt == START_ATTEMPTS or "Address already in use" not in str(error):
                    raise
            else:
                break
        return self

    def new_database(self, template: str | None = None) -> str:
        """Create a database and return its address, postgresql://user:password@127.0.0.1:port/name.

        With the address of another database as template, the new one is a copy; the template must have no connections.
        """
        name = f"test_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(
            name=sql.Identifier(name), template=sql.Identifier(_name(template) if template else "template0")
        )
        self._connection().execute(statement)
        return f"postgresql://{SUPERUSER}:{self._password}@127.0.0.1:{self._port}/{name}"

    def drop(self, url: str) -> None:
        """Drop a database of `new_database`, closing its open connections."""
        self._connection().execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(_name(url))))

    def stop(self) -> None:
        """Stop the server and remove its folder; no effect if it does not run."""
        if self._admin is not None:
            self._admin.close()
            self._admin = None
        launcher, self._launcher = self._launcher, None
        if launcher is None:
            return
        try:
            # Closes the pipe and waits for the launcher, which ends last.
            launcher.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            os.killpg(launcher.pid, signal.SIGKILL)
            launcher.communicate()
            raise PostgresFailedError(f"PostgreSQL did not stop within {STOP_SECONDS:g} s and was killed.") from error

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self, binaries: Path) -> None:
        account = _account()
        folder = Path(tempfile.mkdtemp(prefix="landingpad-pg-"))
        password = folder / "password"
        password.write_text(self._password)
        if account:
            for path in (folder, password):
                os.chown(path, account.pw_uid, account.pw_gid)
        self._port = _free_port()
        options = OPTIONS | {"listen_addresses": "127.0.0.1", "port": str(self._port)}
        arguments = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
        self._launcher = subprocess.Popen(
            ["sh", "-c", LAUNCHER, "postgres-launcher", binaries, folder, SUPERUSER, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            start_new_session=True,  # Ctrl-C reaches only the tests; the launcher notices their end by the pipe
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
        try:
            self._admin = self._wait_until_it_answers(self._launcher, folder)
        except BaseException:
            self.stop()
            raise

    def _wait_until_it_answers(self, launcher: subprocess.Popen[bytes], folder: Path) -> "psycopg.Connection[TupleRow]":
        deadline = time.monotonic() + START_SECONDS
        while launcher.poll() is None:
            try:
                return psycopg.connect(
                    host=str(folder), port=self._port, user=SUPERUSER, dbname=MAINTENANCE, autocommit=True
                )
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise PostgresFailedError(
                        f"PostgreSQL did not answer within {START_SECONDS:g} s: {error}"
                    ) from error
            time.sleep(0.02)
        _, output = launcher.communicate()
        raise PostgresFailedError(f"PostgreSQL did not start. It said:\n{output.decode(errors='replace')}")

    def _connection(self) -> "psycopg.Connection[TupleRow]":
        if self._admin is None:
            raise PostgresFailedError("This cluster does not run. Call start() first, or use it as a context manager.")
        return self._admin


def _account() -> pwd.struct_passwd | None:
    """Return the account for the server if we are root, else None."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresFailedError(
        f"PostgreSQL refuses to run as root, and there is no account {' or '.join(UNPRIVILEGED)} to run it as."
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _name(url: str) -> str:
    """Return the name of the database in an address."""
    return str(conninfo_to_dict(url)["dbname"])
