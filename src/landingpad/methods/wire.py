"""Read members of `fields`: absent members are UNSET; values are converted as loosely as parameters."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from landingpad.errors.calls import ArgumentProblem, TypeProblem
from landingpad.errors.site import EmptyRequired
from landingpad.rpc.bind import to_bool, to_int, to_object, to_text


def given_text(given: Mapping[str, Any], name: str) -> str | UnsetType | None:
    """Return a text, None for null, or UNSET if the member is absent.

    Raises:
        TypeProblem: the value is an object or a list.

    """
    if name not in given:
        return UNSET
    value = given[name]
    return None if value is None else _convert(to_text, value, name)


def given_int(given: Mapping[str, Any], name: str) -> int | UnsetType | None:
    """Return an id, None for 0, "", null and words, or UNSET if the member is absent.

    Some clients send "None" or "undefined" for no id, which PHP reads as 0.

    Raises:
        TypeProblem: the value is not a whole number.

    """
    if name not in given:
        return UNSET
    value = given[name]
    if isinstance(value, str) and not any(map(str.isdecimal, value)):
        return None
    return None if value in (None, "", False) else _convert(to_int, value, name) or None


def require_title(fields: Mapping[str, Any]) -> None:
    """Refuse the fields of a new site or page without a title.

    Raises:
        EmptyRequired: TITLE is missing or blank.

    """
    title = given_text(fields, "TITLE")
    if not isinstance(title, str) or not title.strip():
        raise EmptyRequired('The required field "TITLE" is empty.')


def given_flag(given: Mapping[str, Any], name: str) -> bool | UnsetType:
    """Return True for "Y" and true, else False, or UNSET if absent (landing/page/methods/landing-landing-update.md)."""
    return UNSET if name not in given else given[name] in ("Y", True)


def params_flag(given: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """Return a flag of `params`; values that are not yes or no count by their truth value, as in PHP."""
    value = given.get(name, default)
    try:
        return to_bool(value)
    except TypeError:
        return bool(value)


def given_object(given: Mapping[str, Any], name: str) -> dict[str, Any] | UnsetType:
    """Return an object, or UNSET if the member is absent or empty.

    Raises:
        TypeProblem: the value is not an object.

    """
    if name not in given or given[name] in (None, "", False):
        return UNSET
    found: dict[str, Any] = _convert(to_object, given[name], name)
    return found


def argument_text(name: str, value: Any) -> str:
    """Return a parameter that must be a text.

    Raises:
        ArgumentProblem: the value is not a text; `landing.repo.*` and others document this error instead of TYPE_ERROR.

    """
    try:
        return to_text(value)
    except TypeError as error:
        raise ArgumentProblem(name) from error


def argument_object(name: str, value: Any) -> dict[str, Any]:
    """Return a parameter that must be an object.

    Raises:
        ArgumentProblem: the value is not an object.

    """
    try:
        return to_object(value)
    except TypeError as error:
        raise ArgumentProblem(name) from error


def _convert(convert: Any, value: Any, name: str) -> Any:
    try:
        return convert(value)
    except TypeError as error:
        raise TypeProblem(f'Field "{name}" {error}') from error
