"""The general methods through the wire."""

from datetime import datetime, timedelta

import pytest

from landingpad.domain.app.known_names import ALL_SCOPES
from landingpad.domain.people.portals import SCOPES
from support.portal import ApiFailure, Portal


async def test_server_time_has_a_zone_and_microseconds(portal: Portal) -> None:
    moment = datetime.fromisoformat(await portal.call("server.time"))
    assert moment.utcoffset() == timedelta(0)
    assert abs(moment.timestamp() - datetime.now(moment.tzinfo).timestamp()) < 60


async def test_method_get(portal: Portal) -> None:
    yes, no = {"isExisting": True, "isAvailable": True}, {"isExisting": False, "isAvailable": False}
    assert await portal.call("method.get", name="landing.site.getlist") == yes
    assert await portal.call("method.get", NAME=" PROFILE ") == yes
    assert await portal.call("method.get", name="no.such.method") == no
    assert await portal.call("method.get") == no
    out_of_scope = await portal.call("method.get", by="limited", name="landing.site.getlist")
    assert out_of_scope == {"isExisting": True, "isAvailable": False}
    for_applications = await portal.call("method.get", name="app.option.get")
    assert for_applications == {"isExisting": True, "isAvailable": False}


async def test_methods_and_scopes(portal: Portal) -> None:
    names = await portal.call("methods")
    assert {"landing.site.getPreview", "server.time", "batch"} <= set(names)
    assert "app.option.get" not in names  # a webhook cannot call it
    assert "app.option.get" in await portal.call("methods", full=True)
    assert {"user.get", "user.current"} <= set(await portal.call("methods", scope="user_basic"))
    assert all(name.startswith("landing.") for name in await portal.call("methods", scope="landing"))
    assert "landingpad.site.duplicate" in names
    assert not any(name.startswith("landing.") for name in await portal.call("methods", by="limited"))
    assert await portal.call("scope") == sorted(SCOPES)
    assert await portal.call("scope", full=1) == list(ALL_SCOPES)
    assert set(SCOPES) <= set(ALL_SCOPES)


async def test_profile_and_rights_over_applications(portal: Portal) -> None:
    assert (await portal.call("profile"))["ADMIN"] is True
    assert (await portal.call("profile", by="plain"))["ID"] == str(portal.plain_id)
    assert await portal.call("user.admin") is True
    assert await portal.call("user.admin", by="plain") is False


async def test_access_codes(portal: Portal) -> None:
    department = (await portal.call("department.get"))[0]["ID"]
    assert await portal.call("user.access", ACCESS=["U999"]) is True  # administrators have all codes
    for codes, has in (
        (["AU"], True),
        (["G1"], False),
        ([f"U{portal.plain_id}"], True),
        (["U999", f"DR{department}"], True),
        ([], False),
    ):
        assert await portal.call("user.access", by="plain", ACCESS=codes) is has, codes
    everybody = {"provider": "", "name": "All authorized users", "provider_id": "other"}
    assert (await portal.call("access.name", ACCESS=["AU", "ZZ", "U999", "D999"])) == {"AU": everybody}
    named = await portal.call("access.name", ACCESS=[f"U{portal.admin_id}", f"D{department}", "G2"])
    assert [entry["name"] for entry in named.values()] == ["Ada", "Test", "All visitors"]
    assert await portal.call("access.name") is False
    assert await portal.call("access.name", ACCESS=[]) is False


async def test_features(portal: Portal) -> None:
    assert await portal.call("feature.get", CODE="rest_offline_extended") == {"value": "Y"}
    assert await portal.call("feature.get", code="none") == {"value": "N"}
    with pytest.raises(ApiFailure) as failure:
        await portal.call("feature.get")
    assert (failure.value.status, failure.value.code, failure.value.text) == (400, "CODE_EMPTY", "CODE can't be empty")


async def test_app_info_for_webhooks(portal: Portal) -> None:
    assert await portal.call("app.info", by="limited") == {
        "SCOPE": sorted(scope for scope in SCOPES if scope != "landing"),
        "LICENSE": "en_basic",
    }
    for method in ("app.option.get", "app.option.set", "user.option.get", "user.option.set"):
        with pytest.raises(ApiFailure) as failure:
            await portal.call(method, options={"a": 1})
        assert (failure.value.status, failure.value.code) == (403, "ACCESS_DENIED"), method
        assert "Application context required" in failure.value.text
