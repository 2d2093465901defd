"""`landingpad state` and `landingpad fault`: orders to the control plane of a running server."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from landingpad.cli.options import Data, fail, read_settings, write_file

state_commands = typer.Typer(
    help="State of a running developer server: reset, save, restore, export, clock.", no_args_is_help=True
)
fault_commands = typer.Typer(
    help="Faults of a running developer server: errors, delays and broken answers on demand.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="Name of the snapshot: lower-case letters, digits, - and _.")]


@state_commands.command("reset")
def reset(data: Data = None) -> None:
    """Restore the state in which the server became ready, remove faults and reset the clock."""
    typer.echo(f"reset in {_order(data, 'POST', 'reset')['ms']:.1f} ms")


@state_commands.command("list")
def list_snapshots(data: Data = None) -> None:
    """List the snapshots; `start` is the state in which the server became ready."""
    for name in _order(data, "GET", "snapshots"):
        typer.echo(name)


@state_commands.command("save")
def save(name: Name, data: Data = None) -> None:
    """Save the present state as a snapshot."""
    _order(data, "POST", f"snapshots/{name}")


@state_commands.command("restore")
def restore(name: Name, data: Data = None) -> None:
    """Restore a snapshot."""
    _order(data, "PUT", f"snapshots/{name}/restore")


@state_commands.command("delete")
def delete(name: Name, data: Data = None) -> None:
    """Delete a snapshot."""
    _order(data, "DELETE", f"snapshots/{name}")


@state_commands.command("export")
def export_state(
    file: Annotated[Path, typer.Argument(help="File to write, such as state.zip.")], data: Data = None
) -> None:
    """Write the whole state to a file, for another server of this release, on SQLite or PostgreSQL."""
    write_file(file, _send(data, "GET", "state", None))


@state_commands.command("import")
def import_state(
    file: Annotated[Path, typer.Argument(help="File that `landingpad state export` wrote.")], data: Data = None
) -> None:
    """Replace the present state by that of a file."""
    try:
        content = file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.")
    _send(data, "PUT", "state", content)


@state_commands.command("seed")
def seed(
    value: Annotated[str, typer.Argument(help="Any text; an empty one makes them random again.")], data: Data = None
) -> None:
    """Derive codes and tokens from a seed, so that the same calls give the same answers."""
    _order(data, "POST", "seed", value=value)


@state_commands.command("clock")
def clock(
    now: Annotated[
        str | None, typer.Option("--set", help="Time to set: 2026-03-26T14:00:00+01:00, or seconds since 1970.")
    ] = None,
    freeze: Annotated[
        bool | None, typer.Option("--freeze/--go-on", help="Stop the clock, or let it run again.")
    ] = None,
    advance: Annotated[float, typer.Option(help="Seconds to move it forward.")] = 0.0,
    reset: Annotated[bool, typer.Option("--reset", help="First go back to the time of the machine.")] = False,
    data: Data = None,
) -> None:
    """Show the clock of the server, or set, stop, move or reset it."""
    if now is None and freeze is None and not advance and not reset:
        shown = _order(data, "GET", "clock")
    else:
        shown = _order(data, "PUT", "clock", now=now, freeze=freeze, advance=advance, reset=reset)
    typer.echo(f"{shown['iso']}{' (stopped)' if shown['frozen'] else ''}")


@fault_commands.command("add")
def add(
    method: Annotated[str, typer.Argument(help="Method or pattern: landing.site.getPreview, landing.site.*, *")],
    error: Annotated[
        str, typer.Option(help="Error code to answer with; `landingpad fault list --codes` lists them.")
    ] = "",
    answer: Annotated[
        str | None, typer.Option(help="Break the answer: reset, half, html_503, wrong_type, not_json, empty; moved.")
    ] = None,
    slow: Annotated[int, typer.Option(help="Delay in milliseconds.")] = 0,
    times: Annotated[int | None, typer.Option(help="Number of calls; without it all.")] = None,
    after: Annotated[int, typer.Option(help="Number of calls that succeed first.")] = 0,
    probability: Annotated[float, typer.Option(help="Share of calls, 0 to 1.")] = 1.0,
    caller: Annotated[str, typer.Option(help="Only calls of webhook:1 or app:1.")] = "",
    data: Data = None,
) -> None:
    """Add a fault to calls of a method."""
    given = {"slow_ms": slow, "times": times, "after": after, "probability": probability, "caller": caller}
    typer.echo(_order(data, "POST", "faults", method=method, error=error, answer=answer, **given)["id"])


@fault_commands.command("list")
def list_faults(
    codes: Annotated[bool, typer.Option("--codes", help="List the known error codes instead.")] = False,
    data: Data = None,
) -> None:
    """List the active faults."""
    listed = _order(data, "GET", "faults")
    if codes:
        typer.echo("\n".join(listed["errors"]))
        return
    for fault in listed["faults"]:
        slow = f"slow {fault['slow_ms']} ms" if fault["slow_ms"] else ""
        what = " ".join(part for part in (fault["error"], fault["answer"], slow) if part)
        times = "all" if fault["times"] is None else fault["times"]
        typer.echo(f"{fault['id']}\t{fault['method']}\t{what}\tmet {fault['struck']} of {times}")


@fault_commands.command("remove")
def remove(
    fault: Annotated[str, typer.Argument(help="Number of the fault; `landingpad fault list` shows it.")],
    data: Data = None,
) -> None:
    """Remove one fault."""
    _order(data, "DELETE", f"faults/{fault}")


@fault_commands.command("clear")
def clear(data: Data = None) -> None:
    """Remove all faults."""
    _order(data, "DELETE", "faults")


def _order(data: Path | None, verb: str, path: str, **body: Any) -> Any:
    """Send an order and return the answer."""
    return json.loads(_send(data, verb, path, json.dumps(body).encode()))


def _send(data: Path | None, verb: str, path: str, body: bytes | None) -> bytes:
    import ssl
    from http import HTTPStatus

    from landingpad.network.own_server import ask

    folder = read_settings(data=data).data
    try:
        url = str(json.loads((folder / "portal.json").read_bytes())["url"])
    except (OSError, ValueError, KeyError):
        fail(f"No server was started on the data folder {folder}. Name its folder with --data.")
    ca = folder / "tls" / "ca.pem"
    tls = ssl.create_default_context(cafile=str(ca)) if url.startswith("https:") and ca.is_file() else None
    try:
        answer = ask(f"{url}/_landingpad/{path}", verb, body, tls=tls, seconds=120)
    except OSError as error:
        fail(f"The server at {url} does not answer: {error}.")
    if answer.status == HTTPStatus.OK:
        return answer.body
    try:
        fail(str(json.loads(answer.body)["error_description"]))
    except (ValueError, KeyError):
        fail(f"{url} has no control plane (status {answer.status}). Start the server with --dev.")
