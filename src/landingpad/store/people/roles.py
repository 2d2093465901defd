"""Rows of roles, their rights and their access codes."""

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import bindparam, delete, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.rights import role_codes, role_rights, roles


class Role(msgspec.Struct, frozen=True):
    """A role of one section of a portal."""

    id: int
    portal_id: int
    section: str
    title: str
    xml_id: str
    additional: str
    created_at: int


_BY_ID = Query(select(roles).where(roles.c.id == bindparam("id"), roles.c.portal_id == bindparam("portal_id")), Role)
_OF_SECTION = Query(
    select(roles)
    .where(roles.c.portal_id == bindparam("portal_id"), roles.c.section == bindparam("section"))
    .order_by(roles.c.id),
    Role,
)
_RIGHTS = Query(
    select(role_rights.c.site_id, role_rights.c.operations)
    .where(role_rights.c.role_id == bindparam("role_id"), role_rights.c.portal_id == bindparam("portal_id"))
    .order_by(role_rights.c.site_id),
    tuple,
)
_CODES = Statement(
    select(role_codes.c.code)
    .where(role_codes.c.role_id == bindparam("role_id"), role_codes.c.portal_id == bindparam("portal_id"))
    .order_by(role_codes.c.code)
)
_CLEAR_RIGHTS = Statement(
    delete(role_rights).where(
        role_rights.c.role_id == bindparam("role_id"), role_rights.c.portal_id == bindparam("portal_id")
    )
)
_CLEAR_CODES = Statement(
    delete(role_codes).where(
        role_codes.c.role_id == bindparam("role_id"), role_codes.c.portal_id == bindparam("portal_id")
    )
)


def find(tx: Tx, portal_id: int, role_id: int) -> Role | None:
    """Return a role of this portal, or None."""
    return tx.one(_BY_ID, id=role_id, portal_id=portal_id)


def of_section(tx: Tx, portal_id: int, section: str) -> list[Role]:
    """Return the roles of a section."""
    return tx.all(_OF_SECTION, portal_id=portal_id, section=section)


def add(tx: Tx, portal_id: int, *, section: str, title: str, xml_id: str, additional: str, now_ms: int) -> int:
    """Store a role without rights to sites and without holders, and return its id."""
    return tx.insert(
        roles,
        portal_id=portal_id,
        section=section,
        title=title,
        xml_id=xml_id,
        additional=additional,
        created_at=now_ms,
    )


def rights_of(tx: Tx, portal_id: int, role_id: int) -> dict[int, str]:
    """Return the rights of a role: site id (0 for every other) -> comma separated operations."""
    return dict(tx.all(_RIGHTS, role_id=role_id, portal_id=portal_id))


def codes_of(tx: Tx, portal_id: int, role_id: int) -> list[str]:
    """Return the access codes that have a role."""
    return [row[0] for row in tx.all(_CODES, role_id=role_id, portal_id=portal_id)]


def replace_rights(tx: Tx, portal_id: int, role_id: int, operations: Mapping[int, str]) -> None:
    """Replace the rights of a role."""
    tx.run(_CLEAR_RIGHTS, role_id=role_id, portal_id=portal_id)
    for site_id, text in operations.items():
        tx.insert(role_rights, role_id=role_id, site_id=site_id, portal_id=portal_id, operations=text)


def replace_codes(tx: Tx, portal_id: int, role_id: int, codes: Iterable[str]) -> None:
    """Replace the access codes that have a role."""
    tx.run(_CLEAR_CODES, role_id=role_id, portal_id=portal_id)
    for code in sorted(set(codes)):
        tx.insert(role_codes, role_id=role_id, code=code, portal_id=portal_id)


def set_additional(tx: Tx, portal_id: int, role_id: int, additional: str) -> None:
    """Store the additional rights of a role."""
    tx.update(roles, portal_id, role_id, additional=additional)
