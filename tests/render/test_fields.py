"""Additional fields: their effect on a page, and values without effect."""

from collections.abc import Mapping

import pytest

from landingpad.domain.site.additional import NAMES, STORED_ONLY, has
from landingpad.render.fields import body_end, has_own_code, head_end, head_lines, page_style
from landingpad.render.html import PageParts, RenderedBlock, render_page
from landingpad.render.theme import THEME_COLORS, accent_color, color, ink_on


def page(fields: Mapping[str, str], **changes: object) -> str:
    given: dict[str, object] = {
        "language": "en",
        "title": "Title",
        "description": "Words",
        "site_title": "Site",
        "path": "/",
        "base": "",
        "fields": fields,
        "layout": "#CONTENT#",
        "blocks": [RenderedBlock(number, "html", '<p><img src="/a.jpg"></p>', None) for number in range(1, 5)],
        "areas": {},
        "page_paths": {},
        "special_paths": {},
        "block_anchors": {},
    }
    return render_page(PageParts(**{**given, **changes}))  # type: ignore[arg-type]  # the values above fit


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"THEMEFONTS_CODE": "g-font-open-sans"}, '--lp-font:"Open Sans",system-ui,sans-serif'),
        ({"THEMEFONTS_CODE_H": "Lora"}, '--lp-font-heading:"Lora",Georgia,"Noto Serif"'),
        ({"THEMEFONTS_SIZE": "1.14286"}, "--lp-scale:1.14286"),
        ({"THEMEFONTS_COLOR": "#123"}, "--lp-ink:#112233"),
        ({"THEMEFONTS_COLOR_H": "abcdef"}, "--lp-heading:#abcdef"),
        ({"THEMEFONTS_LINE_HEIGHT": "1.6"}, "--lp-leading:1.6"),
        ({"THEMEFONTS_FONT_WEIGHT": "300"}, "--lp-weight:300"),
        ({"THEMEFONTS_FONT_WEIGHT_H": "900"}, "--lp-weight-heading:900"),
        ({"THEME_CODE": "wedding"}, f"--lp-accent:{THEME_COLORS['wedding']}"),
        ({"THEME_CODE": "wedding", "THEME_USE": "Y", "THEME_COLOR": "#010203"}, "--lp-accent:#010203"),
        ({"BACKGROUND_USE": "Y", "BACKGROUND_COLOR": "#f4f7fb"}, "body{background-color:#f4f7fb}"),
        ({"BACKGROUND_USE": "Y", "BACKGROUND_PICTURE": "/_media/a.jpg"}, 'background-image:url("/_media/a.jpg")'),
        (
            {"BACKGROUND_USE": "Y", "BACKGROUND_PICTURE": "https://x.example/a.jpg", "BACKGROUND_POSITION": "repeat"},
            "background-repeat:repeat;background-position:top left;background-size:auto",
        ),
        ({"VIEW_USE": "Y", "VIEW_TYPE": "mobile"}, "body{max-width:30rem"),
        ({"PADDING_LEFTRIGHT": "g-layout-boxed"}, "body{max-width:74rem"),
        ({"PADDING_TOPBOTTOM": "u-outer-space-v1"}, "body{margin-block:1.25rem}"),
        ({"TRANSITION_COLOR": "#ffffff"}, "animation:lp-appear"),
        ({"UP_SHOW": "Y"}, '<a class="lp-up" href="#"'),
        ({"COOKIES_USE": "Y", "COOKIES_COLOR_BG": "#03c1fe", "COOKIES_POSITION": "bottom_right"}, "right:1.25rem"),
        ({"COPYRIGHT_SHOW": "Y"}, "Published with Landingpad"),
        ({"FAVICON_PICTURE": "https://x.example/i.png"}, '<link rel="icon" href="https://x.example/i.png">'),
        ({"METAMAIN_TITLE": "A <b>"}, "<title>A &lt;b&gt;</title>"),
        ({"METAMAIN_DESCRIPTION": 'say "hi"'}, '<meta name="description" content="say &quot;hi&quot;">'),
        ({"METAMAIN_KEYWORDS": "a,b"}, '<meta name="keywords" content="a,b">'),
        ({"METAKEYWORDS_KEYWORDS": "c"}, '<meta name="keywords" content="c">'),
        ({"METAROBOTS_INDEX": "N"}, '<meta name="robots" content="noindex">'),
        ({"METAOG_IMAGE": "https://x.example/o.jpg"}, 'property="og:image" content="https://x.example/o.jpg"'),
        ({"METAOG_TITLE": "Og"}, 'property="og:title" content="Og"'),
        (
            {
                "METAGOOGLEVERIFICATION_USE": "Y",
                "METAGOOGLEVERIFICATION_META": '<meta name="google-site-verification" content="abc_1">',
            },
            '<meta name="google-site-verification" content="abc_1">',
        ),
        ({"CSSBLOCK_USE": "Y", "CSSBLOCK_CODE": "p{color:red}"}, "<style>p{color:red}</style>"),
        ({"CUSTOMCSS_CSS_CODE": "p{color:blue}"}, "<style>p{color:blue}</style>"),
        ({"CSSBLOCK_USE": "Y", "CSSBLOCK_FILE": "https://x.example/a.css"}, 'href="https://x.example/a.css"'),
        ({"CUSTOMCSS_CSS_URL": "https://x.example/b.css"}, 'href="https://x.example/b.css"'),
        ({"HEADBLOCK_USE": "Y", "HEADBLOCK_CODE": "<script>1</script>"}, "<script>1</script>\n</head>"),
        ({"GACOUNTER_USE": "Y", "GACOUNTER_COUNTER_GA4": "G-ABC123"}, 'gtag("config","G-ABC123")'),
        ({"GACOUNTER_USE": "Y", "GACOUNTER_COUNTER": "UA-1-2"}, "gtag/js?id=UA-1-2"),
        ({"GTM_USE": "Y", "GTM_COUNTER": "GTM-X1"}, "gtm.js?id=GTM-X1"),
        ({"PIXELFB_USE": "Y", "PIXELFB_COUNTER": "123"}, 'fbq("init","123")'),
        ({"PIXELVK_USE": "Y", "PIXELVK_COUNTER": "VK-1"}, "VK.Retargeting.Init('VK-1')"),
        ({"YACOUNTER_USE": "Y", "YACOUNTER_COUNTER": "735"}, 'ym("735","init",{})'),
        ({"B24BUTTON_CODE": "https://x.example/w.js"}, '<script async src="https://x.example/w.js"></script>'),
        ({"SPEED_USE_LAZY": "Y"}, '<img loading="lazy" src="/a.jpg">'),
    ],
)
def test_a_field_has_its_effect_on_the_page(fields: dict[str, str], expected: str) -> None:
    assert expected in page(fields)
    assert expected not in page({})


