"""`landingpad site`."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from landingpad.cli.options import Data, DatabaseUrl, SiteId, opened_parts

site_commands = typer.Typer(help="Sites: list, create, export, import, publish.", no_args_is_help=True)
_REPORT_EVERY = 0.5  # seconds


@site_commands.command("list")
def list_sites(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the sites: id, state, address, title."""
    with opened_parts(data, database_url) as parts:
        from landingpad.operations import sites

        for site in sites.list_sites(parts):
            typer.echo(f"{site.id}\t{site.state}\t{site.address}\t{site.title}")


@site_commands.command("create")
def create(
    template: Annotated[
        str,
        typer.Option(help="agency, event, handbook, product, restaurant, shop, or CODE@CODE of a registered one."),
    ],
    title: Annotated[str, typer.Option(help="Title of the site; without it that of the template.")] = "",
    code: Annotated[str, typer.Option(help="Code of the site, which becomes part of its address.")] = "",
    site_type: Annotated[str, typer.Option("--type", help="PAGE, STORE or KNOWLEDGE.")] = "PAGE",
    draft: Annotated[bool, typer.Option("--draft", help="Do not publish it yet.")] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Create a site from a template and publish it."""
    with opened_parts(data, database_url) as parts:
        from landingpad.operations.sites import create_site

        made = create_site(parts, template, title=title, code=code, site_type=site_type.upper(), publish=not draft)
    typer.echo(f"made site {made.id} {made.address}")


@site_commands.command("export")
def export(
    site_id: SiteId,
    file: Annotated[Path, typer.Argument(help="File to write, such as shop.zip.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write a site with its pages, settings and media to one file."""
    with opened_parts(data, database_url) as parts:
        from landingpad.operations.site_files import export_site

        count = export_site(parts, site_id, file, _progress("page"))
    typer.echo(f"exported {count} pages to {file}")


@site_commands.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="File that `landingpad site export` wrote.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Create a site from an exported file, of this server or of another one."""
    with opened_parts(data, database_url) as parts:
        from landingpad.operations.site_files import import_site

        made = import_site(parts, file, _progress("page"))
    typer.echo(f"imported site {made.id} {made.address}")


@site_commands.command("static")
def static(
    site_id: SiteId,
    file: Annotated[Path, typer.Argument(help="File to write, such as shop-static.zip.")],
    address: Annotated[
        str,
        typer.Option(help="Future address of the files, such as https://www.example.com; without it the present one."),
    ] = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write the published site as plain files that any web server can serve."""
    import asyncio

    with opened_parts(data, database_url) as parts:
        from landingpad.operations.site_files import static_site

        count = asyncio.run(static_site(parts, site_id, file, _progress("page"), address=address))
    typer.echo(f"wrote {count} files to {file}")


@site_commands.command("publish")
def publish(site_id: SiteId, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Publish the drafts of all pages of a site, also of pages never published."""
    with opened_parts(data, database_url) as parts:
        from landingpad.operations.sites import publish_all

        count = publish_all(parts, site_id, _progress("page"))
    typer.echo(f"published {count} pages")


def _progress(what: str) -> Callable[[int, int], None]:
    """Return a function that shows progress in one line of a terminal, and nothing elsewhere."""
    last = 0.0

    def show(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if sys.stderr.isatty() and (done == total or now - last > _REPORT_EVERY):
            last = now
            sys.stderr.write(f"\r{what} {done} of {total}" + ("\n" if done == total else ""))
            sys.stderr.flush()

    return show
