"""`landingpad run`, `record` and `drift`: a portal for a test run, and comparison with a real portal."""

import datetime as dt
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from landingpad.cli.options import announce, fail

Seed = Annotated[Path | None, typer.Option(help="TOML file describing the new portal: users, apps, sites, pages.")]
Tls = Annotated[bool, typer.Option("--tls/--no-tls", help="Use https; the command trusts the certificate.")]
Strict = Annotated[bool, typer.Option("--strict/--no-strict", help="Refuse calls with parameters that have no effect.")]
_CANNOT_RUN = 2
"""Exit code that differs from those of commands and of found differences."""
_KILLED = 128
"""Shells add this to the number of the signal that ended a command."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})(run)
    app.command("record")(record)
    app.command("drift")(drift)


def run(
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND ...", help="Command to run, such as: npm test")],
    tls: Tls = False,
    strict: Strict = True,
    seed: Seed = None,
    data: Annotated[Path | None, typer.Option(help="Data folder to use and keep; without it a temporary one.")] = None,
) -> None:
    """Start a portal, run a command against it, and exit with its exit code.

    The command finds the portal in LANDINGPAD_URL, LANDINGPAD_WEBHOOK (all scopes, an administrator),
    LANDINGPAD_WEBHOOK_PLAIN, LANDINGPAD_WEBHOOK_LIMITED, LANDINGPAD_CLIENT_ID, LANDINGPAD_CLIENT_SECRET,
    LANDINGPAD_ACCESS_TOKEN, LANDINGPAD_REFRESH_TOKEN, LANDINGPAD_SITE_ID and LANDINGPAD_PORTAL_FILE.
    """
    with _portal(tls=tls, strict=strict, seed=seed, data=data) as environment:
        code = _run(command, environment)
    raise typer.Exit(code)


def record(
    portal: Annotated[str, typer.Option(help="Address of the real portal, such as https://acme.example.")],
    out: Annotated[Path, typer.Option(help="File to write.")],
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.")] = 0,
) -> None:
    """Record calls and answers between a client and a real portal, without secrets. Ctrl-C ends it."""
    from landingpad import logs
    from landingpad.server.http_server import CannotStartError
    from landingpad.testing.drift.cassette import Writer
    from landingpad.testing.drift.recording import Recorder, is_acceptable_portal

    if not is_acceptable_portal(portal):
        fail(f"{portal} is not the address of a portal. Expected: https://host, or http for this machine.", _CANNOT_RUN)
    logs.configure("warning", "text")
    host = urlsplit(portal).hostname or ""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    writer = Writer(out, portal_host=host, recorded=now)

    def report(address: str) -> None:
        announce(f"ready {address}")
        announce(f"Use it instead of {portal}: {address}/rest/... Calls are written to {out}.")

    try:
        _serve(Recorder(portal, writer), port, report)
    except CannotStartError as error:
        fail(str(error), _CANNOT_RUN)
    typer.echo(f"recorded {writer.count} calls in {out}")


def drift(
    cassettes: Annotated[list[Path], typer.Argument(help="Files that `landingpad record` wrote.")],
    webhook: Annotated[str, typer.Option(help="Webhook of the portal to compare; without it a temporary portal.")] = "",
    token: Annotated[str, typer.Option(help="Access token for calls that were recorded with one.")] = "",
    seed: Seed = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per difference, for programs.")
    ] = False,
) -> None:
    """Repeat recorded calls and report differences: status, code, shape, type. Exit code 1 if there are any."""
    from landingpad.testing.drift.cassette import CassetteError

    try:
        if webhook:
            calls, found = _drift(cassettes, webhook, token, as_json=as_json)
        else:
            with _portal(tls=False, strict=False, seed=seed, data=None) as environment:
                calls, found = _drift(
                    cassettes,
                    environment["LANDINGPAD_WEBHOOK"],
                    environment["LANDINGPAD_ACCESS_TOKEN"],
                    as_json=as_json,
                )
    except CassetteError as error:
        fail(str(error), _CANNOT_RUN)
    typer.echo(f"{calls} calls, {found} differences", err=as_json)
    raise typer.Exit(1 if found else 0)


@contextmanager
def _portal(*, tls: bool, strict: bool, seed: Path | None, data: Path | None) -> Iterator[dict[str, str]]:
    """Run a portal; yield the variables that describe it."""
    from landingpad.http.tls import ca_environment
    from landingpad.testing.launch import CannotLaunchError, launched

    options = [*(["--tls", "auto"] if tls else []), *(["--strict"] if strict else [])]
    options += ["--seed", str(seed)] if seed is not None else []
    try:
        with launched(options, data=data) as portal:
            environment = portal.environment()
            if tls:
                environment |= ca_environment(portal.data.resolve() / "tls" / "ca.pem")
            yield environment
    except CannotLaunchError as error:
        fail(str(error), _CANNOT_RUN)


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run a command to its end and forward signals to it."""
    try:
        process = subprocess.Popen(command, env={**os.environ, **environment})  # noqa: S603  # the command that the person typed
    except OSError as error:
        fail(f"{command[0]} cannot be started: {error.strerror}.", _CANNOT_RUN)

    def pass_on(number: int, _frame: Any) -> None:
        process.send_signal(number)

    # A Ctrl-C reaches the command by the terminal itself; we wait until it has ended.
    before = {number: signal.signal(number, pass_on) for number in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else _KILLED - code


def _serve(app: Any, port: int, report: Callable[[str], None]) -> None:
    """Serve an application on a local port until a signal to stop."""
    import uvicorn

    from landingpad.server.http_server import SignalledServer, listening
    from landingpad.settings import Settings

    with listening(Settings(port=port)) as listener:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none", server_header=False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        SignalledServer(config, lambda: report(address)).run(sockets=[listener])


def _drift(cassettes: Sequence[Path], webhook: str, token: str, *, as_json: bool) -> tuple[int, int]:
    """Replay recordings, print differences, and return the numbers of calls and of differences."""
    import msgspec

    from landingpad.testing.drift.cassette import read
    from landingpad.testing.drift.compare import replay
    from landingpad.testing.drift.replay import ReplayClient

    calls = found = 0
    with ReplayClient(webhook, token) as client:
        for path in cassettes:
            for _, differences in replay(read(path), client.ask):
                calls += 1
                found += len(differences)
                for difference in differences:
                    line = msgspec.json.encode(difference).decode() if as_json else str(difference)
                    typer.echo(line if as_json else f"{path.name}: {line}")
    return calls, found
