"""Check a call without making it: unknown, missing, misplaced, misspelt and wrongly typed parameters.

The API ignores unknown names, so a misplaced filter can cost an afternoon. Stored data is not read: a call may pass the
check and still name a page that does not exist.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from landingpad.domain.app.foreign import scopes_of
from landingpad.domain.site.additional import NAMES
from landingpad.methods.landing import landing, site
from landingpad.reference.library import nearest
from landingpad.rpc.bind import Parameter, converter
from landingpad.rpc.declare import Method, Registry

_LIST_WORDS = frozenset({"select", "filter", "order", "limit", "offset", "group"})
_EVERYWHERE = frozenset({"auth", "access_token"})
_FOR_SITES = frozenset({"scope"})
_SIGNS = "!=<>%@"
_SITE = frozenset({*site.FIELDS, *site.COMPUTED})
_PAGE = frozenset(landing.FIELDS)
# Method -> names allowed in `fields`, and names allowed in its ADDITIONAL_FIELDS.
_FIELDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "landing.site.add": (_SITE, NAMES["site"]),
    "landing.site.update": (_SITE, NAMES["site"]),
    "landingpad.site.duplicate": (frozenset({"TITLE", "CODE"}), frozenset()),
    "landing.landing.add": (_PAGE, NAMES["page"]),
    "landing.landing.update": (_PAGE, NAMES["page"]),
}
_ROWS: Mapping[str, frozenset[str]] = {"landing.site.getList": _SITE, "landing.landing.getList": _PAGE}


class FindingKind(StrEnum):
    """Kind of a finding."""

    UNKNOWN_METHOD = "unknown_method"
    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    UNKNOWN = "unknown"
    """Unknown name: it has no effect."""
    MISPLACED = "misplaced"
    """Known name in the wrong place: it has no effect there."""


class Finding(msgspec.Struct, frozen=True):
    """One mistake in a call."""

    problem: FindingKind
    where: str
    """Path of the parameter: `fields.TITEL`."""
    text: str
    """The mistake and its correction."""
    fatal: bool
    """True if the call would be refused, False if something has no effect."""


def check_call(registry: Registry, name: str, params: Mapping[str, Any]) -> list[Finding]:
    """Return the mistakes of a call, fatal ones first."""
    method = registry.find(name)
    if method is None:
        scopes = scopes_of(name)
        if scopes:
            needed = " or ".join(sorted(scopes))
            text = (
                f"{name} belongs to a part of a portal that is not here (scope {needed}). Calls of it "
                "end with insufficient_scope, or with ERROR_METHOD_NOT_FOUND for callers that have the scope."
            )
            return [Finding(FindingKind.UNKNOWN_METHOD, name, text, fatal=True)]
        near = nearest(name, (known.name for known in registry))
        hint = f"Did you mean {', '.join(near)}?" if near else "Search the reference for what you want to do."
        return [Finding(FindingKind.UNKNOWN_METHOD, name, f"There is no method {name!r}. {hint}", fatal=True)]
    any_case = {parameter.wire.lower(): parameter.wire for parameter in method.parameters}
    if method.binder.any_case:
        params = {any_case.get(key.lower(), key): value for key, value in params.items()}
    found = [
        Finding(
            FindingKind.MISSING, p.wire, f"The required parameter {p.wire} is missing. {p.text}".strip(), fatal=True
        )
        for p in method.parameters
        if p.required and p.wire not in params
    ]
    known = {parameter.wire: parameter for parameter in method.parameters}
    for key, value in params.items():
        if key in known:
            found += _wrong_type(known[key], value)
        elif not method.takes_more and key not in _EVERYWHERE and not (key in _FOR_SITES and method.takes_site_types):
            found.append(_unknown(method, known, key))
    found += _inside(method, params)
    return sorted(found, key=lambda finding: not finding.fatal)


def _wrong_type(parameter: Parameter, value: Any) -> list[Finding]:
    if value is None and not parameter.required:
        return []
    try:
        converter(parameter.type)(value)
    except (TypeError, ValueError) as error:
        text = f"{parameter.wire} {error}. {parameter.text}".strip()
        return [Finding(FindingKind.WRONG_TYPE, parameter.wire, text, fatal=True)]
    return []


def _unknown(method: Method, known: Mapping[str, Parameter], key: str) -> Finding:
    """Return the finding for a parameter without effect, with its most likely place or name."""
    if "params" in known and key in _LIST_WORDS:
        text = f"{method.name} ignores {key} here. Put it inside params: {{'params': {{'{key}': ...}}}}."
        return Finding(FindingKind.MISPLACED, key, text, fatal=False)
    if "fields" in known and key in _FIELDS.get(method.name, (frozenset(), frozenset()))[0]:
        text = f"{method.name} ignores {key} here. Put it inside fields: {{'fields': {{'{key}': ...}}}}."
        return Finding(FindingKind.MISPLACED, key, text, fatal=False)
    near = nearest(key, known)
    hint = f"Did you mean {near[0]}?" if near else f"It takes {', '.join(known) or 'no parameters'}."
    return Finding(FindingKind.UNKNOWN, key, f"{method.name} does not know {key} and ignores it. {hint}", fatal=False)


def _inside(method: Method, params: Mapping[str, Any]) -> Iterable[Finding]:
    """Check `fields`, and the select, filter and order of lists."""
    fields = params.get("fields")
    if method.name in _FIELDS and isinstance(fields, Mapping):
        own, additional = _FIELDS[method.name]
        yield from _fields(fields, own | {"ADDITIONAL_FIELDS"} if additional else own, additional)
        extra = fields.get("ADDITIONAL_FIELDS")
        if isinstance(extra, Mapping):
            yield from _names(extra, additional, "fields.ADDITIONAL_FIELDS")
    query = params.get("params")
    if method.name in _ROWS and isinstance(query, Mapping):
        rows = _ROWS[method.name]
        for part in ("select", "filter", "order"):
            wanted = query.get(part)
            names = wanted if isinstance(wanted, Mapping | list) else ()
            yield from _names([str(n).lstrip(_SIGNS) for n in names if n != "*"], rows, f"params.{part}")


def _fields(fields: Mapping[str, Any], own: frozenset[str], additional: frozenset[str]) -> Iterable[Finding]:
    for name in fields:
        if name in additional and name not in own:
            text = f"{name} is an additional field. Put it inside fields.ADDITIONAL_FIELDS."
            yield Finding(FindingKind.MISPLACED, f"fields.{name}", text, fatal=False)
        else:
            yield from _names([name], own, "fields")


def _names(names: Iterable[str], known: frozenset[str], where: str) -> Iterable[Finding]:
    for name in names:
        if name not in known:
            near = nearest(name, sorted(known), most=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(known)[:12])} ..."
            yield Finding(
                FindingKind.UNKNOWN,
                f"{where}.{name}",
                f"The name {name} is unknown here and ignored. {hint}",
                fatal=False,
            )
