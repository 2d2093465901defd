"""The orders of the control plane. Importing this package declares them: each module in it is imported."""

from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import msgspec

from landingpad.control.declare import ORDERS

for _module in walk_packages(__path__, f"{__name__}."):
    import_module(_module.name)


def listing() -> list[dict[str, Any]]:
    """Return all orders for programs: route, explanation and JSON schema of the parameters."""
    return [
        {
            "method": known.verb,
            "path": known.shown_path,
            "text": known.text,
            "body": msgspec.json.schema(known.body)["$defs"][known.body.__name__],
        }
        for known in ORDERS
    ]
