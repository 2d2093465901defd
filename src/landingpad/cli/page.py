"""`landingpad page`."""

import time
from typing import Annotated

import typer

from landingpad.cli.options import Data, DatabaseUrl, opened_parts

page_commands = typer.Typer(help="Pages: their publications, and going back to an earlier one.", no_args_is_help=True)
PageId = Annotated[int, typer.Argument(help="Id of the page; `landingpad preview status` shows those of a site.")]


@page_commands.command("history")
def history(page_id: PageId, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the publications of a page, newest first: number, time (UTC), hash of the content."""
    with opened_parts(data, database_url) as parts:
        from landingpad.operations.pages import publications

        for entry in publications(parts, page_id):
            moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(entry.created_at / 1000))
            typer.echo(f"{entry.publication}\t{moment}\t{entry.content_hash[:12]}")


@page_commands.command("undo")
def undo(
    page_id: PageId,
    to: Annotated[int | None, typer.Option(help="Number of the publication; without it the previous one.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Show visitors an earlier publication of a page again. The draft does not change."""
    with opened_parts(data, database_url) as parts:
        from landingpad.operations.pages import undo_publication

        number = undo_publication(parts, page_id, to)
    typer.echo(f"page {page_id} shows publication {number} again")
