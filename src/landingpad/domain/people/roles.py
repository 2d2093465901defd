"""Roles: their rights to sites and their holders (landing/rights/role-model/index.md)."""

from collections.abc import Iterable, Mapping

from landingpad.domain.people.rights import LONGEST_CODE, OPERATIONS, SECTIONS, SITES, Right, stored, types_of
from landingpad.errors.people import RoleScopeMismatch
from landingpad.store.db.engine import Tx
from landingpad.store.people import rights as right_rows
from landingpad.store.people import roles as rows
from landingpad.store.people.rights import EVERY_SITE
from landingpad.store.people.roles import Role

ADDITIONAL = ("menu24", Right.CREATE.value, Right.ADMIN.value)
"""Additional rights of a role: to see the section in the menu, to create sites, full access."""
_PREFIXES = {SITES: "", "KNOWLEDGE": "knowledge_", "GROUP": "group_", "MAINPAGE": "vibe_"}

_MANAGER = (Right.READ, Right.EDIT, Right.SETT, Right.PUBLIC)
_STANDARD = (
    ("ADMIN", "Administrator", OPERATIONS, ADDITIONAL, ("G1",)),
    ("MANAGER", "Manager", _MANAGER, ADDITIONAL[:2], ()),
)


def add_standard_roles(tx: Tx, portal_id: int, now_ms: int) -> None:
    """Add the roles of a new portal: in each section an administrator, and a manager that nobody has yet."""
    for section in SECTIONS:
        for xml_id, title, operations, additional, codes in _STANDARD:
            role_id = rows.add(
                tx,
                portal_id,
                section=section,
                title=title,
                xml_id=xml_id,
                additional=",".join(additional),
                now_ms=now_ms,
            )
            rows.replace_rights(tx, portal_id, role_id, {EVERY_SITE: stored(operations)})
            rows.replace_codes(tx, portal_id, role_id, codes)


def get(tx: Tx, portal_id: int, role_id: int, section: str) -> Role:
    """Return a role of a section.

    Raises:
        RoleScopeMismatch: the role is unknown or of another section.

    """
    role = rows.find(tx, portal_id, role_id)
    if role is None or role.section != section:
        raise RoleScopeMismatch
    return role


def rights_of(tx: Tx, role: Role) -> dict[int, list[str]]:
    """Return the rights of a role: site id (0 for every site without settings) -> operations."""
    found = rows.rights_of(tx, role.portal_id, role.id)
    return {site_id: operations.split(",") for site_id, operations in found.items()}


def set_rights(
    tx: Tx, role: Role, rights: Mapping[int, Iterable[object]], additional: Iterable[object] | None = None
) -> None:
    """Replace the rights of a role.

    Args:
        tx: the transaction.
        role: the role.
        rights: site id (0 for every site without settings) -> operations; sites outside the section are skipped.
        additional: additional rights with the prefix of the section, or None to leave them unchanged.

    """
    known = right_rows.existing_sites(tx, role.portal_id, rights.keys(), types_of(role.section)) | {EVERY_SITE}
    kept = {site_id: stored(operations) for site_id, operations in rights.items() if site_id in known}
    rows.replace_rights(tx, role.portal_id, role.id, kept)
    if additional is not None:
        prefix = _PREFIXES[role.section]
        given = {name for name in additional if isinstance(name, str)}
        allowed = ",".join(name for name in ADDITIONAL if prefix + name in given)
        rows.set_additional(tx, role.portal_id, role.id, allowed)


def set_codes(tx: Tx, role: Role, codes: Iterable[object]) -> None:
    """Replace the access codes that have a role. Codes that nobody has are stored as well."""
    given = {str(code).strip() for code in codes if isinstance(code, str | int)}
    rows.replace_codes(tx, role.portal_id, role.id, {code for code in given if 0 < len(code) <= LONGEST_CODE})
