"""Ignored parameters are reported in the log in developer mode, or as an error with --strict."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.rpc.declare import REGISTRY
from landingpad.rpc.lint import nearest_method, problems_of
from support.portal import ApiFailure, Databases, Portal


def problems(name: str, **params: Any) -> list[str]:
    method = REGISTRY.find(name)
    assert method is not None
    return problems_of(method, params, set(params) - method.known_names)


@pytest.mark.parametrize(
    ("method", "params", "hint"),
    [
        ("landing.site.getList", {"filter": {"ID": 1}}, 'put it inside "params": {"params": {"filter": ...}}'),
        ("landing.site.getList", {"SELECT": ["ID"]}, 'put it inside "params"'),
        ("landing.site.getList", {"params": {"Filter": {}}}, 'write it as "filter"'),
        ("landing.site.getPreview", {"ID": 1}, 'its name is written "id"'),
        ("landing.site.add", {"TITLE": "x"}, 'put it inside "fields": {"fields": {"TITLE": ...}}'),
        ("landing.block.updatenodes", {"blocks": 1}, 'did you mean "block"?'),
        ("landing.site.getPreview", {"nonsense": 1}, "landing.site.getPreview takes id."),
        ("profile", {"nonsense": 1}, "profile takes none."),
    ],
)
def test_hints(method: str, params: dict[str, Any], hint: str) -> None:
    found = problems(method, **params)
    assert len(found) == 1
    assert hint in found[0]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("landing.site.getPreview", {"id": 1, "auth": "t", "start": 0, "scope": "KNOWLEDGE", "bx24_request_id": "x"}),
        ("landing.site.getList", {"params": {"select": ["ID"], "filter": {}, "limit": 1}}),
        ("feature.get", {"code": "x"}),
        ("user.get", {"NAME": "x", "anything": 1}),
        ("batch", {"cmd": {}, "halt": 0, "__order": 1}),
    ],
)
def test_parameters_sent_by_common_clients_are_accepted(method: str, params: dict[str, Any]) -> None:
    assert problems(method, **params) == []


def test_the_nearest_method() -> None:
    names = [method.name for method in REGISTRY]
    assert nearest_method("landing.site.getPreveiw", names) == "landing.site.getPreview"
    assert nearest_method("LANDING.SITES.LIST", names) == "landing.site.getList"
    assert nearest_method("something.else.entirely", names) == ""
    assert nearest_method("x" * 100_000, names) == ""


async def test_an_unknown_method_names_the_nearest(portal: Portal) -> None:
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.site.getPreveiw", id=1)
    assert (failure.value.status, failure.value.code) == (404, "ERROR_METHOD_NOT_FOUND")
    assert failure.value.text.endswith("Did you mean landing.site.getPreview?")


async def test_developers_find_it_in_the_log_once(portal: Portal) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            await portal.call("landing.site.getList", filter={"ID": 1})
    told = [entry for entry in logs if entry["event"] == "parameter_ignored"]
    assert len(told) == 1
    assert told[0]["method"] == "landing.site.getList"
    assert 'inside "params"' in told[0]["problem"]


@pytest.fixture
def strict(databases: Databases, tmp_path: Path) -> Iterator[Portal]:
    with databases.parts(tmp_path, strict=True) as parts:
        yield Portal(parts)


async def test_strict_mode_refuses(strict: Portal) -> None:
    with pytest.raises(ApiFailure) as failure:
        await strict.call("landing.site.getList", filter={"ID": 1}, slect=["ID"])
    assert (failure.value.status, failure.value.code) == (400, "ERROR_UNKNOWN_PARAMETER")
    assert 'Parameter "filter" has no effect' in failure.value.text
    assert 'Parameter "slect" has no effect' in failure.value.text
    batch = await strict.call("batch", cmd={"a": "landing.site.getList?filter[ID]=1", "b": "landing.site.getList"})
    assert batch["result_error"]["a"]["error"] == "ERROR_UNKNOWN_PARAMETER"
    assert batch["result"]["b"] == []
    site_id = await strict.site()
    assert await strict.call("landing.site.getPreview", id=site_id, bx24_sdk_ver="1")
