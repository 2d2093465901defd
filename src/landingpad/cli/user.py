"""`landingpad user`, `group`, `department` and `rights`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landingpad.cli.options import Data, DatabaseUrl, PortalHost, now_ms, opened_database, read_settings

if TYPE_CHECKING:
    from landingpad.operations.people import People

user_commands = typer.Typer(help="Users: list, add, change, block.", no_args_is_help=True)
group_commands = typer.Typer(help="Groups of users: list, add, change.", no_args_is_help=True)
department_commands = typer.Typer(help="Departments: list, add, change.", no_args_is_help=True)
rights_commands = typer.Typer(help="Rights: what a user may do, and why.", no_args_is_help=True)

UserId = Annotated[int, typer.Argument(help="Id of the user; `landingpad user list` shows it.")]
GroupId = Annotated[int, typer.Argument(help="Id of the group; `landingpad group list` shows it.")]
DepartmentId = Annotated[int, typer.Argument(help="Id of the department; `landingpad department list` shows it.")]


@user_commands.command("list")
def user_list(portal: PortalHost = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the users: id, login, state, department, name."""
    with _opened(portal, data, database_url) as people:
        for user in people.users():
            states = ["administrator"] * user.is_admin + ["outside"] * user.is_extranet
            states += [] if user.is_active else ["blocked"]
            department = "-" if user.department_id is None else f"D{user.department_id}"
            name = f"{user.name} {user.last_name}".strip()
            typer.echo(f"{user.id}\t{user.login}\t{','.join(states) or 'user'}\t{department}\t{name}")


