"""Bindings of knowledge bases to menus and groups, through the wire."""

from typing import Any

import pytest

from support.portal import ApiFailure, Portal


async def knowledge_base(portal: Portal, code: str = "handbook") -> int:
    fields = {"TITLE": "Handbook", "CODE": code, "TYPE": "KNOWLEDGE"}
    made: int = await portal.call("landing.site.add", scope="KNOWLEDGE", fields=fields)
    return made


async def test_menus(portal: Portal) -> None:
    site_id, other = await knowledge_base(portal), await knowledge_base(portal, "second")
    bind = {"id": site_id, "menuCode": "crm_switcher:deal"}
    assert await portal.call("landing.site.bindingToMenu", **bind) is True
    assert await portal.call("landing.site.bindingToMenu", **bind) is False
    assert await portal.call("landing.site.bindingToMenu", id=other, menuCode="crm_switcher:deal") is True
    listed = await portal.call("landing.site.getMenuBindings", menuCode="crm_switcher:deal")
    assert listed[0] == {
        "ENTITY_ID": str(site_id),
        "ENTITY_TYPE": "S",
        "BINDING_ID": "crm_switcher:deal",
        "TITLE": "Handbook",
        "PUBLIC_URL": "http://localhost:8080/knowledge/handbook/",
    }
    assert len(listed) == 2
    assert await portal.call("landing.site.getMenuBindings", menuCode="other") == []
    assert len(await portal.call("landing.site.getMenuBindings", by="plain")) == 2
    await portal.call("landing.site.markDelete", scope="KNOWLEDGE", id=other)
    assert len(await portal.call("landing.site.getMenuBindings")) == 1
    assert await portal.call("landing.site.unbindingFromMenu", **bind) is True
    assert await portal.call("landing.site.unbindingFromMenu", **bind) is False


async def test_a_group_has_one_knowledge_base(portal: Portal) -> None:
    first, second = await knowledge_base(portal), await knowledge_base(portal, "second")
    assert await portal.call("landing.site.bindingToGroup", id=first, groupId=5) is True
    assert await portal.call("landing.site.bindingToGroup", id=second, groupId=5) is False
    assert await portal.call("landing.site.bindingToGroup", id=first, groupId="6") is True
    listed = await portal.call("landing.site.getGroupBindings", groupId=5)
    assert [(found["ENTITY_ID"], found["BINDING_ID"]) for found in listed] == [(str(first), "5")]
    assert [found["BINDING_ID"] for found in await portal.call("landing.site.getGroupBindings")] == ["5", "6"]
    assert await portal.call("landing.site.unbindingFromGroup", id=second, groupId=5) is False
    assert await portal.call("landing.site.unbindingFromGroup", id=first, groupId=5) is True
    assert await portal.call("landing.site.bindingToGroup", id=second, groupId=5) is True


async def test_what_cannot_be_bound(portal: Portal) -> None:
    site_id, kb = await portal.site(), await knowledge_base(portal)
    for id_ in (site_id, 999999):
        assert await portal.call("landing.site.bindingToMenu", id=id_, menuCode="m") is False
        assert await portal.call("landing.site.bindingToGroup", id=id_, groupId=1) is False
    assert await portal.call("landing.site.bindingToMenu", by="plain", id=kb, menuCode="m") is False
    assert await portal.call("landing.site.getMenuBindings") == []


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("bindingToGroup", {"id": 1, "groupId": "abc"}, "TYPE_ERROR"),
        ("bindingToMenu", {"id": "abc", "menuCode": "m"}, "TYPE_ERROR"),
        ("bindingToMenu", {"id": 1}, "MISSING_PARAMS"),
        ("unbindingFromGroup", {"groupId": 1}, "MISSING_PARAMS"),
        ("getGroupBindings", {"groupId": "abc"}, "TYPE_ERROR"),
    ],
)
async def test_parameters(portal: Portal, method: str, params: dict[str, Any], code: str) -> None:
    with pytest.raises(ApiFailure) as failure:
        await portal.call(f"landing.site.{method}", **params)
    assert failure.value.code == code
