"""View templates, which are equal on every portal, and rows of the pages that fill their areas."""

import msgspec
from sqlalchemy import BigInteger, Boolean, Integer, Text, bindparam, cast, delete, literal, select, union_all

from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Lister, Listing
from landingpad.store.db.query import Statement
from landingpad.store.tables.site import pages, sites, special_pages, template_refs

_MADE_AT = 1_735_689_600_000  # 2025-01-01, the first release
_HEADER = '<div class="lp-area lp-area-header">#AREA_1#</div>'


class ViewTemplate(msgspec.Struct, frozen=True):
    """Layout around the content of a page. `#AREA_1#` is replaced by the blocks of another page."""

    id: int
    title: str
    xml_id: str
    sort: int
    content: str
    area_count: int
    active: bool = True
    created_by: int = 1
    modified_by: int = 1
    created_at: int = _MADE_AT
    modified_at: int = _MADE_AT


def _columns(*parts: str) -> str:
    return f'<div class="lp-layout">{"".join(parts)}</div>'


def _side(area: int) -> str:
    return f'<aside class="lp-area lp-area-side">#AREA_{area}#</aside>'


def _footer(area: int) -> str:
    return f'<div class="lp-area lp-area-footer">#AREA_{area}#</div>'


_MAIN = '<div class="lp-layout-main">#CONTENT#</div>'
VIEW_TEMPLATES = (
    ViewTemplate(1, "Empty", "empty", 100, "#CONTENT#", 0),
    ViewTemplate(2, "With left sidebar", "sidebar_left", 200, _columns(_side(1), _MAIN), 1),
    ViewTemplate(3, "With right sidebar", "sidebar_right", 300, _columns(_MAIN, _side(1)), 1),
    ViewTemplate(4, "With header and footer", "header_footer", 400, f"{_HEADER}{_MAIN}{_footer(2)}", 2),
    ViewTemplate(
        5, "Without left sidebar", "without_left", 500, f"{_HEADER}{_columns(_MAIN, _side(2))}{_footer(3)}", 3
    ),
    ViewTemplate(
        6, "Without right sidebar", "without_right", 600, f"{_HEADER}{_columns(_side(2), _MAIN)}{_footer(3)}", 3
    ),
)
"""The system templates with their documented external codes (landing/template/index.md)."""

_TYPES = {bool: Boolean, int: Integer, str: Text}
_NAMES = ViewTemplate.__struct_fields__
_ROWS = union_all(
    *(
        select(
            *(
                cast(literal(value), BigInteger if name.endswith("_at") else _TYPES[type(value)]).label(name)
                for name, value in msgspec.structs.asdict(template).items()
            )
        )
        for template in VIEW_TEMPLATES
    )
).subquery("view_templates")
_LISTER = Lister(
    select(_ROWS).where(bindparam("portal_id", type_=Integer) > 0),
    ViewTemplate,
    {column.name: column for column in _ROWS.c},
)
_OWNER = (
    template_refs.c.owner == bindparam("owner"),
    template_refs.c.owner_id == bindparam("owner_id"),
    template_refs.c.portal_id == bindparam("portal_id"),
)
_REFS = Statement(select(template_refs.c.area, template_refs.c.page_id).where(*_OWNER).order_by(template_refs.c.area))
_FORGET = Statement(delete(template_refs).where(*_OWNER))
_FORGET_PAGE = Statement(
    delete(template_refs).where(
        template_refs.c.page_id == bindparam("page_id"), template_refs.c.portal_id == bindparam("portal_id")
    )
)
_USED = Statement(
    select(template_refs.c.page_id).where(
        template_refs.c.page_id == bindparam("page_id"), template_refs.c.portal_id == bindparam("portal_id")
    )
)
# Sites that show a page as an area, themselves or on one of their pages, or as a special page.
_SITES_SHOWING = Statement(
    select(template_refs.c.owner_id)
    .join(sites, sites.c.id == template_refs.c.owner_id)
    .where(
        template_refs.c.owner == "site",
        template_refs.c.page_id == bindparam("page_id"),
        template_refs.c.portal_id == bindparam("portal_id"),
    )
    .union(
        select(pages.c.site_id)
        .join(template_refs, template_refs.c.owner_id == pages.c.id)
        .where(
            template_refs.c.owner == "page",
            template_refs.c.page_id == bindparam("page_id"),
            template_refs.c.portal_id == bindparam("portal_id"),
        ),
        select(special_pages.c.site_id).where(
            special_pages.c.page_id == bindparam("page_id"), special_pages.c.portal_id == bindparam("portal_id")
        ),
    )
)
_ALL_USED = Statement(
    select(template_refs.c.page_id).where(template_refs.c.portal_id == bindparam("portal_id")).distinct()
)
_ALL_SHOWN = Statement(
    select(template_refs.c.page_id)
    .where(template_refs.c.portal_id == bindparam("portal_id"))
    .union(select(special_pages.c.page_id).where(special_pages.c.portal_id == bindparam("portal_id")))
)


def list_templates(tx: Tx, portal_id: int, listing: Listing) -> list[ViewTemplate]:
    """Return the view templates that match a listing."""
    return _LISTER.rows(tx, listing, portal_id=portal_id)


def find(template_id: int | None) -> ViewTemplate | None:
    """Return a view template, or None."""
    return next((template for template in VIEW_TEMPLATES if template.id == template_id), None)


def refs(tx: Tx, portal_id: int, owner: str, owner_id: int) -> dict[int, int]:
    """Return the areas of a site or page: area number -> id of the page that fills it."""
    return dict(tx.all(_REFS, portal_id=portal_id, owner=owner, owner_id=owner_id))


def set_refs(tx: Tx, portal_id: int, owner: str, owner_id: int, areas: dict[int, int]) -> None:
    """Replace all areas of a site or page."""
    tx.run(_FORGET, portal_id=portal_id, owner=owner, owner_id=owner_id)
    for area, page_id in areas.items():
        tx.insert(template_refs, portal_id=portal_id, owner=owner, owner_id=owner_id, area=area, page_id=page_id)


def forget_page(tx: Tx, portal_id: int, page_id: int) -> None:
    """Remove a page from all areas, and delete its own areas."""
    tx.run(_FORGET_PAGE, portal_id=portal_id, page_id=page_id)
    tx.run(_FORGET, portal_id=portal_id, owner="page", owner_id=page_id)


def is_area(tx: Tx, portal_id: int, page_id: int) -> bool:
    """Say whether a page fills an area of any site or page."""
    return tx.one(_USED, portal_id=portal_id, page_id=page_id) is not None


def area_pages(tx: Tx, portal_id: int) -> set[int]:
    """Return the ids of all pages that fill an area."""
    return {row[0] for row in tx.all(_ALL_USED, portal_id=portal_id)}


def shown_pages(tx: Tx, portal_id: int) -> set[int]:
    """Return the ids of all pages that sites show as an area or as a special page."""
    return {row[0] for row in tx.all(_ALL_SHOWN, portal_id=portal_id)}


def sites_showing(tx: Tx, portal_id: int, page_id: int) -> list[int]:
    """Return the ids of sites that show a page as an area or as a special page."""
    return [row[0] for row in tx.all(_SITES_SHOWING, portal_id=portal_id, page_id=page_id)]
