"""The page of the reference about the control plane, made of the declared orders."""

from collections.abc import Iterable, Mapping
from typing import Any

from landingpad.reference.doc_page import table

_HEAD = """# The control plane

Orders to a server in developer mode: go back to a state, fail on command, stop the clock, look at what was called.

JSON over HTTP at `/_landingpad/`; `GET /_landingpad/` tells this list to programs. What an order is told may be in the
path, in the query or in a JSON body alike. Answers are JSON; a refused order has `error` and `error_description`, with
the status 400, 404, 405, 409 or 413.

Without `--dev` every path is 404. With it, orders are taken from programs of the same machine that ask `localhost`:
pages of foreign origins, other host names, and what came through a proxy or tunnel get 403. The header
`X-Landingpad-Token` with the value of `LANDINGPAD_CONTROL_TOKEN` lets other machines in. With more than one worker
there are none (409): an order would reach one of them.

```sh
curl -X POST http://localhost:8080/_landingpad/reset
curl http://localhost:8080/_landingpad/faults -d '{"method": "landing.site.add", "error": "OVERLOAD_LIMIT", "times": 1}'
```

The same on the command line: `landingpad state` and `landingpad fault`; in pytest: the fixture `portal`; for
administrators in the browser: Test kit, at `/developer/test-kit/`, under the same conditions. What an SDK makes of each
fault is in [Errors as SDKs show them](client-errors.md).
"""


def control_plane(orders: Iterable[Mapping[str, Any]]) -> str:
    """Return the page in Markdown: every order with its explanation and what it is told."""
    parts = [_HEAD]
    for order in orders:
        parts.append(f"## {order['method']} {order['path']}\n\n{order['text']}\n")
        fields: Mapping[str, Any] = order["body"].get("properties", {})
        if fields:
            rows = [(f"`{name}`", schema.get("description", ""), _usual(schema)) for name, schema in fields.items()]
            parts.append(table(("Told", "What it is", "Without it"), rows))
    return "\n".join(parts)


def _usual(schema: Mapping[str, Any]) -> str:
    """Say what is taken where nothing is told: an empty cell if that is said by the explanation, or nothing."""
    if "default" not in schema:
        return "needed"
    value = schema["default"]
    if value in (None, "", []):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
