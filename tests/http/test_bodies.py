"""Bodies of callers who are nobody: not read, or read within limits; large ones are decoded beside the event loop."""

import asyncio
import gzip
import json
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from landingpad.errors.calls import RequestTooMany
from landingpad.http import bodies, rest
from landingpad.http.asgi import Receive
from landingpad.http.bodies import SMALL, BodiesOfNobody
from landingpad.http.envelope import REST
from landingpad.http.params import MAX_VALUES_OF_NOBODY, MalformedJson, decode_body
from landingpad.rpc.phpquery import BadRequestBody
from support.portal import Databases, Portal

LIMIT = 4 * 1024 * 1024
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
FIELD = "Content-Disposition: form-data"


class Sent:
    """A request at the ASGI boundary whose body comes in parts, and what the server does with it."""

    def __init__(self, path: str, parts: list[bytes], **headers: str) -> None:
        self.read = 0
        """Parts that the server took."""
        self.read_before_answer = -1
        self.status = 0
        self.headers: dict[str, str] = {}
        self.answer = b""
        self._parts = parts
        target, _, query = path.partition("?")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"host": "localhost:8080", "transfer-encoding": "chunked", "content-type": JSON, **given}
        self.scope = {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": target,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
            "client": ("127.0.0.1", 1),
        }

    async def receive(self) -> dict[str, Any]:
        self.read += 1
        part = self._parts[self.read - 1] if self.read <= len(self._parts) else b""
        return {"type": "http.request", "body": part, "more_body": self.read < len(self._parts)}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            self.read_before_answer = self.read
        self.answer += message.get("body", b"")

    async def to(self, portal: Portal, receive: Receive | None = None) -> tuple[int, str]:
        """Send the request; return status and error code."""
        await portal.app(self.scope, receive or self.receive, self.send)
        return self.status, json.loads(self.answer).get("error", "")


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("/rest/1/unknowncode/profile", {}, "INVALID_CREDENTIALS"),
        ("/rest/profile", {"authorization": "Bearer unknown"}, "invalid_token"),
        ("/rest/profile?auth=unknown", {}, "invalid_token"),
    ],
)
async def test_nobodys_body_is_not_read_when_credentials_stand_before_it(
    portal: Portal, path: str, headers: dict[str, str], code: str
) -> None:
    """The documented 401 comes first; then little of the rest is dropped, and the connection ends."""
    sent = Sent(path, [b"x" * SMALL] * 1000, **headers)
    assert await sent.to(portal) == (401, code)
    assert sent.read_before_answer == 0
    assert sent.headers["connection"] == "close"
    assert sent.read * SMALL <= LIMIT + 2 * SMALL


async def test_the_answer_to_nobody_does_not_wait_for_a_body_that_never_comes(portal: Portal) -> None:
    sent = Sent("/rest/1/unknowncode/profile", [])
    waiting = asyncio.Event()

    async def never() -> Any:
        waiting.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(sent.to(portal, never))
    await waiting.wait()
    assert sent.status == httpx.codes.UNAUTHORIZED
    assert b"INVALID_CREDENTIALS" in sent.answer
    task.cancel()


async def test_a_small_unread_body_costs_no_connection(portal: Portal) -> None:
    sent = Sent("/rest/1/unknowncode/profile", [b"{}"], transfer_encoding="", content_length="2")
    assert await sent.to(portal) == (401, "INVALID_CREDENTIALS")
    assert "connection" not in sent.headers


async def test_broken_bodies_are_told_to_those_who_are_known_or_may_have_a_token_inside(portal: Portal) -> None:
    """Credentials come first; where they would stand in the body, its fault is all that can be told."""
    address = portal.webhooks["admin"]
    assert await Sent(f"{address}profile", [b"{"]).to(portal) == (400, "INVALID_REQUEST")
    assert await Sent("/rest/1/unknowncode/profile", [b"{"]).to(portal) == (401, "INVALID_CREDENTIALS")
    assert await Sent("/rest/profile", [b"{"]).to(portal) == (400, "INVALID_REQUEST")
    assert await Sent("/rest/profile", [b'{"auth":"unknown"}']).to(portal) == (401, "invalid_token")
    assert await Sent("/rest/profile", [b"{}"]).to(portal) == (401, "NO_AUTH_FOUND")


