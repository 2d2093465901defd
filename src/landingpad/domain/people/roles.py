"""Roles: what each allows on which sites, and who has it (landing/rights/role-model/index.md)."""

from collections.abc import Iterable, Mapping

from landingpad.domain.people.rights import LONGEST_CODE, OPERATIONS, SECTIONS, SITES, Right, stored, types_of
from landingpad.errors import RoleScopeMismatch
from landingpad.store.db.engine import Tx
from landingpad.store.people import rights as right_rows
from landingpad.store.people import roles as rows
from landingpad.store.people.rights import EVERY_SITE
from landingpad.store.people.roles import Role

ADDITIONAL = ("menu24", Right.CREATE.value, Right.ADMIN.value)
"""What a role can allow beside the rights to sites: to see the section in the menu, to make sites, full access."""
_PREFIXES = {SITES: "", "KNOWLEDGE": "knowledge_", "GROUP": "group_", "MAINPAGE": "vibe_"}

_MANAGER = (Right.READ, Right.EDIT, Right.SETT, Right.PUBLIC)
_STANDARD = (
    ("ADMIN", "Administrator", OPERATIONS, ADDITIONAL, ("G1",)),
    ("MANAGER", "Manager", _MANAGER, ADDITIONAL[:2], ()),
)


def add_standard_roles(tx: Tx, portal_id: int, now_ms: int) -> None:
    """Give a new portal its roles: in each section an administrator, and a manager whom nobody is yet."""
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
        RoleScopeMismatch: there is none, or it is of another section.

    """
    role = rows.find(tx, portal_id, role_id)
    if role is None or role.section != section:
        raise RoleScopeMismatch
    return role


def rights_of(tx: Tx, role: Role) -> dict[int, list[str]]:
    """Return what a role allows: site id (0: every site without settings) -> operations."""
    found = rows.rights_of(tx, role.portal_id, role.id)
    return {site_id: operations.split(",") for site_id, operations in found.items()}


def set_rights(
    tx: Tx, role: Role, rights: Mapping[int, Iterable[object]], additional: Iterable[object] | None = None
) -> None:
    """Replace what a role allows.

    Args:
        tx: the transaction to work in.
        role: which one.
        rights: site id (0: every site without settings) -> operations; sites that the section has not are left out.
        additional: what it allows beside that, with the prefix of the section; None: as before.

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
    """Give a role to the holders of access codes, and to nobody else. Codes that nobody has are kept, to no effect."""
    given = {str(code).strip() for code in codes if isinstance(code, str | int)}
    rows.replace_codes(tx, role.portal_id, role.id, {code for code in given if 0 < len(code) <= LONGEST_CODE})
