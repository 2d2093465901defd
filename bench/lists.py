"""Growth of a list: landing.site.getList of 50 sites among more and more sites.

make bench-lists                            100, 10,000 and 1,000,000 sites
make bench-lists ARGS="--sites 100 1000"
"""

import argparse
import asyncio
import itertools
import tempfile
import time
from pathlib import Path

from landingpad.domain.people.portals import SCOPES, add_portal, add_user
from landingpad.rpc.call import Caller
from landingpad.server.parts import Parts
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, sqlite_url
from landingpad.store.db.migrate import migrate
from landingpad.store.records import PortalRow, User

CHUNK = 50_000
ROUNDS = 40
QUESTIONS = {
    "the first 50": {"limit": 50},
    "50 by id, newest first": {"order": {"ID": "DESC"}, "limit": 50},
    "50 from the middle": {"limit": 50, "offset": "middle"},
    "one by id": {"filter": {"ID": "middle"}},
    "50 of a type": {"filter": {"TYPE": "STORE"}, "limit": 50},
}


def fill(folder: Path, count: int) -> tuple[int, int]:
    """Create a portal with `count` sites, one in a hundred a store; return the ids of the portal and its user."""
    now = int(time.time() * 1000)
    with Database(sqlite_url(folder)) as db:
        migrate(db)

        def start(tx):
            portal = add_portal(tx, domain="localhost", title="Bench", now_ms=now)
            return portal, add_user(tx, portal, login="a", name="A", password=None, is_admin=True, now_ms=now)

        portal, user = db.write_here(start)
        with db.engine.begin() as session:
            driver = session.connection.driver_connection
            numbers = iter(range(1, count + 1))
            while chunk := list(itertools.islice(numbers, CHUNK)):
                driver.executemany(
                    "INSERT INTO domains (id, portal_id, host, is_own, created_at) VALUES (?, ?, ?, 0, ?)",
                    [(n, portal, f"site-{n}.localhost", now) for n in chunk],
                )
                driver.executemany(
                    "INSERT INTO sites (id, portal_id, type, code, title, active, deleted, domain_id, created_by, "
                    "modified_by, created_at, modified_at) VALUES (?, ?, ?, ?, ?, 1, 0, ?, ?, ?, ?, ?)",
                    [
                        (n, portal, "PAGE" if n % 100 else "STORE", f"site-{n}", f"Site {n}", n, user, user, now, now)
                        for n in chunk
                    ],
                )
                print(f"  {chunk[-1]:,} sites", end="\r", flush=True)
    return portal, user


async def measure(folder: Path, count: int, portal_id: int, user_id: int) -> dict[str, float]:
    """Return the milliseconds of processor time of each query."""
    parts = Parts(Settings(data=folder), scheme="http", port=8080)
    portal = PortalRow(portal_id, "localhost", "Bench", "m", "active", "UTC", "en", 0)
    user = User(user_id, portal_id, "a", "A", "", "", is_admin=True, is_active=True)
    caller = Caller(portal, user, frozenset(SCOPES), "webhook:1")
    found = {}
    try:
        for name, question in QUESTIONS.items():
            params = {
                key: {k: count // 2 if v == "middle" else v for k, v in value.items()}
                if isinstance(value, dict)
                else (count // 2 if value == "middle" else value)
                for key, value in question.items()
            }
            best = float("inf")
            for _ in range(ROUNDS):
                began = time.process_time()
                await parts.dispatcher.run(caller, "landing.site.getList", {"params": params}, now=time.time())
                best = min(best, time.process_time() - began)
            found[name] = best * 1000
    finally:
        parts.close()
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sites", type=int, nargs="+", default=[100, 10_000, 1_000_000])
    columns = {}
    for count in asked.parse_args().sites:
        with tempfile.TemporaryDirectory() as name:
            print(f"filling {count:,} sites ...")
            ids = fill(Path(name), count)
            columns[count] = asyncio.run(measure(Path(name), count, *ids))
    print(f"\nlanding.site.getList, ms of processor time, the best of {ROUNDS}, SQLite")
    print(f"{'':26}" + "".join(f"{f'{count:,} sites':>18}" for count in columns))
    for name in QUESTIONS:
        print(f"{name:26}" + "".join(f"{column[name]:>18.2f}" for column in columns.values()))


if __name__ == "__main__":
    main()
