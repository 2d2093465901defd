"""Conversion of form and JSON values to declared types, as in PHP."""

from typing import Any

import pytest

from landingpad.rpc.bind import to_bool, to_int, to_list, to_object, to_text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        *((5, 5), ("5", 5), (" 5", 5), ("5 ", 5), ("+5", 5), ("-5", -5), ("007", 7), ("-0", 0)),
        *((5.0, 5), ("5.0", 5), ("5.", 5), ("1e3", 1000), (1e3, 1000), (True, 1), (False, 0)),
        *((2**63 - 1, 2**63 - 1), (str(-(2**63)), -(2**63))),
    ],
)
def test_whole_numbers(value: Any, number: int) -> None:
    assert to_int(value) == number


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "abc", "5a", "0x1f", "1_000", "٣", "5 5", "5.5", ".", "e3", "1e", "\u00a05", "1e400", "9" * 41),
        *(5.5, None, [5], {"a": 5}, 2**63, str(2**63), float("inf"), float("nan")),
    ],
)
def test_values_that_are_not_whole_numbers(value: Any) -> None:
    with pytest.raises(TypeError, match=r"must be of type int, (string|float|null|array) given"):
        to_int(value)


@pytest.mark.parametrize("value", [True, 1, 2, -1, 0.5, "1", "Y", "y", "true", "True", "yes", "on", " Y "])
def test_true(value: Any) -> None:
    assert to_bool(value) is True


@pytest.mark.parametrize("value", [False, 0, 0.0, "0", "N", "n", "false", "False", "no", "off", "", "None", "null"])
def test_false(value: Any) -> None:
    assert to_bool(value) is False


@pytest.mark.parametrize("value", ["maybe", "2", [], {}, None])
def test_neither(value: Any) -> None:
    with pytest.raises(TypeError, match="must be of type bool"):
        to_bool(value)


def test_texts_lists_and_objects() -> None:
    assert [to_text(value) for value in ("a", 5, 0.5, True, False)] == ["a", "5", "0.5", "1", ""]
    assert to_list({"a": 1, "b": 2}) == [1, 2]
    assert to_object(["x", "y"]) == {"0": "x", "1": "y"}
    for convert, kind in ((to_text, "string"), (to_list, "array"), (to_object, "array")):
        with pytest.raises(TypeError, match=f"must be of type {kind}, null given"):
            convert(None)
