"""`landingpad user`, `group`, `department` and `rights`: people on the command line, and what they may do."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landingpad.settings import SettingError, Settings

if TYPE_CHECKING:
    from landingpad.operations.people import Office

user_app = typer.Typer(help="Users: list, add, change, block.", no_args_is_help=True)
group_app = typer.Typer(help="Groups of users: list, add, change.", no_args_is_help=True)
department_app = typer.Typer(help="Departments of the company: list, add, change.", no_args_is_help=True)
rights_app = typer.Typer(help="Rights: why a user may or may not do something.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the database, pictures and portal.json.")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="postgresql://user@host/name; without it SQLite in the folder.")
]
Portal = Annotated[str, typer.Option("--portal", help="Host name of the portal, if there is more than one.")]
UserId = Annotated[int, typer.Argument(help="Id of the user; `landingpad user list` shows it.")]
GroupId = Annotated[int, typer.Argument(help="Id of the group; `landingpad group list` shows it.")]
DepartmentId = Annotated[int, typer.Argument(help="Id of the department; `landingpad department list` shows it.")]


@user_app.command("list")
def user_list(portal: Portal = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the users: id, login, state, department, name."""
    with _opened(portal, data, database_url) as office:
        for user in office.users():
            states = ["administrator"] * user.is_admin + ["outside"] * user.is_extranet
            states += [] if user.is_active else ["blocked"]
            department = "-" if user.department_id is None else f"D{user.department_id}"
            name = f"{user.name} {user.last_name}".strip()
            typer.echo(f"{user.id}\t{user.login}\t{','.join(states) or 'user'}\t{department}\t{name}")


