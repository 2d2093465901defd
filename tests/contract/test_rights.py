"""Every method, called by users with every right, in both models, over the wire.

Each call is rolled back, so that all calls meet equal data, and its changed rows are counted. Without the right nothing
changes; a user who may not read a site gets the answer for an unknown site, after an equal number of reads; with the
right the call has the effect that it has for an administrator.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.domain.people import roles
from landingpad.domain.people.rights import OPERATIONS, Right
from landingpad.rpc.declare import REGISTRY, Method, Runs
from landingpad.store.db.columns import metadata
from landingpad.store.db.engine import Database, Tx
from landingpad.store.people import roles as role_rows
from landingpad.store.people.portals import _ALL as ALL_PORTALS
from landingpad.store.tables.rights import roles as roles_table
from support.people import person
from support.portal import Portal
from support.rights_world import ABOUT_A_SITE, ABOUT_THE_SECTION, SECRET, UNKNOWN, Ids, build

MODELS = ("extended", "roles")
ALSO_NEEDED = {"landing.landing.move": {Right.DELETE}}
"""Rights that a method needs beside the declared one."""
ONE_RIGHT = {operation.value: [operation.value] for operation in OPERATIONS}
GRANTS: dict[str, list[str]] = {"owner": [*OPERATIONS], **ONE_RIGHT, "denied": ["denied"], "other": []}
"""User -> what is given to the user for every protected site. Reading comes with any of them."""
UNREADABLE = ("denied", "other")


class Outcome(NamedTuple):
    """Outcome of a call."""

    status: int
    body: dict[str, Any]
    changed: int
    reads: int

    @property
    def shape(self) -> str:
        """Return an answer without its ids."""
        return re.sub(r"\d+", "#", json.dumps([self.status, self.body], sort_keys=True))


class RollBackError(Exception):
    """Carries a result out of a rolled-back transaction."""

    def __init__(self, result: Any) -> None:
        super().__init__()
        self.result = result


class Desk:
    """A portal where every call is rolled back and its changes are counted."""

    def __init__(self, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.portal = portal
        self.checks = 0
        self._changed = self._reads = 0
        db = portal.parts.db
        real_write = db.write

        async def write(work: Callable[[Tx], Any], *, portal_id: int | None = None) -> Any:
            def undone(tx: Tx) -> Any:
                before = _changes(tx, db)
                result = work(tx)
                self._changed += _changes(tx, db) - before
                raise RollBackError(result)

            try:
                return await real_write(undone, portal_id=portal_id)
            except RollBackError as done:
                return done.result

        monkeypatch.setattr(db, "write", write)
        for name in ("one", "all"):
            monkeypatch.setattr(Tx, name, self._counted(getattr(Tx, name)))

    def _counted(self, read: Callable[..., Any]) -> Callable[..., Any]:
        def counting(tx: Tx, query: Any, **params: Any) -> Any:
            self._reads += query is not ALL_PORTALS  # read by every server every few seconds
            return read(tx, query, **params)

        return counting

    async def call(self, by: str, name: str, params: dict[str, Any]) -> Outcome:
        """Make one call and roll it back."""
        self.checks += 1
        self._changed = self._reads = 0
        response = await self.portal.answer(name, params, by=by)
        body = response.json()
        body.pop("time", None)
        return Outcome(response.status_code, body, self._changed, self._reads)


def _changes(tx: Tx, db: Database) -> int:
    """Return the number of rows changed by this connection (SQLite) or transaction (PostgreSQL)."""
    if db.dialect == "sqlite":
        return int(tx._connection.execute("SELECT total_changes()", ()).fetchone()[0])
    counted = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
    return int(tx._connection.execute(counted, ()).fetchone()[0] or 0)


async def give_by_sets(portal: Portal, ids: Ids, users: dict[str, int]) -> None:
    """Give all users their rights in the extended model."""
    rights = {f"U{users[name]}": operations for name, operations in GRANTS.items() if operations}
    for site_id in (ids.site, ids.empty_site, ids.trashed_site):
        assert await portal.call("landing.site.setRights", id=site_id, rights=rights) is True
    assert await portal.call("landing.site.setRights", id=ids.base, scope="KNOWLEDGE", rights=rights) is True


def give_by_roles(portal: Portal, ids: Ids, users: dict[str, int]) -> None:
    """Give each user a role with their rights, in two sections."""

    def work(tx: Tx) -> None:
        for section, sites in (("SITES", ids.sites), ("KNOWLEDGE", (ids.base,))):
            for name, operations in GRANTS.items():
                values = {"section": section, "title": name, "xml_id": name, "created_at": 0}
                role_id = tx.insert(roles_table, portal_id=portal.id, **values)
                role = role_rows.find(tx, portal.id, role_id)
                assert role is not None
                rights = dict.fromkeys(sites, operations) if operations else {}
                # Rights granted by default do not override `denied`.
                roles.set_rights(tx, role, {**rights, 0: OPERATIONS} if name == "denied" else rights)
                roles.set_codes(tx, role, [f"U{users[name]}"])

    portal.parts.db.write_here(work)


@pytest.fixture(params=MODELS)
async def desk(request: pytest.FixtureRequest, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, Ids]:
    """Return the protected site with all kinds of users in one of the models; further calls are rolled back."""
    ids = await build(portal)
    users = {name: person(portal, name) for name in GRANTS}
    person(portal, "nobody", is_extranet=True)
    await give_by_sets(portal, ids, users)
    give_by_roles(portal, ids, users)
    await portal.call("landing.site.markDelete", id=ids.trashed_site)
    await portal.call("landing.role.enable", mode=request.param == "roles")
    return Desk(portal, monkeypatch), ids


def test_the_matrix_calls_methods_that_need_a_right_and_each_once() -> None:
    """That it leaves none out is looked at in test_new_methods.py."""
    needing = {method.name for method in REGISTRY if method.needs is not None}
    others = (ABOUT_A_SITE.keys() | ABOUT_THE_SECTION.keys()) - needing
    assert not others, "tests/support/rights_world.py calls methods that are not declared, or need no right"
    assert not ABOUT_A_SITE.keys() & ABOUT_THE_SECTION.keys()


async def test_every_method_by_every_user(desk: tuple[Desk, Ids]) -> None:
    at, ids = desk
    problems: list[str] = []
    for name, params in ABOUT_A_SITE.items():
        method = REGISTRY.find(name)
        assert method is not None
        problems += await _by_everybody(at, method, params(ids), params(_unknown(ids)))
    assert not problems, "\n".join(problems)
    assert at.checks >= len(ABOUT_A_SITE) * (len(GRANTS) + 5)


def _unknown(ids: Ids) -> Ids:
    return UNKNOWN._replace(group=ids.group, role=ids.role)


async def _by_everybody(at: Desk, method: Method, params: dict[str, Any], about_nothing: dict[str, Any]) -> list[str]:
    problems: list[str] = []

    def check(holds: bool, by: str, what: str, outcome: Outcome) -> None:
        if not holds:
            problems.append(f"{method.name} by {by}: {what}: {outcome.status} {str(outcome.body)[:200]} {outcome[2:]}")

    admin = await at.call("admin", method.name, params)
    writes = method.runs not in {Runs.READ, Runs.ROW}
    check(admin.status == 200, "admin", "does not work at all", admin)
    if method.name != "landing.site.unbindingFromGroup":  # it writes nothing that must be rolled back
        check((admin.changed > 0) is writes, "admin", "changes nothing, or something", admin)
    for user, granted in GRANTS.items():
        found = await at.call(user, method.name, params)
        if user in UNREADABLE:
            nothing = await at.call(user, method.name, about_nothing)
            check(found.changed == 0, user, "changes something", found)
            check(found.shape == nothing.shape, user, f"differs from the answer {nothing.shape}", found)
            check(found.reads == nothing.reads, user, f"tells by its reads: {nothing.reads} for nothing", found)
            check(SECRET not in str(found.body).lower(), user, "tells a secret", found)
            continue
        needed = {method.needs, *ALSO_NEEDED.get(method.name, ())} - {Right.SECTION}
        if needed <= {*granted, Right.READ}:
            check(found.status == 200, user, "is refused", found)
            check((found.changed > 0) == (admin.changed > 0), user, f"does not do what the admin does {admin}", found)
        else:
            check(found.changed == 0, user, "changes something", found)
            check(found.status != 200 or found.shape != admin.shape or writes, user, "gets all", found)
            if found.status != 200:
                check(found.body["error"] in REFUSALS, user, "is refused in a strange way", found)
    for about in (params, about_nothing):
        found = await at.call("nobody", method.name, about)
        refused = (found.status, found.body.get("error"), found.changed) == (400, "ACCESS_DENIED", 0)
        check(refused, "nobody", "is not told ACCESS_DENIED", found)
    return problems


REFUSALS = {"ACCESS_DENIED", "DELETE_ACCESS_DENIED", "BLOCK_NOT_FOUND", "IS_NOT_ADMIN"}


async def test_methods_that_are_not_about_one_site(desk: tuple[Desk, Ids]) -> None:
    """Users without a right in the section are refused; only administrators have full access and create sites."""
    at, ids = desk
    problems: list[str] = []
    for name, params in ABOUT_THE_SECTION.items():
        method = REGISTRY.find(name)
        assert method is not None
        found = await at.call("nobody", name, params(ids))
        if (found.status, found.body.get("error"), found.changed) != (400, "ACCESS_DENIED", 0):
            problems.append(f"{name} by nobody: {found}")
        for user in GRANTS:
            found = await at.call(user, name, params(ids))
            if method.needs in {Right.ADMIN, Right.CREATE}:
                refused = {Right.ADMIN: "IS_NOT_ADMIN", Right.CREATE: "ACCESS_DENIED"}[method.needs]
                if (found.body.get("error"), found.changed) != (refused, 0):
                    problems.append(f"{name} by {user}: {found}")
            if user in UNREADABLE and SECRET in str(found.body).lower():
                problems.append(f"{name} by {user} tells a secret: {found}")
        admin = await at.call("admin", name, params(ids))
        if method.needs in {Right.ADMIN, Right.CREATE} and admin.status != 200:
            problems.append(f"{name} by admin: {admin}")
    assert not problems, "\n".join(problems)


async def test_lists_without_a_filter_show_what_may_be_read(desk: tuple[Desk, Ids]) -> None:
    at, _ = desk
    every: dict[str, Any] = {"params": {"filter": {"DELETED": ["Y", "N"]}}}
    for name in ("landing.site.getList", "landing.landing.getList"):
        full = (await at.call("admin", name, every)).body["result"]
        assert len(full) == {"landing.site.getList": 3, "landing.landing.getList": 4}[name]
        for user in GRANTS:
            found = (await at.call(user, name, every)).body["result"]
            assert found == ([] if user in UNREADABLE else full), user


def test_every_table_belongs_to_a_portal() -> None:
    """Every table names the portal of its rows, so that portals can be separated."""
    for table in metadata.tables.values():
        # Files are stored by content and may be shared, so unused ones belong to no portal; schedules are the server's.
        if table.name not in {"portals", "forgotten_media", "jobs"}:
            assert not table.c.portal_id.nullable, table.name
