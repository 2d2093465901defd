"""landing.template.* through the wire, and areas on public pages."""

from typing import Any

import pytest

from support.portal import ApiFailure, Portal

HEADER_FOOTER = 4


async def refused(portal: Portal, method: str, **params: Any) -> str:
    with pytest.raises(ApiFailure) as failure:
        await portal.call(f"landing.template.{method}", **params)
    return failure.value.code


async def text_page(portal: Portal, site_id: int, code: str, text: str, **fields: Any) -> int:
    page_id = await portal.page(site_id, code, **fields)
    block_id = await portal.block(page_id, "html")
    await portal.call("landing.block.updatecontent", lid=page_id, block=block_id, content=f"<p>{text}</p>")
    await portal.call("landing.landing.publication", lid=page_id)
    return page_id


async def test_the_system_templates(portal: Portal) -> None:
    rows = await portal.call("landing.template.getlist")
    assert [found["XML_ID"] for found in rows] == [
        "empty", "sidebar_left", "sidebar_right", "header_footer", "without_left", "without_right",
    ]  # fmt: skip
    for found in rows:
        assert found["CONTENT"].count("#CONTENT#") == 1
        assert found["CONTENT"].count("#AREA_") == int(found["AREA_COUNT"])
        assert found["ACTIVE"] == "Y"
        assert found["DATE_MODIFY"] == "01/01/2025 12:00:00 am"
    params = {"select": ["ID"], "filter": {"%XML_ID": "sidebar"}, "order": {"ID": "DESC"}, "limit": 1}
    assert await portal.call("landing.template.getlist", params=params) == [{"ID": "3"}]
    assert await portal.call("landing.template.getlist", by="plain", params={"filter": {"=XML_ID": "none"}}) == []
    assert await refused(portal, "getlist", params={"limit": "many"}) == "TYPE_ERROR"


@pytest.mark.parametrize("kind", ["Site", "Landing"])
async def test_areas_are_stored_and_replaced(portal: Portal, kind: str) -> None:
    site_id = await portal.site()
    first, second = await portal.page(site_id, "a"), await portal.page(site_id, "b")
    owner = site_id if kind == "Site" else first

    async def areas() -> Any:
        return await portal.call(f"landing.template.get{kind}Ref", id=owner)

    async def fill(**params: Any) -> None:
        assert await portal.call(f"landing.template.set{kind}Ref", id=owner, **params) is True

    assert await areas() is True
    await fill(data={"1": first, "2": second, "3": 0, "4": None, "5": "", "6": -1, "x": 1})
    assert await areas() == {"1": first, "2": second}
    await fill(data={"1": str(second)})
    assert await areas() == {"1": second}
    assert await portal.call(f"landing.template.set{kind}Ref", by="plain", id=owner, data={}) is True
    assert await areas() == {"1": second}
    await fill(data=[])
    assert await areas() is True
    await fill(data={"1": first})
    await fill()
    assert await areas() is True


async def test_group_merges_equal_rows(portal: Portal) -> None:
    """Templates with equal values are one row; limit and offset count merged rows."""

    async def rows(**params: Any) -> list[dict[str, str]]:
        found: list[dict[str, str]] = await portal.call("landing.template.getlist", params=params)
        return found

    assert await rows(select=["ACTIVE"], group=["ACTIVE"]) == [{"ACTIVE": "Y"}]
    counts = await rows(select=["AREA_COUNT"], group=["AREA_COUNT"], order={"AREA_COUNT": "ASC"})
    numbers = [int(row["AREA_COUNT"]) for row in counts]
    assert numbers == sorted(set(numbers))
    assert len(numbers) > 2
    assert await rows(select=["AREA_COUNT"], group=["AREA_COUNT"], order={"AREA_COUNT": "ASC"}, limit=1, offset=1) == [
        counts[1]
    ]
    assert len(await rows(select=["ACTIVE"], group=["ACTIVE", "ID"])) == 6
    assert len(await rows(select=["ACTIVE"])) == 6