@user_commands.command("add")
def user_add(
    login: Annotated[str, typer.Option(help="Login name.")],
    name: Annotated[str, typer.Option(help="First name.")],
    last_name: Annotated[str, typer.Option(help="Last name.")] = "",
    admin: Annotated[bool, typer.Option("--admin", help="Administrator: every right.")] = False,
    outside: Annotated[bool, typer.Option("--outside", help="From outside the company (extranet).")] = False,
    department: Annotated[
        int | None, typer.Option(help="Id of the department; without it that of the whole company.")
    ] = None,
    password: Annotated[bool, typer.Option("--password", help="Create a password and print it once.")] = False,
    portal: PortalHost = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Add a user and print the id. Without a password nobody can sign in as the user; webhooks work."""
    with _opened(portal, data, database_url) as people:
        made = people.add_user(
            now_ms(),
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


@user_commands.command("set")
def user_set(
    user_id: UserId,
    name: Annotated[str | None, typer.Option(help="First name.")] = None,
    last_name: Annotated[str | None, typer.Option(help="Last name.")] = None,
    admin: Annotated[bool | None, typer.Option("--admin/--no-admin", help="Administrator: every right.")] = None,
    outside: Annotated[
        bool | None, typer.Option("--outside/--no-outside", help="From outside the company (extranet).")
    ] = None,
    department: Annotated[int | None, typer.Option(help="Id of the department.")] = None,
    portal: PortalHost = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Change a user. Options that are not given change nothing."""
    with _opened(portal, data, database_url) as people:
        people.change_user(
            user_id, name=name, last_name=last_name, is_admin=admin, is_extranet=outside, department_id=department
        )


@user_commands.command("invite")
def user_invite(user_id: UserId, portal: PortalHost = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Print a link that signs a user in once within a day, also without a password. Earlier links stop working."""
    from landingpad.operations.opening import last_address
    from landingpad.web.frame.paths import SIGN_IN

    with _opened(portal, data, database_url) as people:
        code = people.invite(user_id, now_ms())
    typer.echo(f"{last_address(read_settings(data=data).data)}{SIGN_IN}{code}")


@user_commands.command("block")
def user_block(user_id: UserId, portal: PortalHost = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Block a user. Webhooks and tokens of the user stop working with the next call."""
    with _opened(portal, data, database_url) as people:
        people.change_user(user_id, is_active=False)


@user_commands.command("unblock")
def user_unblock(user_id: UserId, portal: PortalHost = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Unblock a user. Earlier webhooks and tokens work again."""
    with _opened(portal, data, database_url) as people:
        people.change_user(user_id, is_active=True)


@group_commands.command("list")
def group_list(portal: PortalHost = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the groups: access code, number of members, name."""
    with _opened(portal, data, database_url) as people:
        for group in people.groups():
            code = f"{'SG' if group.kind == 'work' else 'G'}{group.id}"
            typer.echo(f"{code}\t{group.members}\t{group.name}")


@group_commands.command("members")
def group_members(
    group_id: GroupId, portal: PortalHost = "", data: Data = None, database_url: DatabaseUrl = None
) -> None:
    """List the members of a group: id of the user, position."""
    with _opened(portal, data, database_url) as people:
        for member in people.members(group_id):
            typer.echo(f"{member.user_id}\t{member.position}")


@group_commands.command("add")
def group_add(
    name: Annotated[str, typer.Option(help="Name.")],
    work: Annotated[bool, typer.Option("--work", help="A workgroup (SG) instead of a group of users (G).")] = False,
    portal: PortalHost = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Add a group without members and print the id."""
    with _opened(portal, data, database_url) as people:
        made = people.add_group(now_ms(), name=name, kind="work" if work else "user")
    typer.echo(made)


@group_commands.command("set")
def group_set(
    group_id: GroupId,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    add: Annotated[list[int] | None, typer.Option(help="Id of a user to add; can be repeated.")] = None,
    position: Annotated[str, typer.Option(help="Position of added users: owner, moderator or member.")] = "member",
    remove: Annotated[list[int] | None, typer.Option(help="Id of a user to remove; can be repeated.")] = None,
    portal: PortalHost = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Change the name or the members of a group."""
    with _opened(portal, data, database_url) as people:
        people.change_group(group_id, name=name, joining=add or (), position=position, leaving=remove or ())


@department_commands.command("list")
def department_list(portal: PortalHost = "", data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the departments: id, parent, head, name."""
    with _opened(portal, data, database_url) as people:
        for department_id, name, parent_id, head_id in people.departments():
            typer.echo(f"{department_id}\t{parent_id or '-'}\t{head_id or '-'}\t{name}")


@department_commands.command("add")
def department_add(
    name: Annotated[str, typer.Option(help="Name.")],
    parent: Annotated[int | None, typer.Option(help="Id of the parent; without it that of the whole company.")] = None,
    portal: PortalHost = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Add a department and print the id."""
    with _opened(portal, data, database_url) as people:
        made = people.add_department(name=name, parent_id=parent)
    typer.echo(made)


@department_commands.command("set")
def department_set(
    department_id: DepartmentId,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    parent: Annotated[int | None, typer.Option(help="Id of the parent.")] = None,
    head: Annotated[int | None, typer.Option(help="Id of the user who is the head.")] = None,
    portal: PortalHost = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Change a department. Options that are not given change nothing."""
    with _opened(portal, data, database_url) as people:
        people.change_department(department_id, name=name, parent_id=parent, head_id=head)


@rights_commands.command("explain")
def rights_explain(
    user: Annotated[int, typer.Option(help="Id of the user.")],
    site: Annotated[int, typer.Option(help="Id of the site.")],
    portal: PortalHost = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Show what a user may do with a site, and why."""
    with _opened(portal, data, database_url) as people:
        found = people.explain(user, site)
    typer.echo(f"user          {found.user}\nsite          {found.site}\nmodel         {found.model}")
    typer.echo(f"access codes  {' '.join(found.codes)}")
    for rule in found.rules:
        typer.echo(f"rule          {rule}")
    for reason in found.reasons:
        typer.echo(f"{reason.right:<13} {'yes' if reason.allowed else 'no ':<4} {reason.text}")


@contextmanager
def _opened(portal: str, data: Path | None, database_url: str | None) -> "Iterator[People]":
    """Open the people of a portal."""
    with opened_database(data, database_url) as db:
        from landingpad.operations.people import People

        yield People(db, portal)
