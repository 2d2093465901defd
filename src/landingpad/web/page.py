"""One page of a site: its picture, what can be done with it, and how it looked before."""

from typing import Any

import msgspec

from landingpad.domain import drafts, previews
from landingpad.domain.errors import PageNotFound
from landingpad.domain.previews import NothingToCompareError
from landingpad.domain.work import SystemWork
from landingpad.http.message import Answer
from landingpad.media.compare import Difference
from landingpad.store import previews as preview_rows
from landingpad.store import versions
from landingpad.store.engine import Tx
from landingpad.store.groups import accounts
from landingpad.web.apps import page_widgets
from landingpad.web.paths import SITES
from landingpad.web.site import ShownPage, pages_of
from landingpad.web.sites import ShownSite, find, scope_of, scoped
from landingpad.web.visit import Visit

ACTIONS = {
    "publish": ("landing.landing.publication", "{title} is published."),
    "unpublish": ("landing.landing.unpublic", "{title} is offline."),
    "trash": ("landing.landing.markDelete", "{title} is in the trash. It stays there for thirty days."),
    "restore": ("landing.landing.markUnDelete", "{title} is back. It is offline until it is published."),
    "delete": ("landing.landing.delete", "{title} is gone."),
}


class Published(msgspec.Struct, frozen=True):
    """One publication of a page, and its picture if there is one still."""

    number: int
    at: int
    by: str
    media_key: str
    compared_with: int
    """Number of the publication before it that has a picture; 0 if there is none."""


async def show(visit: Visit, site_id: int, page_id: int) -> Answer:
    """Show a page."""
    site, page = await _find(visit, site_id, page_id)
    scope = scoped({"params": {"edit_mode": 1}}, site.scope)
    blocks: list[dict[str, Any]] = []
    if not page.is_trashed and not site.is_trashed:
        blocks = await visit.call("landing.block.getlist", {"lid": page_id, **scope})
    sharp, history = await visit.read(lambda tx: _pictures(visit, tx, page_id))
    draft = await visit.read(lambda tx: drafts.addresses_of(_work(visit, tx), page_id))
    if not sharp and page.is_public and page.picture and page.picture.media_key:
        await visit.write(lambda tx: _ask_sharp(visit, tx, page_id))
    codes = [(int(block["id"]), str(block["code"])) for block in blocks]
    widgets = await page_widgets(visit, page_id, codes, scope=site.scope)
    return await visit.page(
        "site_page.html",
        site=site,
        page=page,
        blocks=blocks,
        sharp=sharp,
        history=history,
        draft=draft,
        widgets=widgets,
    )


async def act(visit: Visit, site_id: int, page_id: int, action: str) -> Answer:
    """Do something with a page."""
    site, page = await _find(visit, site_id, page_id)
    method, text = ACTIONS[action]
    visit.made.clear()
    await visit.call(method, scoped({"lid": page_id}, site.scope))
    at_site = f"{SITES}{site_id}/"
    target = at_site if visit.text("from") == "site" or action in {"trash", "delete"} else f"{at_site}pages/{page_id}/"
    return visit.done(target + site.query, text.format(title=page.title))


async def difference(visit: Visit, site_id: int, page_id: int, before: int, after: int) -> Answer:
    """Return a picture of what changed between two publications."""
    await _find(visit, site_id, page_id)

    def compare(tx: Tx) -> Difference | None:
        try:
            return previews.difference(_work(visit, tx), page_id, before=before, after=after)[2]
        except NothingToCompareError:
            return None

    found = await visit.read(compare)
    if found is None:
        return Answer.text(404, "There are no such pictures any more.")
    headers = [
        (b"content-type", b"image/png"),
        (b"cache-control", b"private, max-age=3600"),
        (b"x-content-type-options", b"nosniff"),
    ]
    return Answer(200, headers, found.picture)


async def _find(visit: Visit, site_id: int, page_id: int) -> tuple[ShownSite, ShownPage]:
    site = await find(visit, site_id, scope_of(visit), shown=False)
    pages = await pages_of(visit, site, page_id)
    if not pages:
        raise PageNotFound
    return site, pages[0]


def _pictures(visit: Visit, tx: Tx, page_id: int) -> tuple[str, list[Published]]:
    """Return the picture with twice as many pixels, and the publications with theirs."""
    work = _work(visit, tx)
    double = msgspec.structs.replace(work.services.previews.standard, scale=2)
    current = preview_rows.current(tx, work.portal_id, page_id)
    sharp = next((one.media_key for one in current if preview_rows.shape_of(one) == double and one.media_key), "")
    by_content = {kept.content_hash: kept.media_key for kept in previews.kept(work, page_id)}
    names = {account.id: f"{account.name} {account.last_name}".strip() for account in accounts(tx, work.portal_id)}
    history: list[Published] = []
    compared = 0
    for entry in reversed(versions.history(tx, work.portal_id, page_id)):
        key = by_content.get(entry.content_hash, "")
        by = names.get(entry.created_by, "")
        history.append(Published(entry.publication, entry.created_at, by, key, compared if key else 0))
        compared = entry.publication if key else compared
    return sharp or "", history[::-1]


def _ask_sharp(visit: Visit, tx: Tx, page_id: int) -> None:
    work = _work(visit, tx)
    previews.ask(work, page_id, msgspec.structs.replace(work.services.previews.standard, scale=2))


def _work(visit: Visit, tx: Tx) -> SystemWork:
    return SystemWork(tx, visit.portal.id, visit.now_ms, visit.services)
