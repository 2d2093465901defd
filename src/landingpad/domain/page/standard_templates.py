"""Built-in templates: pages made of standard blocks, and the empty site."""

from typing import Any, NamedTuple

EVERYWHERE = ("PAGE", "KNOWLEDGE", "GROUP", "MAINPAGE")


class PageTemplate(NamedTuple):
    """A page of standard blocks with their default texts."""

    code: str
    title: str
    description: str
    blocks: tuple[str, ...] = ()
    types: tuple[str, ...] = ("PAGE",)
    section: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """Return the template as a page export (landing/demos/landing-demos-get-page-list.md)."""
        return {
            "code": self.code,
            "name": self.title,
            "description": self.description,
            "type": list(self.types),
            "section": list(self.section),
            "fields": {"TITLE": self.title, "ADDITIONAL_FIELDS": []},
            "layout": [],
            "items": {f"#block{number}": {"code": code} for number, code in enumerate(self.blocks, 1)} or [],
            "version": 3,
            "encoded": True,
            "charset": "UTF-8",
        }


_MENU, _FOOTER = "0.menu_02", "35.1.footer_light"

PAGE_TEMPLATES = (
    PageTemplate("empty", "Empty page", "Start with nothing and add the blocks that you need.", (), EVERYWHERE),
    PageTemplate(
        "offer",
        "One offer",
        "A product or service from the first picture to the enquiry.",
        (
            _MENU,
            "01.big_with_text",
            "03.1.three_cols_big_with_text_and_titles",
            "31.1.two_cols_text_img",
            "11.three_cols_fix_tariffs",
            "lp.faq",
            "33.13.form_2_light_no_text",
            _FOOTER,
        ),
        section=("sales",),
    ),
    PageTemplate(
        "about",
        "About us",
        "Who you are: story, figures, people, a word of a customer.",
        (
            _MENU,
            "lp.page_title",
            "31.3.two_cols_text_img_fix",
            "lp.numbers",
            "28.5.team_4_cols_slider",
            "lp.quote",
            _FOOTER,
        ),
        section=("company",),
    ),
    PageTemplate(
        "contacts",
        "Contact",
        "Ways to reach you, opening hours, a map and a form.",
        (
            _MENU,
            "lp.page_title",
            "lp.contacts",
            "lp.hours",
            "16.3.two_cols_map_text_fix",
            "33.13.form_2_light_no_text",
            _FOOTER,
        ),
        section=("company",),
    ),
    PageTemplate(
        "prices",
        "Prices",
        "What it costs, and the questions that come with it.",
        (_MENU, "lp.page_title", "11.three_cols_fix_tariffs", "lp.faq", "13.1.one_col_fix_text_and_button", _FOOTER),
        section=("sales",),
    ),
    PageTemplate(
        "article",
        "Article",
        "A title, text and a picture.",
        ("lp.page_title", "27.6.one_col_fix_text", "32.2.img_one_big", "27.6.one_col_fix_text"),
        ("PAGE", "KNOWLEDGE", "GROUP"),
        section=("content",),
    ),
    PageTemplate(
        "not-found",
        "Page not found",
        "For addresses that lead nowhere: choose it as the 404 page of the site.",
        (_MENU, "13.1.one_col_fix_text_and_button", _FOOTER),
        section=("service",),
    ),
)
SITE_TEMPLATES = (
    PageTemplate("empty", "Empty site", "Start with nothing and add the pages that you need.", (), EVERYWHERE),
)
