"""`landingpad site` and `landingpad page`: sites on the command line."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landingpad.settings import SettingError, Settings

if TYPE_CHECKING:
    from landingpad.server.parts import Parts

site_app = typer.Typer(help="Sites: list, export, import, publish.", no_args_is_help=True)
page_app = typer.Typer(help="Pages: what was published, and going back to it.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the database, pictures and portal.json.")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="postgresql://user@host/name; without it SQLite in the folder.")
]
SiteId = Annotated[int, typer.Argument(help="Id of the site; `landingpad site list` shows it.")]
PageId = Annotated[int, typer.Argument(help="Id of the page.")]
_REPORT_EVERY = 0.5  # seconds


@site_app.command("list")
def site_list(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the sites: id, state, address, title."""
    with _opened(data, database_url) as parts:
        from landingpad.operations.sites import list_sites  # noqa: PLC0415  # --help must not wait for it

        for site_id, title, state, address in list_sites(parts):
            typer.echo(f"{site_id}\t{state}\t{address}\t{title}")


@site_app.command("create")
def site_create(
    template: Annotated[
        str,
        typer.Option(help="agency, event, handbook, product, restaurant, shop, or CODE@CODE of a registered one."),
    ],
    title: Annotated[str, typer.Option(help="Title of the site; without it that of the template.")] = "",
    code: Annotated[str, typer.Option(help="Code of the site, which its address is made of.")] = "",
    site_type: Annotated[str, typer.Option("--type", help="PAGE, STORE or KNOWLEDGE.")] = "PAGE",
    draft: Annotated[bool, typer.Option("--draft", help="Do not publish it yet.")] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a site of a template and publish it."""
    with _opened(data, database_url) as parts:
        from landingpad.operations.sites import create_site  # noqa: PLC0415  # as above

        made = create_site(parts, template, title=title, code=code, site_type=site_type.upper(), publish=not draft)
    typer.echo(f"made site {made.site_id} {made.address}")


@site_app.command("export")
def site_export(
    site_id: SiteId,
    file: Annotated[Path, typer.Argument(help="File to write, such as shop.zip.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write a site with everything that it is made of to one file."""
    with _opened(data, database_url) as parts:
        from landingpad.operations.sites import export_site  # noqa: PLC0415  # as above

        count = export_site(parts, site_id, file, _progress("page"))
    typer.echo(f"exported {count} pages to {file}")


@site_app.command("import")
def site_import(
    file: Annotated[Path, typer.Argument(help="File that `landingpad site export` wrote.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a site of a file that was exported, here or on another server."""
    with _opened(data, database_url) as parts:
        from landingpad.operations.sites import import_site  # noqa: PLC0415  # as above

        made = import_site(parts, file, _progress("page"))
    typer.echo(f"imported site {made.site_id} {made.address}")


@site_app.command("static")
def site_static(
    site_id: SiteId,
    file: Annotated[Path, typer.Argument(help="File to write, such as shop-static.zip.")],
    address: Annotated[
        str, typer.Option(help="Where the files will be, such as https://www.example.com; without it the present host.")
    ] = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write the published site as plain files that any web server can serve."""
    with _opened(data, database_url) as parts:
        from landingpad.operations.sites import static_site  # noqa: PLC0415  # as above

        count = asyncio.run(static_site(parts, site_id, file, _progress("page"), address=address))
    typer.echo(f"wrote {count} files to {file}")


@site_app.command("publish")
def site_publish(site_id: SiteId, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Publish the drafts of all pages of a site, also of those that never were published."""
    with _opened(data, database_url) as parts:
        from landingpad.operations.sites import publish_all  # noqa: PLC0415  # as above

        count = publish_all(parts, site_id, _progress("page"))
    typer.echo(f"published {count} pages")


@page_app.command("history")
def page_history(page_id: PageId, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List what was published of a page: number, time (UTC) and a mark of the content, the newest first."""
    with _opened(data, database_url) as parts:
        from landingpad.operations.sites import publications  # noqa: PLC0415  # as above

        for entry in publications(parts, page_id):
            moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(entry.created_at / 1000))
            typer.echo(f"{entry.publication}\t{moment}\t{entry.content_hash[:12]}")


@page_app.command("undo")
def page_undo(
    page_id: PageId,
    to: Annotated[int | None, typer.Option(help="Number of the publication; without it the one before.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Show visitors an earlier publication of a page again. The draft stays as it is."""
    with _opened(data, database_url) as parts:
        from landingpad.operations.sites import undo_publication  # noqa: PLC0415  # as above

        number = undo_publication(parts, page_id, to)
    typer.echo(f"page {page_id} shows publication {number} again")


@contextmanager
def _opened(data: Path | None, database_url: str | None) -> "Iterator[Parts]":
    """Open the data, and tell a person what went wrong in one line."""
    from landingpad import logs  # noqa: PLC0415  # as above
    from landingpad.operations import sites  # noqa: PLC0415  # as above

    given: dict[str, Any] = {"data": data, "database_url": database_url}
    try:
        settings = Settings.from_env(**{name: value for name, value in given.items() if value is not None})
        logs.configure(settings.log_level, settings.log_format)
        with sites.opened(settings) as parts:
            yield parts
    except (*sites.PROBLEMS, SettingError, OSError) as error:
        typer.echo(f"landingpad: {error}", err=True)
        raise typer.Exit(1) from error


def _progress(what: str) -> Callable[[int, int], None]:
    """Return what tells a person how far long work has come; a terminal shows it in one line."""
    last = 0.0

    def tell(done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if sys.stderr.isatty() and (done == of or now - last > _REPORT_EVERY):
            last = now
            sys.stderr.write(f"\r{what} {done} of {of}" + ("\n" if done == of else ""))
            sys.stderr.flush()

    return tell
