"""The command line."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from landingpad import __version__
from landingpad.cli import kit, preview
from landingpad.cli.control import fault_app, state_app
from landingpad.cli.options import (
    Data,
    DatabaseUrl,
    PortalHost,
    fail,
    read_settings,
    report_unknown_variables,
    with_serve_options,
)
from landingpad.cli.site import page_app, site_app
from landingpad.cli.user import department_app, group_app, rights_app, user_app

app = typer.Typer(
    name="landingpad",
    help="A self-hosted server for the REST API of Bitrix24 Sites, with real pictures of the pages it publishes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
webhook_app = typer.Typer(help="Webhooks: addresses through which programs call the API.", no_args_is_help=True)
app.add_typer(state_app, name="state")
app.add_typer(fault_app, name="fault")
app.add_typer(webhook_app, name="webhook")
apps_app = typer.Typer(help="Applications: programs that act for users who sign in (OAuth 2.0).", no_args_is_help=True)
app.add_typer(apps_app, name="app")
form_app = typer.Typer(help="Forms: what visitors sent through published pages.", no_args_is_help=True)
app.add_typer(form_app, name="form")
app.add_typer(site_app, name="site")
app.add_typer(page_app, name="page")
app.add_typer(user_app, name="user")
app.add_typer(group_app, name="group")
app.add_typer(department_app, name="department")
app.add_typer(rights_app, name="rights")
preview.add_commands(app)
kit.add_commands(app)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except Exception as error:
        # What raised it has imported the module; --help must not wait for that.
        database = sys.modules.get("sqlalchemy.exc")
        if database is None or not isinstance(error, database.OperationalError):
            raise
        reason = " ".join(str(error.orig).split())
        print(
            f"landingpad: The database cannot be used: {reason}. Look at --database-url, or at the folder of --data; "
            "`landingpad doctor` looks at both.",
            file=sys.stderr,
        )
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False,
) -> None:
    if version:
        print(f"landingpad {__version__}")
        raise typer.Exit


@app.command(
    epilog="Each option is also an environment variable, LANDINGPAD_<NAME>. All settings: docs/reference/settings.md, "
    "or /docs/settings at a running server."
)
@with_serve_options
def serve(**given: Any) -> None:
    """Run the server. It prints one line `ready <url>` when it answers."""
    from landingpad import logs
    from landingpad.server import serve as server

    settings = read_settings(**given)
    logs.configure(settings.log_level, settings.log_format)
    report_unknown_variables()
    try:
        server.serve(settings, _announce)
    except server.CannotStartError as error:
        fail(str(error))


@webhook_app.command("create")
def webhook_create(
    user: Annotated[int, typer.Option(help="Id of the user on whose behalf calls are made.")],
    scope: Annotated[str, typer.Option(help="Scopes, separated by commas: landing,user_basic ...")],
    title: Annotated[str, typer.Option(help="What it is for.")] = "Made on the command line",
    days: Annotated[int | None, typer.Option(help="Days until it expires; without it never.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a webhook and print its address. The code in it is shown only now."""
    from landingpad.domain.people.portals import UnknownScopeError
    from landingpad.operations.doctor import UnknownUserError, create_webhook  # as above

    settings = read_settings(data=data, database_url=database_url)
    now_ms = int(time.time() * 1000)
    expires_at = None if days is None else now_ms + days * 86_400_000
    scopes = [name.strip() for name in scope.split(",") if name.strip()]
    try:
        print(create_webhook(settings, user, scopes, title=title, now_ms=now_ms, expires_at=expires_at))
    except (UnknownUserError, UnknownScopeError) as error:
        fail(str(error))


