"""The block methods of landing.landing.* through the wire."""

from typing import Any

import pytest

from support.portal import ApiFailure, Portal

TITLE = ".landing-block-node-title"


async def draft(portal: Portal, page_id: int, **params: Any) -> list[int]:
    rows = await portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": True, **params})
    return [row["id"] for row in rows]


async def content(portal: Portal, page_id: int, block_id: int) -> str:
    found = await portal.call("landing.block.getcontent", lid=page_id, block=block_id, editMode=True)
    html: str = found["content"]
    return html


async def refused(portal: Portal, method: str, *, by: str = "admin", **params: Any) -> str:
    with pytest.raises(ApiFailure) as failure:
        await portal.call(f"landing.landing.{method}", by=by, **params)
    assert failure.value.status == 400
    return failure.value.code


async def three_blocks(portal: Portal) -> tuple[int, list[int]]:
    page_id = await portal.page(await portal.site())
    last = await portal.block(page_id)
    first = await portal.block(page_id)
    middle = await portal.block(page_id, AFTER_ID=first)
    return page_id, [first, middle, last]


def shows(portal: Portal, page_id: int, block_id: int, **values: Any) -> None:
    """Set columns of a block that no method of the API sets."""
    from landingpad.store.tables.site import blocks  # noqa: PLC0415  # only tests of access levels read tables

    assert page_id
    assert portal.parts.db.write_here(lambda tx: tx.update(blocks, portal.id, block_id, **values)) == 1


async def test_new_blocks_go_to_the_top_or_below_another(portal: Portal) -> None:
    page_id, made = await three_blocks(portal)
    assert await draft(portal, page_id) == made
    top = await portal.block(page_id, AFTER_ID=999999)
    assert await draft(portal, page_id) == [top, *made]


async def test_a_block_with_content_of_its_own_is_cleaned(portal: Portal) -> None:
    page_id = await portal.page(await portal.site())
    block_id = await portal.block(page_id, CONTENT='<p onclick="x()">Hello<script>x()</script></p>')
    assert "<p>Hello</p>" in await content(portal, page_id, block_id)


@pytest.mark.parametrize("given", ["", "  ", "<script>x()</script>"])
async def test_a_block_without_content_is_refused(portal: Portal, given: str) -> None:
    page_id = await portal.page(await portal.site())
    fields = {"CODE": "01.big_with_text", "CONTENT": given}
    assert await refused(portal, "addblock", lid=page_id, fields=fields) == "BLOCK_NOT_FOUND"
    assert await draft(portal, page_id) == []


@pytest.mark.parametrize(
    "code", ["", "nonsense", "repo_1", "repo_999999", "01.big_with_text@1", "bitrix:01.big_with_text"]
)
async def test_blocks_that_do_not_exist_cannot_be_added(portal: Portal, code: str) -> None:
    page_id = await portal.page(await portal.site())
    assert await refused(portal, "addblock", lid=page_id, fields={"CODE": code}) == "BLOCK_CANT_BE_ADDED"


async def test_a_copy_goes_to_the_end_and_has_an_anchor_of_its_own(portal: Portal) -> None:
    page_id, made = await three_blocks(portal)
    await portal.call("landing.block.changeAnchor", lid=page_id, block=made[0], data="start")
    await portal.call("landing.block.updatenodes", lid=page_id, block=made[0], data={TITLE: "Mine"})
    copy = await portal.call("landing.landing.copyblock", lid=page_id, block=made[0])
    assert await draft(portal, page_id) == [*made, copy]
    found = await portal.call("landing.block.getcontent", lid=page_id, block=copy, editMode=True)
    assert "Mine" in found["content"]
    assert found["anchor"] == f"b{copy}"


async def test_a_copy_below_another_block_of_another_page(portal: Portal) -> None:
    page_id, made = await three_blocks(portal)
    other = await portal.page(await portal.site("other"), "other")
    below = await portal.block(other)
    await portal.block(other, AFTER_ID=below)
    answer = await portal.call(
        "landing.landing.copyblock", lid=other, block=made[1], params={"AFTER_ID": below, "RETURN_CONTENT": "Y"}
    )
    assert answer["result"] is True
    assert (await draft(portal, other))[1] == answer["content"]["id"]
    assert answer["content"]["content"].startswith(f'<div id="block{answer["content"]["id"]}"')
    assert await draft(portal, page_id) == made


