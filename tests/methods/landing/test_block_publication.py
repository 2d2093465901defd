"""landing.block.publication through the wire: one block, and nothing else of the draft."""

import pytest

from support.portal import ApiFailure, Portal

CODE = "01.big_with_text"
TITLE = ".landing-block-node-title"
SITE = "http://acme.localhost/"


async def write(portal: Portal, page_id: int, block_id: int, text: str) -> None:
    await portal.call("landing.block.updatenodes", lid=page_id, block=block_id, data={TITLE: text})


async def test_one_block_is_published_and_the_others_wait(portal: Portal) -> None:
    page_id = await portal.page(await portal.site())
    first, second = [await portal.block(page_id, CODE) for _ in range(2)]
    await write(portal, page_id, first, "first before")
    await write(portal, page_id, second, "second before")
    await portal.call("landing.landing.publication", lid=page_id)
    await write(portal, page_id, first, "first after")
    await write(portal, page_id, second, "second after")
    assert await portal.call("landing.block.publication", block=first) is True
    text = (await portal.get(SITE)).text
    assert "first after" in text
    assert "second before" in text
    assert "second after" not in text
    await portal.call("landing.landing.publication", lid=page_id)
    assert "second after" in (await portal.get(SITE)).text


async def test_new_and_deleted_blocks(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    added = await portal.block(page_id, CODE)
    waiting = await portal.block(page_id, CODE)
    for block, text in ((added, "added"), (waiting, "waiting")):
        await write(portal, page_id, block, text)
    assert await portal.call("landing.block.publication", block=added) is True
    text = (await portal.get(SITE)).text
    assert "added" in text
    assert "waiting" not in text
    await portal.call("landing.landing.markdeletedblock", lid=page_id, block=added)
    assert "added" in (await portal.get(SITE)).text
    assert await portal.call("landing.block.publication", block=added) is True
    assert "added" not in (await portal.get(SITE)).text
    assert len(await portal.call("landing.block.getlist", lid=page_id)) == 1


async def test_a_page_that_was_never_public_goes_online_with_that_block(portal: Portal) -> None:
    page_id = await portal.page(await portal.site())
    block, other = [await portal.block(page_id, CODE) for _ in range(2)]
    await write(portal, page_id, block, "words to show")
    await write(portal, page_id, other, "words to hide")
    assert await portal.call("landing.block.publication", block=block) is True
    text = (await portal.get(SITE)).text
    assert "words to show" in text
    assert "words to hide" not in text
    assert (await portal.get(f"{SITE}preview.jpg")).headers["x-landingpad-preview"].startswith("pending")


async def test_what_is_no_block_of_a_draft_is_null(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    public = (await portal.call("landing.block.getlist", lid=page_id))[0]["id"]
    for block in (public, 999_999, 0):
        assert await portal.call("landing.block.publication", block=block) is None


async def test_scopes_and_the_trash(portal: Portal) -> None:
    _, _, block = await portal.published()
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.block.publication", block=block, scope="KNOWLEDGE")
    assert (failure.value.status, failure.value.code) == (400, "LANDING_NOT_EXIST")
    other = await portal.page(await portal.site("other"))
    inside = await portal.block(other, CODE)
    await portal.call("landing.landing.markDelete", lid=other)
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.block.publication", block=inside)
    assert failure.value.code == "LANDING_NOT_EXIST"
