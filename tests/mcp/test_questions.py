"""Questions: the search finds the page that answers each."""

import tomllib
from pathlib import Path

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.reference.doc_page import PageKind
from landingpad.reference.library import Library, read_recorded
from landingpad.rpc.declare import REGISTRY

QUESTIONS = tomllib.loads((Path(__file__).parent / "questions.toml").read_text())["question"]
LIBRARY = Library(REGISTRY, read_recorded())


def test_the_page_with_the_answer_is_found() -> None:
    assert len(QUESTIONS) == 43
    places = {
        question["ask"]: [hit.page.key for hit in LIBRARY.search.find(question["ask"], most=10)]
        for question in QUESTIONS
    }
    missed = {q["ask"]: places[q["ask"]] for q in QUESTIONS if q["page"] not in places[q["ask"]][:3]}
    assert not missed
    first = [q for q in QUESTIONS if places[q["ask"]][0] == q["page"]]
    assert len(first) >= 39, [q["ask"] for q in QUESTIONS if q not in first]


def test_the_key_of_a_page_finds_that_page_first() -> None:
    for page in LIBRARY.pages:
        assert LIBRARY.search.find(page.key, most=1)[0].page is page


def test_the_search_can_be_limited_to_a_kind() -> None:
    found = LIBRARY.search.find("install an application", kinds=(PageKind.EVENT,))
    assert found
    assert {hit.page.kind for hit in found} == {PageKind.EVENT}


def test_nonsense_finds_nothing_and_breaks_nothing() -> None:
    for query in ("", "   ", "xyzzy", '"', "a OR b AND (", "NEAR(", "'; DROP TABLE pages; --", "ж" * 5000, "*"):
        LIBRARY.search.find(query)
    assert LIBRARY.search.find("xyzzy qwertz") == []


def test_everyday_words_find_the_words_of_the_api() -> None:
    for word, page in {"screenshot": "landing.site.getPreview", "thumbnail": "landing.site.getPreview"}.items():
        assert LIBRARY.search.find(word, most=1)[0].page.key == page
