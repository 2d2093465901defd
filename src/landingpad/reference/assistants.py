"""How to connect assistants to a portal: the table of the article, with its placeholders filled in."""

import json
import re
from importlib.resources import files
from typing import NamedTuple

_ROW = re.compile(r"^\| (?P<name>[^|]+) \| (?P<text>.+) \|$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
_HEADS = frozenset({"Assistant", "---"})
_ADDRESS = "https://portal.example.com"
_TOKEN = "1/CODE"  # noqa: S105  # the placeholder of the article, not a token


class Setup(NamedTuple):
    """How one assistant is set up."""

    name: str
    text: str
    """Instructions, or "" if the code alone is enough."""
    code: str
    """A command or a file, or ""."""


def setups(origin: str, token: str) -> list[Setup]:
    """Return the setup of each assistant for the portal at an address.

    Args:
        origin: scheme, host and port of the portal.
        token: replaces 1/CODE of the article.

    """
    article = files(__package__).joinpath("articles", "assistants.md").read_text("utf-8")
    filled = article.replace(_ADDRESS, origin).replace(f"/rest/{_TOKEN}/", f"/rest/{token}/").replace(_TOKEN, token)
    return [_setup(row["name"], row["text"]) for row in _ROW.finditer(filled) if row["name"] not in _HEADS]


def _setup(name: str, text: str) -> Setup:
    name = name.replace("`", "")
    whole = _CODE.fullmatch(text)
    if whole is None:
        return Setup(name, text.replace("`", ""), "")
    code = whole.group(1)
    if code.startswith("{"):
        code = json.dumps(json.loads(code), indent=2)
    return Setup(name, "", code)
