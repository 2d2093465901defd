"""Differences from Bitrix24, found by comparing the declarations with the public documentation (documented.json)."""

import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any

from landingpad.domain.app.events import HAPPENING
from landingpad.domain.app.foreign import DOCUMENTATION
from landingpad.domain.app.known_names import EVENTS
from landingpad.errors.calls import SystemApiError
from landingpad.reference.doc_page import method_link, table
from landingpad.reference.examples import examples
from landingpad.rpc.declare import Registry

DOCUMENTED_FILE = "documented.json"
_WITHOUT_EFFECT = "Accepted"
"""First word in the text of a parameter that is accepted without effect."""


@cache
def documented() -> Mapping[str, Mapping[str, Any]]:
    """Return the documented methods with their required and optional parameters, errors and page."""
    found: dict[str, dict[str, Any]] = json.loads(files(__package__).joinpath(DOCUMENTED_FILE).read_text("utf-8"))
    return found


def difference_tables(registry: Registry) -> Mapping[str, Callable[[], str]]:
    """Return the table functions of the article about differences, by name."""
    return {
        "documented methods": partial(_methods, registry),
        "own methods": partial(_own_methods, registry),
        "errors that never come": partial(_errors, registry),
        "parameters without effect": partial(_parameters, registry),
        "methods that refuse": partial(_refusing, registry),
        "events that never happen": _events,
        "source of scopes": lambda: DOCUMENTATION,
    }


def _methods(registry: Registry) -> str:
    known = documented()
    missing = [f"`{name}`" for name in known if registry.find(name) is None]
    count = f"{len(known) - len(missing)} of the {len(known)} documented methods (general and of Sites) are here."
    return count + (f" Missing: {', '.join(missing)}." if missing else " None is missing.")


def _own_methods(registry: Registry) -> str:
    return ", ".join(method_link(method) for method in registry if method.is_own)


def _errors(registry: Registry) -> str:
    system = {error.code for error in SystemApiError.__subclasses__()}
    by_code: dict[str, list[str]] = {}
    for method in registry:
        declared = {error.code for error in method.allowed_errors} | system
        for code in documented().get(method.name, {}).get("errors", ()):
            if code not in declared:
                by_code.setdefault(code, []).append(method_link(method))
    rows = [(f"`{code}`", _first_names(by_code[code])) for code in sorted(by_code)]
    return table(("Code", "Documented for"), rows)


def _parameters(registry: Registry) -> str:
    by_name: dict[tuple[str, str], list[str]] = {}
    for method in registry:
        for parameter in method.parameters:
            if parameter.text.startswith(_WITHOUT_EFFECT):
                why = parameter.text.removeprefix(_WITHOUT_EFFECT).lstrip(";: ")
                by_name.setdefault((parameter.wire, why), []).append(method_link(method))
    rows = [(f"`{name}`", why, _first_names(methods)) for (name, why), methods in by_name.items()]
    return table(("Parameter", "Why", "Methods"), rows)


def _refusing(registry: Registry) -> str:
    found = [(method, examples()[method.name].refused) for method in registry if method.name in examples()]
    return ", ".join(f"{method_link(method)} (`{code}`)" for method, code in found if code)


def _events() -> str:
    scopes = {scope: [name for name in names if name not in HAPPENING] for scope, names in EVENTS.items()}
    return table(
        ("Scope", "Events"),
        [(scope or "any", ", ".join(f"`{name}`" for name in names)) for scope, names in scopes.items() if names],
    )


def _first_names(names: list[str], most: int = 4) -> str:
    kept = ", ".join(names[:most])
    return kept if len(names) <= most else f"{kept} and {len(names) - most} more"
