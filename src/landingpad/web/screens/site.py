"""The screen of one site: pages and folders as a tree with pictures, rights, and the export."""

import json
from collections import defaultdict
from typing import Any, NamedTuple

from starlette.responses import Response

from landingpad.domain.block.forms import HELD_BACK
from landingpad.store.block import held_forms
from landingpad.store.preview.overview import PagePicture
from landingpad.web.frame.answers import NO_SNIFF, NO_STORE
from landingpad.web.frame.paths import SITES
from landingpad.web.frame.visit import Visit
from landingpad.web.screens.live import pictures_of
from landingpad.web.screens.sites import ShownSite, find, scope_of, scoped

_YES = "Y"
_MOST_PAGES = 500
_PAGE_FIELDS = ("ID", "TITLE", "CODE", "SITE_ID", "FOLDER_ID", "ACTIVE", "DELETED")
RIGHTS = {
    "read": "See it",
    "edit": "Change pages and blocks",
    "sett": "Change settings",
    "public": "Publish and take offline",
    "delete": "Put into the trash and delete",
}
FOLDER_ACTIONS = {
    "publish": (
        "landing.site.publicationFolder",
        "folderId",
        "The folder is online. Publish its pages one by one.",
    ),
    "unpublish": ("landing.site.unPublicFolder", "folderId", "The folder is offline with everything in it."),
    "trash": ("landing.site.markFolderDelete", "id", "The folder is in the trash with everything in it."),
    "restore": ("landing.site.markFolderUnDelete", "id", "The folder is restored with everything in it."),
}


class ShownPage(NamedTuple):
    """A page as screens show it."""

    id: int
    site_id: int
    title: str
    address: str
    is_index: bool
    is_public: bool
    is_trashed: bool
    folder_id: int
    picture: PagePicture | None


class ShownFolder(NamedTuple):
    """A folder with its pages and folders."""

    id: int
    title: str
    code: str
    is_public: bool
    is_trashed: bool
    folders: "list[ShownFolder]"
    pages: list[ShownPage]


async def show(visit: Visit) -> Response:
    """Show a site."""
    site_id, scope = visit.path_params["site_id"], scope_of(visit)
    site = await find(visit, site_id, scope)
    pages = [] if site.is_trashed else await pages_of(visit, site)
    folders: list[dict[str, Any]] = []
    if not site.is_trashed:
        filter_ = {"DELETED": [_YES, "N"]}
        params = scoped({"siteId": site_id, "filter": filter_}, scope)
        folders = await visit.call("landing.site.getFolders", params)
    rights = await visit.call("landing.site.getRights", scoped({"id": site_id}, scope))
    held = await visit.read(lambda tx: held_forms.lately(tx, visit.portal.id, site_id, visit.now_ms))
    return await visit.page(
        "site.html",
        site=site,
        tree=_tree(folders, [page for page in pages if not page.is_trashed]),
        trashed=[page for page in pages if page.is_trashed],
        count=sum(not page.is_trashed for page in pages),
        rights=rights,
        right_names=RIGHTS,
        held=[(count, HELD_BACK[reason]) for reason, count in sorted(held.items())],
        held_days=held_forms.SHOWN_DAYS,
        index=next((page for page in pages if page.is_index), None),
    )


async def pages_of(visit: Visit, site: ShownSite, page_id: int = 0, *, with_pictures: bool = True) -> list[ShownPage]:
    """Return the pages of a site, or one of them, including those in the trash."""
    wanted: dict[str, Any] = {"SITE_ID": site.id, "DELETED": [_YES, "N"]}
    if page_id:
        wanted["ID"] = page_id
    given = {"select": list(_PAGE_FIELDS), "filter": wanted, "get_urls": 1, "limit": _MOST_PAGES}
    rows = await visit.call("landing.landing.getList", scoped({"params": given}, site.scope))
    pictures = await pictures_of(visit, [int(row["ID"]) for row in rows] if with_pictures else [])
    return [
        ShownPage(
            id=int(row["ID"]),
            site_id=site.id,
            title=row["TITLE"],
            address=row["PUBLIC_URL"],
            is_index=int(row["ID"]) == site.index_page_id,
            is_public=row["ACTIVE"] == _YES and row["DELETED"] != _YES,
            is_trashed=row["DELETED"] == _YES,
            folder_id=int(row["FOLDER_ID"] or 0),
            picture=pictures.get(int(row["ID"])),
        )
        for row in rows
    ]


async def act_on_folder(visit: Visit, action: str) -> Response:
    """Carry out an action on a folder."""
    site_id, folder_id, scope = visit.path_params["site_id"], visit.path_params["folder_id"], scope_of(visit)
    site = await find(visit, site_id, scope, shown=False, with_picture=False)
    method, name, done = FOLDER_ACTIONS[action]
    await visit.call(method, scoped({name: folder_id}, scope))
    return visit.done(f"{SITES}{site_id}/{site.query}", done)


async def export(visit: Visit) -> Response:
    """Answer with the result of landing.site.fullExport as a file."""
    site_id, scope = visit.path_params["site_id"], scope_of(visit)
    site = await find(visit, site_id, scope, shown=False, with_picture=False)
    params = {"edit_mode": _YES, **({"scope": scope} if scope else {})}
    told = await visit.call("landing.site.fullExport", {"id": site_id, "params": params})
    if not told:
        text = "The site has no page yet, so there is nothing to export."
        return visit.done(f"{SITES}{site_id}/{site.query}", text, is_error=True)
    body = json.dumps(told, ensure_ascii=False, indent=2).encode()
    name = f"site-{site.id}.json"
    headers = {"content-disposition": f'attachment; filename="{name}"', **NO_STORE, **NO_SNIFF}
    return Response(body, headers=headers, media_type="application/json")


def _tree(rows: list[dict[str, Any]], pages: list[ShownPage]) -> ShownFolder:
    """Return the root folder; pages and folders without a known parent are in it."""
    inside: dict[int, list[ShownPage]] = defaultdict(list)
    below: dict[int, list[dict[str, Any]]] = defaultdict(list)
    known = {int(row["ID"]) for row in rows}
    for page in sorted(pages, key=lambda page: not page.is_index):
        inside[page.folder_id if page.folder_id in known else 0].append(page)
    for row in rows:
        parent = int(row["PARENT_ID"] or 0)
        below[parent if parent in known else 0].append(row)

    def folder(row: dict[str, Any]) -> ShownFolder:
        number = int(row["ID"])
        return ShownFolder(
            id=number,
            title=row["TITLE"],
            code=row["CODE"],
            is_public=row["ACTIVE"] == _YES and row["DELETED"] != _YES,
            is_trashed=row["DELETED"] == _YES,
            folders=[folder(child) for child in below[number]],
            pages=inside[number],
        )

    root = {"ID": 0, "TITLE": "", "CODE": "", "ACTIVE": _YES, "DELETED": "N"}
    return folder(root)
