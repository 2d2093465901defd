"""Shared parts of the demo site's pages, and short constructors for its blocks."""

from typing import Any

from landingpad.demo.model import DemoBlock, each

NAME = "Lindmoor"
PHONE = "01632 960140"  # one of the numbers reserved for examples
PHONE_LINK = "tel:+441632960140"
MAIL = "hello@lindmoor.example"
ENQUIRY = f"mailto:{MAIL}?subject=A%20room%20in%20mind"
ADDRESS = "Unit 4, The Old Sawmill, Mill Lane"

_MENU = (("/", "Home"), ("/furniture/", "Furniture"), ("/about/", "About"), ("/contact/", "Contact"))


def link(text: str, href: str) -> dict[str, str]:
    """Return the value of a link node; the link opens in the same window."""
    return {"text": text, "href": href}


def picture(name: str, alt: str) -> dict[str, str]:
    """Return the value of an image node with a picture from the assets of the block library."""
    return {"src": f"/_assets/{name}", "alt": alt}


def icon(name: str) -> list[str]:
    """Return the value of an icon node; the name is without "fa-"."""
    return ["landing-block-node-card-icon", "fa", f"fa-{name}"]


def block(code: str, anchor: str | None = None, **nodes: Any) -> DemoBlock:
    """Return a block; `card_title=` stands for `.landing-block-node-card-title`, a tuple for its matches in order."""
    data: dict[str, Any] = {}
    for name, value in nodes.items():
        selector = ".landing-block-node-" + name.replace("_", "-")
        if isinstance(value, tuple):
            data.update(each(selector, value))
        else:
            data[selector] = value
    return DemoBlock(code=code, nodes=data, anchor=anchor)


def menu() -> DemoBlock:
    """Return the menu of every page."""
    return block(
        "0.menu_02",
        logo=link(NAME, "/"),
        menu_list_item_link=tuple(link(text, href) for href, text in _MENU),
        button=link("Book a visit", ENQUIRY),
    )


def footer() -> DemoBlock:
    """Return the footer of every page."""
    return block(
        "35.1.footer_light",
        title=NAME,
        text="Tables, shelving and kitchens in solid timber, designed and made in one workshop since 1998.",
        list_title=("Explore", "Contact"),
        list_item=(
            link("Furniture", "/furniture/"),
            link("About us", "/about/"),
            link("Find us", "/contact/"),
            link(PHONE, PHONE_LINK),
            link(MAIL, f"mailto:{MAIL}"),
            link("The Old Sawmill, Mill Lane", "/contact/"),
        ),
        copyright="© Lindmoor Furniture Workshop Ltd. All rights reserved.",
    )


def call_to_action(title: str, text: str) -> DemoBlock:
    """Return the call to action above the footer."""
    return block("13.1.one_col_fix_text_and_button", title=title, text=text, button=link("Book a visit", ENQUIRY))


def search_fields(title: str, description: str) -> dict[str, str]:
    """Return the additional fields for search engines and messengers."""
    return {
        "METAMAIN_USE": "Y",
        "METAMAIN_TITLE": title,
        "METAMAIN_DESCRIPTION": description,
        "METAOG_TITLE": title,
        "METAOG_DESCRIPTION": description,
    }
