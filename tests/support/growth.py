"""Hostile values of any size, and the measurement of how time grows with their size."""

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

FLOOR = 0.020
"""Processor seconds below which nothing is compared: noise would decide."""
MOST_GROWTH = 2.5
"""Largest quotient of the times for twice the size and for the size; 2 is linear, 4 quadratic."""
_TRIES = (1, 3, 6)

Shape = Callable[[int], Any]
"""Makes a value of about so many characters."""


def _repeated(unit: str, before: str = "", after: str = "") -> Shape:
    return lambda size: before + unit * (size // len(unit)) + after


def _nested(depth: int, size: int) -> Any:
    """Return objects nested as deep as parameters may be, with members that fill them."""
    value: Any = {}
    for level in range(depth):
        value = {f"k{level}": value, "x": ["y"] * (size // depth // 8)}
    return value


TEXTS: dict[str, Shape] = {
    "letters": _repeated("a"),
    "wide letters": _repeated("ы", "😀"),
    "blanks": _repeated(" ", "a", "a"),
    "digits": _repeated("9"),
    "brackets": _repeated("[b]", "a", "=1"),
    "names": _repeated("a&"),
    "percent": _repeated("%41"),
    "commas": _repeated("a,"),
    "slashes": _repeated("/"),
    "dots": _repeated("a."),
    "backslashes": _repeated("\\"),
    "quotes": _repeated("'\""),
    "NUL": _repeated("a\0"),
    "JSON": _repeated('[{"a":', "", "1"),
    "pattern": _repeated("%a"),
    "address": _repeated("a@", "http://", ".example/"),
    "&": _repeated("&", "<p>"),
    "&amp;": _repeated("&amp;", "<p>"),
    "<": _repeated("<"),
    "<div>": _repeated("<div>"),
    "<b>": _repeated("<b>"),
    "<p>": _repeated("<p>"),
    "<p><b>": lambda size: "".join(f"<p><b id={number}></p>" for number in range(size // 18)),
    "<option>": _repeated("<option>", "<select>"),
    "<tr>": _repeated("x<tr>", "<table>"),
    "<!--": _repeated("<!--"),
    "end tags": _repeated("x</i>"),
    "attributes": lambda size: "<p " + " ".join(f"data-a{number}=1" for number in range(size // 12)) + ">x</p>",
    "style": _repeated("a:b;", '<p style="', '">x</p>'),
    "style of brackets": _repeated("url(", '<p style="a:', '">x</p>'),
    "our marker": _repeated("x", "<p>lp-place"),
    "selector": _repeated(".a ~ ", "", ".a"),
    "selector of functions": lambda size: ":not(" * (size // 6) + ".a" + ")" * (size // 6),
    "position": _repeated("9", ".landing-block-node-title@"),
    "command": _repeated("a[]=1&", "server.time?"),
    "$result": _repeated("$result[a]", "server.time?a="),
    "$result, deep": _repeated("[a]", "server.time?a=$result"),
    "$result, open": _repeated("$result[a", "server.time?a="),
}

_TITLE = ".landing-block-node-title"
STRUCTURES: dict[str, Shape] = {
    "objects": lambda size: [{} for _ in range(size // 3)],
    "list": lambda size: ["a"] * (size // 4),
    "numbers": lambda size: list(range(size // 6)),
    "names of a list": lambda size: ["TITLE"] * (size // 8),
    "object": lambda size: {f"k{number}": 1 for number in range(size // 9)},
    "texts": lambda size: {f"k{number}": "<b>a</b>" for number in range(size // 18)},
    "deep": lambda size: _nested(55, size),
    "nodes": lambda size: {f"{_TITLE}@{number}": "<b>a</b>" for number in range(size // 43)},
    "one node": lambda size: {_TITLE: "<b>a</b>" * (size // 8)},
    "classes": lambda size: {_TITLE: {"classList": ["a"] * (size // 4), "style": {"color": "red" * (size // 12)}}},
    "attributes": lambda size: {_TITLE: {f"data-{number}": "1" for number in range(size // 12)}},
    "cards": lambda size: {".landing-block-card": {"source": [{"type": "card", "value": 0}] * (size // 27)}},
    "conditions": lambda size: {" " * (number % 200) + f"%TITLE{number}": "a" for number in range(size // 110)},
    "pattern": lambda size: {"%TITLE": "a" * size, "=%CODE": "%a" * (size // 2)},
    "values": lambda size: {"ID": list(range(size // 6)), "!TITLE": ["a"] * (size // 6)},
    "commands": lambda size: {f"c{number}": "server.time?a=$result[c0]" for number in range(size // 36)},
    "manifest": lambda size: {"nodes": {f".a{number}": {"type": "text"} for number in range(size // 24)}},
    "selectors": lambda size: {"nodes": {" ".join([".a"] * (size // 3)): {"type": "text"}}, "cards": {".a~" * 9: {}}},
    "presets": lambda size: {"cards": {".a": {"presets": {"p": {"html": "<p>" + "&" * size}}}}},
    "blocks": lambda size: {
        "code": "hostile",
        "type": "page",
        "fields": {"TITLE": "a"},
        "items": {f"#b{number}": {"content": "<p>a</p>", "code": "html"} for number in range(size // 50)},
    },
    "block": lambda size: {
        "code": "hostile",
        "type": "page",
        "fields": {"TITLE": "a"},
        "items": {"#b": {"content": "<p>" + "&x" * (size // 2), "code": "html", "nodes": {_TITLE: ["a"] * 9}}},
    },
}
SHAPES: Mapping[str, Shape] = {**TEXTS, **{f"{{{name}}}": shape for name, shape in STRUCTURES.items()}}


class Growth:
    """Times of one request with a hostile value of a size and of twice the size."""

    def __init__(self, once: float, twice: float) -> None:
        self.once = once
        self.twice = twice

    @property
    def is_linear(self) -> bool:
        """Whether the time grows no faster than the size, or is too short to tell."""
        return self.twice < FLOOR or self.twice <= MOST_GROWTH * max(self.once, FLOOR / MOST_GROWTH)


async def measured(request: Callable[[int], Awaitable[Callable[[], Awaitable[object]]]], size: int) -> Growth:
    """Measure a request; `request(size)` prepares it and returns what sends it.

    The best of several tries counts, and more are made before growth is called too fast. What takes longer only once,
    where a limit is passed or a thread takes over, does not grow on to four times the size.
    """
    growth = Growth(0.0, 0.0)
    best: dict[int, float] = {}

    async def attempt(factor: int) -> None:
        send = await request(size * factor)
        began = time.process_time()
        await send()
        best[factor] = min(best.get(factor, 1e9), time.process_time() - began)

    for tries in _TRIES:
        for factor in (2, 1):
            for _ in range(tries):
                await attempt(factor)
            if best[2] < FLOOR:
                return Growth(0.0, best[2])
        growth = Growth(best[1], best[2])
        if growth.is_linear:
            return growth
    for _ in range(3):
        await attempt(4)
    further = Growth(best[2], best[4])
    return further if further.is_linear else growth


def places(params: Mapping[str, Any], names: Iterator[str], more: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return where a value can be put into the parameters of a call: each parameter and member, two levels deep."""
    found: dict[tuple[str, ...], None] = {}
    for name in (*params, *names):
        found[name,] = None
        for source in (params.get(name), more.get(name)):
            for key, member in source.items() if isinstance(source, Mapping) else ():
                found[name, key] = None
                if isinstance(member, Mapping):
                    found |= {(name, key, inner): None for inner in member}
    return list(found)


def replaced(params: Any, place: tuple[str, ...], value: Any) -> Any:
    """Return a copy of parameters with the value at a place."""
    if not place:
        return value
    inner = dict(params) if isinstance(params, Mapping) else {}
    inner[place[0]] = replaced(inner.get(place[0]), place[1:], value)
    return inner
