"""How assistants are connected to a portal: the table of the article about it, filled in."""

import json
import re
from importlib.resources import files
from typing import NamedTuple

_ROW = re.compile(r"^\| (?P<name>[^|]+) \| (?P<text>.+) \|$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
_HEADS = frozenset({"Assistant", "---"})
_ADDRESS = "https://portal.example.com"
_TOKEN = "1/CODE"  # noqa: S105  # what the article writes where a token belongs


class Setup(NamedTuple):
    """How one assistant is set up."""

    name: str
    text: str
    """What is done by hand, or said of the code; "" if the code is all."""
    code: str
    """A command or a file; "" if there is none."""


def setups(origin: str, token: str) -> list[Setup]:
    """Return how each assistant is connected to the portal at an address.

    Args:
        origin: scheme, host and port of the portal.
        token: what goes where the article writes 1/CODE.

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
