"""A corpus of hostile pages, each photographed alone, with a server on this machine that must get no connection."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, unquote

import pytest

from landingpad.render.photographer import OwnAnswer, PictureFailed, Viewport
from render.conftest import Make
from render.helpers import HOME, HOST, Canary, html, slow
from render.hostile_pages import FURTHER, HEADERS, LOOPBACK, WAYS, XML

pytestmark = pytest.mark.long

STRANGE_HOSTS = [
    *("0", "127.0.1", "0x7f.1", "017700000001"),
    *("[::]", "[0:0:0:0:0:ffff:127.0.0.1]", "127。0。0。1", "①②⑦.⓪.⓪.①"),
]


class Corpus:
    """Answers with all pages of the corpus."""

    def __init__(self, port: int, *, hosts: bool = True) -> None:
        here = f"127.0.0.1:{port}"
        self.pages: dict[str, OwnAnswer] = {
            name: html(body.format(to=here) + "<img src=/slow>") for name, body in (WAYS | FURTHER).items()
        }
        for host in (*LOOPBACK, *STRANGE_HOSTS) if hosts else ():
            ways = "<img src='http://{to}/i'><iframe src='/to?{to}'></iframe><script>fetch('http://{to}/f')</script>"
            self.pages[f"host {host}"] = html(ways.format(to=f"{host}:{port}") + "<img src=/slow>")
            self.pages[f"led to {host}"] = OwnAnswer(302, [("Location", f"/to?{quote(host)}:{port}")], b"")
        for name, (status, header, value) in HEADERS.items():
            shown = html("<img src=/missing><img src=/slow>", status=status, **{header: value.format(to=here)})
            self.pages[name] = shown
        for name, document in XML.items():
            kind = "image/svg+xml" if document.startswith("<svg") else "application/xml"
            self.pages[name] = OwnAnswer(200, [("Content-Type", kind)], document.format(to=here).encode())
        self._numbers = {f"/{number}": page for number, page in enumerate(self.pages.values())}
        self._slow = slow(0.4, OwnAnswer(200, [], b""))

    def __call__(self, _: str, url: str) -> OwnAnswer | None:
        path = url.removeprefix(f"http://{HOST}")
        if path == url:
            return None
        if path.startswith("/to?"):
            return OwnAnswer(
                302, [("Location", f"http://{quote(unquote(path.removeprefix('/to?')), safe=':[]')}/sent")], b""
            )
        if path.startswith("/sw.js?"):
            script = f"fetch('http://{path.removeprefix('/sw.js?')}/sw')"
            return OwnAnswer(200, [("Content-Type", "text/javascript")], script.encode())
        if path == "/slow":
            return self._slow()
        return self._numbers.get(path, OwnAnswer(404, [], b""))


def visit_all(make: Make, corpus: Corpus, *, allowed: bool) -> int:
    """Photograph all pages, four at a time; return the number of pictures."""
    options = {"public": lambda _: True} if allowed else {}
    photographer = make(corpus, options=options, preview_slots=4, preview_queue=1000)

    def take(number: int) -> bool:
        try:
            photographer.photograph(f"{HOME}{number}", Viewport(width=400, height=300), owner="one")
        except PictureFailed:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        return sum(threads.map(take, range(len(corpus.pages))))


def test_no_page_of_the_corpus_reaches_this_machine(make: Make) -> None:
    with Canary() as canary:
        corpus = Corpus(canary.port)
        assert len(corpus.pages) >= 120
        assert visit_all(make, corpus, allowed=False) >= 90
        assert canary.heard == []


def test_the_corpus_reaches_this_machine_where_it_is_allowed(make: Make) -> None:
    """With this machine allowed most pages reach it; Chromium itself refuses the others."""
    with Canary() as canary:
        visit_all(make, Corpus(canary.port, hosts=False), allowed=True)
        arrived = {said.partition("/")[2] for said in canary.heard}
    assert len(arrived) >= 60
