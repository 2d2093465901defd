"""Additional fields of sites and pages: their names, how values are stored, and which of them a page shows.

Pages: landing/site/additional-fields.md, landing/page/additional-fields.md, landing/types.md.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from landingpad.domain.block import files
from landingpad.domain.work import Work
from landingpad.store.page import pages
from landingpad.store.records import Site

Owner = Literal["site", "page"]

_BOTH = """
    B24BUTTON_CODE B24BUTTON_COLOR B24BUTTON_COLOR_VALUE B24BUTTON_USE BACKGROUND_COLOR BACKGROUND_PICTURE
    BACKGROUND_POSITION BACKGROUND_USE COOKIES_AGREEMENT_ID COOKIES_COLOR_BG COOKIES_COLOR_TEXT COOKIES_MODE
    COOKIES_POSITION COOKIES_USE COPYRIGHT_CODE COPYRIGHT_SHOW CSSBLOCK_CODE CSSBLOCK_FILE CSSBLOCK_USE
    CUSTOMCSS_CSS_CODE CUSTOMCSS_CSS_URL FAVICON_PICTURE GACOUNTER_CLICK_TYPE GACOUNTER_COUNTER
    GACOUNTER_COUNTER_GA4 GACOUNTER_SEND_CLICK GACOUNTER_SEND_SHOW GACOUNTER_USE GMAP_CODE GMAP_USE GTM_COUNTER
    GTM_USE HEADBLOCK_CODE HEADBLOCK_USE LAYOUT_BREAKPOINT METAGOOGLEVERIFICATION_META METAGOOGLEVERIFICATION_USE
    METAROBOTS_INDEX PADDING_LEFTRIGHT PADDING_TOPBOTTOM PIXELFB_COUNTER PIXELFB_USE PIXELVK_COUNTER PIXELVK_USE
    ROBOTS_CONTENT ROBOTS_USE SETTINGS_AGREEMENTS SETTINGS_AGREEMENT_ID SETTINGS_AGREEMENT_USE
    SETTINGS_BRAND_PROPERTY SETTINGS_CART_POSITION SETTINGS_CURRENCY_ID SETTINGS_DATA_LAYER_NAME
    SETTINGS_DISPLAY_COMPARE SETTINGS_HIDE_NOT_AVAILABLE SETTINGS_HIDE_NOT_AVAILABLE_OFFERS SETTINGS_IBLOCK_ID
    SETTINGS_PRICE_CODE SETTINGS_PRICE_VAT_INCLUDE SETTINGS_PRODUCT_SUBSCRIPTION SETTINGS_SECTION_ID
    SETTINGS_SHOW_DISCOUNT_PERCENT SETTINGS_SHOW_OLD_PRICE SETTINGS_SHOW_PRICE_COUNT
    SETTINGS_USE_ENHANCED_ECOMMERCE SETTINGS_USE_PRICE_COUNT SETTINGS_USE_PRODUCT_QUANTITY SPEED_USE_LAZY
    SPEED_USE_WEBPACK THEMEFONTS_CODE THEMEFONTS_CODE_H THEMEFONTS_COLOR THEMEFONTS_COLOR_H
    THEMEFONTS_FONT_WEIGHT THEMEFONTS_FONT_WEIGHT_H THEMEFONTS_LINE_HEIGHT THEMEFONTS_SIZE THEMEFONTS_USE
    THEME_CODE THEME_COLOR THEME_USE TRANSITION_COLOR UP_SHOW VIEW_TYPE VIEW_USE YACOUNTER_COUNTER YACOUNTER_USE
"""
_PAGE_ONLY = """
    METAKEYWORDS_KEYWORDS METAMAIN_DESCRIPTION METAMAIN_KEYWORDS METAMAIN_TITLE METAMAIN_USE METAOG_DESCRIPTION
    METAOG_IMAGE METAOG_TITLE
