"""The command line."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from landingpad import __version__
from landingpad.cli import kit, portal
from landingpad.cli.app import app_commands
from landingpad.cli.backup import backup, restore
from landingpad.cli.control import fault_commands, state_commands
from landingpad.cli.form import form_commands
from landingpad.cli.media import media_commands
from landingpad.cli.options import (
    Data,
    DatabaseUrl,
    PublicUrl,
    SettingsCommand,
    announce,
    fail,
    names_in,
    opened_parts,
    read_settings,
    report_unknown_variables,
    with_serve_options,
)
from landingpad.cli.page import page_commands
from landingpad.cli.preview import preview_commands
from landingpad.cli.site import site_commands
from landingpad.cli.user import department_commands, group_commands, rights_commands, user_commands
from landingpad.cli.webhook import webhook_commands
from landingpad.errors import OperatorError
from landingpad.settings import SettingError
from landingpad.store.db.errors import StorageError, storage_error

QUEUES = ("preview",)
"""What `landingpad worker` does."""


class Commands(TyperGroup):
    """All commands. An error that is meant for the person at the terminal is one line and exit code 1."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option --help; with a boolean default, Typer converts it without loading pydantic."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.default = False
        return option

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (OperatorError, SettingError) as error:
            fail(str(error))
        except (StorageError, OSError) as error:
            storage = storage_error(error)
            if storage is None:
                raise
            fail(str(storage))


@contextmanager
def _without_rich() -> Iterator[None]:
    """Hide Rich from structlog, which takes a tenth of a start to load it for tracebacks that the log prints plain."""
    if "rich" in sys.modules:
        yield
        return
    sys.modules["rich"] = None  # type: ignore[assignment]  # that is how Python marks what cannot be imported
    try:
        yield
    finally:
        del sys.modules["rich"]


app = typer.Typer(
    name="landingpad",
    help="A self-hosted server for the REST API of Bitrix24 Sites, with real pictures of the pages it publishes.",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"landingpad {__version__}")
        raise typer.Exit


@app.command(
    cls=SettingsCommand,
    epilog="Each option is also an environment variable, LANDINGPAD_<NAME>. All settings: docs/reference/settings.md, "
    "or /docs/settings at a running server.",
)
@with_serve_options
def serve(**given: Any) -> None:
    """Run the server. It prints one line `ready <url>` when it answers."""
    settings = read_settings(**given)
    gc.disable()  # what is imported stays: searching it for garbage takes a tenth of a second
    with _without_rich():
        from landingpad import logs
    from landingpad.server.http_server import CannotStartError
    from landingpad.server.serve import serve as run

    gc.freeze()
    gc.enable()
    logs.configure(settings.log_level, settings.log_format)
    report_unknown_variables()
    try:
        run(settings, announce)
    except CannotStartError as error:
        fail(str(error))


@app.command()
def worker(
    queues: Annotated[str, typer.Option(help="Work to do; preview is the only kind.")] = "preview",
    slots: Annotated[int | None, typer.Option(min=1, help="Pictures taken at the same time.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    public_url: PublicUrl = None,
) -> None:
    """Take pictures in a separate process, on the database and the media folder of a server.

    Any number of workers share the work, on one machine or on several. A server started with
    LANDINGPAD_PREVIEW_SLOTS=0 takes no pictures itself.
    """
    unknown = [name for name in names_in(queues) if name not in QUEUES]
    if unknown:
        fail(f"There is no queue {', '.join(unknown)} for workers; known are {', '.join(QUEUES)}.")
    with opened_parts(data, database_url, preview_slots=slots, public_url=public_url) as parts:
        from landingpad.operations.previews import run_worker

        report_unknown_variables()
        run_worker(parts, announce)


@app.command()
def ca(data: Data = None) -> None:
    """Print the path of the certificate authority of --tls auto, and how programs come to trust it."""
    from landingpad.http.tls import ca_environment

    path = (read_settings(data=data).data / "tls" / "ca.pem").resolve()
    if not path.is_file():
        fail(f"There is no {path}: start `landingpad serve --tls auto` once.")
    typer.echo(path)
    for name, value in ca_environment(path).items():
        typer.echo(f"export {name}={value}")
    typer.echo(f"# PHP: php -d openssl.cafile={path} -d curl.cainfo={path}")


@app.command()
def mcp(
    webhook: Annotated[
        str, typer.Option(envvar="LANDINGPAD_WEBHOOK", help="Address of a webhook, for the tools that make calls.")
    ] = "",
) -> None:
    """Run an MCP server on standard input and output, for assistants that start a program."""
    from landingpad.mcp.stdio import serve_stdio

    serve_stdio(webhook)


@app.command()
def docs(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if a page is stale or missing.")] = False,
    export: Annotated[Path | None, typer.Option(help="Write a static site into this folder instead.")] = None,
) -> None:
    """Rebuild the reference of this checkout from the declarations, and run its examples."""
    from landingpad import logs
    from landingpad.operations import reference

    if export is not None:
        typer.echo(f"{reference.export(export)} pages in {export / 'docs'}")
        return
    logs.configure("critical", "text")
    changed = reference.stale(Path(), reference.generated(Path())) if check else reference.write(Path())
    problems = reference.undocumented()
    for problem in problems:
        typer.echo(problem, err=True)
    for path in changed:
        typer.echo(f"{'stale' if check else 'wrote'}: {path}")
    if problems or (check and changed):
        fail("The reference is incomplete or stale. Explain what is named above, then run `landingpad docs`.")


@app.command()
def doctor(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Check that everything the server needs is there, and say what to do about what is missing."""
    from landingpad.operations.doctor import examine

    findings = examine(read_settings(data=data, database_url=database_url))
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.is_good else 'FAIL'}  {finding.subject}: {finding.text}")
    if not all(finding.is_good for finding in findings):
        raise typer.Exit(1)


app.command()(backup)
app.command()(restore)
app.command("portal")(portal.show_or_change)
kit.add_commands(app)
app.add_typer(state_commands, name="state")
app.add_typer(fault_commands, name="fault")
app.add_typer(webhook_commands, name="webhook")
app.add_typer(app_commands, name="app")
app.add_typer(form_commands, name="form")
app.add_typer(site_commands, name="site")
app.add_typer(page_commands, name="page")
app.add_typer(media_commands, name="media")
app.add_typer(preview_commands, name="preview")
app.add_typer(user_commands, name="user")
app.add_typer(group_commands, name="group")
app.add_typer(department_commands, name="department")
app.add_typer(rights_commands, name="rights")
