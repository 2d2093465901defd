"""`landingpad media`."""

import typer

from landingpad.cli.options import Data, DatabaseUrl, opened_parts

media_commands = typer.Typer(help="Media files: uploaded pictures and previews.", no_args_is_help=True)


@media_commands.callback()
def _group() -> None:
    pass


@media_commands.command("gc")
def collect(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Find files of deleted pages and unused uploads, and remove those that were found more than a day ago.

    A server does this every day. The whole database is read.
    """
    with opened_parts(data, database_url) as parts:
        from landingpad.operations.media import collect_media

        done = collect_media(parts)
    typer.echo(f"{done.found:,} files without a use, removed a day after they are found; {done.removed:,} removed now")
