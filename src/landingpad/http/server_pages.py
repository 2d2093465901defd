"""HTML pages of the server itself: messages, "not found", search results, and the start page."""

from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import NamedTuple

from landingpad.store.db.errors import StorageError

_HEADERS = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
_STYLE = """
:root{color-scheme:light dark;--accent:#1f5f8b;--ink:#1b1f24;--soft:#5b6470;--paper:#f6f7f9;--card:#fff;--line:#e2e6ea}
@media(prefers-color-scheme:dark){:root{--accent:#7cc0ee;--ink:#eef1f4;--soft:#a8b1bb;--paper:#14171a;--card:#1d2125;
--line:#30363c}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;grid-template-columns:minmax(0,640px);
justify-content:center;align-content:center;padding:24px;
background:var(--paper);color:var(--ink);font:17px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{font-size:clamp(28px,6vw,44px);line-height:1.15;margin:0 0 12px;
letter-spacing:-.02em;text-wrap:balance}p{margin:0 0 20px;color:var(--soft)}a{color:var(--accent)}
a:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:4px}
.number{font-weight:700;color:var(--accent);letter-spacing:.08em;margin:0 0 8px}
code{font:14px/1.5 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
pre{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px;overflow-x:auto;margin:0 0 20px}
ul{list-style:none;padding:0;margin:0 0 24px;border-top:1px solid var(--line)}
li{border-bottom:1px solid var(--line);padding:12px 0;overflow-wrap:anywhere}
form{margin:0 0 28px}input,button{font:inherit;color:inherit;padding:10px 14px;border:1px solid var(--soft);
border-radius:8px;background:var(--card)}input{width:min(100%,360px);margin:4px 0}button{cursor:pointer}
"""
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'%3E%3Crect width='64' height='64' "
    "rx='14' fill='%231f5f8b'/%3E%3Cpath d='M18 44V20h6v19h16v5zM30 20h16v12H30z' fill='white'/%3E%3C/svg%3E"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_SANDBOXED = f"{_POLICY}; sandbox allow-top-navigation-by-user-activation"


class ServerPage(NamedTuple):
    """Status, headers and body, of which an answer is made with or without a framework."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


@cache
def no_picture_bytes() -> bytes:  # a constant, read on first use
    """Return the placeholder picture."""
    return files("landingpad.http").joinpath("nopreview.jpg").read_bytes()


def not_found_page(*, home: str, accent: str | None, sandboxed: bool) -> ServerPage:
    """Return the page for 404; `home` is the path of the site's index page, or ""."""
    if home:
        text = "The address may have changed, or the page was taken offline."
        link = f'<p><a href="{escape(home)}">Go to the home page</a></p>'
    else:
        text, link = "This site is not online at the moment. Please come back later.", ""
    body = f'<p class="number">404</p><h1>This page could not be found</h1><p>{text}</p>{link}'
    return _page(404, "Page not found", body, accent=accent, policy=_SANDBOXED if sandboxed else _POLICY)


def found_page(
    *,
    home: str,
    site_title: str,
    question: str,
    found: Sequence[tuple[str, str, str]],
    accent: str | None,
    sandboxed: bool,
) -> ServerPage:
    """Return the page of search results; `found` has (title, address, extract) of each page."""
    shown = escape(question)
    if found:
        items = "".join(
            f'<li><a href="{escape(address)}">{escape(title)}</a><br>{escape(extract)}</li>'
            for title, address, extract in found
        )
        result = f'<p role="status">{len(found)} {"page" if len(found) == 1 else "pages"} found.</p><ul>{items}</ul>'
    elif question:
        result = f'<p role="status">No page of this site has “{shown}”. Try fewer or other words.</p>'
    else:
        result = ""
    body = (
        f'<p class="number"><a href="{escape(home)}">{escape(site_title)}</a></p><h1>Search</h1>'
        f'<form method="get" role="search"><label>Search in this site<br><input name="q" type="search" maxlength="100" '
        f'value="{shown}"></label> <button>Search</button></form>{result}'
    )
    policy = _POLICY.replace("form-action 'none'", "form-action 'self'")
    if sandboxed:
        policy += "; sandbox allow-forms allow-top-navigation-by-user-activation"
    page = _page(200, "Search", body, accent=accent, policy=policy)
    return page._replace(headers=(*page.headers, (b"x-robots-tag", b"noindex")))


def message_page(status: int, title: str, text: str) -> ServerPage:
    """Return a page that says what failed and what to do."""
    body = f'<p class="number">{status}</p><h1>{escape(title)}</h1><p>{escape(text)}</p>'
    return _page(status, title, body, policy=_SANDBOXED)


def failed_page(storage: StorageError | None) -> ServerPage:
    """Return the page for 500, or for 503 if storage stands in the way and trying again may help."""
    if storage is None or not storage.passes:
        return message_page(500, "Something went wrong", "The error is in the log of this server.")
    page = message_page(503, "Not available at the moment", "This server cannot reach its data. Try again in a minute.")
    return page._replace(headers=(*page.headers, (b"retry-after", b"30")))


def page_of_our_own(title: str, body: str, *, style: str = "") -> ServerPage:
    """Return a page of the server with images of its own origin and additional styles."""
    policy = _POLICY.replace("img-src data:", "img-src 'self' data:")
    return _page(200, title, f"<style>{style}</style>{body}", policy=policy)


def start_page(*, title: str, origin: str, is_dev: bool) -> ServerPage:
    """Return the start page of a portal: it says that the portal runs, and where the API is."""
    call = f"curl {origin}/rest/USER/CODE/server.time"
    hint = (
        "<p>The addresses of the demo webhooks are in <code>portal.json</code> in the data folder.</p>"
        if is_dev
        else "<p>Make a webhook with <code>landingpad webhook create --user 1 --scope landing</code>.</p>"
    )
    body = (
        f"<h1>{escape(title)}</h1><p>This portal is running. It answers the REST API of sites below "
        f"<code>/rest/</code>.</p><pre><code>{escape(call)}</code></pre>{hint}"
        '<p><a href="/docs/">Reference</a> &middot; <a href="/docs/assistants">Connect an assistant</a></p>'
    )
    return _page(200, title, body)


def _page(status: int, title: str, body: str, *, accent: str | None = None, policy: str = _POLICY) -> ServerPage:
    theme = f":root{{--accent:{accent}}}" if accent else ""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="{_ICON}">'
        f"<style>{_STYLE}{theme}</style></head><body><main>{body}</main></body></html>"
    )
    return ServerPage(status, (*_HEADERS, (b"content-security-policy", policy.encode())), html.encode())
