"""Cassettes: recorded calls to a real portal with their answers, without secrets.

A cassette is a file of JSON lines. The first line is a header: `{"landingpad_cassette": 1, "recorded": ISO date}`. Each
other line is an `Exchange`. A line is written as soon as the answer arrives, so that a killed recorder loses nothing.

Removed are webhook codes, tokens, secrets of applications, the host name of the portal, e-mail addresses, and all texts
in answers of methods about users.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

FORMAT = 1
PORTAL = "portal.example"
"""Placeholder for the host name of the portal."""
SECRET = "***"  # noqa: S105  # a placeholder for secrets
_SECRET_KEYS = frozenset(
    (
        "access_token",
        "application_token",
        "auth",
        "auth_id",
        "client_secret",
        "member_id",
        "password",
        "refresh_id",
        "refresh_token",
        "sessid",
    )
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_HARMLESS = re.compile(r"[YN]?|[-+0-9.: TZ]+|true|false")
_OF_PEOPLE = ("user.", "profile", "access.name", "department.get", "im.")
_SHORTEST_SECRET = 6

Credential = Literal["webhook", "token", "none"]


class RecordedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded request of a client."""

    verb: str
    """GET or POST."""
    method: str
    """Name of the method as the client wrote it, with its suffix."""
    credential: Credential
    content_type: str = ""
    params: dict[str, Any] = {}


class RecordedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The recorded answer of the portal."""

    status: int
    content_type: str
    body: Any
    """The decoded JSON, or the text if it is not JSON."""


class Exchange(msgspec.Struct, frozen=True):
    """One call with its answer."""

    request: RecordedRequest
    response: RecordedAnswer


class CassetteError(Exception):
    """A file is not a cassette; the text names the wrong line and the reason."""


class Writer:
    """Writes exchanges without their secrets to a file."""

    def __init__(self, path: Path, *, portal_host: str, recorded: str) -> None:
        """Begin a cassette.

        Args:
            path: the file, which is overwritten.
            portal_host: host name to replace by `portal.example`.
            recorded: time of the recording, for people.

        """
        self.path = path
        self.count = 0
        self._cleaner = _Cleaner(portal_host)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode({"landingpad_cassette": FORMAT, "recorded": recorded}) + b"\n")

    def add(self, exchange: Exchange, secrets: Iterable[str]) -> None:
        """Write one exchange; `secrets` are the credentials that the client sent."""
        self._cleaner.learn(secrets)
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(self._cleaner.cleaned(exchange)) + b"\n")
        self.count += 1


class _Cleaner:
    def __init__(self, portal_host: str) -> None:
        self._host = portal_host
        self._secrets: set[str] = set()

    def learn(self, secrets: Iterable[str]) -> None:
        self._secrets.update(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)

    def cleaned(self, exchange: Exchange) -> Exchange:
        request, response = exchange.request, exchange.response
        is_of_people = request.method.lower().startswith(_OF_PEOPLE)
        body = self._value(response.body, is_of_people=is_of_people)
        return Exchange(
            msgspec.structs.replace(request, params=self._value(request.params, is_of_people=False)),
            msgspec.structs.replace(response, body=body),
        )

    def _value(self, value: Any, *, is_of_people: bool) -> Any:
        if isinstance(value, dict):
            return {
                self._text(key): SECRET
                if key.lower() in _SECRET_KEYS and isinstance(member, str) and member
                # Results of methods about users contain personal data; error texts and times do not.
                else self._value(
                    member, is_of_people=is_of_people and key not in {"time", "error_description", "error"}
                )
                for key, member in value.items()
            }
        if isinstance(value, list):
            return [self._value(member, is_of_people=is_of_people) for member in value]
        if not isinstance(value, str):
            return value
        return SECRET if is_of_people and not _HARMLESS.fullmatch(value) else self._text(value)

    def _text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, SECRET)
        return _EMAIL.sub(f"person@{PORTAL}", text.replace(self._host, PORTAL))


def read(path: Path) -> Iterator[Exchange]:
    """Return the exchanges of a cassette in order.

    Raises:
        CassetteError: the file is unreadable or not a cassette.

    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise CassetteError(f"{path}: {error.strerror}") from error
    try:
        head = msgspec.json.decode(lines[0] if lines else b"null")
    except msgspec.DecodeError as error:
        raise CassetteError(f"{path}: the first line is not JSON: {error}") from error
    version = head.get("landingpad_cassette") if isinstance(head, dict) else None
    if version != FORMAT:
        raise CassetteError(f"{path}: this is not a cassette of format {FORMAT}; `landingpad record` makes them.")
    for number, line in enumerate(lines[1:], start=2):
        try:
            yield msgspec.json.decode(line, type=Exchange)
        except msgspec.DecodeError as error:
            raise CassetteError(f"{path}, line {number}: {error}") from error
