"""The OpenAPI document: valid, complete, and consistent with the portal's answers."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from landingpad.errors.calls import SystemApiError
from landingpad.reference.library import read_recorded
from landingpad.reference.openapi import openapi
from landingpad.rpc.declare import REGISTRY
from support.listening import listening
from support.portal import Databases, Portal

DOCUMENT = openapi(REGISTRY, read_recorded())


@pytest.fixture
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    databases = Databases("sqlite", tmp_path_factory.mktemp("databases"), None)
    with databases.parts(tmp_path_factory.mktemp("portal")) as parts:
        yield Portal(parts)


def resolved(schema: Any) -> Any:
    """Replace references by the shared parts."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return resolved(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        return {key: resolved(value) for key, value in schema.items()}
    return [resolved(member) for member in schema] if isinstance(schema, list) else schema


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_schema_is_valid_and_accepts_its_example() -> None:
    """Checked by a second implementation of JSON Schema."""
    for path, item in DOCUMENT["paths"].items():
        body = item["post"]["requestBody"]["content"]["application/json"]
        answer = item["post"]["responses"]["200"]["content"]["application/json"]
        takes = jsonschema_rs.Draft202012Validator(resolved(body["schema"]))
        jsonschema_rs.Draft202012Validator(resolved(answer["schema"]))
        if "example" in body:  # tests/contract/test_new_methods.py names the methods without
            assert takes.is_valid(body["example"]), f"{path}: {body['example']}"


def test_it_has_every_method_with_the_errors_of_the_system() -> None:
    assert set(DOCUMENT["paths"]) == {f"/{method.name}" for method in REGISTRY}
    statuses = {str(error.status) for error in SystemApiError.__subclasses__()}
    for item in DOCUMENT["paths"].values():
        assert statuses | {"200"} <= set(item["post"]["responses"])


async def test_the_portal_serves_it(portal: Portal) -> None:
    response = await portal.get("/openapi.json")
    assert response.json() == json.loads(json.dumps(DOCUMENT))
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.long
def test_the_portal_answers_as_the_document_says(portal: Portal, tmp_path: Path) -> None:
    """Schemathesis calls every method with generated values: no 500, no undocumented status or body."""
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(DOCUMENT))
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    began = time.monotonic()
    with listening(portal.app) as origin:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", str(document)),
                *("--url", f"{origin}{portal.webhooks['admin'].rstrip('/')}", "--checks", checks),
                *("--phases", "examples,fuzzing", "--max-examples", "3", "--seed", "1", "--workers", "1"),
                *("--generation-deterministic", "--suppress-health-check", "all", "--warnings", "off", "--no-color"),
            ],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            cwd=tmp_path,
        )
    assert f"Selected: {len(REGISTRY)}/{len(REGISTRY)}" in done.stdout, done.stdout[-3000:] + done.stderr[-2000:]
    assert done.returncode == 0, f"after {time.monotonic() - began:.0f} s:\n{done.stdout[-6000:]}{done.stderr[-2000:]}"
