"""Queries and forms, parsed like PHP does: `a=1&b[]=2&c[d][e]=3`.

Requests and commands of batches send parameters in this form (data-encoding.md).
"""

import re
from typing import Any
from urllib.parse import unquote_plus

MAX_DEPTH = 64
"""Largest nesting depth, like PHP's max_input_nesting_level; recursive code can rely on it."""
MAX_PAIRS = 10_000
"""Largest number of values in one form or query."""

_INTEGER_KEY = re.compile(r"0|[1-9][0-9]{0,17}")


class BadRequestBody(ValueError):  # noqa: N818  # named after what the client sent
    """The query or body cannot be parsed as parameters."""


class PhpArray(dict[str, Any]):
    """A PHP array: ordered string keys, and a next index for `a[]`."""

    __slots__ = ("next_index",)

    def __init__(self) -> None:
        super().__init__()
        self.next_index = 0

    def put(self, key: str, value: Any) -> None:
        """Store a value under a key; the next index of `a[]` follows the greatest number."""
        self[key] = value
        if _INTEGER_KEY.fullmatch(key):
            self.next_index = max(self.next_index, int(key) + 1)


def parse_query(text: bytes | str) -> dict[str, Any]:
    """Parse `a=1&b[]=2&c[d][e]=3` as PHP does; arrays with the keys 0, 1, 2 ... become lists.

    Raises:
        BadRequestBody: more than `MAX_PAIRS` values, or brackets nested deeper than `MAX_DEPTH`.

    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    pairs = [pair for pair in text.split("&") if pair]
    check_count(len(pairs))
    params = PhpArray()
    for pair in pairs:
        name, _, value = pair.partition("=")
        assign(params, unquote_plus(name), unquote_plus(value))
    members = plain_members(params)
    return without_nul(members) if "%00" in text or "\0" in text else members


def without_nul(value: Any) -> Any:
    """Return a value without NUL characters, which PostgreSQL cannot store."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {without_nul(key): without_nul(member) for key, member in value.items()}
    if isinstance(value, list):
        return [without_nul(member) for member in value]
    return value


def too_deep() -> BadRequestBody:
    """Return the error for parameters nested too deeply."""
    return BadRequestBody(f"The parameters are nested deeper than {MAX_DEPTH} levels. Send a flatter structure.")


def check_count(count: int) -> None:
    """Check the number of values in a form or query.

    Raises:
        BadRequestBody: more than `MAX_PAIRS` values.

    """
    if count > MAX_PAIRS:
        raise BadRequestBody(
            f"The request has {count} values; a form or query may have {MAX_PAIRS}. Send JSON, or split the call."
        )


def assign(params: PhpArray, name: str, value: Any) -> None:
    """Store a value under its bracketed name."""
    name = name.lstrip(" ")
    base, bracket, rest = name.partition("[")
    if not base:
        return  # PHP drops variables without a name too
    if not bracket:
        params.put(base, value)
        return
    if "]" not in rest:
        params.put(name.replace("[", "_"), value)
        return
    array, key = params, base
    for depth, index in enumerate(_indexes(rest), start=2):
        if depth > MAX_DEPTH:
            raise too_deep()
        inner = array.get(key)
        if not isinstance(inner, PhpArray):
            inner = PhpArray()
            array.put(key, inner)
        array, key = inner, index or str(inner.next_index)
    array.put(key, value)


def _indexes(text: str) -> list[str]:
    """Split `b][c][]` into ["b", "c", ""]; an unclosed part, or text after a "]" without a "[", is dropped."""
    found: list[str] = []
    bracket = "["
    while bracket == "[" and "]" in text:
        index, _, text = text.partition("]")
        found.append(index.lstrip(" "))
        bracket, text = text[:1], text[1:]
    return found


def plain_members(array: PhpArray) -> dict[str, Any]:
    """Return the top-level members as a dict; arrays below it that count from 0 become lists."""
    return {key: _plain(value) if isinstance(value, PhpArray) else value for key, value in array.items()}


def _plain(array: PhpArray) -> dict[str, Any] | list[Any]:
    members = plain_members(array)
    if all(key == str(index) for index, key in enumerate(members)):
        return list(members.values())
    return members
