"""Rights of users to sites. One function decides: `Access.may`.

A portal uses one of two models (landing/rights/index.md):

- extended: access codes have rights to each site. A site without settings uses those of site 0; without these, every
  colleague may read it.
- roles: access codes have roles, and roles have rights to each site, or by site 0 to all other sites.

In both, denials win over grants, every operation implies reading, and administrators may do everything.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from functools import cached_property

from landingpad.store.db.engine import Tx
from landingpad.store.people import rights as rows
from landingpad.store.people.rights import DENIED, EVERY_SITE, Fact, Readable, padded_codes
from landingpad.store.records import User

NO_SITE = -1
"""Stands for no site, in questions that are not about a site."""
UNKNOWN_SITE = -2
"""Stands for the site of an unknown row, so that the check takes as long as for a forbidden site."""


class Right(StrEnum):
    """Operations on a site, as documented for both models, and three general rights."""

    ADMIN = "admin"  # full access to a section
    CREATE = "create"
    DELETE = "delete"
    EDIT = "edit"
    PUBLIC = "public"
    READ = "read"
    SECTION = "section"  # to use Sites at all
    SETT = "sett"


OPERATIONS = (Right.READ, Right.EDIT, Right.SETT, Right.PUBLIC, Right.DELETE)
"""Rights that can be granted for a site, in the order of answers."""
LONGEST_CODE = 64
"""Maximum characters of an access code."""
_ALL = frozenset(OPERATIONS)
_READ = frozenset({Right.READ})
_NOTHING: frozenset[str] = frozenset()

SITES = "SITES"
"""The section of pages and stores. Every other section is named like its only type of site."""
_TYPES_OF_SECTION = {SITES: ("PAGE", "STORE", "SMN")}
SECTIONS = (SITES, "KNOWLEDGE", "GROUP", "MAINPAGE")


def section_of(site_type: str) -> str:
    """Return the section of a type of site."""
    return site_type if site_type in SECTIONS else SITES


def types_of(section: str) -> tuple[str, ...]:
    """Return the types of sites in a section."""
    return _TYPES_OF_SECTION.get(section, (section,))


def stored(operations: Iterable[object]) -> str:
    """Return operations in stored form: "denied" alone, or the known ones with "read" added."""
    given = {operation for operation in operations if isinstance(operation, str)}
    if DENIED in given:
        return DENIED
    return ",".join(operation for operation in OPERATIONS if operation in given or operation is Right.READ)


def _parsed(operations: str) -> frozenset[str]:
    return frozenset(operations.split(",")) if operations else _NOTHING


class HeldRole:
    """A role of the user."""

    def __init__(self, section: str, additional: str) -> None:
        self.section = section
        self.additional = _parsed(additional)
        self.rights: dict[int, frozenset[str]] = {}

    def rights_to(self, site_id: int) -> frozenset[str]:
        """Return the operations that the role grants for a site."""
        return self.rights.get(site_id, self.rights.get(EVERY_SITE, _NOTHING))


class Standing:
    """The facts that decide about the rights of one user to one site, unless an administrator. Reads no database."""

    def __init__(self, site_id: int, facts: Iterable[Fact]) -> None:
        known: dict[str, list[Fact]] = {}
        for fact in facts:
            known.setdefault(fact.kind, []).append(fact)
        of_kind = known.get
        site = next(iter(of_kind("site", ())), None)
        self.site_id = site_id
        self.site_type = None if site is None else site.name
        self.has_own_set = site is not None and site.number == 1
        self.by_roles = any(fact.number == 1 for fact in of_kind("portal", ()))
        self.has_default_set = "default" in known
        self.some_site_has_own_set = "own" in known
        self.is_outside = "outside" in known
        self.is_named = "named" in known
        self.codes = [fact.name for fact in of_kind("code", ())]
        self.sets: dict[int, dict[str, frozenset[str]]] = {}
        for fact in of_kind("set", ()):
            self.sets.setdefault(fact.number, {})[fact.name] = _parsed(fact.text)
        self.roles = {fact.number: HeldRole(fact.name, fact.text) for fact in of_kind("role", ())}
        for fact in of_kind("right", ()):
            self.roles[fact.number].rights[int(fact.name)] = _parsed(fact.text)

    def may_use(self, section: str) -> bool:
        """Say whether the user may use a section. The role model requires a role in it."""
        if self.by_roles:
            return any(role.section == section for role in self.roles.values())
        return self.is_named or not self.is_outside

    def may_create(self, section: str) -> bool:
        """Say whether the user may create sites: by a role, or if the rights of site 0 include editing."""
        if self.by_roles:
            return self.has_full_access(section) or self._has_additional(section, Right.CREATE)
        return self.has_default_set and _allows(self._by_set(EVERY_SITE), Right.EDIT)

    def has_full_access(self, section: str) -> bool:
        """Say whether the user may do everything in a section."""
        return self.by_roles and self._has_additional(section, Right.ADMIN)

    def granted(self) -> frozenset[str]:
        """Return the operations that settings grant for the site. If "denied" is among them, none is allowed."""
        if self.site_type is None:
            return _NOTHING
        return self.granted_by_default() if not self.by_roles and not self.has_own_set else self._granted_here()

    def granted_by_default(self) -> frozenset[str]:
        """Return the operations for sites without settings of their own, in the extended model."""
        if self.has_default_set:
            return self._by_set(EVERY_SITE)
        return _NOTHING if self.is_outside else _READ

    def readable(self, section: str) -> Readable | None:
        """Return the restriction of lists to readable sites of a section, or None if all are readable."""
        if self.by_roles:
            return self._readable_by_roles(section)
        by_default = _allows(self.granted_by_default(), Right.READ)
        if by_default and not self.some_site_has_own_set:
            return None
        return Readable(by_default, codes=padded_codes(self.codes))

    def _granted_here(self) -> frozenset[str]:
        if not self.by_roles:
            return self._by_set(self.site_id)
        section = section_of(self.site_type or "")
        if self.has_full_access(section):
            return _ALL
        held = (role.rights_to(self.site_id) for role in self.roles.values() if role.section == section)
        return _NOTHING.union(*held)

    def _by_set(self, site_id: int) -> frozenset[str]:
        return _NOTHING.union(*self.sets.get(site_id, {}).values())

    def _has_additional(self, section: str, name: str) -> bool:
        return any(role.section == section and name in role.additional for role in self.roles.values())

    def _readable_by_roles(self, section: str) -> Readable | None:
        if self.has_full_access(section):
            return None
        held = {role_id: role.rights_to(EVERY_SITE) for role_id, role in self.roles.items() if role.section == section}
        return Readable(
            any(Right.READ in operations for operations in held.values()),
            roles=tuple(sorted(held)),
            strict=tuple(sorted(role_id for role_id, operations in held.items() if DENIED in operations)),
        )


def _allows(granted: frozenset[str], operation: str) -> bool:
    return operation in granted and DENIED not in granted


class Access:
    """The rights of one user on one portal. They are read once for each site and kept for the call."""

    def __init__(self, tx: Tx, portal_id: int, user: User) -> None:
        self._tx = tx
        self._portal_id = portal_id
        self.user = user
        self._standings: dict[int, Standing] = {}

    def may(self, right: Right, site_id: int | None, section: str) -> bool:
        """Say whether the user has a right, to a site or else to a section.

        Checks of unknown sites read as much as those of known ones.
        """
        if self.user.is_admin:
            return True
        standing = self.standing(site_id)
        match right:
            case Right.SECTION:
                return standing.may_use(section)
            case Right.CREATE:
                return standing.may_create(section)
            case Right.ADMIN:
                return standing.has_full_access(section)
        if site_id is None:
            return right is Right.READ and standing.may_use(section)
        return _allows(standing.granted(), right)

    def may_use(self, section: str, site_id: int | None = None) -> bool:
        """Say whether the user may use a section. Give the `site_id` of the next question to save a read."""
        return self.user.is_admin or self.standing(site_id).may_use(section)

    def operations(self, site_id: int) -> list[str]:
        """Return the operations that the user may do with a site, in the order of `OPERATIONS`."""
        granted = self.standing(site_id).granted()
        if self.user.is_admin:
            granted = _ALL if self.standing(site_id).site_type is not None else _NOTHING
        return [operation.value for operation in OPERATIONS if _allows(granted, operation)]

    def readable(self, section: str) -> Readable | None:
        """Return the restriction of lists to readable sites of a section, or None if all are readable."""
        return None if self.user.is_admin else self.standing().readable(section)

    def readable_among(self, site_ids: Collection[int], types: tuple[str, ...]) -> set[int]:
        """Return the ids of sites of these types that the user may read."""
        found: set[int] = set()
        for section in {section_of(name) for name in types} if site_ids else ():
            own = tuple(name for name in types if section_of(name) == section)
            found |= rows.existing_sites(self._tx, self._portal_id, site_ids, own, self.readable(section))
        return found

    @cached_property
    def codes(self) -> frozenset[str]:
        """The access codes of the user."""
        return frozenset(self.standing().codes)

    def standing(self, site_id: int | None = None) -> Standing:
        """Return the facts about a site. Without a site, return those already read, for general questions."""
        if site_id is None:
            if self._standings:
                return next(iter(self._standings.values()))
            site_id = NO_SITE
        found = self._standings.get(site_id)
        if found is None:
            facts = rows.facts_of(self._tx, self._portal_id, self.user.id, site_id)
            found = self._standings[site_id] = Standing(site_id, facts)
        return found


def replace_site_rights(tx: Tx, portal_id: int, site_id: int, given: Mapping[str, Iterable[object]]) -> None:
    """Replace the extended-model rights of a site, or with `EVERY_SITE` of all sites without settings.

    Access codes that nobody has are stored as well.
    """
    kept = {code: stored(operations) for code, operations in given.items() if 0 < len(code) <= LONGEST_CODE}
    rows.replace_set(tx, portal_id, site_id, kept)
