"""placement.* through the wire."""

from typing import Any

import pytest

from support.portal import ApiFailure, Portal

HANDLER = "https://app.example/widget"


async def failure(portal: Portal, method: str, *, by: str = "app", **params: Any) -> tuple[int, str]:
    with pytest.raises(ApiFailure) as found:
        await portal.call(method, by=by, **params)
    return found.value.status, found.value.code


async def test_a_widget_comes_and_goes(portal: Portal) -> None:
    texts = {"en": {"TITLE": "Tab", "DESCRIPTION": "", "GROUP_NAME": ""}}
    given = {"PLACEMENT": "task_view_tab", "HANDLER": HANDLER, "TITLE": "My tab", "OPTIONS": {"a": "b"}}
    assert await portal.call("placement.bind", by="app", **given) is True
    assert await portal.call("placement.bind", by="app", **{**given, "TITLE": "New", "LANG_ALL": texts}) is True
    second = {"PLACEMENT": "TASK_VIEW_TAB", "HANDLER": HANDLER + "/2"}
    assert await portal.call("placement.bind", by="app", **second) is True
    assert await portal.call("placement.get", by="app") == [
        {
            "placement": "TASK_VIEW_TAB",
            "userId": 0,
            "handler": HANDLER,
            "options": {"a": "b"},
            "title": "New",
            "description": "",
            "langAll": texts,
        },
        {
            "placement": "TASK_VIEW_TAB",
            "userId": 0,
            "handler": HANDLER + "/2",
            "options": [],
            "title": "",
            "description": "",
            "langAll": {"en": {"TITLE": "", "DESCRIPTION": "", "GROUP_NAME": ""}},
        },
    ]
    assert await portal.call("placement.unbind", by="app", PLACEMENT="TASK_VIEW_TAB", HANDLER=HANDLER) == {"count": 2}
    assert await portal.call("placement.unbind", by="app", PLACEMENT="TASK_VIEW_TAB", USER_ID=5) == {"count": 0}
    assert await portal.call("placement.unbind", by="app", PLACEMENT="TASK_VIEW_TAB") == {"count": 2}
    assert await portal.call("placement.unbind", by="app", PLACEMENT="TASK_VIEW_TAB") == {"count": 0}
    assert await portal.call("placement.get", by="app") == []


async def test_places(portal: Portal) -> None:
    assert "LANDING_SETTINGS" in await portal.call("placement.list", by="app")
    assert "TASK_VIEW_TAB" not in await portal.call("placement.list", by="app")
    assert "TASK_VIEW_TAB" in await portal.call("placement.list", by="app", FULL=True)
    of_tasks = await portal.call("placement.list", by="app", SCOPE="task")
    assert of_tasks
    assert all(name.startswith("TASK_") for name in of_tasks)
    assert await portal.call("placement.list", by="app", SCOPE="none") == []
    bound = {"PLACEMENT": "LANDING_BLOCK_01.big_with_text", "HANDLER": HANDLER}
    assert await portal.call("placement.bind", by="app", **bound) is True


async def test_what_cannot_be_bound(portal: Portal) -> None:
    worker = {"PLACEMENT": "PAGE_BACKGROUND_WORKER", "HANDLER": HANDLER, "OPTIONS": {"errorHandlerUrl": HANDLER}}
    assert await portal.call("placement.bind", by="app", **worker, USER_ID=portal.plain_id) is True
    for params, expected in (
        ({"HANDLER": HANDLER}, "ERROR_ARGUMENT"),
        ({"PLACEMENT": "LEFT_MENU"}, "ERROR_ARGUMENT"),
        ({"PLACEMENT": "NO_SUCH_PLACE", "HANDLER": HANDLER}, "ERROR_ARGUMENT"),
        ({"PLACEMENT": "LEFT_MENU", "HANDLER": "javascript:alert(1)"}, "TYPE_ERROR"),
        ({"PLACEMENT": "LEFT_MENU", "HANDLER": HANDLER, "USER_ID": 1}, "ERROR_PLACEMENT_USER_MODE"),
        ({**worker, "OPTIONS": {}}, "EMPTY_ERROR_HANDLER_URL"),
        ({**worker, "USER_ID": portal.plain_id}, "ERROR_PLACEMENT_MAX_COUNT"),
    ):
        assert await failure(portal, "placement.bind", **params) == (400, expected), params
    assert await failure(portal, "placement.unbind") == (400, "ERROR_ARGUMENT")
    assert await failure(portal, "placement.unbind", PLACEMENT=["x"]) == (400, "ERROR_ARGUMENT")


async def test_who_may(portal: Portal) -> None:
    for method in ("placement.list", "placement.bind", "placement.unbind", "placement.get"):
        assert await failure(portal, method, by="admin", PLACEMENT="LEFT_MENU") == (403, "WRONG_AUTH_TYPE")
    for method in ("placement.bind", "placement.unbind"):
        params = {"PLACEMENT": "LEFT_MENU", "HANDLER": HANDLER}
        assert await failure(portal, method, by="plain app", **params) == (403, "ACCESS_DENIED")
