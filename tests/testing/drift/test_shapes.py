"""Differences in shape matter to clients; differences in values do not."""

from typing import Any

import pytest

from landingpad.testing.drift.shapes import differences, shape_of


def found(old: Any, new: Any) -> list[tuple[str, str, str]]:
    return list(differences(shape_of(old), shape_of(new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"ID": "1", "TITLE": "A"}, {"TITLE": "Other", "ID": "25"}),
        ({"TITLE": "2024"}, {"TITLE": "A title"}),
        ({"D": None}, {"D": None}),
        ([], [{"ID": "1"}]),
        ([{"A": 1}, {"A": 2, "B": 1}], [{"A": 5}]),
        ([{"A": 5}], [{"A": 1}, {"A": 2, "B": 1}]),
        ([{"A": None}, {"A": "x"}], [{"A": "y"}]),
        ({"12": {"A": 1}}, {"7": {"A": 2}, "9": {"A": 1}}),
        ({"time": {"duration": 1}}, {"time": {"duration": 0.5}}),
        ([[1, 2], []], [[3]]),
        ({"AT": "2026-01-01T00:00:00+03:00"}, {"AT": "2025-12-31T00:00:00+00:00"}),
    ],
)
def test_values_are_not_differences(old: Any, new: Any) -> None:
    assert found(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ({"ID": "1"}, {"ID": 1}, ("ID", "a string of digits", "an integer")),
        ({"ID": "1"}, {}, ("ID", "a string of digits", "nothing")),
        ({}, {"ID": "1"}, ("ID", "nothing", "a string of digits")),
        ([], {}, ("", "a list", "an object")),
        (False, [], ("", "a boolean", "a list")),
        ({"r": [{"A": 1}]}, {"r": [{"A": "x"}]}, ("r[].A", "an integer", "a string")),
        ([{"A": 1}, {"A": 1}], [{"A": 1, "B": 2}], ("[].B", "nothing", "an integer")),
        ([{"A": {"x": 1}}, {}], [{"A": {"x": None}}], ("[].A.x", "an integer", "null")),
        ({"12": {"A": 1}}, {"7": {"A": True}}, ("<id>.A", "an integer", "a boolean")),
        ({"AT": "2026-01-01T00:00:00+03:00"}, {"AT": "12345"}, ("AT", "a string with a moment", "a string of digits")),
        ([{"A": None}, {"A": 1}], [{"A": "x"}], ("[].A", "an integer or null", "a string")),
    ],
)
def test_types_keys_and_empty_shapes_are_differences(old: Any, new: Any, difference: tuple[str, str, str]) -> None:
    assert found(old, new) == [difference]
