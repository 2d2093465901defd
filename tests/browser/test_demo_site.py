"""The published demo site: links, markup, accessibility, sizes and layout shifts."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from playwright.async_api import Browser, Response
from selectolax.lexbor import LexborHTMLParser

from browser.conftest import window
from landingpad.blocks.library import standard_library
from landingpad.demo.build import build_demo_site
from landingpad.demo.site import DEMO
from landingpad.rpc.auth import webhook_caller
from support.portal import Portal

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
HOME = "http://lindmoor.localhost:8080/"
PATHS = [page.path for page in DEMO.pages]
OUTSIDE = ("mailto:", "tel:")
ADDRESSES = ("a[href]", "link[href]", "img[src]", "script[src]", "iframe[src]", "source[src]", "form[action]")
_CSS_ADDRESS = re.compile(r"url\(\s*[\"']?([^\"')]+)")

# Limits of a page, in bytes as sent.
MOST_HTML = 16 * 1024
MOST_STYLE = 16 * 1024
MOST_PICTURES = 1024 * 1024
MOST_REQUESTS = 25
"""Lighthouse calls pages heavy from 5 MB and 50 requests; ours may use a fifth of that."""
LEAST_TARGET = 24
"""Smallest size of touch targets in pixels (WCAG 2.2, 2.5.8)."""


class Fetched(NamedTuple):
    """An address of the site and its answer."""

    status: int
    kind: str
    text: str


async def crawl(portal: Portal, start: str) -> tuple[dict[str, Fetched], dict[str, set[str]], set[str]]:
    """Follow all links from a page, as a link checker does.

    Returns:
        Answers by address of the site, linked fragments by address, and addresses of other sites.

    """
    found: dict[str, Fetched] = {}
    fragments: dict[str, set[str]] = {}
    elsewhere: set[str] = set()
    waiting = [start]
    while waiting:
        url = httpx.URL(waiting.pop())
        page, fragment = str(url.copy_with(fragment=None)), url.fragment
        if url.host != httpx.URL(start).host:
            elsewhere.add(str(url))
            continue
        if fragment:
            fragments.setdefault(page, set()).add(fragment)
        if page in found:
            continue
        answer = await portal.get(page)
        kind = answer.headers["content-type"].partition(";")[0]
        is_text = kind.startswith(("text/", "application/xml", "image/svg"))
        found[page] = Fetched(answer.status_code, kind, answer.text if is_text else "")
        waiting += [str(url.join(address)) for address in _addresses(found[page])]
    return found, fragments, elsewhere


def _addresses(page: Fetched) -> Iterator[str]:
    if page.kind == "text/html":
        tree = LexborHTMLParser(page.text)
        for selector in ADDRESSES:
            name = selector.partition("[")[2].rstrip("]")
            yield from (element.attributes[name] or "" for element in tree.css(selector))
        for element in tree.css("[srcset]"):
            yield from (part.split()[0] for part in (element.attributes["srcset"] or "").split(",") if part.strip())
        for element in tree.css('meta[property="og:image"], meta[property="og:url"]'):
            yield element.attributes["content"] or ""
    if page.kind in {"text/html", "text/css", "image/svg+xml"}:
        yield from (address for address in _CSS_ADDRESS.findall(page.text) if not address.startswith(("data:", "#")))
    if page.kind in {"application/xml", "text/plain"}:
        yield from re.findall(r"(?<=<loc>)[^<]+|(?<=Sitemap: )\S+", page.text)


@pytest.fixture
async def demo(portal: Portal) -> Portal:
    """A portal with the published demo site."""
    user, code = portal.webhooks["admin"].split("/")[2:4]
    caller = portal.parts.db.read_here(
        lambda tx: webhook_caller(tx, portal.id, user, code, portal.parts.services.clock.now_ms())
    )
    await build_demo_site(portal.parts.dispatcher, caller)
    return portal


async def test_no_link_is_broken(demo: Portal) -> None:
    """Pages, pictures, styles, the icon, robots.txt and the sitemap: every address answers, every fragment exists."""
    found, fragments, elsewhere = await crawl(demo, HOME)
    robots, fragments_there, _ = await crawl(demo, f"{HOME}robots.txt")
    assert {url: page.status for url, page in {**found, **robots}.items() if page.status != 200} == {}
    for page, names in [*fragments.items(), *fragments_there.items()]:
        tree = LexborHTMLParser(found[page].text)
        ids = {element.attributes["id"] for element in tree.css("[id]")}
        assert names <= ids, page
    assert elsewhere == {url for url in elsewhere if url.startswith(OUTSIDE)}
    pages = {httpx.URL(url).path for url, page in found.items() if page.kind == "text/html"}
    assert pages == set(PATHS)
    assert {httpx.URL(url).path for url, page in robots.items() if page.kind == "text/html"} == set(PATHS)
    assert len(found) > 20


async def test_pages_are_valid_html(demo: Portal, tmp_path: Path) -> None:
    """The pages of the demo site, the 404 page, and a page with every block of the library."""
    for path in [*PATHS, "/none/"]:
        name = path.strip("/") or "home"
        (tmp_path / f"{name}.html").write_text((await demo.get(f"{HOME}{path.lstrip('/')}")).text)
    (tmp_path / "blocks.html").write_text(await page_of_every_block(demo))
    # A page with every block has several of a kind, such as two search forms.
    several = re.compile(r"blocks\.html:\d+ unique-landmark")
    # The HTML standard allows rel=expect with blocking=render, which the validator does not know yet.
    unknown = re.compile(r'\S+ attribute-misuse: "blocking" attribute cannot be used on <link>')
    assert [line for line in validated(tmp_path) if not (several.match(line) or unknown.match(line))] == []
    assert wrong_lists(tmp_path) == []


async def page_of_every_block(portal: Portal) -> str:
    """Return a page with every block of the library once."""
    page_id = await portal.page(await portal.site("blocks"))
    for code in standard_library():
        await portal.block(page_id, code)
    await portal.call("landing.landing.publication", lid=page_id)
    return (await portal.get("http://blocks.localhost:8080/")).text


def validated(folder: Path) -> list[str]:
    """Return the findings of html-validate for the pages in a folder."""
    config, report = folder / ".htmlvalidate.json", folder / "report.json"
    presets = ["html-validate:standard", "html-validate:a11y"]
    rules = {"aria-label-misuse": ["error", {"allowAnyNamable": True}]}  # ARIA allows names of lists
    config.write_text(json.dumps({"root": True, "extends": presets, "rules": rules}))
    program = HERE / "node_modules/html-validate/bin/html-validate.mjs"
    command = ["node", str(program), "--formatter", f"json={report}", "--config", str(config)]
    subprocess.run([*command, *map(str, sorted(folder.glob("*.html")))], capture_output=True, check=False)
    reports = json.loads(report.read_text())  # it is written with or without mistakes
    return [
        f"{Path(found['filePath']).name}:{message['line']} {message['ruleId']}: {message['message']}"
        for found in reports
        for message in found["messages"]
    ]


def wrong_lists(folder: Path) -> list[str]:
    """Return a mistake that html-validate does not find: a term behind its description."""
    wrong = []
    for file in sorted(folder.glob("*.html")):
        for group in LexborHTMLParser(file.read_text()).css("dl, dl > div"):
            names = [child.tag for child in group.iter() if child.tag in {"dt", "dd"}]
            if names and (names[0] != "dt" or names[-1] != "dd"):
                wrong.append(f"{file.name}: {group.html}")
    return wrong


def test_the_validator_finds_mistakes(tmp_path: Path) -> None:
    """Control: without findings here the validator would prove nothing."""
    (tmp_path / "page.html").write_text(
        '<!doctype html><html lang="en"><head><title>x</title></head><body><p><div></div></p><img src="a">'
        '<b id="a"></b><b id="a"></b><dl><div><dd>1</dd><dt>a</dt></div></dl></body></html>'
    )
    rules = {line.split()[1].rstrip(":") for line in validated(tmp_path)}
    assert {"no-dup-id", "wcag/h37", "close-order"} <= rules
    assert len(wrong_lists(tmp_path)) == 1


@pytest.mark.parametrize("width", [1280, 390])
async def test_pages_are_accessible_and_light_and_do_not_jump(demo: Portal, browser: Browser, width: int) -> None:
    """All rules of axe-core (contrast, names, alternatives, landmarks), and offline measures of Lighthouse."""
    script = (HERE / "node_modules/axe-core/axe.min.js").read_text()
    for path in PATHS:
        loads = Loads()
        async with window(browser, demo, width) as opened:
            page = opened.page
            page.on("response", loads.note)
            await page.add_init_script(_WATCH_SHIFTS)
            await page.goto(HOME + path.lstrip("/"), wait_until="networkidle")
            await page.evaluate(_SCROLL_THROUGH)
            found = await page.evaluate(_LOOK)
            # The content security policy of pages forbids scripts, except from the browser's own console.
            report = await page.evaluate(f"{script}; axe.run(document)")
        assert _violations(report) == [], path
        passed = {rule["id"] for rule in report["passes"]}
        assert {"color-contrast", "image-alt", "link-name", "document-title"} <= passed
        assert found["shift"] < 0.02, f"{path}: the page jumps by {found['shift']}: {found['shifted']}"
        assert found["unsized"] == [], f"{path}: pictures without width and height"
        assert found["broken"] == [], f"{path}: pictures that do not load"
        assert found["lazy_first"] == [], f"{path}: what is seen first must not be loaded late"
        assert found["small_targets"] == [], f"{path}: too small to be touched"
        assert found["small_text"] == [], f"{path}: too small to be read"
        assert found["wide"] <= width, f"{path}: wider than the window"
        assert (found["language"], found["viewport"]) == ("en", True)
        assert found["scripts"] == found["moving"], (
            f"{path}: our own script is where blocks move, and no other anywhere"
        )
        assert (opened.alarms, opened.foreign) == ([], [])
        assert loads.count <= MOST_REQUESTS, path
        assert loads.picture_bytes <= MOST_PICTURES, path


class Loads:
    """Requests of a visit."""

    def __init__(self) -> None:
        self.count = self.picture_bytes = 0

    def note(self, answer: Response) -> None:
        self.count += 1
        if answer.request.resource_type == "image":
            self.picture_bytes += int(answer.headers.get("content-length", 0))


def _violations(report: dict[str, Any]) -> list[str]:
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in report["violations"]
        for node in violation["nodes"]
    ]


async def test_texts_are_compressed_and_cached(demo: Portal) -> None:
    """Texts are compressed, and files that never change at their address are cached for ever."""
    for path in PATHS:
        answer = await demo.get(HOME + path.lstrip("/"), **{"accept-encoding": "br"})
        assert answer.headers["content-encoding"] == "br"
        assert int(answer.headers["content-length"]) <= MOST_HTML, path
        for address in set(re.findall(r'/_assets/[^"\')&]+', answer.text)):
            kept = await demo.get(f"{HOME.rstrip('/')}{address}", **{"accept-encoding": "br"})
            assert "immutable" in kept.headers["cache-control"], address
            if kept.headers["content-type"].startswith("text/css"):
                assert int(kept.headers["content-length"]) <= MOST_STYLE


_WATCH_SHIFTS = """
window.shift = 0;
window.shifted = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.shift += entry.value;
    for (const { node, previousRect: from, currentRect: to } of entry.sources) {
      const name = node ? node.nodeName + "." + node.className : "gone";
      window.shifted.push(`${name} ${from.width}x${from.height}@${from.y} -> ${to.width}x${to.height}@${to.y}`);
    }
  }
}).observe({ type: "layout-shift", buffered: true });
"""

_SCROLL_THROUGH = """
async () => {
  const pause = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  // Images that never load are reported below as broken; they must not block the test.
  const loaded = images => Promise.race([
    Promise.all(images.map(image => image.complete || new Promise(done => { image.onload = image.onerror = done; }))),
    new Promise(done => setTimeout(done, 5000)),
  ]);
  const inside = image => {
    const { left, right, top, bottom } = image.getBoundingClientRect();
    return right > 0 && left < innerWidth && bottom > 0 && top < innerHeight;
  };
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
    scrollTo({ top: y, behavior: "instant" });
    await pause();
  }
  // Pictures of later slides load when a visitor swipes to them.
  for (const track of document.querySelectorAll("*")) {
    if (track.scrollWidth <= track.clientWidth || getComputedStyle(track).overflowX !== "auto") continue;
    track.scrollIntoView({ block: "center", behavior: "instant" });
    for (let x = 0; x < track.scrollWidth; x += track.clientWidth / 2) {
      track.scrollTo({ left: x, behavior: "instant" });
      await pause();
      await loaded([...track.querySelectorAll("img")].filter(inside));
    }
    track.scrollTo({ left: 0, behavior: "instant" });
  }
  await loaded([...document.images]);
  scrollTo({ top: 0, behavior: "instant" });
  await pause();
}
"""

_LOOK = f"""
() => {{
  const seen = element => element.checkVisibility({{ visibilityProperty: true }}) && element.getClientRects().length;
  const pictures = [...document.images].filter(seen);
  const inText = link => link.parentElement.textContent.trim().length > link.textContent.trim().length;
  const texts = [...document.querySelectorAll("body *")].filter(element => seen(element) &&
    [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
  return {{
    shift: window.shift,
    unsized: pictures.filter(i => !i.hasAttribute("width") || !i.hasAttribute("height")).map(i => i.src),
    broken: pictures.filter(image => !image.naturalWidth).map(image => image.src),
    lazy_first: pictures.filter(i => i.loading === "lazy" && i.getBoundingClientRect().bottom < innerHeight / 2).map(
      i => i.src),
    small_targets: [...document.querySelectorAll("a[href], button, input, textarea, summary")].filter(seen).filter(
      element => !inText(element)).filter(element => {{
        const box = element.getBoundingClientRect();
        return box.height < {LEAST_TARGET} || box.width < {LEAST_TARGET};
      }}).map(element => element.outerHTML.slice(0, 120)),
    small_text: texts.filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).map(e => e.outerHTML.slice(0, 120)),
    wide: document.documentElement.scrollWidth,
    language: document.documentElement.lang,
    viewport: document.querySelector("meta[name=viewport]") !== null,
    shifted: window.shifted,
    scripts: document.scripts.length,
    moving: document.querySelector(".js-carousel, .js-gallery-cards, .js-countdown, .js-embed") ? 1 : 0,
  }};
}}
"""
