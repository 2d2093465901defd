"""Events reach a real handler through a real server, with valid tokens, even after failures and restarts."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.handler import Handler
from support.server import Server, wait_until

pytestmark = pytest.mark.long


def by_app(server: Server, method: str, **params: Any) -> Any:
    params["auth"] = server.file["oauth"]["access_token"]
    body = httpx.post(f"{server.url}/rest/{method}", json=params, timeout=30).json()
    assert "error" not in body, body
    return body["result"]


def command(server: Server, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "landingpad", *words, "--data", str(server.data)],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.fixture
def server(demo_folder: Path, tmp_path: Path) -> Server:
    """A server that takes no pictures; it is not running."""
    return Server(shutil.copytree(demo_folder, tmp_path / "data"), "--dev", landingpad_preview_slots="0")


def test_events_are_delivered(server: Server, handler: Handler) -> None:
    with server:
        assert by_app(server, "event.bind", event="OnAppTest", handler=handler.address) is True
        handler.failures = 1  # the first retry follows after five seconds
        assert by_app(server, "event.test", any="data", deep={"a": [1]}) == 1
        wait_until("the event is delivered", lambda: handler.of("ONAPPTEST"))
        payload = handler.of("ONAPPTEST")[0]
        assert payload["data"] == {"QUERY": {"any": "data", "deep": {"a": ["1"]}}, "LANGUAGE_ID": "en"}
        assert int(payload["event_handler_id"]) > 0
        assert int(payload["ts"]) > 1_700_000_000
        auth = payload["auth"]
        assert auth["user_id"] == "1"
        assert auth["expires_in"] == "3600"
        assert "refresh_token" not in auth
        assert auth["client_endpoint"].endswith("/rest/")
        assert {"domain", "member_id", "application_token", "scope", "server_endpoint", "status"} <= set(auth)
        body = httpx.post(f"{server.url}/rest/profile", json={"auth": auth["access_token"]}).json()
        assert body["result"]["ID"] == "1"

        by_app(server, "event.bind", event="ONAPPTEST", event_type="offline")
        by_app(server, "event.bind", event="ONOFFLINEEVENT", handler=handler.address, options={"minTimeout": 3600})
        for _ in range(3):
            by_app(server, "event.test")
        wait_until("the handler is notified of waiting events", lambda: handler.of("ONOFFLINEEVENT"))
        assert "data" not in handler.of("ONOFFLINEEVENT")[0]
        wait_until("test events are delivered as well", lambda: len(handler.of("ONAPPTEST")) == 4)
        assert len(handler.of("ONOFFLINEEVENT")) <= 2  # one per hour; a new hour may have started meanwhile

        made = command(
            server, "app", "create", "--title", "Mine", "--scope", "landing,user_basic",
            "--redirect-uri", handler.address, "--install-for", "2",
        )  # fmt: skip
        client_id = made.split()[1]
        wait_until("the application gets its first tokens", lambda: handler.of("ONAPPINSTALL"))
        auth = handler.of("ONAPPINSTALL")[0]["auth"]
        assert auth["scope"] == "landing user_basic"
        secret = made.split()[3]
        given = {"grant_type": "refresh_token", "client_id": client_id, "client_secret": secret}
        pair = httpx.post(f"{server.url}/oauth/token/", data={**given, "refresh_token": auth["refresh_token"]}).json()
        params = {"event": "ONAPPUNINSTALL", "handler": handler.address, "auth": pair["access_token"]}
        assert httpx.post(f"{server.url}/rest/event.bind", json=params).json()["result"] is True
        assert client_id in command(server, "app", "list")

        server.kill()  # the event of the removal waits in the database
        command(server, "app", "delete", client_id)
        assert not handler.of("ONAPPUNINSTALL")
        server.start()
        wait_until("the application gets the event of its removal", lambda: handler.of("ONAPPUNINSTALL"))
        auth = handler.of("ONAPPUNINSTALL")[0]["auth"]
        assert "access_token" not in auth
        assert len(auth["application_token"]) >= 16
        body = httpx.post(f"{server.url}/rest/profile", json={"auth": pair["access_token"]}).json()
        assert body["error"] == "invalid_token"
        stored = json.dumps([path.name for path in server.data.iterdir()])
        assert "landingpad.db" in stored


def test_a_form_sent_by_a_visitor_reaches_an_application(server: Server, handler: Handler) -> None:
    """From the form of a published page to the handler; with a token only if the handler was bound for a user."""
    with server:
        by_app(server, "event.bind", event="OnLandingFormSubmit", handler=handler.address)
        by_app(server, "event.bind", event="OnLandingFormSubmit", handler=handler.address, auth_type=1)
        page_id = server.call(
            "landing.landing.add", fields={"TITLE": "Ask", "CODE": "ask-us", "SITE_ID": server.file["site_id"]}
        )
        server.call("landing.landing.addblock", lid=page_id, fields={"CODE": "33.13.form_2_light_no_text"})
        server.call("landing.landing.publication", lid=page_id)
        address = server.call("landing.landing.getPublicUrl", lid=page_id)
        form = re.search(r'<form[^>]* action="([^"]+)"', server.fetch(address).text)
        assert form is not None
        url = httpx.URL(address).join(form[1].replace("&amp;", "&"))
        sent = {"Name": "Ada", "Message": "A table\nfor six & more"}
        local, host = url.copy_with(host="127.0.0.1"), {"Host": url.netloc.decode()}
        assert httpx.post(local, headers=host, data=sent, timeout=60).status_code == httpx.codes.SEE_OTHER
        wait_until("both handlers get the event", lambda: len(handler.of("ONLANDINGFORMSUBMIT")) == 2)
        without_user, for_admin = sorted(
            handler.of("ONLANDINGFORMSUBMIT"), key=lambda payload: "access_token" in payload["auth"]
        )
        fields = [{"NAME": "Name", "VALUE": "Ada"}, {"NAME": "Message", "VALUE": "A table\nfor six & more"}]
        for payload in (without_user, for_admin):
            assert payload["data"]["FIELDS"] == fields
            assert (payload["data"]["SITE_ID"], payload["data"]["LID"]) == (str(server.file["site_id"]), str(page_id))
            assert len(payload["auth"]["application_token"]) >= 16
        assert {"access_token", "user_id"}.isdisjoint(without_user["auth"])
        body = httpx.post(f"{server.url}/rest/profile", json={"auth": for_admin["auth"]["access_token"]}).json()
        assert body["result"]["ID"] == "1"


def test_without_developer_mode_no_event_goes_to_a_private_address(server: Server, handler: Handler) -> None:
    with server:
        by_app(server, "event.bind", event="ONAPPTEST", handler=handler.address)
        token = server.file["oauth"]["access_token"]
    with Server(server.data, landingpad_preview_slots="0") as public:
        response = httpx.post(f"{public.url}/rest/event.test", json={"auth": token}, timeout=60).json()
        assert response["result"] == 1
        wait_until("the refusal is in the log", lambda: "not on the public internet" in public.log.read_text())
    assert handler.got == []
