"""Cost of rights: landing.site.getList for users who may read 50 of many sites, beside an administrator.

make bench-rights                            1,000 and 100,000 sites
make bench-rights ARGS="--sites 100 1000"
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from lists import fill
from sqlalchemy import select

from landingpad.domain.people import people, portals
from landingpad.rpc.call import Caller
from landingpad.server.parts import Parts
from landingpad.settings import Settings
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Statement
from landingpad.store.people import rights
from landingpad.store.records import PortalRow, User
from landingpad.store.tables.rights import role_codes, role_rights, roles, site_rights
from landingpad.store.tables.site import sites

ROUNDS = 30
READABLE = 50


def sites_of_own(tx: Tx, portal: int, count: int, user: int) -> None:
    """Each site has a rule: 50 sites name this user, the others another user."""
    some = set(readable(count))
    rows = [
        {"portal_id": portal, "site_id": n, "code": f"U{user if n in some else 0}", "operations": "read"}
        for n in range(1, count + 1)
    ]
    tx.insert_many(site_rights, rows)
    tx.run(Statement(sites.update().values(own_rights=True)))


def sets_at_some(tx: Tx, portal: int, count: int, user: int) -> None:
    """One site in a hundred names another user; this user reads all others by default."""
    for n in range(1, count + 1, 100):
        rights.replace_set(tx, portal, n, {"U0": "read"})


def default_for_nobody(tx: Tx, portal: int, count: int, user: int) -> None:
    """No default rights; 50 sites name this user."""
    rights.replace_set(tx, portal, rights.EVERY_SITE, {"U0": "read"})
    for n in readable(count):
        rights.replace_set(tx, portal, n, {f"U{user}": "read"})


def by_role(tx: Tx, portal: int, count: int, user: int) -> None:
    """A role reads 50 sites and nothing by default."""
    rights.use_roles(tx, portal, on=True)
    (role,) = tx.one(Statement(select(roles.c.id).where(roles.c.xml_id == "MANAGER", roles.c.section == "SITES")))
    tx.run(Statement(role_rights.delete().where(role_rights.c.role_id == role)))
    tx.insert(role_codes, role_id=role, code=f"U{user}", portal_id=portal)
    for n in readable(count):
        tx.insert(role_rights, role_id=role, site_id=n, portal_id=portal, operations="read")


def nothing(tx: Tx, portal: int, count: int, user: int) -> None:
    """No settings: all employees read every site."""


SETTINGS = {
    "user, default settings": nothing,
    "user, sets at every site": sites_of_own,
    "user, sets at 1% of sites": sets_at_some,
    "user, default for nobody": default_for_nobody,
    "user, by a role": by_role,
}


def readable(count: int) -> range:
    return range(1, count + 1, max(1, count // READABLE))[:READABLE]


async def best_of(parts: Parts, caller: Caller, method: str, params: dict) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        await parts.dispatcher.run(caller, method, params, now=time.time())
        best = min(best, time.process_time() - began)
    return best * 1000


async def ask(parts: Parts, name: str, portal_id: int, count: int, admin_id: int) -> tuple[float, float]:
    """Return milliseconds of processor time of getList and of getPreview."""
    user_id = parts.db.write_here(lambda tx: people.add_user(tx, portal_id, login="sam", name="Sam", now_ms=0))
    prepare = SETTINGS.get(name)
    if prepare is not None:
        parts.db.write_here(lambda tx: prepare(tx, portal_id, count, user_id))
    portal = PortalRow(portal_id, "localhost", "Bench", "m", "active", "UTC", "en", 0)
    user = User(user_id if prepare else admin_id, portal_id, "a", "A", "", "", prepare is None, True)
    caller = Caller(portal, user, frozenset(portals.SCOPES), "webhook:1")
    params = {"params": {"limit": READABLE}}
    rows = (await parts.dispatcher.run(caller, "landing.site.getList", params, now=time.time())).result
    assert len(rows) == READABLE, name
    return (
        await best_of(parts, caller, "landing.site.getList", params),
        await best_of(parts, caller, "landing.site.getPreview", {"id": rows[0]["ID"]}),
    )


async def measure(count: int) -> dict[str, tuple[float, float]]:
    """Return the cost of each user's calls."""
    found = {}
    for name in ("administrator", *SETTINGS):
        with tempfile.TemporaryDirectory() as folder:
            portal_id, admin_id = fill(Path(folder), count)
            parts = Parts(Settings(data=Path(folder)), scheme="http", port=8080)
            try:
                found[name] = await ask(parts, name, portal_id, count, admin_id)
            finally:
                parts.close()
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sites", type=int, nargs="+", default=[1_000, 100_000])
    columns = {count: asyncio.run(measure(count)) for count in asked.parse_args().sites}
    print(f"\n50 sites by landing.site.getList | one landing.site.getPreview; ms of processor time, best of {ROUNDS}")
    print(f"{'':28}" + "".join(f"{f'{count:,} sites':>32}" for count in columns))
    for name in ("administrator", *SETTINGS):
        cells = [
            f"{column[name][0]:>14.2f} ({column[name][0] / column['administrator'][0]:4.1f}x) | {column[name][1]:.3f}"
            for column in columns.values()
        ]
        print(f"{name:28}" + "".join(f"{cell:>32}" for cell in cells))


if __name__ == "__main__":
    main()
