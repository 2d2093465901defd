"""Time grows with size: every parameter of every method, screen and form is sent hostile values of two sizes.

Parameters come from the registry, fields from the forms that screens show, so what is new is held, too. What is done in
the turn of a writer is held by what parsers are given there, not by seconds.
"""

import os
import re
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.blockhtml import clean, document
from landingpad.reference.examples import examples, prepare
from landingpad.rpc.call import MOST_INSIDE
from landingpad.rpc.declare import REGISTRY, Method
from support.growth import SHAPES, STRUCTURES, TEXTS, measured, places, replaced
from support.portal import Databases, Portal
from support.web import ORIGIN, visitor

SIZE = 24 * 1024
SHARE = 1 if os.environ.get("LANDINGPAD_GROWTH") == "all" else 5
"""Of so many shapes one is tried at each place, another one at the next place; LANDINGPAD_GROWTH=all tries all."""
PASSES = 64
"""How often a change may give HTML, with markers, to parsers inside a transaction: 1 MiB, a tenth of a second."""
MEMBERS: dict[str, Any] = {
    "fields": {
        **dict.fromkeys(("TITLE", "CODE", "DESCRIPTION", "CONTENT", "NAME", "SECTIONS", "PREVIEW", "XML_ID"), ""),
        "ADDITIONAL_FIELDS": dict.fromkeys(("METAOG_TITLE", "METAOG_IMAGE", "HEADBLOCK_CODE", "THEME_COLOR"), ""),
    },
    "params": {
        **dict.fromkeys(("select", "order", "group", "lang"), ""),
        "filter": dict.fromkeys(("ID", "%TITLE", "=%TITLE", "><DATE_CREATE", "CODE"), ""),
    },
}
"""Members of parameters that examples do not have."""
NAMES = [method.name for method in REGISTRY]


class Parsed:
    """Characters given to the parsers of block HTML, by thread."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.by_thread: defaultdict[str, int] = defaultdict(int)
        monkeypatch.setattr(
            document, "LexborHTMLParser", lambda html, **more: self.counted(LexborHTMLParser, html, **more)
        )
        for name in ("_PAGE_CLEANER", "_TEXT_CLEANER", "_INLINE_CLEANER", "_PLAIN_CLEANER"):
            monkeypatch.setattr(clean, name, _Counted(getattr(clean, name), self))

    def counted(self, function: Callable[..., Any], html: str, **more: Any) -> Any:
        self.by_thread[threading.current_thread().name.partition("_")[0]] += len(html)
        return function(html, **more)


class _Counted:
    def __init__(self, cleaner: Any, parsed: Parsed) -> None:
        self._cleaner = cleaner
        self._parsed = parsed

    def clean(self, html: str) -> Any:
        return self._parsed.counted(self._cleaner.clean, html)


@pytest.fixture
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Databases of SQLite: what is measured is our own code."""
    return Databases("sqlite", tmp_path_factory.mktemp("databases"), None)


@pytest.fixture
def portal(databases: Databases, tmp_path: Path) -> Iterator[Portal]:
    with databases.parts(tmp_path, journal=0) as parts:
        yield Portal(parts)


async def example_of(portal: Portal, method: Method) -> tuple[dict[str, Any], str]:
    """Return the parameters of the example of a method, and who calls it."""
    example = examples()[method.name]

    async def call(name: str, params: dict[str, Any]) -> Any:
        answer = await portal.answer(name, params, by="app" if example.app else "admin")
        return answer.json()["result"]

    return await prepare(example, call), "app" if example.app else "admin"


def texts_of(method: Method) -> Iterator[str]:
    """Yield the parameters of a method that take texts or structures."""
    for parameter in method.parameters:
        if parameter.type not in {int, bool, float}:
            yield parameter.wire


