"""`/_landingpad/blocks`: a gallery of the block library, in developer mode only."""

from html import escape

from landingpad.blocks.library import BlockDesign, fingerprint, page_script_source, sections, standard_library
from landingpad.http.server_pages import ServerPage, page_of_our_own
from landingpad.render.sample import sample_page

GALLERY = "/_landingpad/blocks"

_STYLE = """
body{grid-template-columns:minmax(0,1180px);align-content:start;padding:48px 24px}h2{margin:48px 0 16px;font-size:22px}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:24px;border:0;margin:0}
.cards li{border:1px solid var(--line);border-radius:14px;background:var(--card);padding:0;overflow:hidden}
.cards img{display:block;width:100%;aspect-ratio:16/10;object-fit:contain;background:#f1f1ee}
.cards div{padding:14px 18px 18px}.cards h3{margin:0 0 4px;font-size:17px}.cards p{margin:8px 0 0;font-size:15px}
"""
_SAMPLE_POLICY = (
    "default-src 'none'; script-src {script}; img-src 'self' data:; media-src 'self'; "
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; frame-src https:; form-action 'none'; base-uri 'none'; "
    "sandbox allow-scripts"
)


def gallery_page(code: str, *, dark: bool = False) -> ServerPage | None:
    """Return the overview for "", or a sample page of the block with this code; None if there is no such block.

    With `dark` the sample page has a dark theme.
    """
    if not code:
        return page_of_our_own("Blocks", _overview(), style=_STYLE)
    design = standard_library().get(code)
    if design is None:
        return None
    headers = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", _SAMPLE_POLICY.format(script=page_script_source()).encode()),
        (b"cache-control", b"no-store"),
    )
    return ServerPage(200, headers, sample_page(design, dark=dark).encode())


def _overview() -> str:
    designs = standard_library().values()
    text = "blocks that every portal has. <code>landing.landing.addblock</code> adds them to pages by their codes."
    parts = [f"<h1>Blocks</h1><p>{len(designs)} {text}</p>"]
    for section, title in sections().items():
        # Each block is listed once, in its first section.
        cards = "".join(_card(design) for design in designs if design.sections[0] == section)
        if cards:
            parts.append(f'<h2>{escape(title)} <code>{section}</code></h2><ul class="cards">{cards}</ul>')
    return "".join(parts)


def _card(design: BlockDesign) -> str:
    code, name = escape(design.code), escape(design.name)
    source = f"/_assets/blocks/{code}.webp?v={fingerprint(design)}"
    picture = f'<img src="{source}" alt="" loading="lazy" width="480" height="300">' if design.has_picture else ""
    return (
        f'<li>{picture}<div><h3><a href="{GALLERY}/{code}">{name}</a></h3><code>{code}</code>'
        f"<p>{escape(design.description)}</p></div></li>"
    )
