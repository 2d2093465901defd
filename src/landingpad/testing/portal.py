"""The portal in tests: calls, prepared sites and pages, injected faults, the clock, and recorded requests.

It is not a client library: tests use it to prepare and inspect the portal beside the client under test.
"""

import json
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from urllib.parse import quote, urlsplit

import msgspec

from landingpad.control.faults import NewFault, Spoiled
from landingpad.network.own_server import ask
from landingpad.rpc.journal import CallFilter
from landingpad.testing.inprocess import InProcess

_OK = 200
_MOST_NEAR = 5
_LONGEST = 300
Answered = Literal["reset", "half", "html_503", "wrong_type", "not_json", "empty", "moved"]


class PortalError(Exception):
    """An error returned by the API."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.status = status
        self.code = code
        self.text = text


class Response(NamedTuple):
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body decoded as JSON."""
        return json.loads(self.body)


class OAuthApp(NamedTuple):
    """An application with its tokens for a user."""

    client_id: str
    client_secret: str
    access_token: str
    refresh_token: str
    expired_token: str = ""
    """An expired access token, to test how a client handles it."""


class GivenSite(NamedTuple):
    """A site made by `Portal.given_site`."""

    id: int
    code: str
    url: str


class GivenPage(NamedTuple):
    """A page made by `Portal.given_page`, with the ids of the blocks of its draft."""

    id: int
    site_id: int
    code: str
    blocks: tuple[int, ...]
    url: str
    """Public address; "" before the page is published."""


