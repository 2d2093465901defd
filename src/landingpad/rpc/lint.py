"""Detection of parameters without effect, which the API ignores silently."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import structlog

from landingpad.errors.calls import UnknownParameter
from landingpad.rpc.declare import Method

log = structlog.get_logger("landingpad.lint")

_ALWAYS_KNOWN = frozenset(
    {
        "auth",
        "access_token",
        "auth_connector",  # source name of a change (event.bind)
        "scope",  # type of sites in landing.*
        "halt",
        "start",  # sent with every call by some clients
        "sessid",
        "lang",
        "__order",
    }
)
_TELEMETRY = "bx24_"
_OF_LISTS = ("select", "filter", "order", "group", "limit", "offset")
_MOST_PROBLEMS = 20
_REMEMBERED = 10_000


class RequestLint:
    """Reports parameters without effect: each once in the log, or with `strict` as an error."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._logged: set[tuple[str, str]] = set()

    def check(self, method: Method, params: Mapping[str, Any]) -> None:
        """Check the parameters of one call.

        Raises:
            UnknownParameter: in strict mode, a parameter is unknown or misplaced.

        """
        unknown = params.keys() - method.known_names
        if not unknown and "params" not in params:
            return
        problems = problems_of(method, params, unknown)
        if problems and self._strict:
            raise UnknownParameter(" ".join(problems))
        for problem in problems:
            if (method.name, problem) not in self._logged and len(self._logged) < _REMEMBERED:
                self._logged.add((method.name, problem))
                log.warning("parameter_ignored", method=method.name, problem=problem)


def problems_of(method: Method, params: Mapping[str, Any], unknown: set[str]) -> list[str]:
    """Return a sentence for each parameter without effect."""
    if method.takes_more:
        return []
    found = [
        _problem(method, name)
        for name in sorted(name for name in unknown if name not in _ALWAYS_KNOWN and not name.startswith(_TELEMETRY))[
            :_MOST_PROBLEMS
        ]
    ]
    inner = params.get("params")
    if "params" in method.known_names and isinstance(inner, Mapping):
        found += [
            f'"{name[:60]}" inside "params" has no effect; write it as "{name.lower()}".'
            for name in inner
            if name not in _OF_LISTS and name.lower() in _OF_LISTS
        ][:_MOST_PROBLEMS]
    return [problem for problem in found if problem]


def nearest_method(name: str, names: list[str]) -> str:
    """Return the most similar method name, or ""."""
    by_lower = {known.lower(): known for known in names}
    near = get_close_matches(name[:80].lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[near[0]] if near else ""


def _problem(method: Method, name: str) -> str:
    wires = {parameter.wire: parameter for parameter in method.parameters}
    start = f'Parameter "{name[:60]}" has no effect'
    if method.any_case and name.lower() in {wire.lower() for wire in wires}:
        return ""
    if "params" in wires and name.lower() in _OF_LISTS:
        return f'{start}; put it inside "params": {{"params": {{"{name.lower()}": ...}}}}.'
    for wire in wires:
        if wire.lower() == name.lower():
            return f'{start}; its name is written "{wire}".'
    if "fields" in wires and name.isupper():
        return f'{start}; put it inside "fields": {{"fields": {{"{name[:60]}": ...}}}}.'
    near = get_close_matches(name[:60], wires, n=1)
    if near:
        return f'{start}; did you mean "{near[0]}"?'
    known = ", ".join(sorted(wires))
    return f"{start}; {method.name} takes {known}." if known else f"{start}; {method.name} takes none."
