"""Portals are isolated: every statement selects one portal, or is listed here with the reason why not."""

import re

import pytest
from sqlalchemy import Select, bindparam, select

from landingpad.store.db.query import Statement
from landingpad.store.tables.site import pages, sites
from support.store_statements import statements

OPERATOR = "the operator of the server asks for all portals"
FINDS_THE_PORTAL = "the value is unique on the server and determines the portal"
QUEUE = "workers serve all portals"
THE_JOB = "the job names its portal, and schedules have none; its key is unique on the server"
WHOLE = "backups and checks read the whole database"
OF_ALL_PORTALS = {
    "app.apps._ALL": OPERATOR,
    "app.apps._BY_CLIENT_ID": FINDS_THE_PORTAL,
    "block.files._UNATTACHED": "a job looks for unused uploads of all portals",
    "block.forms._DELETE": OPERATOR,
    "db.integrity._INTEGRITY": WHOLE,
    "db.integrity._REFERENCES": WHOLE,
    "db.portable._POSTGRES_NUMBER": WHOLE,
    "db.portable._REVISION": WHOLE,
    "db.portable._SQLITE_NUMBERS": WHOLE,
    "db.presence._HOLDS_TABLES": WHOLE,
    "db.presence._PORTAL": WHOLE,
    "jobs.queue._ADD": THE_JOB,
    "jobs.queue._CLAIM": QUEUE,
    "jobs.queue._FINISH": QUEUE,
    "jobs.queue._IS_KNOWN": THE_JOB,
    "jobs.queue._KEEP": QUEUE,
    "jobs.queue._LATER": QUEUE,
    "jobs.queue._NEXT_DUE": QUEUE,
    "jobs.queue._RELEASE": QUEUE,
    "jobs.queue._REMOVE": QUEUE,
    "page.view_templates._LISTER": "the view templates are equal on every portal",
    "people.people._PORTAL_OF": OPERATOR,
    "people.portals._ALL": "it lists the portals",
    "people.portals._BY_DOMAIN": FINDS_THE_PORTAL,
    "people.webhooks._USED": "the uses of all portals are stored together; the ids come from webhooks that were found",
    "preview.forgotten_media._ADD": "a file may be shown by several portals",
    "preview.forgotten_media._DUE": "a file may be shown by several portals",
    "preview.forgotten_media._IS_KNOWN": "a file may be shown by several portals",
    "preview.forgotten_media._REMOVE": "a file may be shown by several portals",
    "preview.overview._FAILED": OPERATOR,
    "preview.previews._BY_ID": QUEUE,
    "preview.previews._IN_STATE": QUEUE,
    "preview.previews._LAST_OF_PORTION": QUEUE,
    "preview.previews._MISSING": QUEUE,
    "preview.previews._PUBLIC_PAGES": OPERATOR,
    "preview.queue._CLAIM": QUEUE,
    "preview.queue._FINISH": QUEUE,
    "preview.queue._KEEP": QUEUE,
    "preview.queue._LATER": QUEUE,
    "preview.queue._NEXT": QUEUE,
    "preview.queue._RELEASE": QUEUE,
    "site.addresses._FORGET_HOST": FINDS_THE_PORTAL,
    "site.addresses._PORTAL_OF_HOST": FINDS_THE_PORTAL,
    "site.addresses._SITE": FINDS_THE_PORTAL,
    "site.sites._BY_HOST": FINDS_THE_PORTAL,
    "site.sites._DOMAIN_BY_HOST": FINDS_THE_PORTAL,
    "site.sites._PORTALS": "it lists the portals",
    "site.sites._PORTAL_OF": OPERATOR,
}
_ONE_PORTAL = re.compile(r"\b(portal_id|portals\.id)( \+ \S+)? = :")


def asks_for_one_portal(statement: Statement) -> bool:
    return _ONE_PORTAL.search(statement.compiled("sqlite").sql) is not None


def test_every_statement_selects_one_portal_or_is_listed() -> None:
    named = {place for place, statement in statements() if not asks_for_one_portal(statement)}
    assert named == set(OF_ALL_PORTALS)


def test_the_search_finds_all_kinds_of_statements() -> None:
    places = [place for place, _ in statements()]
    assert {"page.pages._BY_ID", "page.pages.LISTER", "people.directory.DEPARTMENTS"} <= set(places)
    assert places.count("page.pages._NO_ROLE") == 4  # one for each role
    assert len(places) > 150


@pytest.mark.parametrize(
    "clause",
    [select(pages.c.id).where(pages.c.id == bindparam("id")), select(sites.c.portal_id).order_by(sites.c.portal_id)],
)
def test_a_statement_without_a_portal_is_detected(clause: Select[tuple[int]]) -> None:
    assert not asks_for_one_portal(Statement(clause))
