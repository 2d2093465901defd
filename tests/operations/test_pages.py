"""The publications of a page, and going back to an earlier one."""

import re

import pytest

from landingpad.domain.page.publishing import CannotUndoError
from landingpad.operations import pages
from landingpad.operations.errors import NotFound
from support.portal import Portal

SITE = "http://acme.localhost"


async def test_an_earlier_publication_is_shown_again(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    block_id = await portal.block(page_id, "html")
    for text in ("one", "two", "three"):
        await portal.call("landing.block.updatecontent", lid=page_id, block=block_id, content=f"<p>version {text}</p>")
        await portal.call("landing.landing.publication", lid=page_id)
    await portal.call("landing.landing.update", lid=page_id, fields={"TITLE": "New title"})

    async def shown() -> str:
        text = (await portal.get(f"{SITE}/")).text
        assert "<title>New title</title>" in text
        return " ".join(re.findall(r"version \w+", text))

    assert await shown() == "version three"
    history = pages.publications(portal.parts, page_id)
    assert [entry.publication for entry in history] == [4, 3, 2, 1]
    assert pages.undo_publication(portal.parts, page_id, None) == 3
    assert await shown() == "version two"
    assert pages.undo_publication(portal.parts, page_id, 1) == 1
    assert await shown() == ""
    draft = await portal.call("landing.block.getcontent", lid=page_id, block=block_id, editMode=True)
    assert "version three" in draft["content"]  # the draft stays as it is
    await portal.call("landing.landing.publication", lid=page_id)
    assert await shown() == "version three"
    for number in (99, 7):
        with pytest.raises(CannotUndoError, match="Kept: 6, 5, 4, 3, 2, 1"):
            pages.undo_publication(portal.parts, page_id, number)
    with pytest.raises(NotFound):
        pages.undo_publication(portal.parts, 999999, None)


async def test_the_history_ends_after_twenty_publications(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    for number in range(22):
        await portal.call("landing.landing.publication", lid=page_id)
        await portal.call("landing.site.update", id=site_id, fields={"TITLE": f"Name {number}"})
    assert len(pages.publications(portal.parts, page_id)) == 20
