"""Every declared method through the wire."""

from typing import Any

import httpx

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.rpc.declare import REGISTRY
from support.portal import Portal

METHODS = list(REGISTRY)


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
    """Every answer is a result or a documented error, never INTERNAL_SERVER_ERROR."""
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
