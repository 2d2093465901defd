"""A method that the public documentation does not have is marked so wherever it is shown, and no other is."""

import re

import pytest

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.reference.doc_page import OWN_METHOD
from landingpad.reference.library import Library, read_recorded
from landingpad.rpc.declare import REGISTRY, Method
from support.portal import Portal

OWN = {method.name for method in REGISTRY if method.is_own}
LIBRARY = Library(REGISTRY, read_recorded())


@pytest.fixture(params=REGISTRY, ids=lambda method: method.name)
def method(request: pytest.FixtureRequest) -> Method:
    found: Method = request.param
    return found


def test_the_page_of_a_method_says_whose_it_is(method: Method) -> None:
    page = LIBRARY.page(method.name)
    assert page is not None
    assert (OWN_METHOD in page.text) is (OWN_METHOD in page.summary) is (method.name in OWN)
    assert ("public documentation](" in page.text) is (method.name not in OWN)


async def test_lists_and_openapi_mark_own_methods_and_no_others(portal: Portal) -> None:
    assert OWN
    paths = (await portal.get("/openapi.json")).json()["paths"]
    assert {path.strip("/") for path, item in paths.items() if item["post"].get("x-landingpad-own")} == OWN
    assert {path.strip("/") for path, item in paths.items() if OWN_METHOD in item["post"]["description"]} == OWN
    assert {path.strip("/") for path, item in paths.items() if "externalDocs" not in item["post"]} == OWN
    listed = (await portal.get("/llms.txt")).text
    marked = [line for line in listed.splitlines() if OWN_METHOD in line]
    assert {re.sub(r"- \[(.+?)\].*", r"\1", line) for line in marked} == OWN
    index = LIBRARY.page("methods-index")
    assert index is not None
    assert {line.split("]")[0].lstrip("| [") for line in index.text.splitlines() if OWN_METHOD in line} == OWN
    differences = LIBRARY.page("not-the-same")
    assert differences is not None
    assert all(f"/docs/{name})" in differences.text for name in OWN)
    for name in OWN:
        assert "Landingpad's own" in (await portal.get(f"/docs/{name}")).text.replace("&#x27;", "'").replace("’", "'")
