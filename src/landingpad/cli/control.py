"""`landingpad state`, `landingpad fault` and `landingpad clock`: orders to the running server of a data folder."""

import json
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

state_app = typer.Typer(
    help="The state of a running developer server: reset, keep, go back, export.", no_args_is_help=True
)
fault_app = typer.Typer(help="Errors on command, in a running developer server.", no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", envvar="LANDINGPAD_DATA", help="Folder of the running server.")]
Name = Annotated[str, typer.Argument(help="Name of the snapshot: small letters, digits, - and _.")]
HERE = Path("data")


@state_app.command("reset")
def reset(data: Data = HERE) -> None:
    """Go back to the state in which the server became ready; faults are off, the clock is right."""
    typer.echo(f"reset in {_order(data, 'POST', 'reset')['ms']:.1f} ms")


@state_app.command("list")
def list_snapshots(data: Data = HERE) -> None:
    """List the snapshots; `start` is that of the start."""
    for name in _order(data, "GET", "snapshots"):
        typer.echo(name)


@state_app.command("save")
def save(name: Name, data: Data = HERE) -> None:
    """Keep the present state under a name."""
    _order(data, "POST", f"snapshots/{name}")


@state_app.command("restore")
def restore(name: Name, data: Data = HERE) -> None:
    """Go back to a state that was kept."""
    _order(data, "PUT", f"snapshots/{name}/restore")


@state_app.command("delete")
def delete(name: Name, data: Data = HERE) -> None:
    """Forget a state that was kept."""
    _order(data, "DELETE", f"snapshots/{name}")


@state_app.command("export")
def export_state(file: Annotated[Path, typer.Argument(help="Where to write it.")], data: Data = HERE) -> None:
    """Write the whole state into a file, for another server of this release: SQLite or PostgreSQL."""
    file.write_bytes(_send(data, "GET", "state", None))


@state_app.command("import")
def import_state(file: Annotated[Path, typer.Argument(help="What `export` wrote.")], data: Data = HERE) -> None:
    """Put the state of a file in the place of the present one."""
    try:
        content = file.read_bytes()
    except OSError as error:
        _fail(f"{file} cannot be read: {error.strerror}.")
    _send(data, "PUT", "state", content)


@state_app.command("seed")
def seed(value: Annotated[str, typer.Argument(help="Any text; empty: real chance.")], data: Data = HERE) -> None:
    """Let codes and tokens follow from a value, so that the same calls give the same answers."""
    _order(data, "POST", "seed", value=value)


@state_app.command("clock")
def clock(
    now: Annotated[str | None, typer.Option("--set", help="Moment: 2026-03-26T14:00:00+01:00, or seconds.")] = None,
    freeze: Annotated[bool | None, typer.Option("--freeze/--go-on", help="Whether it stands still.")] = None,
    advance: Annotated[float, typer.Option(help="Seconds to go forward.")] = 0.0,
    right: Annotated[bool, typer.Option("--right", help="First show the time of the machine again.")] = False,
    data: Data = HERE,
) -> None:
    """Show the clock of the server, or set, stop or move it."""
    if now is None and freeze is None and not advance and not right:
        told = _order(data, "GET", "clock")
    else:
        told = _order(data, "PUT", "clock", now=now, freeze=freeze, advance=advance, reset=right)
    typer.echo(f"{told['iso']}{' (stands still)' if told['frozen'] else ''}")


@fault_app.command("add")
def add(
    method: Annotated[str, typer.Argument(help="Pattern of methods: landing.site.getPreview, landing.site.*, *")],
    error: Annotated[str, typer.Option(help="Code of the error that calls end with; `fault list` lists all.")] = "",
    answer: Annotated[
        str | None, typer.Option(help="Spoil the answer: reset, half, html_503, wrong_type, not_json or empty.")
    ] = None,
    slow: Annotated[int, typer.Option(help="Milliseconds that calls take longer.")] = 0,
    times: Annotated[int | None, typer.Option(help="How many calls; without it all.")] = None,
    after: Annotated[int, typer.Option(help="How many calls go well first.")] = 0,
    probability: Annotated[float, typer.Option(help="With this chance.")] = 1.0,
    caller: Annotated[str, typer.Option(help="Only webhook:1, or app:1.")] = "",
    data: Data = HERE,
) -> None:
    """Let calls go wrong."""
    given = {"slow_ms": slow, "times": times, "after": after, "probability": probability, "caller": caller}
    typer.echo(_order(data, "POST", "faults", method=method, error=error, answer=answer, **given)["id"])


@fault_app.command("list")
def list_faults(
    codes: Annotated[bool, typer.Option("--codes", help="List the error codes that there are instead.")] = False,
    data: Data = HERE,
) -> None:
    """List the faults that are on."""
    told = _order(data, "GET", "faults")
    if codes:
        typer.echo("\n".join(told["errors"]))
        return
    for fault in told["faults"]:
        slow = f"slow {fault['slow_ms']} ms" if fault["slow_ms"] else ""
        what = " ".join(part for part in (fault["error"], fault["answer"], slow) if part)
        times = "all" if fault["times"] is None else fault["times"]
        typer.echo(f"{fault['id']}\t{fault['method']}\t{what}\tmet {fault['struck']} of {times}")


@fault_app.command("remove")
def remove(
    fault: Annotated[str, typer.Argument(help="Its number, as `fault list` shows it.")], data: Data = HERE
) -> None:
    """Turn one fault off."""
    _order(data, "DELETE", f"faults/{fault}")


@fault_app.command("clear")
def clear(data: Data = HERE) -> None:
    """Turn all faults off."""
    _order(data, "DELETE", "faults")


def _order(data: Path, verb: str, path: str, **body: Any) -> Any:
    """Give an order and return what the server says."""
    return json.loads(_send(data, verb, path, json.dumps(body).encode()))


def _send(data: Path, verb: str, path: str, body: bytes | None) -> bytes:
    try:
        url = str(json.loads((data / "portal.json").read_bytes())["url"])
    except (OSError, ValueError, KeyError):
        _fail(f"There is no server with the data folder {data}; --data says which one is meant.")
    ca = data / "tls" / "ca.pem"
    trust = ssl.create_default_context(cafile=str(ca)) if url.startswith("https:") and ca.is_file() else None
    request = urllib.request.Request(f"{url}/_landingpad/{path}", body, method=verb)  # noqa: S310  # our own server
    try:
        with urllib.request.urlopen(request, timeout=120, context=trust) as answer:  # noqa: S310  # the same
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        said = error.read()
        try:
            _fail(str(json.loads(said)["error_description"]))
        except (ValueError, KeyError):
            _fail(f"{url} has no control plane (status {error.code}); start it with --dev.")
    except OSError as error:
        _fail(f"The server at {url} does not answer: {error}.")


def _fail(text: str) -> NoReturn:
    typer.echo(f"landingpad: {text}", err=True)
    raise typer.Exit(1)
