"""`landingpad preview`."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from landingpad.cli.options import AsJson, Data, DatabaseUrl, PublicUrl, SiteId, fail, opened_parts, write_file

preview_commands = typer.Typer(help="Pictures of pages: their state, new ones, comparisons.", no_args_is_help=True)
_PATIENCE = 15.0
"""Seconds without a picture after which the person waiting gets a hint."""


@preview_commands.command("status")
def status(
    site_id: SiteId,
    as_json: AsJson = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """List the pages of a site with the state of their pictures: fresh, stale, pending, failed or none."""
    with opened_parts(data, database_url) as parts:
        from landingpad.operations.previews import page_statuses

        for page in page_statuses(parts, site_id):
            found = page.status
            if as_json:
                values = {
                    "page_id": page.page_id,
                    "address": page.address,
                    "freshness": found.freshness.value,
                    "reason": found.reason,
                    "media_key": found.media_key,
                    "wanted_at": found.wanted_at,
                    "finished_at": found.finished_at,
                }
                typer.echo(json.dumps(values))
            else:
                reason = f"\t{found.reason}" if found.reason else ""
                typer.echo(f"{page.page_id}\t{found.freshness.value}\t{page.address}{reason}")


@preview_commands.command("regenerate")
def regenerate(
    site_id: Annotated[int | None, typer.Argument(help="Id of the site; `landingpad site list` shows it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Take those of all sites of all portals.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until all are taken.")] = True,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Take new pictures of public pages; visitors see the present ones until then."""
    if (site_id is None) == (not everything):
        fail("Give the id of one site, or --all.")
    with opened_parts(data, database_url) as parts:
        from landingpad.operations import previews

        ordered = previews.regenerate(parts, site_id)
        if not wait:
            typer.echo(f"{len(ordered)} pictures are expected")
            return
        began, failed = time.monotonic(), 0
        with _bar(len(ordered)) as advance:

            def tell(done: int, now_failed: int) -> None:
                nonlocal failed
                failed = now_failed
                advance(done)

            previews.wait_for(parts, ordered, tell)
    seconds = time.monotonic() - began
    rate = f", {len(ordered) / seconds:.1f} a second" if ordered and seconds else ""
    typer.echo(f"{len(ordered) - failed} pictures were taken{rate}" + (f"; {failed} could not be" if failed else ""))
    if failed:
        raise typer.Exit(1)


@preview_commands.command("draft")
def draft(
    site_id: SiteId,
    page: Annotated[int | None, typer.Option(help="Id of a page; without it the index page.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    public_url: PublicUrl = None,
) -> None:
    """Print addresses of the draft of a page and of its picture. They work for an hour, without a sign-in."""
    with opened_parts(data, database_url, public_url=public_url) as parts:
        from landingpad.operations import previews

        found = previews.draft_addresses(parts, site_id, page)
    typer.echo(f"page\t{found.page}\npicture\t{found.picture}")


@preview_commands.command("diff")
def diff(
    site_id: SiteId,
    page: Annotated[int | None, typer.Option(help="Id of a page; without it the index page.")] = None,
    before: Annotated[
        int | None, typer.Option("--from", help="Number of the earlier publication; without it the previous one.")
    ] = None,
    after: Annotated[
        int | None, typer.Option("--to", help="Number of the later publication; without it the newest.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="PNG file to write, with the changes marked.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Compare the pictures of two publications of a page: how much changed, and where."""
    with opened_parts(data, database_url) as parts:
        from landingpad.operations import previews

        earlier, later, found = previews.difference(parts, site_id, page, before, after)
    typer.echo(f"publication {earlier.publication} -> {later.publication}")
    typer.echo(f"{found.changed} of {found.total} pixels changed ({found.share:.2%})")
    if found.box is not None:
        left, top, right, bottom = found.box
        typer.echo(f"within {right - left} x {bottom - top} pixels at {left}, {top}")
    if out is not None:
        write_file(out, found.picture)
        typer.echo(f"wrote {out}")


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar with the rate on a terminal, and a hint when nothing moves."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    last, moved, has_hinted = 0, time.monotonic(), False
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
            nonlocal last, moved, has_hinted
            now = time.monotonic()
            if done != last:
                last, moved = done, now
            elif now - moved > _PATIENCE and not has_hinted:
                has_hinted = True
                console.print("No picture for a while. Is a server or `landingpad worker` running on this data?")
            progress.update(task, completed=done, rate=f"{done / max(now - began, 0.001):.1f}/s")

        yield advance