@pytest.mark.parametrize(
    "fields",
    [
        {"GACOUNTER_USE": "N", "GACOUNTER_COUNTER_GA4": "G-1"},
        {"GACOUNTER_COUNTER_GA4": "G-1"},
        {"HEADBLOCK_CODE": "<script>1</script>"},
        {"CSSBLOCK_CODE": "p{}"},
        {"BACKGROUND_COLOR": "#ffffff"},
        {"METAGOOGLEVERIFICATION_META": '<meta content="x">'},
        {"VIEW_TYPE": "mobile"},
        {"THEME_USE": "N", "THEME_COLOR": "#ffffff"},
        {"THEMEFONTS_USE": "N", "THEMEFONTS_CODE": "Lora"},
        {"B24BUTTON_USE": "N", "B24BUTTON_CODE": "https://x.example/w.js"},
    ],
)
def test_fields_that_are_switched_off_have_no_effect(fields: dict[str, str]) -> None:
    assert page(fields) == page({})


@pytest.mark.parametrize(
    "fields",
    [
        {"THEMEFONTS_CODE": 'x";}</style><script>'},
        {"THEMEFONTS_LINE_HEIGHT": "9"},
        {"THEMEFONTS_SIZE": "1;}"},
        {"THEME_COLOR": "red;}</style>"},
        {"BACKGROUND_USE": "Y", "BACKGROUND_PICTURE": "javascript:alert(1)"},
        {"GACOUNTER_USE": "Y", "GACOUNTER_COUNTER_GA4": '");alert(1)//'},
        {"FAVICON_PICTURE": "data:text/html,x"},
        {"CUSTOMCSS_CSS_URL": "//evil.example/x.css"},
        {
            "METAGOOGLEVERIFICATION_USE": "Y",
            "METAGOOGLEVERIFICATION_META": '<script content="a"'.replace("content", "x"),
        },
    ],
)
def test_invalid_values_have_no_effect(fields: dict[str, str]) -> None:
    assert page(fields) == page({})


def test_values_cannot_break_out_of_their_context() -> None:
    css = page({"CSSBLOCK_USE": "Y", "CSSBLOCK_CODE": "</style><script>alert(1)</script>"})
    assert "</style><script>" not in css
    picture = page({"BACKGROUND_USE": "Y", "BACKGROUND_PICTURE": '/a"};</style><script>x</script>.jpg'})
    assert "<script>" not in picture
    icon = page({"FAVICON_PICTURE": 'https://x.example/"><script>'})
    assert "<script>" not in icon


def test_pictures_at_the_top_are_not_lazy() -> None:
    html = page({"SPEED_USE_LAZY": "Y"})
    assert html.count("<img src=") == 2
    assert html.count('<img loading="lazy"') == 2


