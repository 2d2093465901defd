"""What rights cost: landing.site.getList of 50 sites for users who may read 50 of ever more, beside an administrator.

make bench-rights                            1,000 and 100,000 sites
make bench-rights ARGS="--sites 100 1000"
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from lists import fill

from landingpad.app import Parts
from landingpad.domain import people, portals
from landingpad.rpc.call import Caller
from landingpad.settings import Settings
from landingpad.store import rights
from landingpad.store.engine import Tx
from landingpad.store.records import Portal, User

ROUNDS = 30
READABLE = 50


def sites_of_own(tx: Tx, portal: int, count: int, user: int) -> None:
    """Every site names who may read it: 50 of them this user, the others somebody else."""
    some = set(readable(count))
    driver = tx._connection
    driver.executemany(
        "INSERT INTO site_rights (portal_id, site_id, code, operations) VALUES (?, ?, ?, 'read')",
        [(portal, n, f"U{user if n in some else 0}") for n in range(1, count + 1)],
    )
    driver.execute("UPDATE sites SET own_rights = 1 WHERE portal_id = ?", (portal,))


def default_for_nobody(tx: Tx, portal: int, count: int, user: int) -> None:
    """Nobody reads by default; 50 sites name this user."""
    sites_of_nobody(tx, portal)
    for n in readable(count):
        rights.replace_set(tx, portal, n, {f"U{user}": "read"})


def sites_of_nobody(tx: Tx, portal: int) -> None:
    rights.replace_set(tx, portal, rights.EVERY_SITE, {"U0": "read"})


def by_role(tx: Tx, portal: int, count: int, user: int) -> None:
    """A role reads 50 sites and nothing by default."""
    rights.use_roles(tx, portal, on=True)
    role = tx._connection.execute("SELECT max(id) FROM roles WHERE section = 'SITES'").fetchone()[0]
    tx._connection.execute("DELETE FROM role_rights WHERE role_id = ?", (role,))
    tx._connection.execute(
        "INSERT INTO role_codes (role_id, code, portal_id) VALUES (?, ?, ?)", (role, f"U{user}", portal)
    )
    tx._connection.executemany(
        "INSERT INTO role_rights (role_id, site_id, portal_id, operations) VALUES (?, ?, ?, 'read')",
        [(role, n, portal) for n in readable(count)],
    )


def nothing(tx: Tx, portal: int, count: int, user: int) -> None:
    """Nothing is set: every colleague reads every site."""


SETTINGS = {
    "user, default settings": nothing,
    "user, sets at every site": sites_of_own,
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


async def measure(count: int) -> dict[str, tuple[float, float]]:
    """Return milliseconds of processor time of getList and of getPreview."""
    found = {}
    for name, prepare in {"administrator": None, **SETTINGS}.items():
        with tempfile.TemporaryDirectory() as folder:
            portal_id, admin_id = fill(Path(folder), count)
            parts = Parts(Settings(data=Path(folder)), scheme="http", port=8080)
            portal = Portal(portal_id, "localhost", "Bench", "m", "active", "UTC", "en", 0)
            try:
                user_id = parts.db.write_here(
                    lambda tx: people.add_user(tx, portal_id, login="sam", name="Sam", now_ms=0)
                )
                if prepare is not None:
                    parts.db.write_here(lambda tx: prepare(tx, portal_id, count, user_id))
                is_admin = prepare is None
                user = User(admin_id if is_admin else user_id, portal_id, "a", "A", "", "", is_admin, True)
                caller = Caller(portal, user, frozenset(portals.SCOPES), "webhook:1")
                params = {"params": {"limit": READABLE}}
                rows = (await parts.dispatcher.run(caller, "landing.site.getList", params, now=time.time())).result
                assert len(rows) == READABLE, name
                found[name] = (
                    await best_of(parts, caller, "landing.site.getList", params),
                    await best_of(parts, caller, "landing.site.getPreview", {"id": rows[0]["ID"]}),
                )
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
