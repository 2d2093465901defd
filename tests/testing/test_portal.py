"""The `Portal` that users of the pytest plugin get."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from landingpad.jobs import events as event_jobs
from landingpad.rpc.phpquery import parse_query
from landingpad.testing import InProcess, Portal, PortalError
from support.handler import Handler as SlowHandler
from support.server import wait_until

RETRY_SECONDS = 3.0
"""Long enough for a busy machine to replace the state of the portal before the retry."""


@pytest.fixture
def given(landingpad: InProcess) -> Portal:
    """The fixture `portal` of the plugin, whose name this suite uses for its own fixture."""
    landingpad.reset()
    return Portal(landingpad)


def test_a_prepared_page_is_public(given: Portal) -> None:
    page = given.given_page(title="Hello", blocks=["01.big_with_text"] * 2, published=True)
    assert len(page.blocks) == 2
    assert "<title>Hello" in given.public_html(page)
    assert given.get(page.url).status == 200


def test_its_picture_is_drawn_at_once_and_marked(given: Portal) -> None:
    """Drawn without a browser, in the size of a photograph, with equal bytes each time."""
    page = given.given_page(published=True)
    picture = given.preview_image(page.site_id)
    assert Image.open(BytesIO(picture)).size == (1200, 800)
    assert given.call("landing.site.getPreview", id=page.site_id).endswith("/preview.jpg")
    assert picture == given.preview_image(page.site_id)


def test_a_page_that_is_not_public_has_no_html(given: Portal) -> None:
    with pytest.raises(AssertionError, match="is page 1 published"):
        given.public_html(given.given_page())


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_test_starts_with_an_equal_portal(given: Portal, number: int) -> None:
    assert given.given_site().id == 1
    assert given.given_page().id == 1
    assert len(given.requests("landing.site.add")) == 2


def test_parameters_without_effect_are_refused(given: Portal) -> None:
    with pytest.raises(PortalError) as caught:
        given.call("landing.site.getList", filter={"ID": 1})
    assert caught.value.code == "ERROR_UNKNOWN_PARAMETER"
    assert 'put it inside "params"' in caught.value.text


def test_the_next_calls_fail(given: Portal) -> None:
    given.fail_next("landing.site.getPreview", "QUERY_LIMIT_EXCEEDED", times=2)
    site = given.given_site()
    for _ in range(2):
        with pytest.raises(PortalError) as caught:
            given.call("landing.site.getPreview", id=site.id)
        assert (caught.value.status, caught.value.code) == (503, "QUERY_LIMIT_EXCEEDED")
    given.call("landing.site.getPreview", id=site.id)
    given.fail_next("*", "OVERLOAD_LIMIT")
    given.heal()
    given.call("landing.site.getList")


def test_the_next_answer_is_broken(given: Portal) -> None:
    given.break_next("landing.site.getList", "reset")
    with pytest.raises(ConnectionError):
        given.call("landing.site.getList")
    given.break_next("landing.site.getList", "html_503")
    assert given.raw("landing.site.getList").headers["content-type"].startswith("text/html")


def test_time_is_stopped_and_moved(given: Portal) -> None:
    given.freeze(datetime(2026, 3, 26, 12, tzinfo=UTC))
    assert given.call("server.time") == "2026-03-26T12:00:00.000000+00:00"
    given.advance(timedelta(days=1))
    assert given.call("server.time") == "2026-03-27T12:00:00.000000+00:00"


def test_a_token_expires(given: Portal) -> None:
    app = given.oauth_app
    assert "result" in json.loads(given.get(f"/rest/app.info?auth={app.access_token}").body)
    assert json.loads(given.get(f"/rest/app.info?auth={app.expired_token}").body)["error"] == "expired_token"
    given.advance(3601)
    assert json.loads(given.get(f"/rest/app.info?auth={app.access_token}").body)["error"] == "expired_token"


def test_calls_are_checked(given: Portal) -> None:
    given.given_site("one")
    given.assert_called("landing.site.add", times=1, params={"fields": {"CODE": "one"}})
    given.assert_not_called("landing.site.delete")
    with pytest.raises(AssertionError, match="was called 1 times"):
        given.assert_not_called("landing.site.*", error="", params={"fields": {}})
    assert given.coverage()["landing.site.add"] == 1


def test_a_failed_check_shows_the_closest_calls(given: Portal) -> None:
    given.given_site("one")
    with pytest.raises(AssertionError) as caught:
        given.assert_called("landing.site.add", params={"fields": {"CODE": "two"}})
    assert '"CODE": "one"' in str(caught.value)
    with pytest.raises(AssertionError, match=r"Called were: .*landing\.site\.add"):
        given.assert_called("landing.site.delete")


def test_calls_of_other_threads_are_waited_for(given: Portal) -> None:
    threading.Timer(0.2, lambda: given.call("server.time")).start()
    given.assert_called("server.time", wait=60)


def test_a_state_is_saved_and_restored(given: Portal) -> None:
    given.given_site("one")
    given.snapshot("one")
    given.given_site("two")
    given.restore("one")
    assert len(given.call("landing.site.getList")) == 1


def test_other_users_and_other_scopes(given: Portal) -> None:
    assert set(given.webhooks) == {"admin", "plain", "limited"}
    with pytest.raises(PortalError) as caught:
        given.call("landing.site.getList", by="limited")
    assert caught.value.code == "insufficient_scope"


def test_the_log_of_the_portal_is_the_log_of_the_test(given: Portal, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        logging.getLogger("landingpad.app").warning("seen")
    assert "seen" in caplog.text
    assert given.url


def test_any_order_can_be_given(given: Portal) -> None:
    assert given.order("PUT", "portal", state="overloaded")["state"] == "overloaded"
    with pytest.raises(PortalError, match="nothing"):
        given.order("POST", "nothing")


class Handler:
    """An event handler that records requests and refuses the first ones."""

    def __init__(self) -> None:
        self.came: list[dict[str, Any]] = []
        self.refused = 0
        outer = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                refuses, outer.refused = outer.refused > 0, max(0, outer.refused - 1)
                if not refuses:
                    outer.came.append(parse_query(body))
                self.send_response(500 if refuses else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Suppress the log."""

        self.server = HTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def handler() -> Iterator[Handler]:
    made = Handler()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def by_app(given: Portal, method: str, **params: Any) -> Any:
    token = given.oauth_app.access_token
    return httpx.post(f"{given.url}/rest/{method}", json={**params, "auth": token}).json()["result"]