async def test_a_token_in_the_body_wins_over_one_before_it(portal: Portal) -> None:
    token = portal.tokens["app"]
    body = [json.dumps({"auth": portal.tokens["plain app"]}).encode()]
    sent = Sent(f"/rest/profile?auth={token}", body)
    assert await sent.to(portal) == (200, "")
    assert json.loads(sent.answer)["result"]["ID"] == str(portal.plain_id)
    assert await Sent(f"/rest/profile?auth={token}", [b'{"auth":"unknown"}']).to(portal) == (401, "invalid_token")
    assert await Sent("/rest/profile", body, authorization=f"Bearer {token}").to(portal) == (200, "")


def packed(text: bytes, step: int = 1000) -> list[bytes]:
    whole = gzip.compress(text)
    return [whole[start : start + step] for start in range(0, len(whole), step)]


@pytest.mark.parametrize("size", [0, SMALL, 2 * LIMIT])
@pytest.mark.parametrize("encoding", ["gzip", "X-GZIP"])
async def test_a_gzip_body_is_read(portal: Portal, size: int, encoding: str) -> None:
    body = json.dumps({"cmd": {"a": "app.info", "b": "profile"}, "more": "x" * size}).encode()
    address = f"{portal.webhooks['admin']}batch"
    for parts in (packed(body), [gzip.compress(body)], [*packed(body, 7000), b""]):
        sent = Sent(address, parts, content_encoding=encoding)
        assert await sent.to(portal) == (200, "")
        assert json.loads(sent.answer)["result"]["result"]["b"]["ID"] == str(portal.admin_id)
        assert "connection" not in sent.headers


async def test_an_empty_gzip_body_has_no_parameters(portal: Portal) -> None:
    assert await Sent(f"{portal.webhooks['admin']}profile", [b""], content_encoding="gzip").to(portal) == (200, "")


