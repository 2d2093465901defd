"""A small integration: publishes an offer as a page and returns the address of its picture."""

import json
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any, NamedTuple

TRIES = 4
PAUSE_SECONDS = 0.5
BUSY = {"QUERY_LIMIT_EXCEEDED", "OVERLOAD_LIMIT", "OPERATION_TIME_LIMIT"}


class ApiError(Exception):
    """The API refused a call; `code` is the documented error code."""

    def __init__(self, method: str, code: str, text: str) -> None:
        super().__init__(f"{method}: {code} {text}")
        self.code = code


class UnreachableError(Exception):
    """No attempt got a readable answer."""


class Published(NamedTuple):
    """A published offer."""

    site_id: int
    address: str
    preview: str


class Offers:
    """Publishes offers on one portal."""

    def __init__(self, webhook: str, sleep: Any = time.sleep) -> None:
        self.webhook = webhook
        self.sleep = sleep

    def publish(self, code: str, title: str, text: str) -> Published:
        """Create a site with one page for an offer and publish it; move the site to the trash if a call fails."""
        site = self.call("landing.site.add", fields={"TITLE": title, "CODE": code})
        try:
            page = self.call("landing.landing.add", fields={"SITE_ID": site, "TITLE": title, "CODE": "home"})
            cover = self.call("landing.landing.addblock", lid=page, fields={"CODE": "01.big_with_text"})
            texts = {".landing-block-node-title": title, ".landing-block-node-text": text}
            self.call("landing.block.updatenodes", lid=page, block=cover, data=texts)
            self.call("landing.landing.publication", lid=page)
        except Exception:
            self.call("landing.site.markDelete", id=site)
            raise
        return Published(site, self.call("landing.site.getPublicUrl", id=site), self.preview(site))

    def preview(self, site: int) -> str:
        """Return the address of the picture of a site."""
        return self.call("landing.site.getPreview", id=site)

    def codes(self) -> list[str]:
        """Return the codes of all offers."""
        sites = self.call("landing.site.getList", params={"select": ["CODE"], "order": {"ID": "ASC"}})
        return [site["CODE"].strip("/") for site in sites]

    def call(self, method: str, **params: Any) -> Any:
        """Call a method. Where the portal is busy, wait and try again; what only reads, after a lost answer too."""
        reads = ".get" in method.lower()
        for number in range(TRIES):
            if number:
                self.sleep(PAUSE_SECONDS * 2**number)
            try:
                answer = self.ask(method, params)
            except (OSError, HTTPException, ValueError) as error:
                if not reads:
                    # It may have been carried out: making a second site would be worse than saying so.
                    raise UnreachableError(f"{method}: {error}") from error
                problem: Exception = UnreachableError(f"{method}: {error}")
                continue
            if "error" not in answer:
                return answer["result"]
            problem = ApiError(method, answer["error"], answer["error_description"])
            if answer["error"] not in BUSY:
                break
        raise problem

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(params).encode()
        request = urllib.request.Request(self.webhook + method, body, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)
