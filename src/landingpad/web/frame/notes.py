"""Notes on the page after an action: what was done and by which call, kept in a cookie between two requests."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, NamedTuple

import msgspec

from landingpad.domain.page.signing import signature

NOTE_COOKIE = "landingpad_done"
NOTE_SECONDS = 30
_LONGEST = 3000


class MadeCall(NamedTuple):
    """A call made for a page, which the page shows as code for programs."""

    method: str
    params: dict[str, Any]


NO_CALL = MadeCall("", {})
"""Stands for an action that no call of the API makes."""


class Note(msgspec.Struct, frozen=True):
    """A note for the next page: what was done and by which call, or why it failed."""

    text: str
    method: str = ""
    params: dict[str, Any] = {}
    is_error: bool = False
    first: MadeCall | None = None
    """The first call, if the action took two."""
    undo: str = ""
    """Path of the form that undoes the action; "" if it cannot be undone."""
    undo_fields: dict[str, str] = {}
    """Further fields of that form."""
    command: str = ""
    """Command for programs, if the action is not a call of the API."""

    def signed(self, key: str) -> str:
        """Return the note as value of a cookie, signed with a key of the session; a long one without its call."""
        body = msgspec.json.encode(self)
        if len(body) > _LONGEST:
            body = msgspec.json.encode(Note(self.text, is_error=self.is_error))
        value = urlsafe_b64encode(body).decode().rstrip("=")
        return f"{value}.{signature(key, value)}"

    @classmethod
    def read(cls, cookie: str, key: str) -> "Note | None":
        """Return the note of a cookie, or None if it has none of this session."""
        value, _, signed = cookie.partition(".")
        if not value or not hmac.compare_digest(signature(key, value).encode(), signed.encode()):
            return None
        return msgspec.json.decode(urlsafe_b64decode(value + "=" * (-len(value) % 4)), type=cls)
