"""The reference page of the control plane, generated from the declared orders."""

from collections.abc import Iterable, Mapping
from typing import Any

from landingpad.reference.doc_page import table

_HEAD = """# The control plane

Orders to a server in developer mode: restore a state, inject faults, stop the clock, inspect calls.

The control plane is JSON over HTTP at `/_landingpad/`; `GET /_landingpad/` lists all orders for programs. Parameters
may be in the path, the query or a JSON body. Answers are JSON; a refused order returns `error` and `error_description`
with status 400, 403, 404, 405, 409 or 413.

Without `--dev` every path returns 404. With it, orders are accepted from programs on the same machine that call
`localhost`; pages of foreign origins, other host names, and requests through a proxy or tunnel get 403. The header
`X-Landingpad-Token` with the value of `LANDINGPAD_CONTROL_TOKEN` admits other machines. With more than one worker every
order is refused (409), because it would reach only one of them.

```sh
curl -X POST http://localhost:8080/_landingpad/reset
curl http://localhost:8080/_landingpad/faults -d '{"method": "landing.site.add", "error": "OVERLOAD_LIMIT", "times": 1}'
```

Other ways to give orders: `landingpad state` and `landingpad fault` on the command line; the fixture `portal` in
pytest; for administrators in the browser the test kit at `/developer/test-kit/`, under the same conditions. How SDKs
report each fault: [Errors as SDKs show them](client-errors.md).
"""


def control_plane(orders: Iterable[Mapping[str, Any]]) -> str:
    """Return the page in Markdown: every order with its explanation and parameters."""
    parts = [_HEAD]
    for order in orders:
        parts.append(f"## {order['method']} {order['path']}\n\n{order['text']}\n")
        fields: Mapping[str, Any] = order["body"].get("properties", {})
        if fields:
            rows = [(f"`{name}`", schema.get("description", ""), _default(schema)) for name, schema in fields.items()]
            parts.append(table(("Parameter", "Meaning", "Default"), rows))
    return "\n".join(parts)


def _default(schema: Mapping[str, Any]) -> str:
    """Format a parameter's default for the table; empty if the description already gives it."""
    if "default" not in schema:
        return "required"
    value = schema["default"]
    if value in (None, "", []):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
