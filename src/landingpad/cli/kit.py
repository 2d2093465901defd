"""`landingpad run`, `record` and `drift`: a portal for test runs, and how ours compares with a real one."""

import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

Seed = Annotated[Path | None, typer.Option(help="TOML file of users, apps, sites and pages to begin with.")]
Tls = Annotated[bool, typer.Option("--tls/--no-tls", help="Speak https, and have the command trust the certificate.")]
Strict = Annotated[bool, typer.Option("--strict/--no-strict", help="Refuse calls with parameters that have no effect.")]
_KILLED = 128
"""Shells add this to the number of the signal that ended a command."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})(run)
    app.command("record")(record)
    app.command("drift")(drift)


def run(
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND ...", help="What to run, such as: npm test")],
    tls: Tls = False,
    strict: Strict = True,
    seed: Seed = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the portal, which is kept; else a new one.")] = None,
) -> None:
    """Run a command with a portal of its own, and return its exit code.

    The command finds the portal in LANDINGPAD_URL, LANDINGPAD_WEBHOOK (all scopes, an administrator),
    LANDINGPAD_WEBHOOK_PLAIN, LANDINGPAD_WEBHOOK_LIMITED, LANDINGPAD_CLIENT_ID, LANDINGPAD_CLIENT_SECRET,
    LANDINGPAD_ACCESS_TOKEN, LANDINGPAD_REFRESH_TOKEN, LANDINGPAD_SITE_ID and LANDINGPAD_PORTAL_FILE.
    """
    with _portal(tls=tls, strict=strict, seed=seed, data=data) as environment:
        code = _run(command, environment)
    raise typer.Exit(code)


def record(
    portal: Annotated[str, typer.Option(help="Address of the real portal, such as https://acme.example.")],
    out: Annotated[Path, typer.Option(help="The cassette to write.")],
    port: Annotated[int, typer.Option(help="Port of this machine to listen on; 0 picks a free one.")] = 0,
) -> None:
    """Stand between a client and a real portal, and write down what both say, without secrets. Ctrl-C ends it."""
    from urllib.parse import urlsplit  # noqa: PLC0415  # --help must not wait for what only this command needs

    from landingpad import logs  # noqa: PLC0415  # as above
    from landingpad.server.serve import CannotStartError  # noqa: PLC0415  # as above
    from landingpad.testing.drift.cassette import Writer  # noqa: PLC0415  # as above
    from landingpad.testing.drift.recording import Recorder, is_acceptable_portal  # noqa: PLC0415  # as above

    if not is_acceptable_portal(portal):
        _fail(f"{portal} is no address of a portal: it takes https://host (or http on this machine).")
    logs.configure("warning", "text")
    host = urlsplit(portal).hostname or ""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    writer = Writer(out, portal_host=host, recorded=now)

    def tell(address: str) -> None:
        typer.echo(f"ready {address}")
        typer.echo(f"Use it instead of {portal}: {address}/rest/... Everything is written to {out}.")
        sys.stdout.flush()

    try:
        _serve(Recorder(portal, writer), port, tell)
    except CannotStartError as error:
        _fail(str(error))
    typer.echo(f"recorded {writer.count} calls in {out}")


def drift(
    cassettes: Annotated[list[Path], typer.Argument(help="What `landingpad record` wrote.")],
    webhook: Annotated[str, typer.Option(help="A portal to ask; without it, a new one is made and removed.")] = "",
    token: Annotated[str, typer.Option(help="Access token for calls that were made with one.")] = "",
    seed: Seed = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a difference, for programs.")] = False,
) -> None:
    """Make recorded calls here and report where answers differ: status, code, shape, type. Exit code 1 if any do."""
    from landingpad.testing.drift.cassette import CassetteError  # noqa: PLC0415  # --help must not wait for it

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
        _fail(str(error))
    typer.echo(f"{calls} calls, {found} differences", err=as_json)
    raise typer.Exit(1 if found else 0)


@contextmanager
def _portal(*, tls: bool, strict: bool, seed: Path | None, data: Path | None) -> Iterator[dict[str, str]]:
    """Run a portal and return the variables that tell of it."""
    from landingpad.http.tls import ca_environment  # noqa: PLC0415  # --help must not wait for it
    from landingpad.testing.launch import CannotLaunchError, launched  # noqa: PLC0415  # as above

    options = [*(["--tls", "auto"] if tls else []), *(["--strict"] if strict else [])]
    options += ["--seed", str(seed)] if seed is not None else []
    try:
        with launched(options, data=data) as portal:
            environment = portal.environment()
            if tls:
                environment |= ca_environment(portal.data.resolve() / "tls" / "ca.pem")
            yield environment
    except CannotLaunchError as error:
        _fail(str(error))


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run a command to its end; signals that ask us to stop are passed on to it."""
    try:
        process = subprocess.Popen(command, env={**os.environ, **environment})  # noqa: S603  # what the caller wants
    except OSError as error:
        _fail(f"{command[0]} cannot be started: {error.strerror}.")

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


def _serve(app: Any, port: int, tell: Any) -> None:
    """Serve an application on this machine until a signal."""
    import uvicorn  # noqa: PLC0415  # as above

    from landingpad.server.serve import SignalledServer, listening  # noqa: PLC0415  # as above
    from landingpad.settings import Settings  # noqa: PLC0415  # as above

    with listening(Settings(port=port)) as listener:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none", server_header=False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        SignalledServer(config, lambda: tell(address)).run(sockets=[listener])


def _drift(cassettes: Sequence[Path], webhook: str, token: str, *, as_json: bool) -> tuple[int, int]:
    """Replay cassettes, print differences, and return how many calls and how many differences there were."""
    import msgspec  # noqa: PLC0415  # as above

    from landingpad.testing.drift.cassette import read  # noqa: PLC0415  # as above
    from landingpad.testing.drift.compare import replay  # noqa: PLC0415  # as above
    from landingpad.testing.drift.replay import Asker  # noqa: PLC0415  # as above

    calls = found = 0
    with Asker(webhook, token) as asker:
        for path in cassettes:
            for _, differences in replay(read(path), asker.ask):
                calls += 1
                found += len(differences)
                for difference in differences:
                    line = msgspec.json.encode(difference).decode() if as_json else str(difference)
                    typer.echo(line if as_json else f"{path.name}: {line}")
    return calls, found


def _fail(text: str) -> NoReturn:
    typer.echo(f"landingpad: {text}", err=True)
    raise typer.Exit(2)
