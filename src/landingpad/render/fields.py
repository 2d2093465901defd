"""Effects of the additional fields on a page: styles, code in its head, and small parts of its body.

See landing/site/additional-fields.md and landing/page/additional-fields.md. `domain.site.additional.STORED_ONLY` lists
the fields without effect, with reasons.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape
from urllib.parse import quote

from landingpad.render.theme import DARK_THEMES, DARK_TOKENS, accent_color, color, ink_on

Fields = Mapping[str, str]

_ID = re.compile(r"[A-Za-z0-9_-]{2,64}")
_FONT = re.compile(r"[A-Za-z][A-Za-z0-9 -]{0,60}")
_META_CONTENT = re.compile(r"""content\s*=\s*["']([A-Za-z0-9_=.:-]{1,200})["']""")
_SERIF = 'Georgia,"Noto Serif","Liberation Serif","Times New Roman",serif'
_SERIF_FAMILIES = frozenset({
    "bitter", "cambria", "cormorant garamond", "crimson text", "garamond", "georgia", "libre baskerville", "lora",
    "merriweather", "noto serif", "palatino", "playfair display", "pt serif", "roboto slab", "source serif pro",
    "times new roman",
})  # fmt: skip
_SIZES = {"0.92857", "1", "1.14286"}
_LEADING = (0.7, 2.0)
_BACKGROUNDS = {
    "center": "no-repeat center/cover fixed",
    "repeat": "repeat top left",
    "center_repeat_y": "repeat-y top center",
    "no_repeat": "no-repeat top center/contain",
}
_VIEW_WIDTHS = {"ltr": "46rem", "all": "74rem", "mobile": "30rem", "adaptive": "60rem"}
_SIDE_WIDTHS = {"g-layout-semiboxed": "84rem", "g-layout-boxed": "74rem"}
_OUTER_SPACE = {"u-outer-space-v1": "1.25rem", "u-outer-space-v2": "2.5rem"}
_BREAKPOINTS = {"all": 0, "mobile": 576, "tablet": 768, "desktop": 992}
_UP = (
    ".lp-up{position:fixed;inset:auto 1.25rem 1.25rem auto;z-index:9;width:2.75rem;height:2.75rem;display:grid;"
    "place-items:center;border-radius:50%;background:var(--lp-accent);color:var(--lp-on-accent);text-decoration:none;"
    "box-shadow:var(--lp-shadow)}"
    "@supports(animation-timeline:scroll()){@keyframes lp-up{0%{visibility:hidden}1%,100%{visibility:visible}}"
    ".lp-up{animation:lp-up linear both;animation-timeline:scroll()}}"
)
_COOKIES = (
    ".lp-cookies{position:fixed;bottom:1.25rem;z-index:10;max-width:min(24rem,calc(100vw - 2.5rem));"
    "padding:1rem 1.25rem;"
    "border-radius:var(--lp-radius);box-shadow:var(--lp-shadow)}.lp-cookies:not([open]){display:none}"
    ".lp-cookies p{margin:0 0 .5rem;color:inherit}"
    ".lp-cookies summary{cursor:pointer;list-style:none;float:right;font-weight:700}"
)


def has_own_code(fields: Fields) -> bool:
    """Return whether the author added scripts or external styles, which need a wider content security policy."""
    return any(True for _ in _own_code(fields))


def page_style(fields: Fields, *, has_layout: bool) -> str:
    """Return the style sheet made of the fields; it comes last and so overrides the others."""
    return "".join([*_tokens(fields), *_body(fields), *(_layout(fields) if has_layout else ()), *_small_parts(fields)])


def head_lines(fields: Fields, base: str) -> list[str]:
    """Return the tags for the head: icon and site verification."""
    lines = []
    icon = _address(fields.get("FAVICON_PICTURE", ""))
    if icon:
        lines.append(f'<link rel="icon" href="{escape(icon)}">')
    else:
        lines.append(f'<link rel="icon" href="{escape(base)}/favicon.svg" type="image/svg+xml">')
    proof = _META_CONTENT.search(fields.get("METAGOOGLEVERIFICATION_META", ""))
    if proof and fields.get("METAGOOGLEVERIFICATION_USE") == "Y":
        lines.append(f'<meta name="google-site-verification" content="{escape(proof.group(1))}">')
    return lines


def head_end(fields: Fields) -> list[str]:
    """Return the tags for the end of the head: the author's own styles, then the author's own code."""
    css = [fields["CSSBLOCK_CODE"]] if fields.get("CSSBLOCK_USE") == "Y" and fields.get("CSSBLOCK_CODE") else []
    css += [fields["CUSTOMCSS_CSS_CODE"]] if fields.get("CUSTOMCSS_CSS_CODE") else []
    # "</style>" would end the style sheet; CSS allows to escape the slash.
    return [*(f"<style>{code.replace('</', '<' + chr(92) + '/')}</style>" for code in css), *_own_code(fields)]


def body_end(fields: Fields) -> list[str]:
    """Return the elements for the end of the body: copyright, back-to-top link and cookie notice."""
    lines = []
    if fields.get("COPYRIGHT_SHOW") == "Y":
        lines.append('<p class="lp-copyright lp-container">Published with Landingpad</p>')
    if fields.get("UP_SHOW") == "Y":
        lines.append('<a class="lp-up" href="#" aria-label="Back to top">↑</a>')
    if fields.get("COOKIES_USE") == "Y":
        lines.append(
            '<details class="lp-cookies" open role="region" aria-label="Cookies"><summary>OK</summary>'
            "<p>This site uses cookies.</p></details>"
        )
    return lines


def _colors(fields: Fields) -> dict[str, str]:
    """Return the colours of the theme; in dark themes links have a lighter accent colour."""
    dark = fields.get("THEME_CODE", "") in DARK_THEMES
    tokens = {**DARK_TOKENS} if dark else {}
    accent = accent_color(fields)
    if accent:
        tokens |= {"accent": accent, "on-accent": ink_on(accent)}
        if dark:
            tokens["accent-text"] = f"color-mix(in oklab,{accent},#fff 45%)"
    return tokens


def _tokens(fields: Fields) -> Iterator[str]:
    tokens = _colors(fields)
    if fields.get("THEMEFONTS_USE", "Y") != "N":
        for name, field in (("font", "THEMEFONTS_CODE"), ("font-heading", "THEMEFONTS_CODE_H")):
            family = _font(fields.get(field, ""))
            if family:
                tokens[name] = f'"{family}",{_SERIF if family.lower() in _SERIF_FAMILIES else "system-ui,sans-serif"}'
        for name, field in (("ink", "THEMEFONTS_COLOR"), ("heading", "THEMEFONTS_COLOR_H")):
            wanted = color(fields.get(field, ""))
            if wanted:
                tokens[name] = wanted
        for name, field in (("weight", "THEMEFONTS_FONT_WEIGHT"), ("weight-heading", "THEMEFONTS_FONT_WEIGHT_H")):
            if re.fullmatch("[1-9]00", fields.get(field, "")):
                tokens[name] = fields[field]
        if fields.get("THEMEFONTS_SIZE") in _SIZES:
            tokens["scale"] = fields["THEMEFONTS_SIZE"]
        leading = _number(fields.get("THEMEFONTS_LINE_HEIGHT", ""))
        if leading is not None and _LEADING[0] <= leading <= _LEADING[1]:
            tokens["leading"] = f"{leading:g}"
    if fields.get("THEME_CODE", "") in DARK_THEMES:
        yield ":root{color-scheme:dark}"
    if tokens:
        yield f":root{{{';'.join(f'--lp-{name}:{value}' for name, value in tokens.items())}}}"


def _body(fields: Fields) -> Iterator[str]:
    if fields.get("BACKGROUND_USE") == "Y":
        background = color(fields.get("BACKGROUND_COLOR", ""))
        if background:
            yield f"body{{background-color:{background}}}"
        picture = _address(fields.get("BACKGROUND_PICTURE", ""))
        if picture:
            css = _BACKGROUNDS.get(fields.get("BACKGROUND_POSITION", ""), _BACKGROUNDS["center"])
            size = css.partition("/")[2].split(" ")[0] or "auto"
            position = css.partition("/")[0].split(" ", 1)
            yield (
                f'body{{background-image:url("{picture}");background-repeat:{position[0]};'
                f"background-position:{position[1]};background-size:{size}"
                f"{';background-attachment:fixed' if css.endswith('fixed') else ''}}}"
            )
    width = _VIEW_WIDTHS.get(fields.get("VIEW_TYPE", "")) if fields.get("VIEW_USE") == "Y" else None
    width = width or _SIDE_WIDTHS.get(fields.get("PADDING_LEFTRIGHT", ""))
    if width:
        yield f"body{{max-width:{width};margin-inline:auto}}"
    space = _OUTER_SPACE.get(fields.get("PADDING_TOPBOTTOM", ""))
    if space:
        yield f"body{{margin-block:{space}}}"
    appear = color(fields.get("TRANSITION_COLOR", ""))
    if appear:
        yield (
            f"@media(prefers-reduced-motion:no-preference){{@keyframes lp-appear{{from{{opacity:0}}}}"
            f"html{{background:{appear}}}body{{animation:lp-appear .45s ease-out}}}}"
        )


def _layout(fields: Fields) -> Iterator[str]:
    width = _BREAKPOINTS.get(fields.get("LAYOUT_BREAKPOINT", ""), _BREAKPOINTS["tablet"])
    yield (
        f".lp-layout-main{{min-width:0}}@media(min-width:{width}px){{.lp-layout{{display:flex}}"
        ".lp-layout>.lp-area-side{flex:0 0 min(20rem,30%)}.lp-layout>.lp-layout-main{flex:1 1 0}}"
    )


def _small_parts(fields: Fields) -> Iterator[str]:
    if fields.get("UP_SHOW") == "Y":
        yield _UP
    if fields.get("COPYRIGHT_SHOW") == "Y":
        yield ".lp-copyright{padding-block:1.25rem;color:var(--lp-muted);font-size:.85rem;text-align:center}"
    if fields.get("COOKIES_USE") == "Y":
        side = "right" if fields.get("COOKIES_POSITION") == "bottom_right" else "left"
        background = color(fields.get("COOKIES_COLOR_BG", "")) or "#1d2623"
        ink = color(fields.get("COOKIES_COLOR_TEXT", "")) or ink_on(background)
        yield f"{_COOKIES}.lp-cookies{{{side}:1.25rem;background:{background};color:{ink}}}"


def _own_code(fields: Fields) -> Iterator[str]:
    def used(group: str, field: str) -> str:
        value = fields.get(f"{group}_{field}", "").strip()
        return value if fields.get(f"{group}_USE") == "Y" and _ID.fullmatch(value) else ""

    for address in (
        fields.get("CSSBLOCK_FILE", "") if fields.get("CSSBLOCK_USE") == "Y" else "",
        fields.get("CUSTOMCSS_CSS_URL", ""),
    ):
        if _address(address):
            yield f'<link rel="stylesheet" href="{escape(_address(address))}">'
    for tag in (used("GACOUNTER", "COUNTER_GA4"), used("GACOUNTER", "COUNTER")):
        if tag:
            yield (
                f'<script async src="https://www.googletagmanager.com/gtag/js?id={tag}"></script><script>'
                "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}"
                f'gtag("js",new Date());gtag("config","{tag}")</script>'
            )
    tag = used("GTM", "COUNTER")
    if tag:
        yield (
            '<script>(window.dataLayer=window.dataLayer||[]).push({"gtm.start":Date.now(),event:"gtm.js"})</script>'
            f'<script async src="https://www.googletagmanager.com/gtm.js?id={tag}"></script>'
        )
    tag = used("PIXELFB", "COUNTER")
    if tag:
        yield (
            "<script>(function(w){if(w.fbq)return;var q=w.fbq=function(){q.callMethod?q.callMethod.apply(q,arguments):"
            'q.queue.push(arguments)};w._fbq=q;q.push=q;q.loaded=true;q.version="2.0";q.queue=[]})(window);'
            f'fbq("init","{tag}");fbq("track","PageView")</script>'
            '<script async src="https://connect.facebook.net/en_US/fbevents.js"></script>'
        )
    tag = used("PIXELVK", "COUNTER")
    if tag:
        yield (
            '<script async src="https://vk.com/js/api/openapi.js?169" '
            f"onload=\"VK.Retargeting.Init('{tag}');VK.Retargeting.Hit()\"></script>"
        )
    tag = used("YACOUNTER", "COUNTER")
    if tag:
        yield (
            "<script>window.ym=window.ym||function(){(ym.a=ym.a||[]).push(arguments)};ym.l=Date.now();"
            f'ym("{tag}","init",{{}})</script><script async src="https://mc.yandex.ru/metrika/tag.js"></script>'
        )
    widget = fields.get("B24BUTTON_CODE", "").strip()
    if widget and fields.get("B24BUTTON_USE", "Y") == "Y":
        address = _address(widget)
        yield f'<script async src="{escape(address)}"></script>' if address else widget
    if fields.get("HEADBLOCK_USE") == "Y" and fields.get("HEADBLOCK_CODE"):
        yield fields["HEADBLOCK_CODE"]


def _address(text: str) -> str:
    """Return an http address or a path, escaped for quotes in HTML and CSS, or "" if it is neither."""
    text = text.strip()
    if not (text.startswith(("http://", "https://")) or (text.startswith("/") and not text.startswith("//"))):
        return ""
    return quote(text, safe="/:?#[]@!$&'*+,;=%~-._").replace("'", "%27")


def _font(code: str) -> str:
    """Return a font family given as "Open Sans" or, by the editor, as "g-font-open-sans"; "" if invalid."""
    code = code.strip()
    if not _FONT.fullmatch(code):
        return ""
    if code.startswith("g-font-"):
        return code.removeprefix("g-font-").replace("-", " ").title()
    return code


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
