"""Turn the parameters of a call into the typed arguments of its function.

Values on the wire are loosely typed: forms have only strings, flags are Y/N, PHP clients send 1/0 for booleans and []
for an empty object. The declared type decides what is accepted.
"""

import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Union, get_args, get_origin

import msgspec

from landingpad.errors.calls import MissingParams, TypeProblem

NO_DEFAULT: Final = object()
"""Marks a required parameter."""

_TOO_LARGE = 2**63  # integers on the wire have 64 bits
_LONGEST_INTEGER = 40  # characters, including blanks
_NUMERIC = re.compile(r"[ \t\n\r\v\f]*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\n\r\v\f]*")

_TRUE = frozenset({"y", "yes", "1", "true", "on"})
_FALSE = frozenset({"n", "no", "0", "false", "off", "", "none", "null"})


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its names, type and meaning."""

    name: str
    wire: str
    type: Any
    default: Any
    text: str = ""
    see: str = ""

    @property
    def required(self) -> bool:
        """True if a call without the parameter fails with MISSING_PARAMS."""
        return self.default is NO_DEFAULT


class Binder:
    """Binds the parameters of one method."""

    def __init__(self, parameters: Sequence[Parameter], *, any_case: bool) -> None:
        self._steps = tuple((p.name, p.wire, p.default, converter(p.type)) for p in parameters)
        self._required = tuple(p.wire for p in parameters if p.required)
        self.any_case = any_case
        self._any_case = {p.wire.lower(): p.wire for p in parameters} if any_case else None

    def bind(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments by Python name. Undeclared parameters are dropped.

        Raises:
            MissingParams: required parameters are absent; the text lists them all.
            TypeProblem: a parameter has a value of the wrong type.

        """
        if self._any_case is not None:
            given = {self._any_case.get(name.lower(), name): value for name, value in given.items()}
        missing = [wire for wire in self._required if wire not in given]
        if missing:
            raise MissingParams(missing)
        arguments: dict[str, Any] = {}
        for name, wire, default, convert in self._steps:
            if wire not in given:
                arguments[name] = default
                continue
            value = given[wire]
            if value is None and default is not NO_DEFAULT:
                arguments[name] = default
                continue
            try:
                arguments[name] = convert(value)
            except (TypeError, ValueError) as error:
                raise TypeProblem(f'Parameter "{wire}" {error}') from error
        return arguments


def converter(wanted: Any) -> Callable[[Any], Any]:
    """Return the function that converts a value from the wire to the type `wanted`."""
    if wanted is Any:
        return lambda value: value
    simple = _SIMPLE.get(wanted)
    if simple is not None:
        return simple
    origin = get_origin(wanted)
    if origin in {Union, types.UnionType}:
        return _one_of([a for a in get_args(wanted) if a is not type(None)], none=type(None) in get_args(wanted))
    if origin is dict:
        return to_object
    if origin is list:
        item = converter(get_args(wanted)[0])
        return lambda value: [item(member) for member in to_list(value)]
    return lambda value: msgspec.convert(value, wanted, strict=False)


def _one_of(choices: Sequence[Any], *, none: bool) -> Callable[[Any], Any]:
    converters = [converter(choice) for choice in choices]

    def convert(value: Any) -> Any:
        if value is None and none:
            return None
        problem: Exception | None = None
        for attempt in converters:
            try:
                return attempt(value)
            except (TypeError, ValueError) as error:
                problem = problem or error
        raise TypeError(str(problem))

    return convert


def to_int(value: Any) -> int:
    """Accept 5, "5", " 5", "5.0", 5.0 and true; refuse other text, fractions, containers and more than 64 bits."""
    number: Any = value
    if isinstance(value, str):
        number = _number_in(value)
        if number is None:
            raise TypeError("must be of type int, string given")
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    if not isinstance(number, int):
        raise TypeError(f"must be of type int, {php_type(value)} given")
    if not -_TOO_LARGE <= number < _TOO_LARGE:
        raise TypeError("must be of type int, float given")
    return int(number)


def _number_in(text: str) -> int | None:
    """Return the whole number that PHP reads from a text, or None; unlike int() it refuses "1_000" and "٣"."""
    if len(text) > _LONGEST_INTEGER or not _NUMERIC.fullmatch(text):
        return None
    try:
        return int(text)
    except ValueError:
        number = float(text)
        return int(number) if number.is_integer() else None


def to_bool(value: Any) -> bool:
    """Accept booleans, numbers, Y/N, and their spellings in forms."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
    raise TypeError(f"must be of type bool, {php_type(value)} given")


def to_text(value: Any) -> str:
    """Accept text and numbers; refuse containers."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, int | float):
        return str(value)
    raise TypeError(f"must be of type string, {php_type(value)} given")


def to_object(value: Any) -> dict[str, Any]:
    """Accept an object or a list; PHP clients send an empty object as [] and one with keys 0..n-1 as a list."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return {str(index): member for index, member in enumerate(value)}
    raise TypeError(f"must be of type array, {php_type(value)} given")


def to_list(value: Any) -> list[Any]:
    """Accept a list, or the values of an object, as PHP does."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    raise TypeError(f"must be of type array, {php_type(value)} given")


_SIMPLE: dict[Any, Callable[[Any], Any]] = {
    int: to_int,
    bool: to_bool,
    str: to_text,
    dict: to_object,
    list: to_list,
}

_PHP_NAMES = {bool: "bool", int: "int", float: "float", str: "string", list: "array", dict: "array", type(None): "null"}


def php_type(value: Any) -> str:
    """Name the type of a value as PHP does in error texts."""
    return _PHP_NAMES.get(type(value), "object")