@user_app.command("add")
def user_add(
    login: Annotated[str, typer.Option(help="Name for signing in.")],
    name: Annotated[str, typer.Option(help="First name.")],
    last_name: Annotated[str, typer.Option(help="Last name.")] = "",
    admin: Annotated[bool, typer.Option("--admin", help="May do everything.")] = False,
    outside: Annotated[bool, typer.Option("--outside", help="From outside the company (extranet).")] = False,
    department: Annotated[int | None, typer.Option(help="Id of the department; without it the whole company.")] = None,
    password: Annotated[bool, typer.Option("--password", help="Make a password and show it once.")] = False,
    portal: Portal = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a user and print the id. Without a password nobody can sign in; webhooks work all the same."""
    with _opened(portal, data, database_url) as office:
        made = office.add_user(
            _now_ms(),
            with_password=password,
            login=login,
            name=name,
            last_name=last_name,
            is_admin=admin,
            is_extranet=outside,
            department_id=department,
        )
    typer.echo(made.id)
    if made.password is not None:
        typer.echo(f"password {made.password}")


@user_app.command("set")
def user_set(
    user_id: UserId,
    name: Annotated[str | None, typer.Option(help="First name.")] = None,
    last_name: Annotated[str | None, typer.Option(help="Last name.")] = None,
    admin: Annotated[bool | None, typer.Option("--admin/--no-admin", help="May do everything.")] = None,
    outside: Annotated[bool | None, typer.Option("--outside/--no-outside", help="From outside the company.")] = None,
    department: Annotated[int | None, typer.Option(help="Id of the department.")] = None,
    portal: Portal = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Change a user. What is not given stays as it was."""
    with _opened(portal, data, database_url) as office:
        office.change_user(
            user_id, name=name, last_name=last_name, is_admin=admin, is_extranet=outside, department_id=department
        )


@user_app.command("block")
def user_block(user_id: UserId, portal: Portal = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Block a user: webhooks and tokens that act for the user stop with the next call."""
    with _opened(portal, data, database_url) as office:
        office.change_user(user_id, is_active=False)


@user_app.command("unblock")
def user_unblock(user_id: UserId, portal: Portal = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Let a blocked user in again, with the webhooks and tokens of before."""
    with _opened(portal, data, database_url) as office:
        office.change_user(user_id, is_active=True)


@group_app.command("list")
def group_list(portal: Portal = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the groups: access code, number of members, name."""
    with _opened(portal, data, database_url) as office:
        for group in office.groups():
            code = f"{'SG' if group.kind == 'work' else 'G'}{group.id}"
            typer.echo(f"{code}\t{group.members}\t{group.name}")


@group_app.command("members")
def group_members(group_id: GroupId, portal: Portal = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the members of a group: id of the user, position."""
    with _opened(portal, data, database_url) as office:
        for member in office.members(group_id):
            typer.echo(f"{member.user_id}\t{member.position}")


@group_app.command("add")
def group_add(
    name: Annotated[str, typer.Option(help="What it is called.")],
    work: Annotated[bool, typer.Option("--work", help="A workgroup (SG) instead of a group of users (G).")] = False,
    portal: Portal = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a group without members and print the id."""
    with _opened(portal, data, database_url) as office:
        made = office.add_group(_now_ms(), name=name, kind="work" if work else "user")
    typer.echo(made)


@group_app.command("set")
def group_set(
    group_id: GroupId,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    add: Annotated[list[int] | None, typer.Option(help="User to put into it; can be repeated.")] = None,
    position: Annotated[str, typer.Option(help="Of those put into it: owner, moderator or member.")] = "member",
    remove: Annotated[list[int] | None, typer.Option(help="User to take out of it; can be repeated.")] = None,
    portal: Portal = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Change a group and who is in it."""
    with _opened(portal, data, database_url) as office:
        office.change_group(group_id, name=name, joining=add or (), position=position, leaving=remove or ())


@department_app.command("list")
def department_list(portal: Portal = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the departments: id, the one above it, head, name."""
    with _opened(portal, data, database_url) as office:
        for department_id, name, parent_id, head_id in office.departments():
            typer.echo(f"{department_id}\t{parent_id or '-'}\t{head_id or '-'}\t{name}")


@department_app.command("add")
def department_add(
    name: Annotated[str, typer.Option(help="What it is called.")],
    parent: Annotated[int | None, typer.Option(help="Id of the one above it; without it the whole company.")] = None,
    portal: Portal = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a department and print the id."""
    with _opened(portal, data, database_url) as office:
        made = office.add_department(name=name, parent_id=parent)
    typer.echo(made)


@department_app.command("set")
def department_set(
    department_id: DepartmentId,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    parent: Annotated[int | None, typer.Option(help="Id of the one above it.")] = None,
    head: Annotated[int | None, typer.Option(help="Id of the user who leads it.")] = None,
    portal: Portal = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Change a department. What is not given stays as it was."""
    with _opened(portal, data, database_url) as office:
        office.change_department(department_id, name=name, parent_id=parent, head_id=head)


@rights_app.command("explain")
def rights_explain(
    user: Annotated[int, typer.Option(help="Id of the user.")],
    site: Annotated[int, typer.Option(help="Id of the site.")],
    portal: Portal = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Say what a user may do with a site, and why."""
    with _opened(portal, data, database_url) as office:
        found = office.explain(user, site)
    typer.echo(f"user          {found.user}\nsite          {found.site}\nmodel         {found.model}")
    typer.echo(f"access codes  {' '.join(found.codes)}")
    for rule in found.rules:
        typer.echo(f"rule          {rule}")
    for reason in found.reasons:
        typer.echo(f"{reason.right:<13} {'yes' if reason.allowed else 'no ':<4} {reason.text}")


@contextmanager
def _opened(portal: str, data: Path | None, database_url: str | None) -> "Iterator[Office]":
    """Open the people of a portal, and tell a person what went wrong in one line."""
    from landingpad.operations import people  # noqa: PLC0415  # --help must not wait for a database driver

    given: dict[str, Any] = {"data": data, "database_url": database_url}
    try:
        settings = Settings.from_env(**{name: value for name, value in given.items() if value is not None})
        with people.opened(settings, portal) as office:
            yield office
    except (SettingError, people.PeopleError) as error:
        typer.echo(f"landingpad: {error}", err=True)
        raise typer.Exit(1) from error


def _now_ms() -> int:
    return int(time.time() * 1000)
