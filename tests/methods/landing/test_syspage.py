"""landing.syspage.* through the wire, and links to special pages."""

from typing import Any

import pytest

from support.portal import ApiFailure, Portal


async def test_set_get_and_release(portal: Portal) -> None:
    site_id = await portal.site()
    first, second = await portal.page(site_id, "a"), await portal.page(site_id, "b", TITLE="Cart")
    assert await portal.call("landing.syspage.get", id=site_id) == {}
    for params in (
        {"type": "personal", "lid": first},
        {"type": " cart ", "lid": str(second)},
        {"type": "wishlist", "lid": first},  # unknown type
        {"type": "order", "lid": 999999},  # unknown page
        {"type": "payment", "lid": "abc"},
    ):
        assert await portal.call("landing.syspage.set", id=site_id, **params) is True
    found = await portal.call("landing.syspage.get", id=site_id)
    assert set(found) == {"cart", "personal"}
    assert found["cart"] == {
        "TYPE": "cart", "LANDING_ID": str(second), "TITLE": "Cart", "DELETED": "N", "ACTIVE": "N",
    }  # fmt: skip
    await portal.call("landing.syspage.set", id=site_id, type="cart", lid=0)
    assert (await portal.call("landing.syspage.get", id=site_id))["cart"]["LANDING_ID"] == "0"
    await portal.call("landing.syspage.set", id=site_id, type="cart")
    assert set(await portal.call("landing.syspage.get", id=site_id)) == {"personal"}
    assert await portal.call("landing.syspage.get", id=site_id, active=True) == {}
    await portal.call("landing.landing.publication", lid=first)
    assert set(await portal.call("landing.syspage.get", id=site_id, active=True)) == {"personal"}
    assert await portal.call("landing.syspage.deleteForLanding", id=first) is True
    assert await portal.call("landing.syspage.get", id=site_id) == {}
    await portal.call("landing.syspage.set", id=site_id, type="order", lid=first)
    assert await portal.call("landing.syspage.deleteForSite", id=site_id) is True
    assert await portal.call("landing.syspage.get", id=site_id) == {}


async def test_unknown_and_forbidden_sites_stay_unchanged(portal: Portal) -> None:
    site_id = await portal.site()
    page_id = await portal.page(site_id)
    await portal.call("landing.syspage.set", id=site_id, type="cart", lid=page_id)
    for method, params in (
        ("set", {"id": site_id, "type": "cart"}),
        ("set", {"id": site_id, "type": "order", "lid": page_id}),
        ("deleteForSite", {"id": site_id}),
        ("deleteForLanding", {"id": page_id}),
        ("set", {"id": 999999, "type": "cart", "lid": page_id}),
        ("deleteForSite", {"id": 999999}),
        ("deleteForLanding", {"id": 999999}),
    ):
        by = "plain" if params["id"] != 999999 else "admin"
        assert await portal.call(f"landing.syspage.{method}", by=by, **params) is True
    assert set(await portal.call("landing.syspage.get", by="plain", id=site_id)) == {"cart"}
    assert await portal.call("landing.syspage.get", id=999999) is None
    assert await portal.call("landing.syspage.getSpecialPage", siteId=999999, type="cart") is None


async def test_the_address_of_a_special_page(portal: Portal) -> None:
    site_id = await portal.site()
    await portal.page(site_id)
    page_id = await portal.page(site_id, "mine")
    await portal.call("landing.syspage.set", id=site_id, type="personal", lid=page_id)

    async def address(**params: Any) -> Any:
        return await portal.call("landing.syspage.getSpecialPage", siteId=site_id, **params)

    assert await address(type="personal") == "http://acme.localhost:8080/mine/"
    assert await address(type="personal", additional={"SECTION": "a b", "n": 1}) == (
        "http://acme.localhost:8080/mine/?SECTION=a+b&n=1"
    )
    for nothing in ("payment", " personal", 1, True, None):
        assert await address(type=nothing, additional={"a": 1}) == ""
    for params, argument in (
        ({"type": ["cart"]}, "type"),
        ({"type": "cart", "additional": "x"}, "additional"),
        ({"type": "cart", "siteId": [1]}, "siteId"),
    ):
        answer = await portal.answer("landing.syspage.getSpecialPage", {"siteId": site_id, **params})
        assert (answer.json()["error"], answer.json()["argument"]) == ("ERROR_ARGUMENT", argument)
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.syspage.getSpecialPage", siteId=site_id)
    assert failure.value.code == "MISSING_PARAMS"


async def test_links_lead_to_special_pages(portal: Portal) -> None:
    site_id, page_id, block_id = await portal.published()
    cart = await portal.page(site_id, "cart")
    content = '<p><a href="#system_cart">Cart</a> <a href="#system_order">Order</a></p>'
    await portal.call("landing.block.updatecontent", lid=page_id, block=block_id, content=content)
    await portal.call("landing.landing.publication", lid=page_id)
    await portal.call("landing.syspage.set", id=site_id, type="cart", lid=cart)
    text = (await portal.get("http://acme.localhost/")).text
    assert '<a href="/cart/">Cart</a>' in text
    assert '<a href="#system_order">Order</a>' in text  # without a page the marker stays
    await portal.call("landing.syspage.set", id=site_id, type="cart")
    assert '<a href="#system_cart">Cart</a>' in (await portal.get("http://acme.localhost/")).text