@form_app.command("list")
def form_list(
    site: Annotated[int, typer.Option(help="Id of the site.")],
    limit: Annotated[int, typer.Option(min=1, help="How many to show, the newest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Show what visitors sent through the forms of a site."""
    from landingpad.operations.doctor import UnknownSiteError, form_entries  # as above

    try:
        entries = form_entries(read_settings(data=data, database_url=database_url), site, most=limit)
    except UnknownSiteError as error:
        fail(str(error))
    for entry in entries:
        print(entry.as_json() if as_json else entry.as_text())


@form_app.command("delete")
def form_delete(
    entry: Annotated[int, typer.Argument(help="Number of the entry, as `form list` shows it.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Delete something that a visitor sent."""
    from landingpad.operations.doctor import delete_form_entry  # as above

    if not delete_form_entry(read_settings(data=data, database_url=database_url), entry):
        fail(f"There is no form entry {entry}.")


ClientId = Annotated[str, typer.Argument(help="The client_id of the application.")]


@apps_app.command("create")
def app_create(
    title: Annotated[str, typer.Option(help="What its users call it.")],
    scope: Annotated[str, typer.Option(help="Scopes, separated by commas: landing,user_basic ...")],
    redirect_uri: Annotated[
        str, typer.Option(help="Where the browser goes with the code after the sign-in; without it the handler.")
    ] = "",
    handler_url: Annotated[str, typer.Option(help="Its page, which the portal shows in a frame.")] = "",
    install_url: Annotated[
        str, typer.Option(help="Shown to an administrator first, until it calls BX24.installFinish().")
    ] = "",
    user: Annotated[list[int] | None, typer.Option(help="Only this user may use it; can be repeated.")] = None,
    install_for: Annotated[
        int | None, typer.Option(help="Post ONAPPINSTALL with tokens of this user to the redirect address.")
    ] = None,
    portal: PortalHost = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make an application. Its secret is shown only now."""
    from landingpad.operations import apps  # as above

    scopes = [name.strip() for name in scope.split(",") if name.strip()]
    try:
        made = apps.create_app(
            read_settings(data=data, database_url=database_url),
            title=title,
            scopes=scopes,
            redirect_uri=redirect_uri,
            handler_url=handler_url,
            install_url=install_url,
            user_ids=user or [],
            install_for=install_for,
            domain=portal,
            now_ms=int(time.time() * 1000),
        )
    except ValueError as error:
        fail(str(error))
    print(f"client_id      {made.app.client_id}\nclient_secret  {made.client_secret}")


@apps_app.command("list")
def app_list(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the applications: client_id, title, scopes, redirect address."""
    from landingpad.operations import apps  # as above

    try:
        for found in apps.list_apps(read_settings(data=data, database_url=database_url)):
            print(f"{found.client_id}\t{found.title}\t{found.scopes}\t{found.redirect_uri}")
    except ValueError as error:
        fail(str(error))


@apps_app.command("rotate")
def app_rotate(client_id: ClientId, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Give an application a new secret. Its tokens stop working; its users sign in again."""
    from landingpad.operations import apps  # as above

    settings = read_settings(data=data, database_url=database_url)
    try:
        print(f"client_secret  {apps.rotate_app(settings, client_id, int(time.time() * 1000))}")
    except ValueError as error:
        fail(str(error))


@apps_app.command("delete")
def app_delete(client_id: ClientId, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Remove an application with its tokens and all that it stored."""
    from landingpad.operations import apps  # as above

    try:
        apps.delete_app(read_settings(data=data, database_url=database_url), client_id, int(time.time() * 1000))
    except ValueError as error:
        fail(str(error))


@app.command("portal")
def portal_set(
    portal: PortalHost = "",
    plan: Annotated[str | None, typer.Option(help="free (no REST API), basic or enterprise (higher limits).")] = None,
    state: Annotated[str | None, typer.Option(help="active, overloaded (the API refuses) or deleted.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Show a portal; with --plan or --state, change it. A running server knows within seconds."""
    from landingpad.domain.people.portals import Plan, PortalState
    from landingpad.operations import apps  # as above

    try:
        found = apps.set_portal(
            read_settings(data=data, database_url=database_url),
            domain=portal,
            plan=Plan(plan) if plan else None,
            state=PortalState(state) if state else None,
        )
    except ValueError as error:
        fail(str(error))
    print(f"{found.domain}\t{found.title}\t{found.plan}\t{found.state}")


@app.command()
def ca(data: Data = None) -> None:
    """Print where the certificate authority of --tls auto is, and how programs come to trust it."""
    from landingpad.http.tls import ca_environment  # as above

    path = (read_settings(data=data).data / "tls" / "ca.pem").resolve()
    if not path.is_file():
        fail(f"There is no {path}: start `landingpad serve --tls auto` once.")
    print(path)
    for name, value in ca_environment(path).items():
        print(f"export {name}={value}")
    print(f"# PHP: php -d openssl.cafile={path} -d curl.cainfo={path}")


@app.command()
def mcp(
    webhook: Annotated[
        str, typer.Option(envvar="LANDINGPAD_WEBHOOK", help="Address of a webhook, for the tools that act.")
    ] = "",
) -> None:
    """Be an MCP server on standard input and output, for assistants that start a program."""
    from landingpad.mcp.stdio import serve_stdio  # as above

    serve_stdio(webhook)


@app.command()
def docs(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if a page is stale or missing.")] = False,
    export: Annotated[Path | None, typer.Option(help="Write a static site into this folder instead.")] = None,
) -> None:
    """Write the reference of this checkout anew, from the declarations; its examples are really run."""
    from landingpad import logs  # as above
    from landingpad.operations import reference  # as above

    if export is not None:
        print(f"{reference.export(export)} pages in {export / 'docs'}")
        return
    logs.configure("critical", "text")
    try:
        changed = reference.stale(Path(), reference.generated(Path())) if check else reference.write(Path())
    except (reference.NoCheckoutError, reference.BrokenExampleError) as error:
        fail(str(error))
    problems = reference.undocumented()
    for problem in problems:
        print(problem, file=sys.stderr)
    for path in changed:
        print(f"{'stale' if check else 'wrote'}: {path}")
    if problems or (check and changed):
        fail("the reference is not complete or not fresh. Explain what is named above, then run: landingpad docs")


@app.command()
def doctor(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Check that everything that the server needs is there, and say what to do where it is not."""
    from landingpad.operations.doctor import examine  # as above

    findings = examine(read_settings(data=data, database_url=database_url))
    for finding in findings:
        print(f"{'ok  ' if finding.is_good else 'FAIL'}  {finding.subject}: {finding.text}")
    if not all(finding.is_good for finding in findings):
        raise typer.Exit(1)


def _announce(line: str) -> None:
    print(line, flush=True)
