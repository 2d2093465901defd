"""`landingpad preview` and `landingpad worker`: pictures of pages on the command line."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from landingpad.settings import SettingError, Settings

if TYPE_CHECKING:
    from landingpad.server.parts import Parts

preview_app = typer.Typer(help="Pictures of pages: how they stand, taking them anew, comparing.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the database, pictures and portal.json.")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="postgresql://user@host/name; without it SQLite in the folder.")
]
SiteId = Annotated[int, typer.Argument(help="Id of the site; `landingpad site list` shows it.")]
QUEUES = ("preview",)
"""What workers in processes of their own do."""
_PATIENCE = 15.0
"""Seconds without a picture after which somebody should know why."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(preview_app, name="preview")
    app.command("worker")(worker)


def worker(
    queues: Annotated[str, typer.Option(help="What it does: preview, the only work for workers.")] = "preview",
    slots: Annotated[int | None, typer.Option(min=1, help="Pictures taken at the same time.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    public_url: Annotated[str | None, typer.Option(help="Address of the portal as its users see it.")] = None,
) -> None:
    """Take pictures in a process of its own, on the database and the media folder of a server.

    As many workers as you like share the work, on one machine or on several. A server started with
    LANDINGPAD_PREVIEW_SLOTS=0 takes none itself.
    """
    unknown = [name for name in queues.split(",") if name.strip() not in QUEUES]
    if unknown:
        _fail(f"There is no queue {', '.join(unknown)} for workers; known are {', '.join(QUEUES)}.")
    with _opened(data, database_url, preview_slots=slots, public_url=public_url) as parts:
        from landingpad.operations.previews import OldDatabaseError, run_worker  # noqa: PLC0415  # --help must not wait

        try:
            run_worker(parts, _announce)
        except OldDatabaseError as error:
            _fail(str(error))


@preview_app.command("status")
def status(
    site_id: SiteId,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Show how fresh the pictures of a site are: fresh, stale, pending or failed; none where a page is not public."""
    with _opened(data, database_url) as parts:
        from landingpad.operations.previews import page_statuses  # noqa: PLC0415  # as above

        for page in page_statuses(parts, site_id):
            found = page.status
            if as_json:
                told = {
                    "page_id": page.page_id,
                    "address": page.address,
                    "freshness": found.freshness.value,
                    "reason": found.reason,
                    "media_key": found.media_key,
                    "wanted_at": found.wanted_at,
                    "finished_at": found.finished_at,
                }
                typer.echo(json.dumps(told))
            else:
                reason = f"\t{found.reason}" if found.reason else ""
                typer.echo(f"{page.page_id}\t{found.freshness.value}\t{page.address}{reason}")


@preview_app.command("regenerate")
def regenerate(
    site_id: Annotated[int | None, typer.Argument(help="Id of the site; without it say --all.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those of all sites of all portals.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until they are taken.")] = True,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Have the pictures of public pages taken anew; visitors see the earlier ones until then."""
    if (site_id is None) == (not everything):
        _fail("Name a site, or say --all.")
    with _opened(data, database_url) as parts:
        from landingpad.operations import previews  # noqa: PLC0415  # as above

        ordered = previews.regenerate(parts, site_id)
        if not wait:
            typer.echo(f"{len(ordered)} pictures are expected")
            return
        began, failed = time.monotonic(), 0
        with _bar(len(ordered)) as advance:

            def tell(done: int, of_them_failed: int) -> None:
                nonlocal failed
                failed = of_them_failed
                advance(done)

            previews.wait_for(parts, ordered, tell)
    seconds = time.monotonic() - began
    rate = f", {len(ordered) / seconds:.1f} a second" if ordered and seconds else ""
    typer.echo(f"{len(ordered) - failed} pictures were taken{rate}" + (f"; {failed} could not be" if failed else ""))
    if failed:
        raise typer.Exit(1)


@preview_app.command("draft")
def draft(
    site_id: SiteId,
    page: Annotated[int | None, typer.Option(help="Id of a page; without it the index page.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    public_url: Annotated[str | None, typer.Option(help="Address of the portal as its users see it.")] = None,
) -> None:
    """Print where the draft of a page, and a picture of it, can be seen for an hour by whoever has these addresses."""
    with _opened(data, database_url, public_url=public_url) as parts:
        from landingpad.operations import previews  # noqa: PLC0415  # as above

        found = previews.draft_addresses(parts, site_id, page)
    typer.echo(f"page\t{found.page}\npicture\t{found.picture}")


@preview_app.command("diff")
def diff(
    site_id: SiteId,
    page: Annotated[int | None, typer.Option(help="Id of a page; without it the index page.")] = None,
    before: Annotated[int | None, typer.Option("--from", help="Number of a publication; else the one before.")] = None,
    after: Annotated[int | None, typer.Option("--to", help="Number of a publication; else the newest.")] = None,
    out: Annotated[Path | None, typer.Option(help="PNG file to write, with what has changed marked.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Compare the pictures of two publications of a page: how much has changed, and where."""
    with _opened(data, database_url) as parts:
        from landingpad.operations import previews  # noqa: PLC0415  # as above

        try:
            earlier, later, found = previews.difference(parts, site_id, page, before, after)
        except previews.NothingToCompareError as error:
            _fail(str(error))
    typer.echo(f"publication {earlier.publication} -> {later.publication}")
    typer.echo(f"{found.changed} of {found.total} pixels changed ({found.share:.2%})")
    if found.box is not None:
        left, top, right, bottom = found.box
        typer.echo(f"within {right - left} x {bottom - top} pixels at {left}, {top}")
    if out is not None:
        out.write_bytes(found.picture)
        typer.echo(f"wrote {out}")


@contextmanager
def _opened(data: Path | None, database_url: str | None, **more: Any) -> "Iterator[Parts]":
    """Open the data, and tell a person what went wrong in one line."""
    from landingpad import logs  # noqa: PLC0415  # as above
    from landingpad.operations import previews, sites  # noqa: PLC0415  # as above

    given: dict[str, Any] = {"data": data, "database_url": database_url, **more}
    try:
        settings = Settings.from_env(**{name: value for name, value in given.items() if value is not None})
        logs.configure(settings.log_level, settings.log_format)
        with sites.opened(settings) as parts:
            yield parts
    except (SettingError, sites.UnknownSiteError, previews.UnknownSiteError) as error:
        _fail(str(error))


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar with the rate on a terminal, and say so when nothing moves."""
    from rich.console import Console  # noqa: PLC0415  # as above
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    console = Console(stderr=True)
    last, moved, has_told = 0, time.monotonic(), False
    with Progress(
        TextColumn("pictures"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as progress:
        task, began = progress.add_task("pictures", total=total, rate=""), time.monotonic()

        def advance(done: int) -> None:
            nonlocal last, moved, has_told
            now = time.monotonic()
            if done != last:
                last, moved = done, now
            elif now - moved > _PATIENCE and not has_told:
                has_told = True
                console.print("No picture for a while: does a server or `landingpad worker` run on this data?")
            progress.update(task, completed=done, rate=f"{done / max(now - began, 0.001):.1f}/s")

        yield advance


def _announce(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


def _fail(text: str) -> NoReturn:
    typer.echo(f"landingpad: {text}", err=True)
    raise typer.Exit(1)
