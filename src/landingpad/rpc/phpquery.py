"""Queries and forms as PHP reads them: `a=1&b[]=2&c[d][e]=3`.

The parameters of a request come this way, and so do those of every command inside a batch (data-encoding.md).
"""

import re
from typing import Any
from urllib.parse import unquote_plus

MAX_DEPTH = 64
"""Levels of nesting, as PHP's max_input_nesting_level; nothing that walks parameters has to fear deeper ones."""
MAX_PAIRS = 10_000
"""Values in one form or query."""

_INTEGER_KEY = re.compile(r"0|[1-9][0-9]{0,17}")


class BadRequestBody(ValueError):  # noqa: N818 - named by what the client sent
    """The query or the body cannot be read as parameters."""


class PhpArray(dict[str, Any]):
    """An array as PHP has it: ordered string keys, and a next number for `a[]`."""

    __slots__ = ("next_index",)

    def __init__(self) -> None:
        super().__init__()
        self.next_index = 0

    def put(self, key: str, value: Any) -> None:
        """Store a value under a key; `a[]` goes on after the greatest number."""
        self[key] = value
        if _INTEGER_KEY.fullmatch(key):
            self.next_index = max(self.next_index, int(key) + 1)


def parse_query(text: bytes | str) -> dict[str, Any]:
    """Read `a=1&b[]=2&c[d][e]=3` as PHP does; arrays with the keys 0, 1, 2 ... become lists.

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
    """Return a value without the character 0, which means nothing to anybody and which PostgreSQL cannot store."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {without_nul(key): without_nul(member) for key, member in value.items()}
    if isinstance(value, list):
        return [without_nul(member) for member in value]
    return value


def too_deep() -> BadRequestBody:
    """Return the error for brackets or objects that are nested too deeply."""
    return BadRequestBody(f"The parameters are nested deeper than {MAX_DEPTH} levels. Send a flatter structure.")


def check_count(count: int) -> None:
    """Refuse more values than one form or query may have.

    Raises:
        BadRequestBody: there are more than `MAX_PAIRS`.

    """
    if count > MAX_PAIRS:
        raise BadRequestBody(
            f"The request has {count} values; a form or query may have {MAX_PAIRS}. Send JSON, or split the call."
        )


def assign(params: PhpArray, name: str, value: Any) -> None:
    """Put a value where its bracketed name says."""
    name = name.lstrip(" ")
    base, bracket, rest = name.partition("[")
    if not base:
        return  # PHP has no variable without a name either
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
    """Split `b][c][]` into ["b", "c", ""]; what follows a "]" without a "[", or is never closed, is left out."""
    found: list[str] = []
    bracket = "["
    while bracket == "[" and "]" in text:
        index, _, text = text.partition("]")
        found.append(index.lstrip(" "))
        bracket, text = text[:1], text[1:]
    return found


def plain_members(array: PhpArray) -> dict[str, Any]:
    """Return what the names at the top stand for; arrays below them that count from 0 become lists."""
    return {key: _plain(value) if isinstance(value, PhpArray) else value for key, value in array.items()}


def _plain(array: PhpArray) -> dict[str, Any] | list[Any]:
    members = plain_members(array)
    if all(key == str(index) for index, key in enumerate(members)):
        return list(members.values())
    return members
