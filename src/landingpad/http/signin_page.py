"""The page on which people sign in to let an application act for them."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from landingpad.store.records import Application, PortalRow, User

_STYLE = """
:root{color-scheme:light dark;--accent:#1f5f8b;--on:#fff;--ink:#1b1f24;--soft:#5b6470;--paper:#eef1f4;--card:#fff;
--line:#c9d0d8;--bad:#a4262c;--bad-paper:#fdeeee}
@media(prefers-color-scheme:dark){:root{--accent:#7cc0ee;--on:#0d1a24;--ink:#eef1f4;--soft:#a8b1bb;--paper:#14171a;
--card:#1d2125;--line:#414a53;--bad:#ffb3b3;--bad-paper:#3a2022}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:20px;background:var(--paper);
color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:400px;background:var(--card);border-radius:18px;padding:clamp(24px,7vw,40px);
box-shadow:0 1px 2px rgb(0 0 0/.06),0 12px 40px rgb(0 0 0/.10)}
.logo{width:44px;height:44px;border-radius:12px;background:var(--accent);display:grid;place-items:center;
margin-bottom:20px}.logo svg{width:26px;fill:none;stroke:var(--on);stroke-width:3;stroke-linejoin:round}
h1{font-size:24px;line-height:1.25;letter-spacing:-.015em;margin:0 0 8px;text-wrap:balance;overflow-wrap:anywhere}
p{margin:0 0 20px;color:var(--soft)}b{color:var(--ink);overflow-wrap:anywhere}
label{display:block;font-weight:600;font-size:14px;margin:0 0 16px}
a{color:var(--accent)}.else{margin:16px 0 0;text-align:center;font-size:15px}
input{display:block;width:100%;margin-top:6px;padding:12px 14px;font:inherit;font-weight:400;color:inherit;
background:transparent;
border:1px solid var(--line);border-radius:10px}
a:focus-visible,input:focus-visible,button:focus-visible,summary:focus-visible{outline:3px solid var(--accent);
outline-offset:2px}
button{width:100%;padding:13px;border:0;border-radius:10px;background:var(--accent);color:var(--on);font:inherit;
font-weight:650;cursor:pointer;margin-top:4px}button:hover{filter:brightness(1.08)}
.bad{background:var(--bad-paper);color:var(--bad);border-radius:10px;padding:10px 14px;font-size:15px}
details{margin-top:20px;font-size:14px;color:var(--soft)}summary{cursor:pointer;border-radius:4px}
ul{margin:8px 0 0;padding-left:20px}code{font:13px ui-monospace,"DejaVu Sans Mono",monospace}
"""
_LOGO = '<div class="logo" aria-hidden="true"><svg viewBox="0 0 24 24"><path d="M6 3v17h13M11 3h8v9h-8z"/></svg></div>'


def signin_page(
    request: Request, app: Application, portal: PortalRow, status: int = 200, *, login: str = "", problem: str = ""
) -> Response:
    """Return the sign-in form; `problem` says why the last attempt failed."""
    note = f'<p class="bad" role="alert" id="problem">{escape(problem)}</p>' if problem else ""
    described = ' aria-describedby="problem" aria-invalid="true"' if problem else ""
    fields = (
        f'<label>Login or e-mail<input name="login" autocomplete="username" autocapitalize="none" spellcheck="false" '
        f'required{"" if login else " autofocus"} value="{escape(login)}"{described}></label>'
        '<label>Password<input name="password" type="password" autocomplete="current-password" required'
        f"{' autofocus' if login else ''}{described}></label>"
        "<button>Sign in and continue</button>"
    )
    return _page(request, app, portal, status, f"Sign in to {portal.title}", note, fields)


def agree_page(request: Request, app: Application, portal: PortalRow, user: User, csrf: str) -> Response:
    """Return the form that asks a signed-in user whether an application may act for them."""
    name = f"{user.name} {user.last_name}".strip() or user.login
    query = urlencode(
        [
            *parse_qsl(request.scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True),
            ("prompt", "login"),
        ]
    )
    fields = (
        f'<input type="hidden" name="csrf" value="{escape(csrf)}"><button autofocus>Continue as {escape(name)}</button>'
        f'<p class="else"><a href="/oauth/authorize/?{escape(query)}">Use another account</a></p>'
    )
    return _page(request, app, portal, 200, f"Continue to {app.title}?", "", fields)


def _page(
    request: Request, app: Application, portal: PortalRow, status: int, title: str, note: str, fields: str
) -> Response:
    scopes = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in app.scopes.split(",") if scope)
    query = request.scope["query_string"].decode("latin-1")
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head><body><main>'
        f"{_LOGO}<h1>{escape(title)}</h1>"
        f"<p><b>{escape(app.title)}</b> wants to work with {escape(portal.title)} on your behalf.</p>{note}"
        f'<form method="post" action="/oauth/authorize/?{escape(query)}">{fields}</form>'
        f"<details><summary>What it may do</summary><ul>{scopes}</ul></details></main></body></html>"
    )
    return HTMLResponse(html, status, {**_HEADERS, "content-security-policy": _policy(app)})


_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}


def _policy(app: Application) -> str:
    """Return the policy of the page: its form posts to this origin, which redirects to the application."""
    split = urlsplit(app.redirect_uri)
    goal = f"{split.scheme}://{split.netloc}"
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {goal}"
    )
