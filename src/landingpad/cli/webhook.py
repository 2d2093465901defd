"""`landingpad webhook`."""

from typing import Annotated

import typer

from landingpad.cli.options import Data, DatabaseUrl, names_in, now_ms, opened_database, read_settings

webhook_commands = typer.Typer(help="Webhooks: addresses through which programs call the API.", no_args_is_help=True)
_DAY_MS = 86_400_000


@webhook_commands.command("create")
def create(
    user: Annotated[int, typer.Option(help="Id of the user on whose behalf calls are made.")],
    scope: Annotated[str, typer.Option(help="Scopes, separated by commas: landing,user_basic ...")],
    title: Annotated[str, typer.Option(help="Name for the list of webhooks.")] = "Made on the command line",
    days: Annotated[int | None, typer.Option(help="Days until it expires; without it never.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Create a webhook and print its address. The code in it cannot be shown again."""
    now = now_ms()
    expires_at = None if days is None else now + days * _DAY_MS
    with opened_database(data, database_url) as db:
        from landingpad.operations.opening import last_address
        from landingpad.operations.webhooks import create_webhook

        path = create_webhook(db, user, names_in(scope), title=title, now_ms=now, expires_at=expires_at)
    typer.echo(last_address(read_settings(data=data).data) + path)
