"""Methods of REST 3.0, which has its own addresses, names and answers: what it offers here is its own description.

No method of sites, users, departments, widgets or events has been moved to REST 3.0 (api-reference/rest-v3.md).
"""

from typing import Annotated, Any

from landingpad.errors.calls import MethodNotFound
from landingpad.errors.rest3 import InvalidSelect
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Method, Registry, Runs, Wire, method

DOC = "api-reference/rest-v3.md"
REST3 = Registry()
"""The methods at `/rest/api/`; they are not in the registry of `/rest/`."""
MOST_COMMANDS = 50


class Document(dict[str, Any]):
    """A result that is the whole answer, without envelope."""


@method("rest.scope.list", scope="", runs=Runs.FREE, doc=DOC, registry=REST3)
def scope_list(
    _call: Call,
    module: Annotated[str | None, Wire("filterModule"), Doc("Only methods of this module: rest.")] = None,
    controller: Annotated[str | None, Wire("filterController"), Doc("Only methods of this controller: scope.")] = None,
    last: Annotated[str | None, Wire("filterMethod"), Doc("Only methods with this last part: list.")] = None,
) -> dict[str, Any]:
    """List the methods of REST 3.0 by module, controller and method."""
    wanted = (module, controller, last)
    found: dict[str, Any] = {}
    for one in REST3:
        parts = one.name.split(".")
        if len(parts) == len(wanted) and all(
            part is None or part.lower() == own for part, own in zip(wanted, parts, strict=True)
        ):
            found.setdefault(parts[0], {}).setdefault(parts[1], {})[parts[2]] = {
                "scope": one.name,
                "title": one.name,
                "description": _title(one),
                "fields": None,
            }
    return found


@method("rest.documentation.openapi", scope="", runs=Runs.FREE, doc=DOC, registry=REST3)
def openapi(_call: Call) -> Document:
    """Describe the methods of REST 3.0 as an OpenAPI document."""
    return Document(
        openapi="3.0.0",
        info={"title": "Bitrix24 REST V3 API", "version": "1.0.0"},
        tags=[{"name": "rest", "description": "rest module methods"}],
        paths={f"/{one.name}": {"post": _operation(one)} for one in REST3},
        components={"schemas": {}},
    )


@method("documentation", scope="", runs=Runs.FREE, doc=DOC, registry=REST3)
def documentation(call: Call) -> Document:
    """Describe the methods of REST 3.0; a synonym of rest.documentation.openapi."""
    described: Document = openapi(call)
    return described


@method(
    "batch",
    scope="",
    runs=Runs.FREE,
    in_batch=False,
    metered=False,
    takes_more=True,
    raises=[InvalidSelect],
    doc=DOC,
    registry=REST3,
)
async def batch(call: Call) -> list[Any]:
    """Make the calls of a JSON array, `[{"method": ..., "query": {...}}]`, in order; the first error ends it."""
    commands = [call.params[key] for key in sorted(call.params, key=_number)]
    if len(commands) > MOST_COMMANDS:
        raise InvalidSelect(f"A batch has at most {MOST_COMMANDS} calls, {len(commands)} given.")
    results = []
    for command in commands:
        if not isinstance(command, dict) or not isinstance(command.get("method"), str):
            raise InvalidSelect('A call of a batch is an object with "method" and "query".')
        query = command.get("query")
        if not isinstance(query, dict) and query != []:
            raise InvalidSelect('A call of a batch needs "query", an object, also without parameters.')
        if not call.runner.may_be_in_batch(command["method"]):
            raise MethodNotFound(f"A batch cannot contain {command['method'][:128]!r}.")
        outcome = await call.runner.run(call.caller, command["method"], query or {}, now=call.now, origin=call.origin)
        results.append(outcome.result)
    return results


def _number(key: str) -> int:
    if not key.isdigit():
        raise InvalidSelect(
            'The body of a batch is an array of calls: [{"method": "rest.scope.list", "query": {}}]. '
            "The form with `cmd` belongs to the earlier REST, at /rest/."
        )
    return int(key)


def _title(one: Method) -> str:
    return " ".join(one.summary.partition("\n\n")[0].split())


def _operation(one: Method) -> dict[str, Any]:
    properties = {parameter.wire: {"type": "string", "nullable": True} for parameter in one.parameters}
    body = {"content": {"application/json": {"schema": {"type": "object", "properties": properties}}}}
    answered = {"200": {"description": "The answer.", "content": {"application/json": {"schema": {"type": "object"}}}}}
    return {
        "operationId": one.name,
        "tags": ["rest"],
        "summary": _title(one),
        **({"requestBody": body} if properties else {}),
        "responses": answered,
    }