def test_a_layout_has_columns_above_its_breakpoint() -> None:
    layout = '<div class="lp-layout">#AREA_1##CONTENT#</div>'
    area = {1: [RenderedBlock(9, "html", "<p>side #CONTENT#</p>", None)]}
    html = page({"LAYOUT_BREAKPOINT": "desktop"}, layout=layout, areas=area)
    assert "@media(min-width:992px)" in html
    assert html.count("<p>side #CONTENT#</p>") == 1  # slots in the text of blocks are not filled
    assert "lp-layout-main{" not in page({})


def test_only_pages_with_own_code_get_a_wider_policy() -> None:
    assert not has_own_code({})
    assert not has_own_code({"CSSBLOCK_USE": "Y", "CSSBLOCK_CODE": "p{}", "UP_SHOW": "Y"})
    assert has_own_code({"HEADBLOCK_USE": "Y", "HEADBLOCK_CODE": "x"})
    assert has_own_code({"GTM_USE": "Y", "GTM_COUNTER": "GTM-1"})


def test_every_field_has_an_effect_or_a_reason_for_none() -> None:
    """Fields that are only stored are listed with a reason for the coverage table."""
    plain = page({})
    switched_on = {name: "Y" for name in NAMES["page"] if name.endswith("_USE")}
    samples = {
        "COLOR": "#123456",
        "BG": "#123456",
        "TEXT": "#123456",
        "PICTURE": "/a.jpg",
        "IMAGE": "/a.jpg",
        "URL": "/a.css",
        "FILE": "/a.css",
        "COUNTER": "123",
        "CODE": "https://x.example/",
        "INDEX": "N",
        "TYPE": "mobile",
        "SIZE": "1.14286",
        "HEIGHT": "1.9",
        "WEIGHT": "900",
        "LAZY": "Y",
        "SHOW": "Y",
        "META": '<meta content="abc">',
        "POSITION": "repeat",
        "BREAKPOINT": "desktop",
        "LEFTRIGHT": "g-layout-boxed",
        "TOPBOTTOM": "u-outer-space-v1",
    }
    special = {"BACKGROUND_POSITION": {"BACKGROUND_USE": "Y", "BACKGROUND_PICTURE": "/a.jpg"}}
    values = {
        "COOKIES_POSITION": "bottom_right",
        "THEME_CODE": "wedding",
        "THEMEFONTS_CODE": "Lora",
        "THEMEFONTS_CODE_H": "Lora",
        "GACOUNTER_COUNTER_GA4": "G-1",
    }
    elsewhere = {"ROBOTS_CONTENT", "ROBOTS_USE"}  # robots.txt
    silent = set()
    for name in sorted(NAMES["page"] - elsewhere):
        if name.endswith("_USE"):
            continue
        group = name.partition("_")[0]
        on = special.get(name, {k: v for k, v in switched_on.items() if k.startswith(f"{group}_")})
        value = values.get(name) or samples.get(name.removesuffix("_H").rpartition("_")[2], "x")
        layout = "#AREA_1##CONTENT#" if name == "LAYOUT_BREAKPOINT" else "#CONTENT#"
        before = page(dict(on), layout=layout)
        if page({**on, name: value}, layout=layout) == before:
            silent.add(name)
    named = {
        name
        for name in NAMES["page"]
        for pattern in ", ".join(STORED_ONLY).split(", ")
        if name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1]))
    }
    assert silent == {name for name in named if not name.endswith("_USE")}
    assert plain


def test_fields_depend_on_the_type_of_the_site() -> None:
    assert has("PAGE", "HEADBLOCK_CODE")
    assert not has("KNOWLEDGE", "HEADBLOCK_CODE")
    assert has("KNOWLEDGE", "THEMEFONTS_CODE")
    assert not has("MAINPAGE", "THEMEFONTS_CODE")
    assert not has("GROUP", "METAOG_TITLE")
    assert has("MAINPAGE", "BACKGROUND_COLOR")


def test_colours_are_parsed_and_text_on_accents_is_readable() -> None:
    assert color("#ABC") == "#aabbcc"
    assert color("34bcf2") == "#34bcf2"
    assert color("red") is None
    assert accent_color({}) is None
    for accent in THEME_COLORS.values():
        assert contrast(accent, ink_on(accent)) >= 4.5, accent


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2)."""

    def light(rgb: str) -> float:
        parts = [int(rgb[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lights = sorted((light(first), light(second)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def test_head_and_body_without_fields() -> None:
    assert page_style({}, has_layout=False) == ""
    assert head_end({}) == []
    assert body_end({}) == []
    assert head_lines({}, "/base") == ['<link rel="icon" href="/base/favicon.svg" type="image/svg+xml">']
