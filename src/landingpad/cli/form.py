"""`landingpad form`."""

from typing import Annotated

import typer

from landingpad.cli.options import AsJson, Data, DatabaseUrl, now_ms, opened_database

form_commands = typer.Typer(help="Forms: what visitors sent through published pages.", no_args_is_help=True)


@form_commands.command("list")
def list_entries(
    site: Annotated[int, typer.Option(help="Id of the site; `landingpad site list` shows it.")],
    limit: Annotated[int, typer.Option(min=1, help="Number of entries, newest first.")] = 50,
    as_json: AsJson = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """List what visitors sent through the forms of a site, and how many messages the forms held back."""
    with opened_database(data, database_url) as db:
        from landingpad.operations import forms

        for entry in forms.list_entries(db, site, most=limit):
            typer.echo(entry.as_json() if as_json else entry.as_text())
        held = "" if as_json else forms.held_back(db, site, now_ms())
    if held:
        typer.echo(held)


@form_commands.command("delete")
def delete(
    entry: Annotated[int, typer.Argument(help="Number of the entry; `landingpad form list` shows it.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Delete one entry."""
    with opened_database(data, database_url) as db:
        from landingpad.operations import forms

        forms.delete_entry(db, entry)