async def check(
    portal: Portal, method: Method, shapes: dict[str, Any], parsed: Parsed, size: int, share: int = 1
) -> None:
    """Send each shape, or a share of them, at each place of a method."""
    params, by = await example_of(portal, method)
    taken = places(params, texts_of(method), MEMBERS)
    too_fast: list[str] = []
    inside = 0
    async with portal.http() as http:
        path = f"/rest/{method.name}" if by == "app" else f"{portal.webhooks[by]}{method.name}"
        headers = {"content-type": "application/json"}
        if by == "app":
            headers["authorization"] = f"Bearer {portal.tokens[by]}"
        for number, place in enumerate(taken):
            for name, shape in list(shapes.items())[number % share :: share]:

                async def request(
                    size: int, place: tuple[str, ...] = place, shape: Any = shape, name: str = name
                ) -> Any:
                    body = msgspec.json.encode(replaced(params, place, shape(size)))

                    async def send() -> None:
                        nonlocal inside
                        parsed.by_thread.clear()
                        answer = await http.post(path, content=body, headers=headers)
                        inside = max(inside, parsed.by_thread["db-write"])
                        assert not parsed.by_thread["MainThread"], "HTML was parsed on the event loop"
                        if answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
                            too_fast.append(f"{'.'.join(place)} {name}: {answer.text[:200]}")

                    return send

                growth = await measured(request, size)
                if not growth.is_linear:
                    too_fast.append(f"{'.'.join(place)} {name}: {growth.once:.3f} s, then {growth.twice:.3f} s")
    assert not too_fast, f"{method.name}: " + "\n".join(too_fast)
    assert inside <= PASSES * MOST_INSIDE, f"{method.name} parses {inside} characters inside its transaction"


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
async def test_every_parameter_takes_time_in_proportion_to_its_size(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    method = REGISTRY.find(name)
    assert method is not None
    await check(portal, method, dict(SHAPES), Parsed(monkeypatch), SIZE, SHARE)


SAMPLE = ("landing.block.updatenodes", "landing.site.getList", "batch")
SAMPLE_SHAPES = ("<div>", "&", "$result", "{nodes}", "{pattern}", "{objects}")


@pytest.mark.parametrize("name", SAMPLE)
async def test_a_sample_of_parameters_and_shapes(portal: Portal, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    method = REGISTRY.find(name)
    assert method is not None
    await check(portal, method, {shape: SHAPES[shape] for shape in SAMPLE_SHAPES}, Parsed(monkeypatch), SIZE)


# --- bodies at all doors

MULTIPART = 'multipart/form-data; boundary="B"'
PART = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
BODIES: dict[str, tuple[str, Callable[[int], str]]] = {
    **{
        name: ("application/x-www-form-urlencoded", TEXTS[name])
        for name in ("brackets", "names", "percent", "wide letters")
    },
    "values": ("application/x-www-form-urlencoded", lambda size: "a[b][c]=1&" * (size // 10)),
    "objects": ("application/json", lambda size: '{"a":[' + "{}," * (size // 3) + "1]}"),
    "arrays": ("application/json", lambda size: "[" * (size // 8) + "]" * (size // 8)),
    "JSON names": ("application/json", lambda size: "{" + '"a":1,' * (size // 6) + '"b":1}'),
    "JSON escapes": ("application/json", lambda size: '{"a":"' + "\\u0000" * (size // 6) + '"}'),
    "JSON texts": ("application/json", lambda size: '{"a":[' + '"\\n",' * (size // 5) + "1]}"),
    "JSON, open": ("application/json", lambda size: '{"a":"' + '\\"' * (size // 2)),
    "parts": (MULTIPART, lambda size: f"{PART}\r\n" * (size // 54)),
    "part": (MULTIPART, lambda size: PART + "\r\n-" * (size // 3) + "\r\n--B--\r\n"),
    "part header": (MULTIPART, lambda size: "--B\r\nX: " + "x" * size),
    "part headers": (MULTIPART, lambda size: "--B\r\n" + "X: x\r\n" * (size // 6)),
    "part name": (MULTIPART, lambda size: PART.replace('"a"', '"' + "\\a" * (size // 2) + '"') + "\r\n--B--\r\n"),
    "message": (
        "application/json",
        lambda size: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"a":[' + "{}," * (size // 3) + "1]}}",
    ),
}
DOORS = {
    "a webhook": "WEBHOOK/server.time",
    "an unknown webhook": "/rest/1/unknowncode/server.time",
    "a token": "/rest/server.time",
    "a query": "/rest/server.time?QUERY",
    "OAuth": "/oauth/token/",
    "OAuth, people": "/oauth/authorize/?client_id=APP",
    "sign-in": "/sign-in/",
    "a screen": "/sites/",
    "MCP": "/mcp",
    "a page": "/pub/site/acme/?form=1-0",
}


FAST_DOORS = ("a token", "a page")


@pytest.mark.parametrize(
    "door", [door if door in FAST_DOORS else pytest.param(door, marks=pytest.mark.long) for door in DOORS]
)
async def test_every_body_takes_time_in_proportion_to_its_size_at_every_door(portal: Portal, door: str) -> None:
    await portal.published()
    too_fast: list[str] = []
    async with portal.http() as http:
        for name, (kind, shape) in BODIES.items():

            async def request(size: int, kind: str = kind, shape: Any = shape) -> Any:
                body = shape(size)
                path = DOORS[door].replace("WEBHOOK/", portal.webhooks["admin"])
                path = path.replace("APP", portal.app_record.client_id)
                path = path.replace("QUERY", quote(body[: 8 * 1024], safe="=&[]%"))
                headers = {"content-type": kind, "origin": ORIGIN}

                async def send() -> None:
                    answer = await http.post(path, content=body.encode(), headers=headers)
                    assert answer.status_code != httpx.codes.INTERNAL_SERVER_ERROR

                return send

            growth = await measured(request, 16 * SIZE)
            if not growth.is_linear:
                too_fast.append(f"{name}: {growth.once:.3f} s, then {growth.twice:.3f} s")
    assert not too_fast, "\n".join(too_fast)


# --- forms of screens

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_FIELD = re.compile(r"<(?:input|textarea|select|button)\b([^>]*)")
_LINK = re.compile(r'href="(/[^"#]*)"')
_MOST_SCREENS = 60


async def forms_of_screens(get: Callable[[str], Awaitable[httpx.Response]]) -> dict[str, dict[str, str]]:
    """Open the screens that lead to one another; return their POST forms: path -> name and value of each field."""
    found: dict[str, dict[str, str]] = {}
    waiting, seen = ["/sites/"], {"/sites/"}
    while waiting and len(seen) < _MOST_SCREENS:
        answer = await get(waiting.pop(0))
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        for form, content in _FORM.findall(answer.text):
            attributes = dict(_ATTRIBUTE.findall(form))
            action = attributes.get("hx-post") or attributes.get("action") or answer.url.path
            if attributes.get("method", "").lower() != "post" and "hx-post" not in attributes:
                continue
            fields = [dict(_ATTRIBUTE.findall(field)) for field in _FIELD.findall(content)]
            found[unescape(action)] = {
                field["name"]: unescape(field.get("value", ""))
                for field in fields
                if field.get("name") and field["name"] != "csrf"
            }
        for link in _LINK.findall(answer.text):
            path = re.sub(r"\d+", "1", unescape(link).partition("?")[0])
            if path not in seen and not path.startswith(("/_", "/docs", "/rest", "/pub", "/sign")):
                seen.add(path)
                waiting.append(unescape(link).partition("?")[0])
    return found


@pytest.mark.long
async def test_every_form_of_a_screen_takes_time_in_proportion_to_its_size(portal: Portal) -> None:
    await portal.published()
    too_fast: list[str] = []
    async with visitor(portal) as person:
        forms = await forms_of_screens(person.get)
        assert len(forms) > 10
        for path, fields in forms.items():
            if "sign-out" in path or "leave" in path:
                continue
            for number, field in enumerate(fields):
                for name, shape in list(TEXTS.items())[number % SHARE :: SHARE]:

                    async def request(
                        size: int, path: str = path, field: str = field, shape: Any = shape, fields: Any = fields
                    ) -> Any:
                        given = {**fields, field: shape(size)}

                        async def send() -> None:
                            answer = await person.send(path, **given)
                            assert answer.status_code != httpx.codes.INTERNAL_SERVER_ERROR

                        return send

                    growth = await measured(request, SIZE)
                    if not growth.is_linear:
                        too_fast.append(f"{path} {field} {name}: {growth.once:.3f} s, then {growth.twice:.3f} s")
    assert not too_fast, "\n".join(too_fast)


def test_the_walk_is_wide() -> None:
    """Every method has an example, from which the places of its parameters follow."""
    assert len(TEXTS) + len(STRUCTURES) == len(SHAPES)
    counts = {m.name: len(places(examples()[m.name].params, texts_of(m), MEMBERS)) for m in REGISTRY}
    assert sum(counts.values()) * len(SHAPES) > 20_000
