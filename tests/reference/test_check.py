"""Findings of landing-check-call, and their agreement with the API."""

from typing import Any

import pytest

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.errors.calls import MissingParams, TypeProblem
from landingpad.reference.check import FindingKind, check_call
from landingpad.reference.examples import examples
from landingpad.reference.library import read_recorded
from landingpad.rpc.declare import REGISTRY, Method


def found(name: str, params: dict[str, Any]) -> list[tuple[FindingKind, str, bool]]:
    return [(finding.problem, finding.where, finding.fatal) for finding in check_call(REGISTRY, name, params)]


@pytest.mark.parametrize(
    ("name", "params", "expected"),
    [
        ("landing.site.getPreview", {}, (FindingKind.MISSING, "id", True)),
        ("landing.site.getPreview", {"id": "abc"}, (FindingKind.WRONG_TYPE, "id", True)),
        ("landing.site.getPreview", {"id": 1, "size": 2}, (FindingKind.UNKNOWN, "size", False)),
        ("landing.site.getPrevew", {"id": 1}, (FindingKind.UNKNOWN_METHOD, "landing.site.getPrevew", True)),
        ("landing.site.getList", {"filter": {"ID": 1}}, (FindingKind.MISPLACED, "filter", False)),
        (
            "landing.site.getList",
            {"params": {"select": ["TITEL"]}},
            (FindingKind.UNKNOWN, "params.select.TITEL", False),
        ),
        (
            "landing.site.getList",
            {"params": {"filter": {">=IDD": 1}}},
            (FindingKind.UNKNOWN, "params.filter.IDD", False),
        ),
        ("landing.site.add", {"fields": {}, "TITLE": "x"}, (FindingKind.MISPLACED, "TITLE", False)),
        ("landing.site.add", {"fields": {"TITEL": "x"}}, (FindingKind.UNKNOWN, "fields.TITEL", False)),
        ("landing.site.add", {"fields": {"THEME_CODE": "x"}}, (FindingKind.MISPLACED, "fields.THEME_CODE", False)),
        (
            "landing.landing.update",
            {"lid": 1, "fields": {"ADDITIONAL_FIELDS": {"METAOG_IMG": "x"}}},
            (FindingKind.UNKNOWN, "fields.ADDITIONAL_FIELDS.METAOG_IMG", False),
        ),
    ],
)
def test_mistakes_are_found(name: str, params: dict[str, Any], expected: tuple[FindingKind, str, bool]) -> None:
    assert found(name, params) == [expected]


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("LANDING.SITE.GETPREVIEW", {"id": "5", "scope": "KNOWLEDGE", "auth": "x"}),
        ("landing.site.getList", {"params": {"select": ["ID", "*"], "filter": {"!=ID": 1, "%TITLE": "x"}}}),
        ("methods", {"FULL": True}),
        ("landing.site.add", {"fields": {"TITLE": "x", "ADDITIONAL_FIELDS": {"THEME_CODE": "x"}}}),
    ],
)
def test_correct_calls_have_no_findings(name: str, params: dict[str, Any]) -> None:
    assert found(name, params) == []


def test_texts_suggest_the_similar_name() -> None:
    (finding,) = check_call(REGISTRY, "landing.site.add", {"fields": {"TITEL": "x"}})
    assert "Did you mean TITLE?" in finding.text
    (finding,) = check_call(REGISTRY, "landing.page.getList", {})
    assert "landing.site.getList" in finding.text


def test_examples_have_no_findings() -> None:
    recorded = read_recorded()
    for name in examples():
        if REGISTRY.find(name) is not None and name in recorded:
            assert found(name, recorded[name]["params"]) == [], name


def test_a_call_is_refused_exactly_when_something_fatal_is_found() -> None:
    """The check accepts exactly the calls that the API accepts."""
    values: list[Any] = ["text", "5", 5, 5.5, True, None, [], [1], {}, {"a": 1}, "Y", 10**30, "\x00"]
    for method in REGISTRY:
        for value in values:
            for names in ([p.wire for p in method.parameters], [p.wire for p in method.parameters][:1]):
                params = dict.fromkeys(names, value)
                fatal = any(finding.fatal for finding in check_call(REGISTRY, method.name, params))
                assert fatal == _is_refused(method, params), f"{method.name} {params}"


def _is_refused(method: Method, params: dict[str, Any]) -> bool:
    try:
        method.binder.bind(params)
    except (MissingParams, TypeProblem):
        return True
    return False