async def test_a_public_block_can_be_copied_but_not_moved(portal: Portal) -> None:
    _, page_id, block_id = await portal.published()
    (public,) = [row["id"] for row in await portal.call("landing.block.getlist", lid=page_id)]
    assert public != block_id
    assert await refused(portal, "moveblock", lid=page_id, block=public) == "BLOCK_NOT_FOUND"
    copy = await portal.call("landing.landing.copyblock", lid=page_id, block=public)
    assert await draft(portal, page_id) == [block_id, copy]


async def test_a_moved_block_keeps_its_id_and_leaves_its_page(portal: Portal) -> None:
    _, page_id, block_id = await portal.published()
    other = await portal.page(await portal.site("other"), "other")
    first = await portal.block(other)
    assert await portal.call("landing.landing.moveblock", lid=other, block=block_id) == block_id
    assert await draft(portal, other) == [first, block_id]
    assert await draft(portal, page_id) == []
    assert (
        len(await portal.call("landing.block.getlist", lid=page_id)) == 1
    )  # the public version keeps it until the next publication
    await portal.call("landing.landing.publication", lid=page_id)
    assert await portal.call("landing.block.getlist", lid=page_id) == []


async def test_moving_on_the_same_page(portal: Portal) -> None:
    page_id, (first, middle, last) = await three_blocks(portal)
    await portal.call("landing.landing.moveblock", lid=page_id, block=first, params={"AFTER_ID": middle})
    assert await draft(portal, page_id) == [middle, first, last]
    await portal.call("landing.landing.moveblock", lid=page_id, block=first, params={"AFTER_ID": first})
    assert await draft(portal, page_id) == [middle, first, last]
    await portal.call("landing.landing.moveblock", lid=page_id, block=middle, params={"AFTER_ID": 0})
    assert await draft(portal, page_id) == [first, last, middle]


async def test_up_and_down(portal: Portal) -> None:
    page_id, (first, middle, last) = await three_blocks(portal)
    assert await portal.call("landing.landing.downblock", lid=page_id, block=first) is True
    assert await draft(portal, page_id) == [middle, first, last]
    assert await portal.call("landing.landing.upblock", lid=page_id, block=last) is True
    assert await draft(portal, page_id) == [middle, last, first]
    assert await refused(portal, "upblock", lid=page_id, block=middle) == "BLOCK_WRONG_SORT"
    assert await refused(portal, "downblock", lid=page_id, block=first) == "BLOCK_WRONG_SORT"


async def test_marked_blocks_do_not_count_for_order(portal: Portal) -> None:
    page_id, (first, middle, last) = await three_blocks(portal)
    await portal.call("landing.landing.markdeletedblock", lid=page_id, block=first)
    assert await refused(portal, "upblock", lid=page_id, block=middle) == "BLOCK_WRONG_SORT"
    await portal.call("landing.landing.downblock", lid=page_id, block=middle)
    assert await draft(portal, page_id) == [last, middle]
    assert await refused(portal, "upblock", lid=page_id, block=first) == "BLOCK_NOT_FOUND"


async def test_blocks_with_equal_positions_are_numbered_first(portal: Portal) -> None:
    """Blocks imported from elsewhere may have equal positions."""
    page_id, (first, middle, last) = await three_blocks(portal)
    for block_id in (first, middle, last):
        shows(portal, page_id, block_id, sort=500)
    order = await draft(portal, page_id)
    await portal.call("landing.landing.downblock", lid=page_id, block=order[0])
    assert await draft(portal, page_id) == [order[1], order[0], order[2]]


async def test_a_hidden_block_is_not_for_visitors(portal: Portal) -> None:
    site_id, page_id, block_id = await portal.published()
    address = await portal.call("landing.site.getPublicUrl", id=site_id)
    assert "landing-block" in (await portal.get(f"{address}/")).text
    await portal.call("landing.landing.hideblock", lid=page_id, block=block_id)
    assert "landing-block" in (await portal.get(f"{address}/")).text
    await portal.call("landing.landing.publication", lid=page_id)
    assert "landing-block" not in (await portal.get(f"{address}/")).text
    (row,) = await portal.call("landing.block.getlist", lid=page_id, params={"get_content": True})
    assert (row["active"], row["content"]) == (False, "")
    await portal.call("landing.landing.showblock", lid=page_id, block=block_id)
    await portal.call("landing.landing.publication", lid=page_id)
    assert "landing-block" in (await portal.get(f"{address}/")).text