async def test_a_gzip_body_of_nobody_is_limited_while_it_is_unpacked(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousandth of its size comes over the wire; no more than the limit is unpacked."""
    unpacked = []
    step = bodies._Unpacker.step

    def counted(self: bodies._Unpacker, most: int) -> bytes:
        part = step(self, most)
        unpacked.append(len(part))
        return part

    monkeypatch.setattr(bodies._Unpacker, "step", counted)
    body = gzip.compress(json.dumps({"more": "x" * (20 * LIMIT)}).encode())
    assert len(body) < 2 * SMALL
    sent = Sent("/rest/profile", [body], content_encoding="gzip")
    assert (await sent.to(portal))[0] == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert LIMIT < sum(unpacked) <= LIMIT + 2 * 1024 * 1024


@pytest.mark.parametrize(
    ("body", "encoding", "text"),
    [
        ([b'{"a":1}'], "gzip", "is not gzip"),
        ([gzip.compress(b"{}")[:-4]], "gzip", "ends too early"),
        ([gzip.compress(b"{}"), b"x"], "gzip", "more bytes after its end"),
        ([gzip.compress(b"{}") + b"x"], "gzip", "more bytes after its end"),
        ([b"{}"], "br", "is not read. Send it as gzip"),
    ],
)
async def test_broken_packed_bodies_are_refused(portal: Portal, body: list[bytes], encoding: str, text: str) -> None:
    sent = Sent(f"{portal.webhooks['admin']}profile", body, content_encoding=encoding)
    assert await sent.to(portal) == (400, "INVALID_REQUEST")
    assert text in json.loads(sent.answer)["error_description"]


async def test_a_character_set_in_content_encoding_is_ignored(portal: Portal) -> None:
    """Some clients send this by mistake; servers ignore it."""
    sent = Sent(f"{portal.webhooks['admin']}profile", [b"{}"], content_encoding="UTF-8")
    assert await sent.to(portal) == (200, "")


async def test_texts_arrive_in_the_charset_of_a_form_and_wrong_ones_store_nothing(portal: Portal) -> None:
    add = f"{portal.webhooks['admin']}landing.site.add"
    form = b"fields[CODE]=privet&fields[TITLE]=%CF%F0%E8%E2%E5%F2"
    for kind, body in (
        (FORM, form),
        (JSON, b'{"fields":{"TITLE":"\xcf","CODE":"a"}}'),
        (JSON, b'\xef\xbb\xbf{"fields":{"TITLE":"A","CODE":"a"}}'),
        ("text/plain", b'{"fields":{"TITLE":"A","CODE":"a"}}'),
    ):
        assert await Sent(add, [body], content_type=kind).to(portal) == (400, "INVALID_REQUEST")
    assert await Sent(f"{add}?{form.decode()}", [b""]).to(portal) == (400, "INVALID_REQUEST")
    assert await portal.call("landing.site.getList") == []
    assert await Sent(add, [form], content_type=f"{FORM}; charset=windows-1251").to(portal) == (200, "")
    assert [row["TITLE"] for row in await portal.call("landing.site.getList")] == ["Привет"]


def large(first: bytes, last: bytes, size: int = LIMIT + SMALL) -> list[bytes]:
    return [first, *[b"x" * SMALL] * (size // SMALL), last]


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        (JSON, '{"auth": "%s", "x": "', '"}'),
        (FORM, "auth=%s&x=", ""),
        (
            "multipart/form-data; boundary=B",
            f'--B\r\n{FIELD}; name="auth"\r\n\r\n%s\r\n--B\r\n{FIELD}; name="x"\r\n\r\n',
            "\r\n--B--\r\n",
        ),
    ],
    ids=["json", "form", "multipart"],
)
async def test_above_the_limit_a_body_is_read_on_for_a_valid_token_at_its_beginning(
    portal: Portal, kind: str, first: str, last: str
) -> None:
    token = portal.tokens["app"]
    sent = Sent("/rest/profile", large((first % token).encode(), last.encode()), content_type=kind)
    assert await sent.to(portal) == (200, "")
    sent = Sent("/rest/profile", large((first % ("x" * 32)).encode(), last.encode()), content_type=kind)
    assert await sent.to(portal) == (401, "invalid_token")
    assert sent.read_before_answer * SMALL <= LIMIT + 3 * SMALL
    sent = Sent("/rest/profile", large(b'{"x": "', f'", "auth": "{token}"}}'.encode()))
    assert await sent.to(portal) == (413, "INVALID_REQUEST")
    assert sent.headers["connection"] == "close"


@pytest.fixture
def narrow(databases: Databases, tmp_path: Path) -> Iterator[Portal]:
    with databases.parts(tmp_path, unknown_body_limit=100_000) as parts:
        yield Portal(parts)


async def test_the_limit_is_a_setting(narrow: Portal) -> None:
    body = json.dumps({"x": "y" * 150_000, "auth": narrow.tokens["app"]}).encode()
    assert await Sent("/rest/profile", [body[:110_000], body[110_000:]]).to(narrow) == (413, "INVALID_REQUEST")
    token = narrow.tokens["app"]
    assert await Sent("/rest/profile", [body], authorization=f"Bearer {token}").to(narrow) == (200, "")


async def test_two_large_bodies_of_nobody_are_read_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landingpad.http.bodies._WAITING_SECONDS", 0.01)
    bodies = BodiesOfNobody(LIMIT)
    async with bodies.turn(), bodies.turn():
        with pytest.raises(RequestTooMany):
            async with bodies.turn():
                raise AssertionError("a third turn at the same time")
    async with bodies.turn():
        pass


async def test_a_turn_ends_when_the_body_comes_too_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landingpad.http.bodies._READING_SECONDS", 0.01)
    bodies = BodiesOfNobody(LIMIT)
    for _ in range(3):
        with pytest.raises(RequestTooMany, match="too slowly"):
            async with bodies.turn():
                await asyncio.Event().wait()


async def test_large_bodies_are_decoded_beside_the_event_loop(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[tuple[int, bool]] = []

    def recorded(kind: str, body: bytes, most_values: int) -> dict[str, Any]:
        threads.append((len(body), threading.current_thread() is threading.main_thread()))
        return decode_body(kind, body, most_values)

    monkeypatch.setattr(rest, "REST", REST._replace(decode=recorded))
    for size in (10, 2 * SMALL):
        body = b'{"x": "%s"}' % (b"y" * size)
        await Sent(f"{portal.webhooks['admin']}profile", [body]).to(portal)
        await Sent("/rest/profile", [body]).to(portal)
        await Sent("/rest/profile", [body], authorization=f"Bearer {portal.tokens['app']}").to(portal)
    assert [on_loop for size, on_loop in threads if size <= SMALL] == [True] * 3
    assert [on_loop for size, on_loop in threads if size > SMALL] == [False] * 3


def filled(before: bytes, unit: bytes, after: bytes = b"") -> bytes:
    return before + unit * ((LIMIT - len(before) - len(after)) // len(unit)) + after


COSTLY = {
    "percent": (FORM, filled(b"a=", b"%41")),
    "percent, wide": (FORM, filled(b"a=", b"%41", b"%F0%9F%98%80")),
    "wide": (FORM, filled("a=😀".encode(), b"x")),
    "wrong bytes": (FORM, filled(b"a=", b"\xff")),
    "names": (FORM, filled(b"", b"a&")),
    "brackets": (FORM, filled(b"a", b"[b]", b"=1")),
    "arrays": (FORM, b"&".join(b"a[%d]" % number + b"[b]" * 62 + b"=1" for number in range(9999))),
    "NUL": (FORM, filled(b"a=", b"%00")),
    "objects": (JSON, filled(b'{"a":[', b"{},", b"1]}")),
    "objects, deep": (JSON, filled(b'{"a":[', b'{"a":{"a":{"a":1}}},', b"1]}")),
    "JSON names": (JSON, filled(b"{", b'"a":1,', b'"b":1}')),
    "JSON texts": (JSON, filled(b'{"a":[', b'"a",', b'"\\u0000"]}')),
    "JSON, allowed": (JSON, b'{"a":[%s1]}' % (b'{"a":1},' * (MAX_VALUES_OF_NOBODY // 2 - 10))),
    "JSON, wide": (JSON, filled('{"a":"😀'.encode(), b"x", b'"}')),
    "JSON, not UTF-8": (JSON, filled(b'{"a":"', b"\xff", b'"}')),
    "parts": (
        "multipart/form-data; boundary=B",
        filled(b"", b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'),
    ),
    "part": (
        "multipart/form-data; boundary=B",
        filled(b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n', b"x", b"\r\n--B--\r\n"),
    ),
    "part header": ("multipart/form-data; boundary=B", filled(b"--B\r\nX: ", b"x")),
}


@pytest.mark.long  # recording every allocation is slow
@pytest.mark.parametrize("shape", COSTLY)
def test_decoding_takes_at_most_six_times_the_size_in_memory(shape: str) -> None:
    kind, body = COSTLY[shape]
    tracemalloc.start()
    try:
        decode_body(kind, body, MAX_VALUES_OF_NOBODY)
    except (BadRequestBody, MalformedJson):
        pass  # a refusal may not cost more either
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak <= 5 * LIMIT + 4 * SMALL, f"{peak / LIMIT:.1f} times the limit, beside the body itself"
