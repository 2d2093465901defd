"""`landingpad backup` and `landingpad restore`."""

from pathlib import Path
from typing import Annotated

import typer

from landingpad.cli.options import Data, DatabaseUrl, read_settings


def backup(
    file: Annotated[Path, typer.Argument(help="New file to write, such as landingpad-2026-12-01.tar.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write everything that a server stores into one file, and read it back. The server may be running.

    The file has secrets, so only its owner can read it. It can be restored on SQLite and on PostgreSQL. Guide:
    docs/operations/backup.md.
    """
    from landingpad.operations.backup import back_up, size_text

    done = back_up(read_settings(data=data, database_url=database_url), file, _report)
    if done.manifest.missing:
        _report(
            f"warning: {done.manifest.missing:,} media files that the database names are missing; `landingpad doctor` "
            "names them"
        )
    typer.echo(f"{file}: {done.manifest.text}, {size_text(done.size)}, read back and complete")


def restore(
    file: Annotated[Path, typer.Argument(help="File that `landingpad backup` wrote.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Restore a backup into an empty data folder and, with --database-url, an empty database.

    Guide: docs/operations/backup.md.
    """
    from landingpad.operations.restore import restore as run

    settings = read_settings(data=data, database_url=database_url)
    done = run(settings, file, _report)
    typer.echo(f"{settings.data}: {done.manifest.text} of {done.about.made_at}; start `landingpad serve` on it")


def _report(line: str) -> None:
    typer.echo(line, err=True)