async def test_a_marked_block_comes_back_as_it_was(portal: Portal) -> None:
    page_id, (first, middle, last) = await three_blocks(portal)
    await portal.call("landing.landing.hideblock", lid=page_id, block=middle)
    assert await portal.call("landing.landing.markdeletedblock", lid=page_id, block=middle) is True
    assert await draft(portal, page_id) == [first, last]
    assert await draft(portal, page_id, deleted=1) == [middle]
    for method in ("deleteblock", "showblock", "hideblock", "copyblock", "moveblock"):
        assert await refused(portal, method, lid=page_id, block=middle) == "BLOCK_NOT_FOUND", method
    assert await portal.call("landing.landing.markundeletedblock", lid=page_id, block=middle) is True
    assert await draft(portal, page_id) == [first, middle, last]
    found = await portal.call("landing.block.getcontent", lid=page_id, block=middle, editMode=True)
    assert found["active"] is False
    await portal.call("landing.landing.markdeletedblock", lid=page_id, block=last)
    await portal.call("landing.landing.markdeletedblock", lid=page_id, block=last, mark=False)
    assert await draft(portal, page_id) == [first, middle, last]


async def test_a_deleted_block_is_gone_for_good(portal: Portal) -> None:
    site_id, page_id, block_id = await portal.published()
    assert await portal.call("landing.landing.deleteblock", lid=page_id, block=block_id) is True
    assert await refused(portal, "deleteblock", lid=page_id, block=block_id) == "BLOCK_NOT_FOUND"
    assert await refused(portal, "markundeletedblock", lid=page_id, block=block_id) == "BLOCK_NOT_FOUND"
    await portal.call("landing.landing.publication", lid=page_id)
    address = await portal.call("landing.site.getPublicUrl", id=site_id)
    assert "landing-block" not in (await portal.get(f"{address}/")).text


async def test_blocks_of_other_pages_and_sites_are_not_found(portal: Portal) -> None:
    page_id, made = await three_blocks(portal)
    other = await portal.page(await portal.site("other"), "other")
    for method in (
        "deleteblock",
        "upblock",
        "downblock",
        "showblock",
        "hideblock",
        "markdeletedblock",
        "favoriteBlock",
    ):
        assert await refused(portal, method, lid=other, block=made[0]) == "BLOCK_NOT_FOUND", method
        assert await refused(portal, method, lid=999999, block=made[0]) == "LANDING_NOT_EXIST", method
        assert await refused(portal, method, lid=page_id, block="abc") == "TYPE_ERROR", method
        assert await refused(portal, method, lid=page_id) == "MISSING_PARAMS", method
    assert await draft(portal, page_id) == made


async def test_users_without_administrator_rights_change_nothing(portal: Portal) -> None:
    page_id, made = await three_blocks(portal)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("addblock", {"fields": {"CODE": "01.big_with_text"}}),
        *(
            (method, {"block": made[1]})
            for method in (
                "copyblock", "moveblock", "deleteblock", "upblock", "downblock", "showblock", "hideblock",
                "markdeletedblock", "markundeletedblock", "favoriteBlock",
            )
        ),
    ]  # fmt: skip
    for method, params in calls:
        assert await refused(portal, method, by="plain", lid=page_id, **params) == "ACCESS_DENIED", method
    assert await draft(portal, page_id) == made
    found = await portal.call("landing.block.getcontent", by="plain", lid=page_id, block=made[0], editMode=True)
    assert found["access"] == "A"


@pytest.mark.parametrize(
    ("level", "allowed"),
    [
        ("X", {"updateStyles", "updatecontent", "moveblock", "deleteblock"}),
        ("W", {"updateStyles", "updatecontent", "moveblock"}),
        ("V", {"updateStyles"}),
        ("D", set()),
    ],
)
async def test_the_access_level_of_a_block(portal: Portal, level: str, allowed: set[str]) -> None:
    page_id, made = await three_blocks(portal)
    shows(portal, page_id, made[0], access=level)
    found = await portal.call("landing.block.getcontent", lid=page_id, block=made[0], editMode=True)
    assert found["access"] == level
    done = set()
    for method, params in (
        ("landing.block.updateStyles", {"data": {TITLE: "landing-block-node-title"}}),
        ("landing.block.updatecontent", {"content": "<p>x</p>"}),
        ("landing.landing.moveblock", {}),
        ("landing.landing.deleteblock", {}),
    ):
        answer = (await portal.answer(method, {"lid": page_id, "block": made[0], **params})).json()
        assert answer.get("error") in {None, "ACCESS_DENIED"}
        if "error" not in answer:
            done.add(method.rpartition(".")[2])
    assert done == allowed


