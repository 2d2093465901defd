"""Rows of rights: all facts about one user and one site in one read, and restrictions of lists to readable sites."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    false,
    insert,
    literal,
    literal_column,
    not_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.sql.elements import KeyedColumnElement

from landingpad.store.db.columns import Id
from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Condition, Lister, Listing, Restriction
from landingpad.store.db.query import Query, Statement
from landingpad.store.tables.rights import group_members, groups, role_codes, role_rights, roles, site_rights
from landingpad.store.tables.site import departments, further_departments, portals, sites, users

DENIED = "denied"
EVERY_SITE = 0
"""Site id that stands for all sites without settings of their own."""


class Fact(NamedTuple):
    """A fact about a user and a site. The meaning of its fields depends on `kind`.

    portal: number is 1 for the role model. site: number is 1 if it has rights of its own, name is its type.
    code: name is an access code of the user. set: rights by the extended model; number is the site (or 0), name the
    code, text the operations. default: site 0 has a set. own: some site has a set of its own. named: some set
    grants something to the user, who is from outside. outside: the user is from outside the company.
    role: number is its id, name its section, text its additional rights. right: rights of a role of the user;
    number is the role, name the site (or 0), text the operations.
    """

    kind: str
    number: int
    name: str
    text: str


def _codes() -> CTE:
    """Return the CTE of the access codes of the user `user_id`."""
    me = (
        select(users.c.id, users.c.department_id, users.c.is_admin, users.c.is_extranet)
        .where(users.c.id == bindparam("user_id"), users.c.portal_id == bindparam("portal_id"))
        .cte("me")
    )
    inside = union_all(
        select(me.c.department_id).where(me.c.department_id.is_not(None)),
        select(further_departments.c.department_id).join(me, me.c.id == further_departments.c.user_id),
    ).cte("inside")
    above = (
        select(departments.c.id, departments.c.parent_id)
        .join(inside, inside.c.department_id == departments.c.id)
        .cte("above", recursive=True)
    )
    above = above.union(  # with UNION ALL, departments that contain each other would never end
        select(departments.c.id, departments.c.parent_id).join(above, above.c.parent_id == departments.c.id)
    )
    mine = (
        select(groups.c.id, groups.c.kind, group_members.c.position)
        .select_from(group_members.join(groups, groups.c.id == group_members.c.group_id).join(me, true()))
        .where(group_members.c.user_id == me.c.id)
        .cte("mine")
    )
    work_group = literal("SG") + _text(mine.c.id)
    return union_all(
        select((literal("U") + _text(me.c.id)).label("code")),
        select(literal("UA")).select_from(me),
        select(literal("G2")).select_from(me),
        select(literal("AU")).select_from(me).where(not_(me.c.is_extranet)),
        select(literal("G1")).select_from(me).where(me.c.is_admin),
        select(literal("D") + _text(inside.c.department_id)),
        select(literal("DR") + _text(above.c.id)),
        select(literal("G") + _text(mine.c.id)).where(mine.c.kind == "user"),
        select(work_group).where(mine.c.kind == "work"),
        select(work_group + "_K").where(mine.c.kind == "work"),
        select(work_group + "_E").where(mine.c.kind == "work", mine.c.position != "K"),
        select(work_group + "_A").where(mine.c.kind == "work", mine.c.position == "A"),
    ).cte("codes")


def _text(column: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(column, Text)


def _fact(kind: str, number: Any, name: Any = "", text: Any = "") -> Select[Any]:
    def column(value: Any, label: str) -> KeyedColumnElement[Any]:
        return (literal(value, Text()) if isinstance(value, str) else value).label(label)

    return select(
        literal(kind, Text()).label("kind"),
        (literal_column(str(number)) if isinstance(number, int) else number).label("number"),
        column(name, "name"),
        column(text, "text"),
    )


def _facts() -> Select[Any]:
    codes = _codes()
    code = select(codes.c.code)
    of_portal: ColumnElement[int] = bindparam("portal_id", type_=Id)
    here_or_every: list[ColumnElement[int]] = [bindparam("site_id", type_=Id), literal_column(str(EVERY_SITE))]
    held = (
        select(roles.c.id, roles.c.section, roles.c.additional)
        .where(
            roles.c.portal_id == of_portal,
            roles.c.id.in_(
                select(role_codes.c.role_id).where(role_codes.c.portal_id == of_portal, role_codes.c.code.in_(code))
            ),
        )
        .cte("held")
    )
    of_set = site_rights.c.portal_id == of_portal
    facts = union_all(
        _fact("portal", case((portals.c.role_model, 1), else_=0)).where(portals.c.id == of_portal),
        _fact("site", case((sites.c.own_rights, 1), else_=0), sites.c.type).where(
            sites.c.id == bindparam("site_id"), sites.c.portal_id == of_portal
        ),
        _fact("code", 0, codes.c.code),
        _fact("outside", 1).where(
            users.c.id == bindparam("user_id"), users.c.portal_id == of_portal, users.c.is_extranet
        ),
        _fact("set", site_rights.c.site_id, site_rights.c.code, site_rights.c.operations).where(
            of_set, site_rights.c.site_id.in_(here_or_every), site_rights.c.code.in_(code)
        ),
        _fact("default", 1).where(exists().where(of_set, site_rights.c.site_id == EVERY_SITE)),
        _fact("own", 1).where(exists().where(sites.c.portal_id == of_portal, sites.c.own_rights == true())),
        _fact("named", 1).where(
            users.c.id == bindparam("user_id"),
            users.c.portal_id == of_portal,
            users.c.is_extranet,  # not used for colleagues
            exists().where(of_set, site_rights.c.code.in_(code), site_rights.c.operations != DENIED),
        ),
        _fact("role", held.c.id, held.c.section, held.c.additional),
        _fact("right", role_rights.c.role_id, _text(role_rights.c.site_id), role_rights.c.operations)
        .join(held, held.c.id == role_rights.c.role_id)
        .where(role_rights.c.site_id.in_(here_or_every)),
    ).subquery("facts")
    return select(facts)


_FACTS = Query(_facts(), tuple)


def facts_of(tx: Tx, portal_id: int, user_id: int, site_id: int) -> list[Fact]:
    """Return the facts that decide about the rights of a user to a site, in one read, also for an unknown site."""
    return [Fact(*row) for row in tx.all(_FACTS, portal_id=portal_id, user_id=user_id, site_id=site_id)]


class Readable(NamedTuple):
    """Restriction of lists to the sites that one user may read, as conditions on `sites`.

    `by_default`: sites without settings of their own are readable. `codes` (extended model): access codes of the user.
    `roles` (role model): roles of the user; `strict`: those of them that are denied sites without settings.
    """

    by_default: bool
    codes: tuple[str, ...] = ()
    roles: tuple[int, ...] = ()
    strict: tuple[int, ...] = ()

    @property
    def shape(self) -> tuple[Any, ...]:
        """Hashable key of everything that the SQL depends on."""
        return (self.by_default, len(self.codes), len(self.roles), len(self.strict))

    def parts(self) -> list[ColumnElement[bool]]:
        """Return alternative conditions with the parameters `params` and portal_id. A site fulfils at most one.

        Each finds its sites by an index, so that unreadable sites cost nothing.
        """
        if self.codes:
            return self._by_sets()
        return self._by_roles() if self.roles else [false()]

    def params(self) -> dict[str, Any]:
        """Return the parameters of the conditions."""
        values = {"only_code": self.codes, "only_role": self.roles, "only_strict": self.strict}
        return {f"{name}_{i}": value for name, many in values.items() for i, value in enumerate(many)}

    def _by_sets(self) -> list[ColumnElement[bool]]:
        names = [bindparam(f"only_code_{i}", type_=Text()) for i in range(len(self.codes))]
        sets = select(site_rights.c.site_id).where(
            site_rights.c.portal_id == bindparam("portal_id"), site_rights.c.code.in_(names)
        )
        denied = sets.where(site_rights.c.operations == DENIED, site_rights.c.site_id == sites.c.id)
        named = and_(
            sites.c.id.in_(sets.where(site_rights.c.operations != DENIED)),
            sites.c.own_rights == true(),
            not_(exists(denied)),
        )
        return [sites.c.own_rights == false(), named] if self.by_default else [named]

    def _by_roles(self) -> list[ColumnElement[bool]]:
        rights = select(role_rights.c.site_id).where(
            role_rights.c.role_id.in_([bindparam(f"only_role_{i}") for i in range(len(self.roles))])
        )
        denied = rights.where(role_rights.c.operations == DENIED, role_rights.c.site_id == sites.c.id)
        clauses: list[ColumnElement[bool]] = [not_(exists(denied))]
        if not self.by_default:
            clauses.append(sites.c.id.in_(rights.where(role_rights.c.operations != DENIED)))
        for i in range(len(self.strict)):
            own = select(role_rights.c.site_id).where(role_rights.c.role_id == bindparam(f"only_strict_{i}"))
            clauses.append(sites.c.id.in_(own))
        return [and_(*clauses)]


_SET = Query(
    select(site_rights.c.code, site_rights.c.operations)
    .where(site_rights.c.portal_id == bindparam("portal_id"), site_rights.c.site_id == bindparam("site_id"))
    .order_by(site_rights.c.code),
    tuple,
)
_CLEAR_SET = Statement(
    delete(site_rights).where(
        site_rights.c.portal_id == bindparam("portal_id"), site_rights.c.site_id == bindparam("site_id")
    )
)
_CLEAR_ROLE_RIGHTS_OF_SITE = Statement(
    delete(role_rights).where(
        role_rights.c.portal_id == bindparam("portal_id"), role_rights.c.site_id == bindparam("site_id")
    )
)
_MARK_OWN = Statement(
    update(sites)
    .where(sites.c.id == bindparam("of_site"), sites.c.portal_id == bindparam("of_portal"))
    .values(own_rights=bindparam("own", type_=sites.c.own_rights.type))
)


def _copied(table: Table) -> Statement:
    """Return the statement that copies the rows of a site to its copy."""
    others = [column for column in table.c if column.name != "site_id"]
    copied = select(bindparam("copy_id", type_=Id), *others).where(
        table.c.portal_id == bindparam("of_portal"), table.c.site_id == bindparam("of_site")
    )
    return Statement(insert(table).from_select(["site_id", *(column.name for column in others)], copied))


_COPY_RIGHTS = (_copied(site_rights), _copied(role_rights))


def set_of(tx: Tx, portal_id: int, site_id: int) -> dict[str, str]:
    """Return the extended-model rights of a site: access code -> comma separated operations."""
    return dict(tx.all(_SET, portal_id=portal_id, site_id=site_id))


def replace_set(tx: Tx, portal_id: int, site_id: int, operations: Mapping[str, str]) -> None:
    """Replace the extended-model rights of a site, or with `EVERY_SITE` of all sites without settings."""
    tx.run(_CLEAR_SET, portal_id=portal_id, site_id=site_id)
    for code, text in operations.items():
        tx.insert(site_rights, portal_id=portal_id, site_id=site_id, code=code, operations=text)
    if site_id != EVERY_SITE:
        tx.run(_MARK_OWN, of_site=site_id, of_portal=portal_id, own=bool(operations))


def copy_of_site(tx: Tx, portal_id: int, site_id: int, copy_id: int) -> None:
    """Copy the rights of a site to its copy, in both models."""
    for statement in _COPY_RIGHTS:
        tx.run(statement, of_portal=portal_id, of_site=site_id, copy_id=copy_id)
    tx.run(_MARK_OWN, of_site=copy_id, of_portal=portal_id, own=bool(set_of(tx, portal_id, copy_id)))


def forget_site(tx: Tx, portal_id: int, site_id: int) -> None:
    """Delete the rights of a deleted site."""
    tx.run(_CLEAR_SET, portal_id=portal_id, site_id=site_id)
    tx.run(_CLEAR_ROLE_RIGHTS_OF_SITE, portal_id=portal_id, site_id=site_id)


_SITE_IDS = Lister(
    select(sites.c.id, sites.c.type).where(sites.c.portal_id == bindparam("portal_id")),
    tuple,
    {"id": sites.c.id, "type": sites.c.type},
)
_IDS_AT_ONCE = 500


def existing_sites(
    tx: Tx, portal_id: int, site_ids: Iterable[int], types: tuple[str, ...], only: Restriction | None = None
) -> set[int]:
    """Return the ids that are sites of these types and meet the restriction, including trashed ones."""
    wanted = sorted(set(site_ids))
    found: set[int] = set()
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        some = tuple(wanted[start : start + _IDS_AT_ONCE])
        listing = Listing([Condition("id", "in", some), Condition("type", "in", types)], only=only)
        found.update(row[0] for row in _SITE_IDS.rows(tx, listing, portal_id=portal_id))
    return found


_ROLE_MODEL = Query(select(portals.c.role_model).where(portals.c.id == bindparam("portal_id")), tuple)


def uses_roles(tx: Tx, portal_id: int) -> bool:
    """Say whether the role model is on."""
    found = tx.one(_ROLE_MODEL, portal_id=portal_id)
    return found is not None and bool(found[0])


def use_roles(tx: Tx, portal_id: int, *, on: bool) -> None:
    """Switch to the role model or the extended model. The settings of both are kept."""
    tx.update(portals, portal_id, portal_id, role_model=on)


def padded_codes(codes: Iterable[str]) -> tuple[str, ...]:
    """Pad access codes to a multiple of 8 by repetition, so that fewer shapes of SQL are built."""
    found = sorted(codes)
    while found and len(found) % 8:
        found.append(found[-1])
    return tuple(found)
