"""The check of one site and the SQL of lists are separate code: they must agree for any settings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landingpad.domain.people import people, portals, roles
from landingpad.domain.people.rights import OPERATIONS, Access, Right, replace_site_rights, stored
from landingpad.store.db.engine import Database, Tx
from landingpad.store.people import rights as rows
from landingpad.store.people import roles as role_rows
from landingpad.store.records import User
from landingpad.store.tables.site import domains, sites
from support.portal import Databases

pytestmark = pytest.mark.both_engines

SITE_COUNT = 4
OPERATION_SETS = st.lists(st.sampled_from(["denied", "read", "edit", "public"]), max_size=2)
CODES = st.sampled_from(["AU", "UA", "U{user}", "G{group}", "DR1", "nobody"])
PLACES = st.integers(0, SITE_COUNT)  # 0 for every site without settings
SETS = st.dictionaries(PLACES, st.dictionaries(CODES, OPERATION_SETS, min_size=1, max_size=2), max_size=4)
ROLE = st.tuples(st.dictionaries(PLACES, OPERATION_SETS, max_size=4), st.lists(CODES, max_size=2), st.booleans())


class RollBack(Exception):  # noqa: N818  # not an error: it undoes the writes of an example
    pass


class World:
    """A portal with a few sites and one user who is no administrator."""

    def __init__(self, db: Database) -> None:
        self.db = db

        def work(tx: Tx) -> None:
            self.portal_id = portals.add_portal(tx, domain="portal.example", title="Test", now_ms=0)
            self.user_id = people.add_user(tx, self.portal_id, login="sam", name="Sam", now_ms=0)
            self.group_id = people.add_group(tx, self.portal_id, name="Group", kind="user", now_ms=0)
            people.join_group(tx, self.portal_id, self.group_id, self.user_id)
            domain_id = tx.insert(domains, portal_id=self.portal_id, host="x.example", created_at=0)
            common: dict[str, Any] = {
                "portal_id": self.portal_id,
                "type": "PAGE",
                "domain_id": domain_id,
                "created_by": self.user_id,
                "modified_by": self.user_id,
                "created_at": 0,
                "modified_at": 0,
            }
            self.sites = [tx.insert(sites, code=f"s{i}", title="Site", **common) for i in range(SITE_COUNT)]

        db.write_here(work)

    def place(self, number: int) -> int:
        return 0 if number == 0 else self.sites[number - 1]

    def code(self, name: str) -> str:
        return name.format(user=self.user_id, group=self.group_id)

    def access(self, tx: Tx) -> Access:
        user = User(self.user_id, self.portal_id, "sam", "Sam", "", "", is_admin=False, is_active=True)
        return Access(tx, self.portal_id, user)

    def check(self, tx: Tx) -> None:
        """Assert that the list of readable sites equals the decisions for single sites."""
        listed = self.access(tx).readable_among(self.sites, ("PAGE",))
        alone = {site for site in self.sites if self.access(tx).may(Right.READ, site, "SITES")}
        assert listed == alone
        for site in self.sites:
            access = self.access(tx)
            assert access.operations(site) == [op for op in OPERATIONS if access.may(op, site, "SITES")]
            assert (access.operations(site) != []) == (site in alone)


@pytest.fixture
def world(databases: Databases, tmp_path: Path) -> Iterator[World]:
    with databases.parts(tmp_path) as parts:
        yield World(parts.db)


EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@EXAMPLES
@given(sets=SETS, outside=st.booleans())
def test_lists_and_single_answers_agree_in_the_extended_model(
    world: World, sets: dict[int, dict[str, list[str]]], outside: bool
) -> None:
    def work(tx: Tx) -> None:
        people.change_user(tx, world.portal_id, world.user_id, is_extranet=outside)
        for number, given_rights in sets.items():
            named = {world.code(code): operations for code, operations in given_rights.items()}
            replace_site_rights(tx, world.portal_id, world.place(number), named)
        world.check(tx)
        raise RollBack

    with pytest.raises(RollBack):
        world.db.write_here(work)


@EXAMPLES
@given(given_roles=st.tuples(ROLE, ROLE), other=ROLE)
def test_lists_and_single_answers_agree_in_the_role_model(world: World, given_roles: Any, other: Any) -> None:
    def give(tx: Tx, role: role_rows.Role, wanted: Any) -> None:
        rights, codes, full = wanted
        rights = {world.place(number): operations for number, operations in rights.items()}
        roles.set_rights(tx, role, rights, ["admin"] if full and not rights else [])
        roles.set_codes(tx, role, [world.code(code) for code in codes])

    def work(tx: Tx) -> None:
        rows.use_roles(tx, world.portal_id, on=True)
        for role, wanted in zip(role_rows.of_section(tx, world.portal_id, "SITES"), given_roles, strict=True):
            give(tx, role, wanted)
        give(tx, role_rows.of_section(tx, world.portal_id, "KNOWLEDGE")[0], other)
        world.check(tx)
        raise RollBack

    with pytest.raises(RollBack):
        world.db.write_here(work)


def test_a_cycle_of_departments_does_not_hang(world: World) -> None:
    """The command line refuses them, but a restored database may contain them."""
    from landingpad.store.tables.site import departments  # noqa: PLC0415  # used only in this test

    def work(tx: Tx) -> list[str]:
        first = people.add_department(tx, world.portal_id, name="First")
        second = people.add_department(tx, world.portal_id, name="Second", parent_id=first)
        tx.update(departments, world.portal_id, first, parent_id=second)
        people.change_user(tx, world.portal_id, world.user_id, department_id=second)
        return sorted(world.access(tx).codes & {f"D{first}", f"D{second}", f"DR{first}", f"DR{second}"})

    found = world.db.write_here(work)
    assert len(found) == 3


def test_settings_of_another_portal_have_no_effect(world: World) -> None:
    """Users, sites, roles and access codes of another portal are unknown."""

    def work(tx: Tx) -> None:
        other = portals.add_portal(tx, domain="other.example", title="Other", now_ms=0)
        stranger = people.add_user(tx, other, login="sam", name="Sam", now_ms=0)
        replace_site_rights(tx, other, 0, {"AU": ["edit", "delete"]})
        rows.use_roles(tx, other, on=True)
        assert world.access(tx).operations(world.sites[0]) == ["read"]
        user = User(stranger, other, "sam", "Sam", "", "", is_admin=False, is_active=True)
        access = Access(tx, other, user)
        assert access.operations(world.sites[0]) == []
        assert access.readable_among(world.sites, ("PAGE",)) == set()
        admin = User(stranger, other, "sam", "Sam", "", "", is_admin=True, is_active=True)
        assert Access(tx, other, admin).operations(world.sites[0]) == []
        with pytest.raises(people.PeopleError):
            people.join_group(tx, other, world.group_id, stranger)
        with pytest.raises(people.PeopleError):
            people.change_user(tx, other, world.user_id, is_active=False)

    world.db.write_here(work)


def test_all_rights_of_a_user_to_a_site_cost_one_read(world: World) -> None:
    """Access codes, model, roles and rights are read together, also for an unknown site."""

    class Counting(Tx):
        reads = 0

        def all(self, *arguments: Any, **params: Any) -> Any:
            Counting.reads += 1
            return super().all(*arguments, **params)

    def work(tx: Tx) -> None:
        counting = Counting(tx._connection, tx._dialect)
        for site in (world.sites[0], 999_999):
            Counting.reads = 0
            access = world.access(counting)
            access.may_use("SITES", site)
            for right in Right:
                access.may(right, site, "SITES")
            assert access.codes
            assert Counting.reads == 1

    world.db.read_here(work)


def test_operations_are_stored_in_one_way() -> None:
    assert stored(["delete", "edit", 5, None, "fly"]) == "read,edit,delete"
    assert stored(["edit", "denied"]) == "denied"
    assert stored([]) == "read"