async def test_a_saved_block_can_be_put_on_other_pages(portal: Portal) -> None:
    page_id, made = await three_blocks(portal)
    await portal.call("landing.block.updatenodes", lid=page_id, block=made[0], data={TITLE: "Kept"})
    meta = {"name": "My cover", "section": ["cover", "My own"], "tpl_code": "empty"}
    saved = await portal.call("landing.landing.favoriteBlock", lid=page_id, block=made[0], meta=meta)
    assert await draft(portal, page_id) == made
    code = f"01.big_with_text@{saved}"
    assert "Kept" in await portal.call("landing.block.getContentFromRepository", code=code)
    sections = await portal.call("landing.block.getrepository")
    for section in ("favourite", "cover", "My own"):
        item = sections[section]["items"][code]
        assert (item["name"], item["favorite"], item["favoriteMy"]) == ("My cover", True, True)
    assert code not in sections["text"]["items"]
    other = await portal.page(await portal.site("other"), "other")
    added = await portal.block(other, code)
    rows = await portal.call("landing.block.getlist", lid=other, params={"edit_mode": True})
    assert [(row["id"], row["code"]) for row in rows] == [(added, "01.big_with_text")]
    assert "Kept" in await content(portal, other, added)
    assert await portal.call("landing.landing.unFavoriteBlock", blockId=saved) is True
    assert await portal.call("landing.block.getContentFromRepository", code=code) is None
    assert await portal.call("landing.block.getrepository", section="My own") is False
    assert await refused(portal, "unFavoriteBlock", blockId=saved) == "BLOCK_NOT_FOUND"
    assert "Kept" in await content(portal, other, added)


async def test_only_the_user_who_saved_a_block_removes_it(portal: Portal) -> None:
    page_id, made = await three_blocks(portal)
    saved = await portal.call("landing.landing.favoriteBlock", lid=page_id, block=made[0])
    assert await refused(portal, "unFavoriteBlock", by="plain", blockId=saved) == "ACCESS_DENIED"
    assert await refused(portal, "unFavoriteBlock", blockId=made[0]) == "BLOCK_NOT_FOUND"
    assert await refused(portal, "unFavoriteBlock", blockId="abc") == "TYPE_ERROR"
    assert await refused(portal, "unFavoriteBlock") == "MISSING_PARAMS"
    listed = await portal.call("landing.block.getrepository", by="plain", section="favourite")
    assert listed["items"][f"01.big_with_text@{saved}"]["favoriteMy"] is False


async def test_blocks_of_another_scope_are_not_found(portal: Portal) -> None:
    fields = {"TITLE": "Handbook", "CODE": "handbook", "TYPE": "KNOWLEDGE"}
    site_id = await portal.call("landing.site.add", scope="KNOWLEDGE", fields=fields)
    page_id = await portal.call(
        "landing.landing.add", scope="KNOWLEDGE", fields={"TITLE": "Rules", "SITE_ID": site_id, "CODE": "rules"}
    )
    block_id = await portal.call(
        "landing.landing.addblock", scope="KNOWLEDGE", lid=page_id, fields={"CODE": "27.6.one_col_fix_text"}
    )
    home = await portal.page(await portal.site())
    assert await refused(portal, "copyblock", lid=home, block=block_id) == "BLOCK_NOT_FOUND"
    assert (
        await refused(portal, "addblock", lid=page_id, fields={"CODE": "27.6.one_col_fix_text"}) == "LANDING_NOT_EXIST"
    )


@pytest.mark.parametrize("word", ["None", "abc", "", "99999"])
async def test_a_block_to_place_after_that_does_not_exist(portal: Portal, word: str) -> None:
    """New blocks go to the top, copies and moved blocks to the end."""
    page_id = await portal.page(await portal.site())
    first = await portal.block(page_id)
    top = await portal.block(page_id, AFTER_ID=word)
    copy = await portal.call("landing.landing.copyblock", lid=page_id, block=first, params={"AFTER_ID": word})
    assert await draft(portal, page_id) == [top, first, copy]
    await portal.call("landing.landing.moveblock", lid=page_id, block=top, params={"AFTER_ID": word})
    assert await draft(portal, page_id) == [first, copy, top]
