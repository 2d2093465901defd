"""Shapes of answers: keys, lists and types without values."""

import re
from collections.abc import Iterator
from typing import Any

_DIGITS = re.compile(r"\d+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*|\d\d[./]\d\d[./]\d{4}.*")
_SECONDS = frozenset({"start", "finish", "duration", "processing", "operating"})
"""Keys whose numbers may or may not have a fraction."""
_OBJECT, _LIST, _NOTHING = "an object", "a list", "nothing"
_DIGIT_TEXT, _MOMENT_TEXT, _TEXT, _NO_TEXT = (
    "a string of digits",
    "a string with a moment",
    "a string",
    "an empty string",
)
_TEXTS = frozenset({_DIGIT_TEXT, _MOMENT_TEXT, _TEXT, _NO_TEXT})
_FREE_TEXTS = frozenset({_TEXT, _NO_TEXT})
"""Kinds of free text, such as titles, as opposed to digits and moments."""
_ANY_ID = "<id>"


class AnswerShape:
    """The shape of one value, or the merged shape of all members of a list."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = set(kinds)
        self.members: dict[str, AnswerShape] = {}
        self.item: AnswerShape | None = None

    def __str__(self) -> str:
        """Return the kinds as words."""
        return " or ".join(sorted(self.kinds, key=lambda kind: (kind == _NOTHING, kind)))

    def merged(self, other: "AnswerShape") -> "AnswerShape":
        """Return the merged shape of two list members; a key that one of them lacks becomes optional."""
        both = AnswerShape(*self.kinds, *other.kinds)
        for name in [*self.members, *(name for name in other.members if name not in self.members)]:
            both.members[name] = self.member(name).merged(other.member(name))
        items = [shape for shape in (self.item, other.item) if shape is not None]
        both.item = items[0].merged(items[-1]) if items else None
        return both

    def member(self, name: str) -> "AnswerShape":
        """Return the shape of a member; for a missing one `nothing`, or without kinds if this is not an object."""
        found = self.members.get(name)
        if found is not None:
            return found
        return AnswerShape(_NOTHING) if _OBJECT in self.kinds else AnswerShape()


def shape_of(value: Any, key: str = "") -> AnswerShape:
    """Return the shape of a decoded JSON value; `key` is its key in the enclosing object."""
    if isinstance(value, dict):
        shape = AnswerShape(_OBJECT)
        if value and all(_DIGITS.fullmatch(name) for name in value):
            shape.members = {_ANY_ID: _of_all(list(value.values()))}
        else:
            shape.members = {name: shape_of(member, name) for name, member in value.items()}
        return shape
    if isinstance(value, list):
        shape = AnswerShape(_LIST)
        shape.item = _of_all(value) if value else None
        return shape
    return AnswerShape(_scalar(value, key))


def _of_all(values: list[Any]) -> AnswerShape:
    first, *others = (shape_of(value) for value in values)
    for other in others:
        first = first.merged(other)
    return first


def _scalar(value: Any, key: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        if not value:
            return _NO_TEXT
        if _DIGITS.fullmatch(value):
            return _DIGIT_TEXT
        return _MOMENT_TEXT if _MOMENT.fullmatch(value) else _TEXT
    return "an integer" if isinstance(value, int) and key not in _SECONDS else "a number"


def differences(old: AnswerShape, new: AnswerShape, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield path, old kind and new kind of each difference between two shapes."""
    old_kinds, new_kinds = old.kinds - {_NOTHING}, new.kinds - {_NOTHING}
    if not old_kinds & new_kinds and not _are_texts(old_kinds, new_kinds):
        yield path, str(old), str(new)
        return
    if _OBJECT in old_kinds and _OBJECT in new_kinds:
        for name in [*old.members, *(name for name in new.members if name not in old.members)]:
            yield from _of_member(old.members.get(name), new.members.get(name), f"{path}.{name}" if path else name)
    if old.item is not None and new.item is not None:
        yield from differences(old.item, new.item, f"{path}[]")


def _of_member(old: AnswerShape | None, new: AnswerShape | None, path: str) -> Iterator[tuple[str, str, str]]:
    if old is not None and new is not None:
        yield from differences(old, new, path)
        return
    there = old or new
    # An optional key of list members may be missing from all members on the other portal by chance.
    if there is not None and _NOTHING not in there.kinds:
        yield path, str(old or _NOTHING), str(new or _NOTHING)


def _are_texts(old: set[str], new: set[str]) -> bool:
    """Say whether both are texts and one of them is free text: a title may consist of digits."""
    return bool(old & _TEXTS and new & _TEXTS and (old | new) & _FREE_TEXTS)
