"""Options that commands share, and how a command says that it failed."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from landingpad.settings import SettingError, Settings, fields, unknown_variables

_BY_NAME = {field.name: field for field in fields()}


def setting_option(name: str) -> Any:
    """Make an option of a setting, with the name and the text of its declaration."""
    setting = _BY_NAME[name].setting
    return typer.Option(setting.option, metavar=setting.metavar, help=setting.text)


Data = Annotated[Path | None, setting_option("data")]
DatabaseUrl = Annotated[str | None, setting_option("database_url")]
PublicUrl = Annotated[str | None, setting_option("public_url")]
PortalHost = Annotated[str, typer.Option("--portal", help="Host name of the portal, if there is more than one.")]


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
    """Read the settings of the environment; options that were used take precedence."""
    try:
        return Settings.from_env(**{name: value for name, value in given.items() if value is not None})
    except SettingError as error:
        fail(str(error))


def report_unknown_variables() -> None:
    """Log a warning for each LANDINGPAD_* variable that sets nothing."""
    import structlog

    log = structlog.get_logger("landingpad.settings")
    for name, similar in unknown_variables():
        log.warning("unknown_setting", variable=name, similar=similar or None, help="docs/reference/settings.md")


def fail(text: str, code: int = 1) -> NoReturn:
    """End the command with a line on standard error and an exit code."""
    print(f"landingpad: {text}", file=sys.stderr)
    raise typer.Exit(code)