class Portal:
    """The portal of a test."""

    def __init__(self, server: InProcess) -> None:
        self._server = server
        self._told = server.seeded.told
        self._since = server.kit.journal.last
        self._sites = 0
        self._pages = 0

    # -- addresses and credentials

    @property
    def url(self) -> str:
        """Address of the portal without a trailing slash."""
        return self._server.url

    @property
    def webhook_url(self) -> str:
        """Address of a webhook of an administrator with all scopes, with a trailing slash."""
        return str(self._told["webhook"])

    @property
    def webhooks(self) -> Mapping[str, str]:
        """Addresses of webhooks by name: admin, plain (no administrator), limited (no scope landing), seeded ones."""
        return self._server.seeded.webhooks

    @property
    def oauth_app(self) -> OAuthApp:
        """The standard application."""
        return OAuthApp(**self._told["oauth"])

    @property
    def seeded(self) -> Mapping[str, Any]:
        """Seeded `users`, `apps` and `sites` by name."""
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
        """Call a method by a webhook and return the HTTP response."""
        path = urlsplit(self.webhooks[by]).path + method
        return self._ask("POST", path, json.dumps(params or {}).encode(), {"content-type": "application/json"})

    def get(self, address: str) -> Response:
        """Fetch an address of the portal or one of its sites, without name resolution."""
        split = urlsplit(address)
        path = quote(split.path or "/", safe="/%:@!$&'()*+,;=~") + (f"?{split.query}" if split.query else "")
        return self._ask("GET", path, b"", {"host": split.netloc} if split.netloc else {})

    # -- prepared sites and pages

    def given_site(self, code: str = "", title: str = "", **fields: Any) -> GivenSite:
        """Make a site; without `code` it gets a unique one."""
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
        """Make a page with blocks of the standard library, on a new site unless one is given."""
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
        """Return the public HTML of a page.

        Raises:
            AssertionError: the page is not public.

        """
        page_id = page if isinstance(page, int) else page.id
        address = self.call("landing.landing.getpublicurl", lid=page_id)
        response = self.get(address)
        assert response.status == _OK, f"{address} answers {response.status}: is page {page_id} published?"  # noqa: S101
        return response.text

    def preview_image(self, site: GivenSite | int) -> bytes:
        """Return the picture at the address returned by landing.site.getPreview.

        Raises:
            AssertionError: the picture is missing.

        """
        site_id = site if isinstance(site, int) else site.id
        address = self.call("landing.site.getPreview", id=site_id)
        response = self.get(address)
        is_picture = response.status == _OK and response.headers.get("content-type", "").startswith("image/")
        assert is_picture, f"{address} answers {response.status} {response.headers.get('content-type')}"  # noqa: S101
        return response.body

    # -- faults

    def fail_next(self, method: str, error: str, times: int = 1, **more: Any) -> None:
        """End the next calls of a method with an error of the API, such as QUERY_LIMIT_EXCEEDED."""
        self.fault(method=method, error=error, times=times, **more)

    def break_next(self, method: str, answer: Answered, times: int = 1, **more: Any) -> None:
        """Carry out the next calls of a method and spoil their answers."""
        self.fault(method=method, answer=Spoiled(answer), times=times, **more)

    def slow(self, method: str, milliseconds: int, **more: Any) -> None:
        """Slow down calls of a method."""
        self.fault(method=method, slow_ms=milliseconds, **more)

    def fault(self, **wanted: Any) -> None:
        """Turn a fault on, as `POST /_landingpad/faults` does."""
        self._server.kit.faults.add(msgspec.convert(wanted, NewFault))

    def heal(self) -> None:
        """Turn all faults off."""
        self._server.kit.faults.clear()

    # -- clock

    def freeze(self, at: datetime | float | None = None) -> None:
        """Stop the clock of the portal at a given time, or now."""
        clock = self._server.kit.services.clock
        if at is None:
            clock.freeze()
        else:
            clock.set(at.timestamp() if isinstance(at, datetime) else at, frozen=True)

    def advance(self, by: timedelta | float) -> None:
        """Move the clock of the portal forward by seconds or a timedelta, so that tokens expire and limits leak."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        self._server.kit.services.clock.advance(seconds)

    # -- recorded requests and events

    def requests(self, method: str = "*", **wanted: Any) -> list[dict[str, Any]]:
        """Return the calls of this test, oldest first, filtered by `params`, `status`, `error` and `caller`."""
        return [self._shown(entry) for entry in self._server.kit.journal.find(self._wanted(method, wanted))]

    def assert_called(
        self, method: str, *, times: int | None = None, wait: float = 0.0, **wanted: Any
    ) -> list[dict[str, Any]]:
        """Check that a method was called, and return the calls.

        Args:
            method: its name, or a pattern.
            times: exact number of calls; None: at least one.
            wait: seconds to wait for calls made by other processes.
            wanted: further filters, as for `requests`.

        Raises:
            AssertionError: it was not called so; the text shows the closest calls.

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
        """Return method -> number of calls in this test."""
        return dict(self._server.kit.journal.counts)

    def events(self, event: str = "", *, count: int = 1, wait: float = 0.0) -> list[dict[str, Any]]:
        """Return attempts to deliver events; `wait` returns at `count` attempts or after so many seconds."""
        found: list[dict[str, Any]] = self.order("GET", "events", event=event, count=count, wait=wait)["events"]
        return found

    # -- control plane

    def order(self, verb: str, path: str, **body: Any) -> Any:
        """Give any order of the control plane: `order("PUT", "portal", state="overloaded")`.

        Raises:
            PortalError: the order is refused; the text says why.

        """
        given = json.dumps(body).encode()
        response = self._ask(verb, f"/_landingpad/{path}", given, {"content-type": "application/json"})
        told = response.json()
        if response.status != _OK:
            raise PortalError(response.status, str(told["error"]), str(told["error_description"]))
        return told

    def snapshot(self, name: str) -> None:
        """Save the present state under a name."""
        self._server.kit.snapshots.create(name)

    def restore(self, name: str) -> None:
        """Restore a saved state."""
        self._server.run(self._server.kit.go_back(name))

    def _wanted(self, method: str, wanted: Mapping[str, Any]) -> CallFilter:
        return CallFilter(**{"method": method, "after": self._since, **wanted})

    def _shown(self, entry: Any) -> dict[str, Any]:
        shown: dict[str, Any] = entry.as_dict(self._server.parts.dispatcher.registry)
        return shown

    def _ask(self, verb: str, path: str, body: bytes, headers: Mapping[str, str]) -> Response:
        split = urlsplit(self.url)
        tls, near = None, f"http://127.0.0.1:{split.port}"
        if split.scheme == "https":
            tls, near = ssl.create_default_context(cafile=str(self._server.ca)), f"https://localhost:{split.port}"
        return Response(*ask(near + path, verb, body or None, {"host": split.netloc, **headers}, tls=tls))


def _lines(near: list[dict[str, Any]], others: list[str]) -> list[str]:
    """Describe the calls that come closest to the expected one."""
    if near:
        return ["These calls of it differ:", *(f"  {_line(call)}" for call in near[-_MOST_NEAR:])]
    return [f"Called were: {', '.join(others)}." if others else "Nothing was called."]


def _line(call: Mapping[str, Any]) -> str:
    params = json.dumps(call["params"], ensure_ascii=False, default=str)
    end = f" -> {call['status']} {call['error']}".rstrip()
    hints = "".join(f" [{hint}]" for hint in call["hints"])
    return f"{call['method']} {params[:_LONGEST]}{end}{hints}"
