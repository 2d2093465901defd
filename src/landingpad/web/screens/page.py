"""The screen of one page: picture, actions, publications and blocks."""

from typing import Any

import msgspec
from starlette.responses import PlainTextResponse, Response

from landingpad.domain.page import drafts, publishing
from landingpad.domain.page.publishing import CannotUndoError
from landingpad.domain.people.rights import Right, section_of
from landingpad.domain.preview import previews
from landingpad.domain.preview.previews import NothingToCompareError
from landingpad.domain.work import Work
from landingpad.errors.calls import AccessDenied
from landingpad.errors.page import PageNotFound
from landingpad.media.compare import PictureDifference
from landingpad.store.db.engine import Tx
from landingpad.store.page import versions
from landingpad.store.preview import previews as preview_rows
from landingpad.web.frame.answers import NO_SNIFF
from landingpad.web.frame.notes import NO_CALL
from landingpad.web.frame.paths import SITES
from landingpad.web.frame.visit import Visit
from landingpad.web.screens.apps import page_widgets
from landingpad.web.screens.site import ShownPage, pages_of
from landingpad.web.screens.sites import ShownSite, find, scope_of, scoped

ACTIONS = {
    "publish": ("landing.landing.publication", "{title} is published."),
    "unpublish": ("landing.landing.unpublic", "{title} is offline."),
    "trash": ("landing.landing.markDelete", "{title} is in the trash. It stays there for thirty days."),
    "restore": ("landing.landing.markUnDelete", "{title} is back. It is offline until it is published."),
    "delete": ("landing.landing.delete", "{title} is deleted."),
}


class Published(msgspec.Struct, frozen=True):
    """One publication of a page, with its picture if it still exists."""

    number: int
    at: int
    by: str
    media_key: str
    compared_with: int
    """Number of the previous publication with a picture, or 0."""


async def show(visit: Visit) -> Response:
    """Show a page."""
    site, page = await _find(visit, with_picture=True)
    page_id = page.id
    scope = scoped({"params": {"edit_mode": 1}}, site.scope)
    blocks: list[dict[str, Any]] = []
    if not page.is_trashed and not site.is_trashed:
        blocks = await visit.call("landing.block.getlist", {"lid": page_id, **scope})
    sharp, history = await visit.read(lambda tx: _pictures(visit, tx, page_id))
    draft = await visit.read(lambda tx: drafts.addresses_at(_work(visit, tx), page_id, page.address))
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


async def act(visit: Visit, action: str) -> Response:
    """Carry out an action on a page."""
    site, page = await _find(visit)
    method, text = ACTIONS[action]
    visit.calls.clear()
    await visit.call(method, scoped({"lid": page.id}, site.scope))
    undo = await _undo_path(visit, site, page, action)
    return visit.done(_target(visit, site, page, action), text.format(title=page.title), undo=undo)


async def undo(visit: Visit) -> Response:
    """Publish an earlier publication again; the draft stays unchanged."""
    site, page = await _find(visit)
    publication: int = visit.path_params["publication"]

    def work(tx: Tx) -> None:
        if not visit.access(tx).may(Right.PUBLIC, site.id, section_of(site.type)):
            raise AccessDenied
        own = Work(tx, visit.caller.user, visit.now_ms, visit.services)
        publishing.undo_publication(own, page.id, publication)

    target = _target(visit, site, page, "undo")
    try:
        await visit.write(work)
    except CannotUndoError as error:
        return visit.done(target, str(error), NO_CALL, is_error=True)
    return visit.done(target, f"Visitors see publication {publication} of {page.title} again.", NO_CALL)


async def _undo_path(visit: Visit, site: ShownSite, page: ShownPage, action: str) -> str:
    """Return the path of the form that undoes exactly the action just carried out, or ""."""
    path = f"{SITES}{site.id}/pages/{page.id}/"
    match action:
        case "publish" if page.is_public:
            number = await visit.read(lambda tx: publishing.publication_to_undo(_work(visit, tx), page.id))
            return f"{path}undo/{number}" if number else ""
        case "publish" if site.is_public:
            return f"{path}unpublish"
        case "unpublish" if page.is_public:
            # Publishing shows the draft, which undoes this only if visitors saw the same.
            has_changes = await visit.read(lambda tx: publishing.has_changes(_work(visit, tx), page.id))
            return "" if has_changes else f"{path}publish"
    return ""


def _target(visit: Visit, site: ShownSite, page: ShownPage, action: str) -> str:
    at_site = f"{SITES}{site.id}/"
    is_here = visit.text("from") != "site" and action not in {"trash", "delete"}
    return (f"{at_site}pages/{page.id}/" if is_here else at_site) + site.query


async def difference(visit: Visit) -> Response:
    """Answer with a picture of the changes between two publications."""
    _, page = await _find(visit)
    before, after = visit.path_params["before"], visit.path_params["after"]

    def compare(tx: Tx) -> PictureDifference | None:
        try:
            return previews.difference(_work(visit, tx), page.id, before=before, after=after)[2]
        except NothingToCompareError:
            return None

    found = await visit.read(compare)
    if found is None:
        return PlainTextResponse("These pictures no longer exist.", 404)
    headers = {"cache-control": "private, max-age=3600", **NO_SNIFF}
    return Response(found.picture, headers=headers, media_type="image/png")


async def _find(visit: Visit, *, with_picture: bool = False) -> tuple[ShownSite, ShownPage]:
    """Return the site and page of the path; the site without its picture."""
    site = await find(visit, visit.path_params["site_id"], scope_of(visit), shown=False, with_picture=False)
    pages = await pages_of(visit, site, visit.path_params["page_id"], with_pictures=with_picture)
    if not pages:
        raise PageNotFound
    return site, pages[0]


def _pictures(visit: Visit, tx: Tx, page_id: int) -> tuple[str, list[Published]]:
    """Return the key of the double-resolution picture or "", and the publications with their pictures."""
    work = _work(visit, tx)
    double = msgspec.structs.replace(work.services.previews.standard, scale=2)
    publications = versions.history(tx, work.portal_id, page_id)
    found = preview_rows.of_page(tx, work.portal_id, page_id)
    current = [one for one in found if publications and one.content_hash == publications[0].content_hash]
    sharp = next((one.media_key for one in current if preview_rows.shape_of(one) == double and one.media_key), "")
    kept = preview_rows.taken_of(found, work.services.previews.standard)
    by_content = {one.content_hash: one.media_key or "" for one in kept}
    history: list[Published] = []
    compared = 0
    for entry in reversed(publications):
        key = by_content.get(entry.content_hash, "")
        by = f"{entry.author_name} {entry.author_last_name}".strip()
        history.append(Published(entry.publication, entry.created_at, by, key, compared if key else 0))
        compared = entry.publication if key else compared
    return sharp or "", history[::-1]


def _ask_sharp(visit: Visit, tx: Tx, page_id: int) -> None:
    work = _work(visit, tx)
    previews.order(work, page_id, msgspec.structs.replace(work.services.previews.standard, scale=2))


def _work(visit: Visit, tx: Tx) -> Work:
    return Work.of_system(tx, visit.portal.id, visit.now_ms, visit.services)
