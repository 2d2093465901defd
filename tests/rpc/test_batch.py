"""batch: many calls in one request."""

from typing import Any

import pytest

from landingpad.errors.calls import BadRequest
from landingpad.rpc.batch import fill_in, look_up, php_array
from support.portal import Portal

KEYS = ["result", "result_error", "result_total", "result_next", "result_time"]


async def batch(portal: Portal, cmd: Any, *, by: str = "admin", **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = await portal.call("batch", by=by, cmd=cmd, **params)
    assert list(found) == KEYS
    return found


async def test_results_and_errors_are_separate(portal: Portal) -> None:
    found = await batch(portal, {"me": "profile", "bad": "landing.site.getPreview", "no": "landing.no.such"})
    assert list(found["result"]) == ["me"]
    assert found["result"]["me"]["ID"] == str(portal.admin_id)
    assert {key: error["error"] for key, error in found["result_error"].items()} == {
        "bad": "MISSING_PARAMS",
        "no": "ERROR_METHOD_NOT_FOUND",
    }
    assert list(found["result_time"]) == ["me"]
    assert set(found["result_time"]["me"]) == {
        "start",
        "finish",
        "duration",
        "processing",
        "date_start",
        "date_finish",
        "operating_reset_at",
        "operating",
    }
    assert found["result_total"] == found["result_next"] == []


async def test_arrays_are_lists_where_php_makes_lists(portal: Portal) -> None:
    found = await batch(portal, ["server.time", "landing.no.such", "profile"])
    assert list(found["result"]) == ["0", "2"]
    assert list(found["result_error"]) == ["1"]
    found = await batch(portal, ["server.time", "profile"])
    assert isinstance(found["result"], list)
    assert len(found["result_time"]) == 2
    assert list((await batch(portal, {})).values()) == [[], [], [], [], []]
    assert php_array({"1": "a"}) == {"1": "a"}


@pytest.mark.parametrize("halt", [1, True, "1", "Y"])
async def test_halt_stops_at_the_first_error(portal: Portal, halt: Any) -> None:
    found = await batch(portal, {"a": "server.time", "b": "landing.site.getPreview", "c": "server.time"}, halt=halt)
    assert (list(found["result"]), list(found["result_error"])) == (["a"], ["b"])


async def test_a_command_uses_what_an_earlier_one_returned(portal: Portal) -> None:
    site_id = await portal.site()
    page_id = await portal.page(site_id)
    found = await batch(
        portal,
        {
            "s": f"landing.site.getList?params[filter][ID]={site_id}&params[select][]=ID",
            "p": "landing.landing.getList?params[filter][SITE_ID]=$result[s][0][ID]&params[select][]=ID",
            "encoded": "landing.landing.getList?params%5Bfilter%5D%5BSITE_ID%5D=%24result%5Bs%5D%5B0%5D%5BID%5D",
            "text": "user.access?ACCESS[0]=U$result[s][0][ID]x",
            "nothing": "landing.site.getPreview?id=$result[none][0]",
            "scalar": "method.get?name=$result[name]",
        },
    )
    assert found["result"]["p"][0]["ID"] == str(page_id)
    assert found["result"]["encoded"][0]["ID"] == str(page_id)
    assert found["result"]["text"] is True
    assert found["result_error"]["nothing"]["error"] == "TYPE_ERROR"


async def test_a_command_may_be_an_object(portal: Portal) -> None:
    site_id = await portal.site()
    cmd = {
        "made": {"method": "landing.site.getList", "params": {"params": {"filter": {"ID": site_id}}}},
        "wrong": {"params": {}},
        "number": 5,
        "worse": {"method": "profile", "params": 7},
    }
    found = await batch(portal, cmd)
    assert found["result"]["made"][0]["ID"] == str(site_id)
    assert {error["error"] for error in found["result_error"].values()} == {"TYPE_ERROR"}


async def test_fifty_commands_at_most(portal: Portal) -> None:
    found = await batch(portal, {f"c{number:02}": "server.time" for number in range(52)})
    assert len(found["result"]) == 50
    assert {key: error["error"] for key, error in found["result_error"].items()} == {
        "c50": "ERROR_BATCH_LENGTH_EXCEEDED",
        "c51": "ERROR_BATCH_LENGTH_EXCEEDED",
    }


async def test_no_batch_in_a_batch(portal: Portal) -> None:
    found = await batch(portal, {"n": "Batch?cmd[x]=server.time", "ok": "server.time"})
    assert found["result_error"]["n"]["error"] == "ERROR_BATCH_METHOD_NOT_ALLOWED"
    assert list(found["result"]) == ["ok"]


async def test_every_command_needs_its_scope(portal: Portal) -> None:
    found = await batch(portal, {"a": "landing.site.getList", "b": "server.time"}, by="limited")
    assert found["result_error"]["a"]["error"] == "insufficient_scope"
    assert list(found["result"]) == ["b"]


async def test_lists_that_page_give_total_and_next(portal: Portal) -> None:
    found = await batch(portal, {"u": "user.get", "d": "department.get?start=-1"})
    assert found["result_total"] == {"u": 2, "d": 0}
    assert found["result_next"] == []


@pytest.mark.parametrize(
    ("cmd", "code"),
    [
        ("server.time", "TYPE_ERROR"),
        (5, "TYPE_ERROR"),
    ],
)
async def test_invalid_batches_are_refused(portal: Portal, cmd: Any, code: str) -> None:
    response = await portal.answer("batch", {"cmd": cmd})
    assert (response.status_code, response.json()["error"]) == (400, code)
    response = await portal.answer("batch", {})
    assert (response.status_code, response.json()["error"]) == (400, "MISSING_PARAMS")


async def test_a_form_and_a_query_carry_a_batch(portal: Portal) -> None:
    site_id = await portal.site()
    async with portal.http() as http:
        form = {"halt": "0", "cmd[t]": "server.time", "cmd[l]": f"landing.site.getList?params[filter][ID]={site_id}"}
        body = (await http.post(portal.webhooks["admin"] + "batch.json", data=form)).json()
        assert body["result"]["result"]["l"][0]["ID"] == str(site_id)
        command = f"landing.site.getList%3Fparams%5Bfilter%5D%5B%253DTITLE%5D%3DAcme%26params[filter][ID]%3D{site_id}"
        body = (await http.get(f"{portal.webhooks['admin']}batch?cmd[0]={command}")).json()
        assert body["result"]["result"][0][0]["ID"] == str(site_id)


async def test_a_command_with_a_query_that_cannot_be_read(portal: Portal) -> None:
    found = await batch(portal, {"deep": "profile?a" + "[b]" * 70 + "=1", "ok": "profile"})
    assert found["result_error"]["deep"]["error"] == "INVALID_REQUEST"
    assert list(found["result"]) == ["ok"]


def test_references() -> None:
    results = {"a": {"b": [1, {"c": "x"}]}, "yes": True, "no": False, "n": None}
    assert fill_in({"k": ["$result[a][b][1][c]", "<$result[a][b][0]$result[yes]$result[no]>"]}, results) == {
        "k": ["x", "<11>"]
    }
    assert fill_in("$result[a]", results) == results["a"]
    assert fill_in("-$result[a]-$result[n]-", results) == "---"
    assert fill_in("$result", results) == "$result"
    assert fill_in(5, results) == 5
    for path in ("[a][b][2]", "[a][b][-1]", "[a][b][x]", "[a][b][0][c]", "[z]", "[a][b][²]"):
        assert look_up(results, path) is None


def test_growing_results_are_limited() -> None:
    """Commands that each double the previous result would exhaust the memory."""
    with pytest.raises(BadRequest, match="References to results"):
        fill_in("$result[t]$result[t]", {"t": "y" * 600_000})
