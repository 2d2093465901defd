"""A portal in the hands of a test: what users of the pytest plugin work with."""

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

import pytest
from PIL import Image

from landingpad.inprocess import InProcess
from landingpad.portal import Portal, PortalError


@pytest.fixture
def given(landingpad: InProcess) -> Portal:
    """The portal of the plugin; its own name is taken here by our own tests."""
    landingpad.reset()
    return Portal(landingpad)


def test_a_page_is_given_published_and_seen(given: Portal) -> None:
    page = given.given_page(title="Hello", blocks=["01.big_with_text"] * 2, published=True)
    assert len(page.blocks) == 2
    assert "<title>Hello" in given.public_html(page)
    assert given.get(page.url).status == 200


def test_its_picture_is_there_at_once_and_says_that_it_is_none(given: Portal) -> None:
    """Drawn without a browser; of the size that a photograph would have, and the same each time."""
    page = given.given_page(published=True)
    picture = given.preview_image(page.site_id)
    assert Image.open(BytesIO(picture)).size == (1200, 800)
    assert given.call("landing.site.getPreview", id=page.site_id).endswith("/preview.jpg")
    assert picture == given.preview_image(page.site_id)


def test_a_page_that_is_not_public_has_no_html(given: Portal) -> None:
    with pytest.raises(AssertionError, match="is page 1 published"):
        given.public_html(given.given_page())


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_test_begins_with_the_same_portal(given: Portal, number: int) -> None:
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
    assert given.call("server.time").startswith("2026-03-26T12:00:00")
    given.advance(timedelta(days=1))
    assert given.call("server.time").startswith("2026-03-27T12:00:00")


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


def test_a_check_that_fails_shows_what_came_nearest(given: Portal) -> None:
    given.given_site("one")
    with pytest.raises(AssertionError) as caught:
        given.assert_called("landing.site.add", params={"fields": {"CODE": "two"}})
    assert '"CODE": "one"' in str(caught.value)
    with pytest.raises(AssertionError, match=r"Called were: .*landing\.site\.add"):
        given.assert_called("landing.site.delete")


def test_a_call_from_elsewhere_is_waited_for(given: Portal) -> None:
    threading.Timer(0.2, lambda: given.call("server.time")).start()
    given.assert_called("server.time", wait=60)


def test_a_state_is_kept_and_gone_back_to(given: Portal) -> None:
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


@pytest.fixture
def handler() -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """An address that takes events, and what came there."""
    came: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", came
        server.shutdown()


def test_the_log_of_the_portal_is_the_log_of_the_test(given: Portal, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        logging.getLogger("landingpad.app").warning("seen")
    assert "seen" in caplog.text
    assert given.url
