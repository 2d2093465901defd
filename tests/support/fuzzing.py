"""Random requests: any method and parameters in every encoding, and arbitrary bytes."""

import json
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote_plus

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.rpc.declare import REGISTRY

BOUNDARY = "fuzz"
METHODS = [method.name for method in REGISTRY]
WORDS = [
    *(
        "",
        " ",
        "0",
        "1",
        "-1",
        "007",
        "1e3",
        "1.5",
        "Y",
        "N",
        "true",
        "False",
        "null",
        "ABC",
        "é",
        "日本",
        "\U0001f600",
    ),
    *(
        "a'b",
        'a"b',
        "<b>x</b>",
        "%",
        "%25",
        "&",
        "=",
        "[]",
        "a[b",
        "..",
        "/",
        "\\",
        "\x00",
        "\x7f",
        "\u2028",
        "x" * 300,
    ),
    *(
        "PAGE",
        "STORE",
        "KNOWLEDGE",
        "personal",
        "home",
        "01.big_with_text",
        "repo_1",
        "15@2",
        ".landing-block-node-title",
    ),
    *("$result[a]", "$result[a][0][ID]", "$result[", "$result[][]", "01.02.2026", "2026-02-30T25:61:00+99:99"),
    *("9223372036854775807", "9223372036854775808", "1" * 50, "-0", "٣", "١" * 5, "1_000", "NaN", "Infinity"),
]
KEYS = [
    *(
        "ID",
        "TITLE",
        "CODE",
        "TYPE",
        "SITE_ID",
        "FOLDER_ID",
        "PARENT_ID",
        "LANDING_ID_INDEX",
        "DELETED",
        "ACTIVE",
        "TPL_ID",
    ),
    *(
        "select",
        "filter",
        "order",
        "group",
        "limit",
        "offset",
        "edit_mode",
        "ADDITIONAL_FIELDS",
        "CONTENT",
        "NAME",
        "0",
        "1",
    ),
    *(
        ">ID",
        "<=ID",
        "=CODE",
        "!TITLE",
        "%TITLE",
        "@ID",
        "><ID",
        "!=%x",
        "LOGIC",
        "CHECK_PERMISSIONS",
        "A.B",
        "RULE",
        "*",
    ),
    *(".landing-block-node-title@0", "#wrapper", "MANIFEST", "block", "nodes", "cards", "lang", "PREVIEW", "SECTIONS"),
]
NAMES = sorted({name for method in REGISTRY for name in method.known_names} | {"scope", "start", "auth", "cmd", "halt"})

SPELLINGS = (str, str, str.lower, str.upper, str.swapcase)
SUFFIXES = ("", "", "", "", "", "", ".json", ".json", ".xml", ".XML", "/", ".json/", ".", ".html")
UNKNOWN = ("", "x", "landing.site.", "landing.site.getlists", "ü", "__init__", "batch.batch", "site.getPreview")
NUMBERS = (-1, 0, 1, 2, 3, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 0.5, 1e300, -0.0)
KINDS = (
    *("application/json", "application/x-www-form-urlencoded", f"multipart/form-data; boundary={BOUNDARY}", ""),
    *("text/plain", "multipart/form-data", "application/xml", "application/json; charset=utf-16"),
)
RAW = (
    *(
        b"[" * 5000,
        b'{"a":' * 500,
        b"a[" * 300 + b"]" * 300 + b"=1",
        b"&" * 900,
        b"a[]=1&" * 300,
        b"{",
        b"[]",
        b"\xff\xfe",
    ),
    *(
        b"--fuzz\r\n",
        b"--fuzz--",
        b"--fuzz\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--fuzz--\r\n",
        b"null",
    ),
)


class Sent(NamedTuple):
    """One request."""

    verb: str
    method: str
    query: str
    kind: str
    body: bytes
    by_app: bool


def make(seed: int) -> Sent:
    """Return the request of a seed: usually a plausible mistake of a client, sometimes arbitrary bytes."""
    return _Maker(seed).request()


