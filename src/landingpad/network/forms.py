"""Forms as PHP reads them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

FORM = "application/x-www-form-urlencoded"


def form_body(form: Mapping[str, Any]) -> bytes:
    """Encode a form as PHP reads it: `auth[domain]=a.example&data[0]=x`; null and empty containers are omitted."""
    return "&".join(_pairs(form, "")).encode()


def _pairs(value: Any, name: str) -> list[str]:
    if isinstance(value, Mapping | list):
        members = value.items() if isinstance(value, Mapping) else enumerate(value)
        return [pair for key, member in members for pair in _pairs(member, f"{name}[{key}]" if name else str(key))]
    if value is None:
        return []
    text = "1" if value is True else "0" if value is False else str(value)
    return [f"{quote_plus(name, safe='[]')}={quote_plus(text)}"]
