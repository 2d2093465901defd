"""Rows of registered templates of sites and pages."""

from typing import TypedDict, Unpack

import msgspec
from sqlalchemy import bindparam, delete, or_, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Lister, Listing
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Stamp
from landingpad.store.tables.site import demo_templates

SITE, PAGE = "S", "P"


class DemoTemplate(msgspec.Struct, frozen=True):
    """A registered template."""

    id: int
    portal_id: int
    application: str
    xml_id: str
    parent: str
    use: str
    type: str
    title: str
    description: str | None
    active: bool
    in_list: bool
    preview_url: str
    preview: str
    preview2x: str
    preview3x: str
    manifest: str
    translations: str | None
    site_template: str | None
    created_by: int
    modified_by: int
    created_at: int
    modified_at: int


class DemoValues(TypedDict):
    """Columns of a template that a new registration replaces."""

    active: bool
    description: str | None
    in_list: bool
    manifest: str
    parent: str
    preview: str
    preview2x: str
    preview3x: str
    preview_url: str
    site_template: str | None
    title: str
    translations: str | None
    type: str


_ALL = select(demo_templates).where(demo_templates.c.portal_id == bindparam("portal_id"))
LISTER = Lister(_ALL, DemoTemplate, {column.name: column for column in demo_templates.c})
_ONE = Query(
    _ALL.where(
        demo_templates.c.application == bindparam("application"),
        demo_templates.c.xml_id == bindparam("xml_id"),
        demo_templates.c.use == bindparam("use"),
    ),
    DemoTemplate,
)
_DELETE = Statement(
    delete(demo_templates).where(
        demo_templates.c.portal_id == bindparam("portal_id"),
        demo_templates.c.application == bindparam("application"),
        or_(demo_templates.c.xml_id == bindparam("xml_id"), demo_templates.c.parent == bindparam("xml_id")),
    )
)


def list_templates(tx: Tx, portal_id: int, listing: Listing) -> list[DemoTemplate]:
    """Return the registered templates that match a listing."""
    return LISTER.rows(tx, listing, portal_id=portal_id)


def put(
    tx: Tx, portal_id: int, by: Stamp, application: str, xml_id: str, use: str, **values: Unpack[DemoValues]
) -> int:
    """Create or replace the template with a code, and return its id."""
    key = {"portal_id": portal_id, "application": application, "xml_id": xml_id, "use": use}
    known = tx.one(_ONE, **key)
    if known is None:
        return tx.insert(demo_templates, **key, **values, **by.created())
    tx.update(demo_templates, portal_id, known.id, **values, **by.modified())
    return known.id


def remove(tx: Tx, portal_id: int, application: str, xml_id: str) -> bool:
    """Delete the templates with a code and the page templates registered with them; return False if unknown."""
    return tx.run(_DELETE, portal_id=portal_id, application=application, xml_id=xml_id) > 0
