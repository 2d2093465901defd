"""`landingpad portal`."""

from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from landingpad.cli.options import Data, DatabaseUrl, PortalHost, fail, opened_database

Choice = TypeVar("Choice", bound=StrEnum)


def show_or_change(
    portal: PortalHost = "",
    plan: Annotated[str | None, typer.Option(help="free (no REST API), basic or enterprise (higher limits).")] = None,
    state: Annotated[str | None, typer.Option(help="active, overloaded (the API refuses) or deleted.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Show a portal; with --plan or --state, change it. A running server follows within seconds."""
    with opened_database(data, database_url) as db:
        from landingpad.domain.people.portals import Plan, PortalState
        from landingpad.operations.portals import change_portal

        found = change_portal(
            db, portal, plan=_one_of(Plan, "--plan", plan), state=_one_of(PortalState, "--state", state)
        )
    typer.echo(f"{found.domain}\t{found.title}\t{found.plan}\t{found.state}")


def _one_of(kind: type[Choice], option: str, value: str | None) -> Choice | None:
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        fail(f"{option} {value} is not one of {', '.join(kind)}.")
