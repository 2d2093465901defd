"""`landingpad app`."""

from typing import Annotated

import typer

from landingpad.cli.options import Data, DatabaseUrl, PortalHost, names_in, now_ms, opened_database

app_commands = typer.Typer(
    help="Applications: programs that act for users who sign in (OAuth 2.0).", no_args_is_help=True
)
ClientId = Annotated[str, typer.Argument(help="The client_id of the application; `landingpad app list` shows it.")]


@app_commands.command("create")
def create(
    title: Annotated[str, typer.Option(help="Name that users see.")],
    scope: Annotated[str, typer.Option(help="Scopes, separated by commas: landing,user_basic ...")],
    redirect_uri: Annotated[
        str, typer.Option(help="Where the browser goes with the code after the sign-in; without it, --handler-url.")
    ] = "",
    handler_url: Annotated[str, typer.Option(help="Its page, which the portal shows in a frame.")] = "",
    install_url: Annotated[
        str, typer.Option(help="Page shown to an administrator until it calls BX24.installFinish().")
    ] = "",
    user: Annotated[list[int] | None, typer.Option(help="Allow only this user; can be repeated.")] = None,
    install_for: Annotated[
        int | None, typer.Option(help="Post ONAPPINSTALL with tokens of this user to the redirect address.")
    ] = None,
    portal: PortalHost = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Create an application. Its secret cannot be shown again."""
    with opened_database(data, database_url) as db:
        from landingpad.operations.apps import create_app

        made = create_app(
            db,
            title=title,
            scopes=names_in(scope),
            redirect_uri=redirect_uri,
            handler_url=handler_url,
            install_url=install_url,
            user_ids=user or (),
            install_for=install_for,
            portal_host=portal,
            now_ms=now_ms(),
        )
    typer.echo(f"client_id      {made.app.client_id}\nclient_secret  {made.client_secret}")


@app_commands.command("list")
def list_apps(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the applications: client_id, title, scopes, redirect address."""
    with opened_database(data, database_url) as db:
        from landingpad.operations import apps

        for found in apps.list_apps(db):
            typer.echo(f"{found.client_id}\t{found.title}\t{found.scopes}\t{found.redirect_uri}")


@app_commands.command("rotate")
def rotate(client_id: ClientId, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Give an application a new secret. Its tokens stop working; its users sign in again."""
    with opened_database(data, database_url) as db:
        from landingpad.operations.apps import rotate_secret

        typer.echo(f"client_secret  {rotate_secret(db, client_id, now_ms())}")


@app_commands.command("delete")
def delete(client_id: ClientId, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Delete an application with its tokens and all that it stored."""
    with opened_database(data, database_url) as db:
        from landingpad.operations.apps import delete_app

        delete_app(db, client_id, now_ms())
