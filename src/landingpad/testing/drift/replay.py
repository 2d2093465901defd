"""HTTP client that repeats the calls of a cassette on this portal."""

from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

import httpx
import msgspec

from landingpad.testing.drift.cassette import Exchange
from landingpad.testing.drift.compare import ReplayedAnswer

_SECONDS = 60.0
_FORM = "application/x-www-form-urlencoded"


class ReplayClient:
    """Repeats calls on one portal in their original encoding; multipart forms become plain ones."""

    def __init__(self, webhook: str, token: str = "") -> None:
        """Set up.

        Args:
            webhook: address of a webhook, for calls recorded with a webhook.
            token: access token, for calls recorded with one; "" uses the webhook.

        """
        self._webhook = webhook.rstrip("/") + "/"
        self._rest = self._webhook.partition("/rest/")[0] + "/rest/"
        self._token = token
        self._client = httpx.Client(timeout=_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, exchange: Exchange, params: dict[str, Any]) -> ReplayedAnswer:
        """Repeat the call of an exchange with these parameters."""
        request = exchange.request
        by_webhook = request.credential == "webhook" or (request.credential == "token" and not self._token)
        address = (self._webhook if by_webhook else self._rest) + request.method
        if request.credential == "token" and self._token:
            params = {**params, "auth": self._token}
        if request.verb == "GET":
            found = self._client.get(f"{address}?{form(params)}")
        elif request.content_type == "application/json":
            found = self._client.post(address, json=params)
        else:
            found = self._client.post(address, content=form(params), headers={"content-type": _FORM})
        try:
            body = msgspec.json.decode(found.content)
        except msgspec.DecodeError:
            body = found.text
        return ReplayedAnswer(found.status_code, body)


def form(params: dict[str, Any]) -> str:
    """Encode parameters as PHP forms do: `params[filter][ID]=1`."""
    return urlencode(list(_pairs("", params)), quote_via=quote)


def _pairs(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = {str(index): member for index, member in enumerate(value)}.items()
    elif isinstance(value, bool):
        return [(name, "1" if value else "0")]
    else:
        return [] if value is None else [(name, str(value))]
    return [pair for key, member in members for pair in _pairs(f"{name}[{key}]" if name else str(key), member)]
