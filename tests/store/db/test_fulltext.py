"""The full-text index in memory."""

from collections.abc import Iterator

import pytest

from landingpad.store.db.fulltext import FullTextIndex


@pytest.fixture
def index() -> Iterator[FullTextIndex]:
    texts = {
        "publish": ("publish page", "Make the draft public."),
        "copy": ("copy page", "Copies of pages are not published."),
        "quote": ('say "hello"', ""),
    }
    index = FullTextIndex(("name", "body"), texts)
    yield index
    index.close()


def test_a_word_is_found_in_every_form_and_scored_by_field(index: FullTextIndex) -> None:
    found = index.match("publishing")
    assert set(found) == {"publish", "copy"}
    in_name, in_body = found["publish"]
    assert in_name > 0
    assert in_body == 0
    assert found["copy"][0] == 0
    assert found["copy"][1] > 0


@pytest.mark.parametrize("word", ["nowhere", "", '"', '" OR page', "name:page"])
def test_what_is_searched_for_is_text_and_no_query(index: FullTextIndex, word: str) -> None:
    assert index.match(word) == {}
