"""Every declared method against the public documentation, and through the wire.

documented.json holds facts of the public documentation (MIT): names, parameters, error codes, and the page of each.
"""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.domain.people.rights import Right
from landingpad.errors import SystemApiError
from landingpad.reference import differences
from landingpad.rpc.declare import REGISTRY, Method, Runs
from support.portal import Portal

pytestmark = pytest.mark.both_engines

DOCUMENTED = differences.documented()
BY_LOWER_NAME = {name.lower(): name for name in DOCUMENTED}
METHODS = list(REGISTRY)
SYSTEM_CODES = {error.code for error in SystemApiError.__subclasses__()}

# Documented errors that a method may raise although its own page leaves them out, and where they are said instead.
ALSO: dict[str, set[str]] = {
    "*": {
        "ACCESS_DENIED",  # landing/rights: every method answers so without the right
        "LANDING_NOT_EXIST",  # landing/page: whatever takes `lid`
        "BLOCK_NOT_FOUND",  # landing/block: whatever takes `block`
    },
    "landing.landing.update": {"UNABLE_DELETE_INCLUDE"},  # landing-landing-mark-delete.md: DELETED does the same
    "landing.repo.bind": {"PLACEMENT_NO_EXIST"},  # landing-repo-unbind.md: bind has no page of its own
}


@pytest.fixture(params=METHODS, ids=lambda method: method.name)
def method(request: pytest.FixtureRequest) -> Method:
    found: Method = request.param
    return found


def documented(method: Method) -> Mapping[str, Any]:
    name = BY_LOWER_NAME.get(method.name.lower())
    assert name is not None, f"{method.name} is not in the documentation"
    return DOCUMENTED[name]


def test_a_method_takes_what_is_documented(method: Method) -> None:
    page = documented(method)
    required = {parameter.wire for parameter in method.parameters if parameter.required}
    assert required <= set(page["required"]) | set(page["optional"])
    known = {name.lower() for name in [*page["required"], *page["optional"]]}
    assert {parameter.wire.lower() for parameter in method.parameters} <= known


def test_a_method_declares_documented_errors_only(method: Method) -> None:
    allowed = set(documented(method)["errors"]) | ALSO["*"] | ALSO.get(method.name, set()) | SYSTEM_CODES
    assert {error.code for error in method.raises} <= allowed


def test_a_method_says_what_it_is(method: Method) -> None:
    assert method.summary.endswith((".", ")", ":")), method.summary
    assert method.doc.startswith(("api-reference/", "settings/", "rest_help/")), method.doc
    for parameter in method.parameters:
        assert parameter.text, f"{method.name} has no Doc for {parameter.wire}"


def test_a_method_that_changes_something_needs_more_than_reading(method: Method) -> None:
    if method.runs is Runs.WRITE and method.name.startswith("landing."):
        assert method.needs not in {None, Right.READ}


async def test_every_method_names_all_its_missing_parameters(portal: Portal) -> None:
    for method in METHODS:
        required = [parameter.wire for parameter in method.parameters if parameter.required]
        if not required:
            continue
        response = await portal.answer(method.name, by="app" if method.apps_only else "admin")
        body = response.json()
        assert (response.status_code, body["error"]) == (400, "MISSING_PARAMS"), method.name
        assert body["error_description"].endswith(f"missing: {', '.join(required)}")


async def test_every_method_is_found_in_any_case_and_refuses_a_token_without_its_scope(portal: Portal) -> None:
    for method in METHODS:
        for spelling in (method.name.lower(), method.name.upper()):
            response = await portal.answer(spelling)
            assert response.json().get("error") != "ERROR_METHOD_NOT_FOUND", spelling
        if method.scope == "landing":
            response = await portal.answer(method.name, by="limited")
            assert (response.status_code, response.json()["error"]) == (403, "insufficient_scope"), method.name


async def test_no_method_breaks_on_values_of_the_wrong_type(portal: Portal) -> None:
    """Whatever is sent, the answer is a result or a documented error, never INTERNAL_SERVER_ERROR."""
    site_id, page_id, block_id = await portal.published()
    right = {"id": site_id, "siteId": site_id, "lid": page_id, "block": block_id, "blockId": block_id}
    values: list[Any] = [
        "text",
        -1,
        0,
        10**30,
        1.5,
        True,
        None,
        [],
        {},
        [None],
        {"a": [1]},
        [[["deep"]]],
        "\x00",
        "9" * 400,
    ]
    broken: list[str] = []
    for method in METHODS:
        names = [parameter.wire for parameter in method.parameters]
        for name in names:
            for value in values:
                params = {other: right.get(other, {}) for other in names} | {name: value}
                response = await portal.answer(method.name, params, by="app" if method.apps_only else "admin")
                if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                    broken.append(f"{method.name} {name}={value!r}: {response.text}")
    assert not broken, "\n".join(broken)
