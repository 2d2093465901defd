"""The gallery of sites: pictures, search, and the actions on each site."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.responses import Response

from landingpad.errors.site import SiteNotFound
from landingpad.store.page import pages as page_rows
from landingpad.store.preview.overview import PagePicture
from landingpad.web.frame.notes import MadeCall
from landingpad.web.frame.paths import SITES
from landingpad.web.frame.visit import Visit
from landingpad.web.screens.live import pictures_of

_ON_A_SCREEN = 48
_FIELDS = (
    "ID",
    "TITLE",
    "CODE",
    "TYPE",
    "ACTIVE",
    "DELETED",
    "LANDING_ID_INDEX",
    "DATE_MODIFY",
    "DOMAIN_NAME",
    "PUBLIC_URL",
)
_YES = "Y"
STATES = {"": "All", "public": "Published", "draft": "Drafts", "trash": "Trash"}
TYPES = {
    "": "Sites and stores",
    "PAGE": "Sites",
    "STORE": "Stores",
    "KNOWLEDGE": "Knowledge bases",
    "GROUP": "Knowledge of groups",
    "MAINPAGE": "Main pages",
}
_SCOPED = frozenset({"KNOWLEDGE", "GROUP", "MAINPAGE"})
_NAMES = {
    "PAGE": "Site",
    "STORE": "Store",
    "SMN": "Store",
    "KNOWLEDGE": "Knowledge base",
    "GROUP": "Knowledge of a group",
    "MAINPAGE": "Main page",
}


class SiteAction(NamedTuple):
    """An action on a site that takes one call."""

    method: str
    done: str


ACTIONS = {
    "publish": SiteAction("landing.site.publication", "{title} is published."),
    "unpublish": SiteAction("landing.site.unpublic", "{title} is offline."),
    "trash": SiteAction("landing.site.markDelete", "{title} is in the trash. It stays there for thirty days."),
    "restore": SiteAction("landing.site.markUnDelete", "{title} is back. It is offline until it is published."),
    "delete": SiteAction("landing.site.delete", "{title} is deleted."),
}


class ShownSite(NamedTuple):
    """A site as screens show it."""

    id: int
    title: str
    type: str
    type_name: str
    code: str
    host: str
    address: str
    is_public: bool
    is_trashed: bool
    index_page_id: int
    scope: str
    picture: PagePicture | None

    @property
    def query(self) -> str:
        """Query for addresses of its screens: sites of some types are visible only to calls that name their scope."""
        return f"?scope={self.scope}" if self.scope else ""


def scope_of(visit: Visit) -> str:
    """Return the scope in the query or form, or "" for sites and stores."""
    scope = (visit.asked("scope") or visit.text("scope")).upper()
    return scope if scope in _SCOPED else ""


def scoped(params: dict[str, Any], scope: str) -> dict[str, Any]:
    """Add the scope to the parameters of a call."""
    return {**params, "scope": scope} if scope else params


async def show(visit: Visit) -> Response:
    """Show the sites that the signed-in user may see."""
    state = visit.asked("state") if visit.asked("state") in STATES else ""
    kind = visit.asked("type").upper() if visit.asked("type").upper() in TYPES else ""
    text, number = visit.asked("q")[:200], visit.number("page", visit.query, least=1)
    scope = kind if kind in _SCOPED else ""
    wanted: dict[str, Any] = {}
    if text:
        wanted["%TITLE"] = text
    if kind and not scope:
        wanted["TYPE"] = kind
    match state:
        case "public":
            wanted["ACTIVE"] = _YES
        case "draft":
            wanted["ACTIVE"] = "N"
        case "trash":
            wanted["DELETED"] = _YES
    params: dict[str, Any] = {"select": list(_FIELDS), "order": {"ID": "DESC"}, "limit": _ON_A_SCREEN + 1}
    if wanted:
        params["filter"] = wanted
    if number > 1:
        params["offset"] = _ON_A_SCREEN * (number - 1)
    rows = await visit.call("landing.site.getList", scoped({"params": params}, scope))
    shown = await _shown(visit, rows[:_ON_A_SCREEN], scope)
    kept = {name: value for name, value in (("q", text), ("state", state), ("type", kind)) if value}
    following = f"{SITES}?{urlencode({**kept, 'page': str(number + 1)})}" if len(rows) > _ON_A_SCREEN else ""
    first = MadeCall("landing.site.add", {"fields": {"TITLE": "My first site", "CODE": "first"}})
    return await visit.page(
        "sites.html",
        sites=shown,
        following=following,
        number=number,
        text=text,
        state=state,
        kind=kind,
        states=STATES,
        types=TYPES,
        links={name: _link(kept, name) for name in STATES},
        first=visit.samples(first) if not kept and not shown else {},
        webhooks="/docs/webhooks",
    )


def _link(kept: dict[str, str], state: str) -> str:
    changed = {name: value for name, value in kept.items() if name != "state"} | ({"state": state} if state else {})
    return f"{SITES}?{urlencode(changed)}" if changed else SITES


async def find(visit: Visit, site_id: int, scope: str, *, shown: bool = True, with_picture: bool = True) -> ShownSite:
    """Return a site.

    Raises:
        SiteNotFound: it does not exist, or the visitor may not see it.

    """
    params = {"select": list(_FIELDS), "filter": {"ID": site_id, "DELETED": [_YES, "N"]}}
    rows = await visit.call("landing.site.getList", scoped({"params": params}, scope), shown=shown)
    if not rows:
        raise SiteNotFound
    return (await _shown(visit, rows, scope, with_pictures=with_picture))[0]


async def act(visit: Visit, action: str) -> Response:
    """Carry out an action on a site and show the result."""
    site_id, scope = visit.path_params["site_id"], scope_of(visit)
    before = await find(visit, site_id, scope, shown=False, with_picture=False)
    chosen = ACTIONS[action]
    if action == "delete":
        await _delete_pages(visit, before, scope)
    await visit.call(chosen.method, scoped({"id": site_id}, scope))
    text = chosen.done.format(title=before.title)
    if action == "publish":
        text += await _show_home(visit, before, scope)
    first = visit.calls[-2] if len(visit.calls) > 1 else None
    is_gone = action == "delete" or (visit.text("from") == "gallery" and action in {"trash", "restore"})
    if visit.is_partial:
        shown = None if is_gone else await find(visit, site_id, scope, shown=False)
        return visit.part("sites_card.html", site=shown, note=visit.note(text, first=first))
    target = SITES if action in {"delete", "trash"} else f"{SITES}{site_id}/{before.query}"
    return visit.done(target, text, first=first)


async def _show_home(visit: Visit, site: ShownSite, scope: str) -> str:
    """Publish the home page of a site that was just published, if it is offline; return a text for the note.

    The call for a whole site leaves pages offline that were never published or went offline with it. The note would
    say that the site is published while visitors find no page.
    """
    wanted = {"select": ["ID"], "filter": {"SITE_ID": site.id, "ACTIVE": "N"}}
    rows = await visit.call("landing.landing.getList", scoped({"params": wanted}, scope), shown=False)
    offline = {int(row["ID"]) for row in rows}
    if site.index_page_id in offline:
        await visit.call("landing.landing.publication", scoped({"lid": site.index_page_id}, scope))
        offline.remove(site.index_page_id)
    return " Some of its pages are still offline." if offline else ""


async def _delete_pages(visit: Visit, site: ShownSite, scope: str) -> None:
    """Delete all pages of a trashed site, because the API deletes only empty sites and does not list these pages."""
    found = await visit.read(lambda tx: [page.id for page in page_rows.of_site(tx, visit.portal.id, site.id)])
    # The home page comes last: it cannot be deleted while other pages exist.
    for page_id in sorted(found, key=lambda page_id: page_id == site.index_page_id):
        made = MadeCall("landing.landing.delete", scoped({"lid": page_id}, scope))
        await visit.call(made.method, made.params, shown=False)
        visit.calls[:] = [made]


async def ask_new(visit: Visit, *, status: int = 200, problem: str = "") -> Response:
    """Show the form for a new site."""
    kinds = {name: _NAMES[name] for name in TYPES if name}
    return await visit.page(
        "site_new.html",
        status=status,
        problem=problem,
        kinds=kinds,
        kind=visit.text("type") or visit.asked("type") or "PAGE",
        title=visit.text("title"),
        code=visit.text("code"),
    )


async def make_new(visit: Visit) -> Response:
    """Make a site."""
    kind = visit.text("type").upper()
    scope = kind if kind in _SCOPED else ""
    fields = {"TITLE": visit.text("title"), "TYPE": kind}
    if visit.text("code"):
        fields["CODE"] = visit.text("code")
    if not fields["TITLE"] or kind not in TYPES:
        return await ask_new(visit, status=422, problem="A site needs a title and one of the types.")
    site_id = await visit.call("landing.site.add", scoped({"fields": fields}, scope))
    return visit.done(f"{SITES}{site_id}/{f'?scope={scope}' if scope else ''}", f"{fields['TITLE']} is created.")


async def _shown(
    visit: Visit, rows: list[dict[str, Any]], scope: str, *, with_pictures: bool = True
) -> list[ShownSite]:
    indexes = [int(row["LANDING_ID_INDEX"]) for row in rows if with_pictures and row["LANDING_ID_INDEX"]]
    pictures = await pictures_of(visit, indexes)
    return [
        ShownSite(
            id=int(row["ID"]),
            title=row["TITLE"],
            type=row["TYPE"],
            type_name=_NAMES.get(row["TYPE"], row["TYPE"].title()),
            code=row["CODE"],
            host=row["DOMAIN_NAME"],
            address=row["PUBLIC_URL"],
            is_public=row["ACTIVE"] == _YES and row["DELETED"] != _YES,
            is_trashed=row["DELETED"] == _YES,
            index_page_id=int(row["LANDING_ID_INDEX"] or 0),
            scope=scope,
            picture=pictures.get(int(row["LANDING_ID_INDEX"] or 0)),
        )
        for row in rows
    ]
