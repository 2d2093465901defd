"""Lists by id and of a site are found by an index on both engines, without reading every row."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Statement
from landingpad.store.tables.site import domains, pages, sites
from support.portal import Portal

pytestmark = pytest.mark.both_engines

SITES = 2_000
PAGES = 10_000


def fill(portal: Portal) -> tuple[int, int]:
    """Store sites with five pages each, one in a hundred in the trash; return the ids of a site and of a page."""
    by = {"created_by": portal.admin_id, "modified_by": portal.admin_id}

    def work(tx: Tx) -> tuple[int, int]:
        hosts = tx.insert_many(
            domains, [{"portal_id": portal.id, "host": f"s{n}.localhost", "created_at": n} for n in range(SITES)]
        )
        ids = tx.insert_many(
            sites,
            [
                {
                    "portal_id": portal.id,
                    "type": "PAGE",
                    "code": f"site-{n}",
                    "title": f"Site {n}",
                    "domain_id": hosts[n],
                    "deleted": n % 100 == 0,
                    "created_at": n,
                    "modified_at": n * 7919 % SITES,
                    **by,
                }
                for n in range(SITES)
            ],
        )
        page_ids = tx.insert_many(
            pages,
            [
                {
                    "portal_id": portal.id,
                    "site_id": ids[n % SITES],
                    "code": f"page-{n}",
                    "title": f"Page {n}",
                    "deleted": n % 100 == 1,
                    "created_at": n,
                    "modified_at": n * 7919 % PAGES,
                    **by,
                }
                for n in range(PAGES)
            ],
        )
        if portal.parts.db.dialect == "postgresql":
            tx.run(Statement(sa.text("ANALYZE sites, pages, domains")))
        return ids[7], page_ids[7]

    return portal.parts.db.write_here(work)


def plan(tx: Tx, sql: str, params: Any) -> str:
    """Return how the engine would run a statement."""
    explain = "EXPLAIN QUERY PLAN " if tx._numbers else "EXPLAIN "
    return "\n".join(str(row[-1]) for row in tx._connection.execute(explain + sql, params).fetchall())


async def test_lists_are_found_by_an_index(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    site_id, page_id = fill(portal)
    questions: list[tuple[str, dict[str, Any], str]] = [
        ("landing.site.getList", {"limit": 50}, "ix_sites_portal_id_deleted_id|pk_sites"),
        ("landing.site.getList", {"filter": {"ID": site_id}}, "INTEGER PRIMARY KEY|pk_sites"),
        ("landing.landing.getList", {"limit": 50}, "ix_pages_portal_id_id|pk_pages"),
        ("landing.landing.getList", {"filter": {"ID": page_id}}, "INTEGER PRIMARY KEY|ix_pages_portal_id_id|pk_pages"),
        (
            "landing.landing.getList",
            {"filter": {"SITE_ID": site_id}},
            "ix_pages_portal_id_site_id_id|ix_pages_site_id_code",
        ),
    ]
    plans: list[str] = []
    ask = Tx.all

    def explained(self: Tx, query: Statement, /, **params: Any) -> list[Any]:
        sql, known = query.compiled(self._dialect)
        if "FROM sites JOIN domains" in sql or "FROM pages JOIN sites" in sql:
            plans.append(plan(self, sql, {**known, **params}))
        return ask(self, query, **params)

    monkeypatch.setattr(Tx, "all", explained)
    wrong = []
    for method, params, index in questions:
        plans.clear()
        assert await portal.call(method, params={"select": ["ID"], **params})
        reads_all = re.search(r"Seq Scan on (sites|pages)|^SCAN ", plans[0], re.MULTILINE)
        if reads_all or not re.search(rf"\b({index})\b", plans[0]):
            wrong.append(f"{method} {params}: not by {index}\n{plans[0]}")
    assert not wrong, "\n\n".join(wrong)
