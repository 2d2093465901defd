"""Declared types in words for people, and as JSON Schema for programs."""

import types
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from landingpad.rpc.bind import Parameter
from landingpad.rpc.call import Paged
from landingpad.rpc.declare import Method
from landingpad.rpc.long_list import LongList

_SIMPLE: dict[Any, tuple[str, dict[str, Any]]] = {
    int: ("integer", {"type": "integer"}),
    bool: ("boolean", {"type": "boolean"}),
    str: ("string", {"type": "string"}),
    float: ("number", {"type": "number"}),
    dict: ("object", {"type": "object"}),
    list: ("array", {"type": "array"}),
    type(None): ("null", {"type": "null"}),
    Any: ("any", {}),
    LongList: ("array of objects", {"type": "array", "items": {"type": "object"}}),
    Paged: ("array of objects, 50 a page", {"type": "array", "items": {"type": "object"}}),
}
# Alternative spellings of parameters: forms and queries send only text.
_LOOSE: dict[Any, dict[str, Any]] = {
    int: {"type": ["integer", "string"], "pattern": r"^\s*-?[0-9]{1,18}\s*$"},
    bool: {"type": ["boolean", "integer", "string"], "description": "true, 1, Y; false, 0, N"},
    str: {"type": ["string", "number", "boolean"]},
}


def words(wanted: Any) -> str:
    """Name a type for people: `dict[str, Any] | None` is "object or null"."""
    origin = get_origin(wanted)
    if origin is Annotated:
        return words(get_args(wanted)[0])
    if origin in {Union, types.UnionType}:
        return " or ".join(dict.fromkeys(words(member) for member in get_args(wanted)))
    if origin is list:
        member = words(get_args(wanted)[0])
        return "array" if member == "any" else f"array of {member}s"
    if origin is dict:
        return "object"
    return _SIMPLE[wanted][0] if wanted in _SIMPLE else "object"


def schema(wanted: Any, *, loose: bool = False) -> dict[str, Any]:
    """Return a type as JSON Schema; `loose` also allows the spellings of forms."""
    origin = get_origin(wanted)
    if origin is Annotated:
        return schema(get_args(wanted)[0], loose=loose)
    if origin in {Union, types.UnionType}:
        members: list[dict[str, Any]] = []
        for member in get_args(wanted):
            found = schema(member, loose=loose)
            if found not in members:
                members.append(found)
        if {} in members:
            return {}
        return members[0] if len(members) == 1 else {"anyOf": members}
    if origin is list:
        return {"type": "array", "items": schema(get_args(wanted)[0], loose=loose)}
    if origin is dict:
        value = schema(get_args(wanted)[1], loose=loose)
        return {"type": "object"} if not value else {"type": "object", "additionalProperties": value}
    if loose and wanted in _LOOSE:
        return dict(_LOOSE[wanted])
    return dict(_SIMPLE[wanted][1]) if wanted in _SIMPLE else {"type": "object"}


def parameter_words(parameter: Parameter) -> str:
    """Name the type of a parameter, without null: a null default does not mean that null is a useful value."""
    named = [word for word in words(parameter.type).split(" or ") if word != "null"]
    return " or ".join(named) or "any"


def parameter_schema(parameter: Parameter, *, loose: bool = False) -> dict[str, Any]:
    """Return the JSON Schema of a parameter with its meaning and default."""
    found = schema(parameter.type, loose=loose)
    if parameter.text:
        found["description"] = parameter.text
    if not parameter.required and parameter.default is not None:
        found["default"] = parameter.default
    return found


def parameters_schema(method: Method, *, loose: bool = False) -> dict[str, Any]:
    """Return the JSON Schema of the parameters of a method as one object."""
    found: dict[str, Any] = {
        "type": "object",
        "properties": {p.wire: parameter_schema(p, loose=loose) for p in method.parameters},
    }
    required = [p.wire for p in method.parameters if p.required]
    return {**found, "required": required} if required else found


def result_type(method: Method) -> Any:
    """Return the declared result type of a method."""
    return get_type_hints(method.function).get("return", Any)
