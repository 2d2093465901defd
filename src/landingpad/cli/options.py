"""Options that commands share, opening the data of a server, and how a command fails."""

import inspect
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from landingpad.settings import Settings, fields, unknown_variables

if TYPE_CHECKING:
    from landingpad.server.parts import Parts
    from landingpad.store.db.engine import Database

_BY_NAME = {field.name: field for field in fields()}


def setting_option(name: str) -> Any:
    """Make an option of a setting, with the name and the text of its declaration."""
    setting = _BY_NAME[name].setting
    return typer.Option(setting.option, metavar=setting.metavar, help=setting.text)


Data = Annotated[Path | None, setting_option("data")]
DatabaseUrl = Annotated[str | None, setting_option("database_url")]
PublicUrl = Annotated[str | None, setting_option("public_url")]
PortalHost = Annotated[str, typer.Option("--portal", help="Host name of the portal, if there is more than one.")]
SiteId = Annotated[int, typer.Argument(help="Id of the site; `landingpad site list` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line, for programs.")]


class SettingsCommand(TyperCommand):
    """A command whose options are settings, which convert their own values.

    Typer would load pydantic to convert them, which costs a tenth of a second at each start of a server.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Pass values as text; Typer answers --help and arguments that are no options."""
        names = {parameter.name for parameter in self.params}
        given, rest, _ = self.make_parser(ctx).parse_args(args=[*args])
        if rest or not given.keys() <= names:
            return super().parse_args(ctx, args)
        ctx.params.update({name: given.get(name) for name in names})
        return rest


def with_serve_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command every option that the settings declare; it is called with their values, None if not used."""
    parameters = []
    for field in fields():
        if field.setting.option:
            is_flag = field.base is bool
            default = "" if is_flag or not str(field.default) else f" Default: {field.default}."
            option = typer.Option(
                field.setting.option, metavar=field.setting.metavar, help=field.setting.text + default
            )
            parameter = inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=None)
            kind: Any = bool if is_flag else field.base | None
            parameters.append(parameter.replace(annotation=Annotated[kind, option]))
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads it from there
    return command


def read_settings(**given: Any) -> Settings:
    """Read the settings of the environment; options that were used take precedence.

    Raises:
        SettingError: a value cannot be used.

    """
    return Settings.from_env(**{name: value for name, value in given.items() if value is not None})


@contextmanager
def opened_database(data: Path | None, database_url: str | None) -> "Iterator[Database]":
    """Open the database of a server, for commands that need nothing else of it."""
    from landingpad import logs
    from landingpad.operations.opening import open_database

    settings = read_settings(data=data, database_url=database_url)
    logs.configure(settings.log_level, settings.log_format)
    with open_database(settings) as db:
        yield db


@contextmanager
def opened_parts(data: Path | None, database_url: str | None, **given: Any) -> "Iterator[Parts]":
    """Open all parts of a server."""
    from landingpad import logs
    from landingpad.operations.opening import open_parts

    settings = read_settings(data=data, database_url=database_url, **given)
    logs.configure(settings.log_level, settings.log_format)
    with open_parts(settings) as parts:
        yield parts


def report_unknown_variables() -> None:
    """Log a warning for each LANDINGPAD_* variable that sets nothing."""
    import structlog

    log = structlog.get_logger("landingpad.settings")
    for name, similar in unknown_variables():
        log.warning("unknown_setting", variable=name, similar=similar or None, help="docs/reference/settings.md")


def names_in(text: str) -> list[str]:
    """Return the names in a list separated by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def now_ms() -> int:
    """Return the present time in milliseconds since the epoch."""
    return int(time.time() * 1000)


def announce(line: str) -> None:
    """Print a line that whoever started the command waits for."""
    typer.echo(line)
    sys.stdout.flush()


def write_file(path: Path, content: bytes) -> None:
    """Write a file, or end the command."""
    try:
        path.write_bytes(content)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}.")


def fail(text: str, code: int = 1) -> NoReturn:
    """End the command with a line on standard error and an exit code."""
    typer.echo(f"landingpad: {text}", err=True)
    raise typer.Exit(code)