def test_events_are_delivered_listed_and_redelivered(given: Portal, handler: Handler) -> None:
    by_app(given, "event.bind", event="ONAPPTEST", handler=handler.address)
    by_app(given, "event.test", any={"thing": "1"})
    (told,) = given.events("OnAppTest", wait=60)
    assert (told["outcome"], told["attempt"], told["handler"]) == ("delivered", 0, handler.address)
    given.order("POST", f"events/{told['id']}/redeliver")
    assert len(given.events(count=2, wait=60)) == 2
    first, second = handler.came
    assert first["data"] == second["data"]
    assert first["auth"]["access_token"] not in json.dumps(given.events())
    with pytest.raises(PortalError):
        given.order("POST", "events/99/redeliver")


def test_refused_deliveries_are_listed(given: Portal, handler: Handler) -> None:
    handler.refused = 1
    by_app(given, "event.bind", event="ONAPPTEST", handler=handler.address)
    by_app(given, "event.test")
    (told,) = given.events(wait=60)
    assert told["outcome"] == "again"
    assert "500" in told["problem"]


@pytest.mark.parametrize("how", ["reset", "restore", "import"])
def test_events_of_a_replaced_state_are_not_sent(
    given: Portal, handler: Handler, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise an event of one test would come to the handler of the next."""
    monkeypatch.setattr(event_jobs, "RETRY_AFTER", (RETRY_SECONDS,))
    by_app(given, "event.bind", event="ONAPPTEST", handler=handler.address)
    given.snapshot("bound")
    state = httpx.get(f"{given.url}/_landingpad/state").content
    handler.refused = 1
    by_app(given, "event.test")
    (told,) = given.events(wait=60)
    assert told["outcome"] == "again"
    if how == "reset":
        given.order("POST", "reset")
    elif how == "restore":
        given.restore("bound")
    else:
        assert httpx.put(f"{given.url}/_landingpad/state", content=state).status_code == 200
    time.sleep(RETRY_SECONDS + 0.5)
    assert handler.came == []
    assert given.events() == ([] if how == "reset" else [told])


def test_an_event_on_its_way_is_not_listed_after_a_reset(given: Portal) -> None:
    slow = SlowHandler()
    slow.answers.clear()
    try:
        by_app(given, "event.bind", event="ONAPPTEST", handler=slow.address)
        by_app(given, "event.test")
        wait_until("the event is on its way", lambda: slow.got)
        given.order("POST", "reset")
        slow.answers.set()
        by_app(given, "event.bind", event="ONAPPTEST", handler=slow.address)
        by_app(given, "event.test", any={"after": "1"})
        (told,) = given.events(wait=60)
        assert told["data"]["QUERY"]["any"] == {"after": "1"}
        time.sleep(0.5)
        assert len(given.events()) == 1
    finally:
        slow.close()


def test_pictures_are_listed(given: Portal) -> None:
    page = given.given_page(published=True)
    told = given.order("GET", "previews", page=page.id)
    assert (told["mode"], told["pending"]) == ("instant", 0)
    standard = next(picture for picture in told["previews"] if picture["format"] == "jpeg")
    assert (standard["state"], standard["width"]) == ("ready", 1200)
    assert given.get(standard["picture"]).body == given.preview_image(page.site_id)
    ordered = given.order("POST", "previews/render")["ordered"]
    assert ordered
    assert given.order("GET", "previews")["pending"] == 0


def test_without_drawing_a_picture_is_pending(given: Portal) -> None:
    """Without a browser it stays pending until pictures are drawn again."""
    given.order("PUT", "previews", mode="photographs")
    page = given.given_page(published=True)
    assert given.order("GET", "previews", wait=0.1)["pending"] > 0
    assert given.call("landing.site.getPreview", id=page.site_id).endswith("nopreview.jpg")
    given.order("PUT", "previews", mode="instant")
    assert given.order("GET", "previews")["pending"] == 0
    assert given.call("landing.site.getPreview", id=page.site_id).endswith("/preview.jpg")


def test_a_reset_keeps_finished_pictures(given: Portal) -> None:
    """As for the demo site, whose pictures are still pending when the server becomes ready."""
    given.order("PUT", "previews", mode="photographs")
    page = given.given_page(published=True)
    given.snapshot("expected")
    given.order("PUT", "previews", mode="instant")
    given.order("PUT", "previews", mode="photographs")
    given.restore("expected")
    assert given.order("GET", "previews")["pending"] == 0
    assert given.preview_image(page.site_id)