class _Maker(Random):
    """Random generator of parts of requests; plain seeds, because Hypothesis strategies cost thirty times as much."""

    def rarely(self, times: int) -> bool:
        """Return True once in `times` calls, on average."""
        return self.randrange(times) == 0

    def request(self) -> Sent:
        name = self.method()
        method = quote_plus(self.choice(SPELLINGS)(name)) + self.choice(SUFFIXES)
        by_app = self.rarely(2)
        if self.rarely(10):
            return Sent(self.choice(("POST", "GET", "PUT")), method, "", self.choice(KINDS), self.raw(), by_app)
        params = self.parameters(name)
        match self.randrange(5):
            case 0:
                return Sent("POST", method, "", "application/json", json.dumps(params).encode(), by_app)
            case 1:
                return Sent("POST", method, "", "application/x-www-form-urlencoded", encoded(params).encode(), by_app)
            case 2:
                return Sent("POST", method, "", f"multipart/form-data; boundary={BOUNDARY}", multipart(params), by_app)
            case 3:
                return Sent("POST", method, encoded(params), "application/json", json.dumps(params).encode(), by_app)
        return Sent("GET", method, encoded(params), "", b"", by_app)

    def method(self) -> str:
        return self.choice(UNKNOWN) if self.rarely(30) else self.choice(METHODS)

    def raw(self) -> bytes:
        if self.rarely(2):
            return self.choice(RAW)
        alphabet = b'a[]=&%+0;\x00{}":,' if self.rarely(2) else bytes(range(256))
        return bytes(self.choice(alphabet) for _ in range(self.randrange(40)))

    def parameters(self, name: str) -> dict[str, Any]:
        method = REGISTRY.find(name)
        params: dict[str, Any] = {}
        for parameter in method.parameters if method is not None else ():
            if not self.rarely(8 if parameter.required else 3):
                is_id = parameter.type is int and not self.rarely(6)
                params[parameter.wire] = self.id() if is_id else self.value(0)
        if name == "batch":
            params["cmd"] = {self.word(): self.command() for _ in range(self.randrange(5))}
        if self.rarely(4):
            params[self.choice(NAMES) if self.rarely(2) else self.word()] = self.value(0)
        return params

    def command(self) -> Any:
        if self.rarely(6):
            return self.value(0)
        method = self.method()
        params = self.parameters(method) if method != "batch" else {}
        return {"method": method, "params": params} if self.rarely(2) else f"{method}?{encoded(params)}"

    def id(self) -> Any:
        number = self.randrange(1, 7)
        return str(number) if self.rarely(2) else number

    def word(self) -> str:
        if not self.rarely(3):
            return self.choice(WORDS)
        return "".join(
            chr(self.choice((self.randrange(128), self.randrange(0x2FFF), 0x1F600))) for _ in range(self.randrange(6))
        )

    def value(self, depth: int) -> Any:
        kind = self.randrange(8 if depth < 4 else 6)
        if kind == 6:
            return [self.value(depth + 1) for _ in range(self.randrange(4))]
        if kind == 7:
            keys = [self.choice(KEYS) if not self.rarely(5) else self.word() for _ in range(self.randrange(4))]
            return {key: self.value(depth + 1) for key in keys}
        return (self.id, self.word, self.word, lambda: self.choice(NUMBERS), lambda: self.rarely(2), lambda: None)[
            kind
        ]()


def pairs(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Return the pairs of a form for a value, with PHP's brackets."""
    if isinstance(value, dict):
        return [p for key, member in value.items() for p in pairs(member, f"{name}[{key}]" if name else str(key))]
    if isinstance(value, list):
        return [pair for number, member in enumerate(value) for pair in pairs(member, f"{name}[{number}]")]
    return [(name, "" if value is None else str(value))]


def encoded(params: dict[str, Any]) -> str:
    """Encode parameters as a form or query."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs(params))


def multipart(params: dict[str, Any]) -> bytes:
    """Encode parameters as a multipart form, with every third value as a file."""
    parts = []
    for number, (name, value) in enumerate(pairs(params)):
        file = '; filename="x.png"\r\nContent-Type: image/png' if number % 3 == 2 else ""
        safe = name.replace('"', "%22").replace("\r", "").replace("\n", "")
        parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{safe}"{file}\r\n\r\n{value}\r\n')
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()