"""
NAMES: Mapping[Owner, frozenset[str]] = {
    "site": frozenset(_BOTH.split()),
    "page": frozenset(_BOTH.split()) | frozenset(_PAGE_ONLY.split()),
}
"""The fields that a caller can write. FONTS_CODE, B24BUTTON_HELP and SPEED_ASSETS belong to the system."""

_NO_SHOP = "there is no shop behind the pages"
STORED_ONLY: Mapping[str, str] = {
    "SETTINGS_*": _NO_SHOP,
    "GMAP_*": "maps of the standard blocks need no key",
    "SPEED_USE_WEBPACK": "pages load one style sheet; there is nothing to bundle",
    "COPYRIGHT_CODE": "there is one text for the footer",
    "COOKIES_AGREEMENT_ID": "there are no agreements on this server",
    "COOKIES_MODE": "pages set no cookies that would wait for consent",
    "B24BUTTON_COLOR*": "the widget's own script decides how it looks",
    "GACOUNTER_SEND_*, GACOUNTER_CLICK_TYPE": "the counter's own settings decide which events are sent",
}
"""Fields that are stored and returned but not shown on pages, with the reason."""

_NOT_IN_KNOWLEDGE = re.compile(
    "(META.*|GACOUNTER|GTM|YACOUNTER|PIXEL(FB|VK)|HEADBLOCK|CSSBLOCK|CUSTOMCSS|ROBOTS|FAVICON|COOKIES|B24BUTTON|SETTINGS|"
    "SPEED)_.*"
)
_NOT_IN_MAINPAGE = re.compile("(THEMEFONTS|TRANSITION|UP)_.*")
_STRUCTURED = frozenset({"SETTINGS_PRICE_CODE", "SETTINGS_AGREEMENTS"})
_NUMBERS = frozenset({"SETTINGS_SHOW_PRICE_COUNT"})
_PICTURES = frozenset({"BACKGROUND_PICTURE", "FAVICON_PICTURE", "METAOG_IMAGE"})
# A page that sets <group>_USE to N shows the group of its site instead of its own.
_SWITCHED = tuple(sorted({name.removesuffix("_USE") for name in NAMES["page"] if name.endswith("_USE")}))


def save(work: Work, owner: Owner, owner_id: int, given: Mapping[str, Any], site_type: str) -> None:
    """Store the given fields and leave others unchanged. An empty value removes a field.

    Unknown names, and fields that this type of site does not have (landing/types.md), are skipped.
    """
    for name, value in given.items():
        if name in NAMES[owner] and has(site_type, name):
            text = _picture(work, name, value) if name in _PICTURES else _text(name, value)
            pages.set_field(work.tx, work.portal_id, owner, owner_id, name, text)


def has(site_type: str, name: str) -> bool:
    """Say whether a type of site has a field."""
    if site_type not in {"KNOWLEDGE", "GROUP", "MAINPAGE"}:
        return True
    if _NOT_IN_KNOWLEDGE.fullmatch(name):
        return False
    return site_type != "MAINPAGE" or not _NOT_IN_MAINPAGE.fullmatch(name)


def read(work: Work, owner: Owner, owner_id: int) -> dict[str, str]:
    """Return the fields that have a value, as stored text."""
    return pages.fields(work.tx, work.portal_id, owner, owner_id)


def values(work: Work, owner: Owner, owner_id: int) -> dict[str, Any]:
    """Return the fields that have a value, decoded: some are lists or numbers."""
    return {name: _value(name, text) for name, text in read(work, owner, owner_id).items()}


def effective(work: Work, site: Site, page_id: int) -> dict[str, str]:
    """Return the fields that a page is rendered with: its own, and those of its site for the rest."""
    own, of_site = pages.fields_of_page(work.tx, work.portal_id, site_id=site.id, page_id=page_id)
    for group in _SWITCHED:
        if own.get(f"{group}_USE") == "N":
            kept = {"THEME_CODE"}  # a ready-made theme needs no USE (landing/page/color-themes.md)
            own = {name: v for name, v in own.items() if name in kept or not name.startswith(f"{group}_")}
    return {**of_site, **own}


def file_id_of(name: str, value: Any) -> int | None:
    """Return the id of the uploaded file that a value of a field names, or None."""
    text = _text("", value) if name in _PICTURES else ""
    return int(text) if re.fullmatch(r"\d{1,18}", text) else None


def _value(name: str, text: str) -> Any:
    if name in _STRUCTURED:
        return msgspec.json.decode(text)
    return int(text) if name in _NUMBERS and re.fullmatch(r"-?\d{1,9}", text) else text


def _picture(work: Work, name: str, value: Any) -> str:
    """Return the address of the uploaded file with this id ("" if unknown), or the given address."""
    file_id = file_id_of(name, value)
    if file_id is None:
        return _text("", value)
    file = files.find(work, file_id)
    return "" if file is None else files.address(file.media_key, file.name)


def _text(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "Y"
    if name in _STRUCTURED:
        members = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
        return msgspec.json.encode(members).decode() if members and members != [""] else ""
    if isinstance(value, list | tuple | dict):
        return ""  # no other field has several values
    return str(value)
