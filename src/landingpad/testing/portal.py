"""A portal as tests use it: calls of its API, things that tests are given, trouble on command, and what was asked.

Not a client library: it is what a test looks at its portal with, beside the client that is under test.
"""

import contextlib
import http.client
import json
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from urllib.parse import quote, urlsplit

import msgspec

from landingpad.control.faults import NewFault, Spoiled
from landingpad.rpc.journal import CallFilter
from landingpad.testing.inprocess import InProcess

_TIMEOUT_SECONDS = 60.0
_OK = 200
_MOST_NEAR = 5
_LONGEST = 300
Answered = Literal["reset", "half", "html_503", "wrong_type", "not_json", "empty"]


class PortalError(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.status = status
        self.code = code
        self.text = text


class Response(NamedTuple):
    """An answer over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body as what its JSON says."""
        return json.loads(self.body)


class OAuthApp(NamedTuple):
    """An application, and its tokens for a user."""

    client_id: str
    client_secret: str
    access_token: str
    refresh_token: str
    expired_token: str = ""
    """One that has expired, to see what a client does then."""


class GivenSite(NamedTuple):
    """A site that a test was given."""

    id: int
    code: str
    url: str


class GivenPage(NamedTuple):
    """A page that a test was given, with the ids of its blocks in the draft."""

    id: int
    site_id: int
    code: str
    blocks: tuple[int, ...]
    url: str
    """Where visitors see it; "" before it is published."""


class Portal:
    """One portal in the hands of a test."""

    def __init__(self, server: InProcess) -> None:
        self._server = server
        self._told = server.seeded.told
        self._since = server.kit.journal.last
        self._sites = 0
        self._pages = 0

    # -- where it is

    @property
    def url(self) -> str:
        """Address of the portal, without a slash at the end."""
        return self._server.url

    @property
    def webhook_url(self) -> str:
        """Address of a webhook of an administrator with all scopes; it ends in a slash."""
        return str(self._told["webhook"])

    @property
    def webhooks(self) -> Mapping[str, str]:
        """Addresses of webhooks by name: admin, plain (no administrator), limited (no scope landing), and yours."""
        return self._server.seeded.webhooks

    @property
    def oauth_app(self) -> OAuthApp:
        """The application that every portal has."""
        return OAuthApp(**self._told["oauth"])

    @property
    def seeded(self) -> Mapping[str, Any]:
        """What the seed made: `users`, `apps` and `sites` by name."""
        return self._told

    # -- calls

    def call(self, method: str, *, by: str = "admin", **params: Any) -> Any:
        """Call a method by a webhook and return its result.

        Raises:
            PortalError: the answer is an error.

        """
        response = self.raw(method, params, by=by)
        body = response.json()
        if "error" in body:
            raise PortalError(response.status, str(body["error"]), str(body.get("error_description", "")))
        return body["result"]

    def raw(self, method: str, params: Mapping[str, Any] | None = None, *, by: str = "admin") -> Response:
        """Call a method by a webhook and return the whole answer."""
        path = urlsplit(self.webhooks[by]).path + method
        return self._ask("POST", path, json.dumps(params or {}).encode(), {"content-type": "application/json"})

    def get(self, address: str) -> Response:
        """Fetch an address of the portal or of one of its sites, whatever the resolver of this machine knows."""
        split = urlsplit(address)
        path = quote(split.path or "/", safe="/%:@!$&'()*+,;=~") + (f"?{split.query}" if split.query else "")
        return self._ask("GET", path, b"", {"host": split.netloc} if split.netloc else {})

    # -- things that tests are given

    def given_site(self, code: str = "", title: str = "", **fields: Any) -> GivenSite:
        """Make a site; without a code it gets one of its own."""
        self._sites += 1
        code = code or f"site{self._sites}"
        fields = {"TITLE": title or code.title(), "CODE": code, **fields}
        site_id = self.call("landing.site.add", fields=fields)
        return GivenSite(site_id, code, self.call("landing.site.getPublicUrl", id=site_id))

    def given_page(
        self,
        site: GivenSite | int | None = None,
        code: str = "",
        title: str = "",
        *,
        blocks: Sequence[str] = (),
        published: bool = False,
        **fields: Any,
    ) -> GivenPage:
        """Make a page, on a new site unless one is given, with blocks of the standard library."""
        self._pages += 1
        site = self.given_site() if site is None else site
        site_id = site if isinstance(site, int) else site.id
        code = code or f"page{self._pages}"
        fields = {"TITLE": title or code.title(), "CODE": code, "SITE_ID": site_id, **fields}
        page_id = self.call("landing.landing.add", fields=fields)
        made: list[int] = []
        for block in blocks:
            after = {"AFTER_ID": made[-1]} if made else {}
            made.append(self.call("landing.landing.addblock", lid=page_id, fields={"CODE": block, **after}))
        if published:
            self.call("landing.landing.publication", lid=page_id)
        url = self.call("landing.landing.getpublicurl", lid=page_id) if published else ""
        return GivenPage(page_id, site_id, code, tuple(made), url)

    def public_html(self, page: GivenPage | int) -> str:
        """Return what visitors see of a published page.

        Raises:
            AssertionError: they do not see it.

        """
        page_id = page if isinstance(page, int) else page.id
        address = self.call("landing.landing.getpublicurl", lid=page_id)
        response = self.get(address)
        assert response.status == _OK, f"{address} answers {response.status}: is page {page_id} published?"  # noqa: S101
        return response.text

    def preview_image(self, site: GivenSite | int) -> bytes:
        """Return the picture at the address that landing.site.getPreview gives.

        Raises:
            AssertionError: there is no picture.

        """
        site_id = site if isinstance(site, int) else site.id
        address = self.call("landing.site.getPreview", id=site_id)
        response = self.get(address)
        is_picture = response.status == _OK and response.headers.get("content-type", "").startswith("image/")
        assert is_picture, f"{address} answers {response.status} {response.headers.get('content-type')}"  # noqa: S101
        return response.body

    # -- trouble

    def fail_next(self, method: str, error: str, times: int = 1, **more: Any) -> None:
        """Let the next calls of a method end with an error, whichever the API knows: QUERY_LIMIT_EXCEEDED ..."""
        self.fault(method=method, error=error, times=times, **more)

    def break_next(self, method: str, answer: Answered, times: int = 1, **more: Any) -> None:
        """Carry the next calls of a method out, and spoil their answers."""
        self.fault(method=method, answer=Spoiled(answer), times=times, **more)

    def slow(self, method: str, milliseconds: int, **more: Any) -> None:
        """Let calls of a method take longer."""
        self.fault(method=method, slow_ms=milliseconds, **more)

    def fault(self, **wanted: Any) -> None:
        """Turn a fault on, as `POST /_landingpad/faults` does."""
        self._server.kit.faults.add(msgspec.convert(wanted, NewFault))

    def heal(self) -> None:
        """Turn all faults off."""
        self._server.kit.faults.clear()

    # -- time

    def freeze(self, at: datetime | float | None = None) -> None:
        """Stop the clock of the portal: at a moment, or now."""
        clock = self._server.kit.services.clock
        if at is None:
            clock.freeze()
        else:
            clock.set(at.timestamp() if isinstance(at, datetime) else at, frozen=True)

    def advance(self, by: timedelta | float) -> None:
        """Move the clock of the portal forward, by seconds or a difference: tokens expire, limits leak."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        self._server.kit.services.clock.advance(seconds)

    # -- what was asked

    def requests(self, method: str = "*", **wanted: Any) -> list[dict[str, Any]]:
        """Return the calls of this test, the oldest first; `params`, `status`, `error` and `caller` say which."""
        return [self._shown(entry) for entry in self._server.kit.journal.find(self._wanted(method, wanted))]

    def assert_called(
        self, method: str, *, times: int | None = None, wait: float = 0.0, **wanted: Any
    ) -> list[dict[str, Any]]:
        """Check that a method was called, and return the calls.

        Args:
            method: its name, or a pattern.
            times: how often exactly; without it, at least once.
            wait: seconds to wait for calls that come from elsewhere.
            wanted: what else is said of the calls, as for `requests`.

        Raises:
            AssertionError: it was not; the text shows the calls that come nearest.

        """
        journal, sought = self._server.kit.journal, self._wanted(method, wanted)
        found = journal.find(sought)
        if wait and len(found) < (times or 1):
            found = self._server.run(journal.wait_for(sought, count=times or 1, seconds=wait))
        if len(found) == times or (times is None and found):
            return [self._shown(entry) for entry in found]
        said = (
            f"{method} was called {len(found)} times, not {times}" if times is not None else f"{method} was not called"
        )
        said += f" with {wanted}." if wanted else "."
        near = [self._shown(entry) for entry in journal.near_misses(sought)]
        others = sorted({entry.method for entry in journal.find(CallFilter(after=self._since))})
        raise AssertionError("\n".join([said, *_lines(near, others)]))

    def assert_not_called(self, method: str = "*", **wanted: Any) -> None:
        """Check that a method was not called.

        Raises:
            AssertionError: it was.

        """
        found = self.requests(method, **wanted)
        assert not found, f"{method} was called {len(found)} times: " + "; ".join(_line(call) for call in found)  # noqa: S101

    def coverage(self) -> Mapping[str, int]:
        """Return how often each method was called in this test."""
        return dict(self._server.kit.journal.counts)

    def events(self, event: str = "", *, count: int = 1, wait: float = 0.0) -> list[dict[str, Any]]:
        """Return attempts to deliver events; with `wait`, once there are so many or the time is over."""
        found: list[dict[str, Any]] = self.order("GET", "events", event=event, count=count, wait=wait)["events"]
        return found

    # -- the rest

    def order(self, verb: str, path: str, **body: Any) -> Any:
        """Give any order of the control plane: `order("PUT", "portal", state="overloaded")`.

        Raises:
            PortalError: it is refused; the text says why.

        """
        given = json.dumps(body).encode()
        response = self._ask(verb, f"/_landingpad/{path}", given, {"content-type": "application/json"})
        told = response.json()
        if response.status != _OK:
            raise PortalError(response.status, str(told["error"]), str(told["error_description"]))
        return told

    def snapshot(self, name: str) -> None:
        """Keep the present state under a name."""
        self._server.kit.snapshots.create(name)

    def restore(self, name: str) -> None:
        """Go back to a state that was kept."""
        self._server.run(self._server.kit.go_back(name))

    def _wanted(self, method: str, wanted: Mapping[str, Any]) -> CallFilter:
        return CallFilter(**{"method": method, "after": self._since, **wanted})

    def _shown(self, entry: Any) -> dict[str, Any]:
        shown: dict[str, Any] = entry.as_dict(self._server.parts.dispatcher.registry)
        return shown

    def _ask(self, verb: str, path: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """Ask on a connection of its own, so that no fault of one request meets another."""
        split = urlsplit(self.url)
        port = split.port or 0
        if split.scheme == "https":
            trust = ssl.create_default_context(cafile=str(self._server.ca))
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                "localhost", port, timeout=_TIMEOUT_SECONDS, context=trust
            )
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
        with contextlib.closing(connection):
            given = {"host": split.netloc, **headers}
            connection.request(verb, path, body or None, given)
            answer = connection.getresponse()
            return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def _lines(near: list[dict[str, Any]], others: list[str]) -> list[str]:
    """Say which calls come nearest to what was looked for."""
    if near:
        return ["These calls of it differ:", *(f"  {_line(call)}" for call in near[-_MOST_NEAR:])]
    return [f"Called were: {', '.join(others)}." if others else "Nothing was called."]


def _line(call: Mapping[str, Any]) -> str:
    params = json.dumps(call["params"], ensure_ascii=False, default=str)
    end = f" -> {call['status']} {call['error']}".rstrip()
    hints = "".join(f" [{hint}]" for hint in call["hints"])
    return f"{call['method']} {params[:_LONGEST]}{end}{hints}"