async def test_unknown_owners(portal: Portal) -> None:
    for method in ("getSiteRef", "setSiteRef", "getLandingRef", "setLandingRef"):
        assert await refused(portal, method, id=999999) == "ENTITY_NOT_FOUND"


async def test_areas_are_shown_around_every_page(portal: Portal) -> None:
    site_id = await portal.site()
    await text_page(portal, site_id, "home", "Welcome")
    about = await text_page(portal, site_id, "about", "Who we are")
    header = await text_page(portal, site_id, "header", "Our header")
    footer = await text_page(portal, site_id, "footer", "Our footer")
    await portal.call("landing.site.update", id=site_id, fields={"TPL_ID": HEADER_FOOTER})
    await portal.call("landing.template.setSiteRef", id=site_id, data={"1": header, "2": footer})

    async def order(path: str) -> list[str]:
        text = (await portal.get(f"http://acme.localhost{path}")).text
        found = [part for part in ("Our header", "Welcome", "Who we are", "Our footer", "News bar") if part in text]
        return sorted(found, key=text.index)

    assert await order("/") == ["Our header", "Welcome", "Our footer"]
    assert await order("/about/") == ["Our header", "Who we are", "Our footer"]
    # The areas of a page override those of the site; a page with another template has only its own.
    bar = await text_page(portal, site_id, "bar", "News bar")
    await portal.call("landing.template.setLandingRef", id=about, data={"1": bar})
    assert await order("/about/") == ["News bar", "Who we are", "Our footer"]
    await portal.call("landing.landing.update", lid=about, fields={"TPL_ID": 3})
    assert await order("/about/") == ["Who we are", "News bar"]
    # The area follows its page when that is published again or taken offline.
    blocks = await portal.call("landing.block.getlist", lid=header, params={"edit_mode": True})
    await portal.call(
        "landing.block.updatecontent", lid=header, block=blocks[0]["id"], content="<p>Our footer, too</p>"
    )
    assert await order("/") == ["Our header", "Welcome", "Our footer"]
    await portal.call("landing.landing.publication", lid=header)
    assert await order("/") == ["Our footer", "Welcome"]
    await portal.call("landing.landing.unpublic", lid=footer)
    text = (await portal.get("http://acme.localhost/")).text
    assert text.index("Our footer, too") < text.index("Welcome")
    assert text.count("Our footer") == 1


async def test_an_area_cannot_go_into_the_trash(portal: Portal) -> None:
    site_id = await portal.site()
    await portal.page(site_id, "home")
    folder = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "Parts"})
    header = await portal.page(site_id, "header", FOLDER_ID=folder)
    await portal.call("landing.template.setSiteRef", id=site_id, data={"1": header})
    rows = await portal.call("landing.landing.getList", params={"filter": {"ID": header}, "check_area": True})
    assert rows[0]["IS_AREA"] is True
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.landing.markDelete", lid=header)
    assert failure.value.code == "UNABLE_DELETE_INCLUDE"
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.site.markFolderDelete", id=folder)
    assert failure.value.code == "FOLDER_CONTAINS_AREAS"
    await portal.call(
        "landing.landing.delete", lid=header
    )  # page and area can be trashed together; the area is then empty
    assert await portal.call("landing.template.getSiteRef", id=site_id) is True


async def test_numbers_too_large_for_a_column_match_nothing(portal: Portal) -> None:
    """PostgreSQL refuses to compare them with a smaller column."""
    every = await portal.call("landing.template.getlist")
    for number in (2**63 - 1, 2**31, -(2**63)):
        assert await portal.call("landing.template.getlist", params={"filter": {"SORT": number}}) == []
        below = await portal.call("landing.template.getlist", params={"filter": {"<SORT": number}})
        assert below == (every if number > 0 else [])
        assert await portal.call("department.get", SORT=number) == []
