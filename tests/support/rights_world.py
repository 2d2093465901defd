"""A site with everything that rights protect, and a call of every API method for it."""

import base64
import io
from collections.abc import Callable
from typing import Any, NamedTuple

from PIL import Image

from support.people import group
from support.portal import Portal

SECRET = "secret"
"""Part of every title, code and text of the protected sites; users without rights must never see it."""


class Ids(NamedTuple):
    """Ids used in calls; either real ones or ids that do not exist."""

    site: int
    page: int
    other_page: int
    trashed_page: int
    folder: int
    trashed_folder: int
    first_block: int
    last_block: int
    cards_block: int
    form_block: int
    hidden_block: int
    marked_block: int
    public_block: int
    empty_site: int
    trashed_site: int
    base: int
    group: int
    role: int

    @property
    def sites(self) -> tuple[int, ...]:
        """The protected sites, without the knowledge base."""
        return (self.site, self.empty_site, self.trashed_site)


UNKNOWN = Ids(*range(9_900_001, 9_900_001 + len(Ids._fields)))
"""Return ids that do not exist; only group and role are real, because they are neither sites nor secret."""

CARD = ".landing-block-card-column"
Params = Callable[[Ids], dict[str, Any]]


async def build(portal: Portal) -> Ids:
    """Create the protected site: published, with blocks, folders, trash, and a bound knowledge base."""
    call = portal.call
    site = await portal.site(f"{SECRET}-site", TITLE=f"{SECRET} site", ADDITIONAL_FIELDS={"METAOG_TITLE": SECRET})
    title = {"TITLE": f"{SECRET} page"}
    page = await portal.page(site, f"{SECRET}-home", **title)
    other_page = await portal.page(site, f"{SECRET}-other", **title)
    trashed_page = await portal.page(site, f"{SECRET}-gone", **title)
    blocks = [await portal.block(page, "33.13.form_2_light_no_text")]
    blocks.insert(0, await portal.block(page, "02.three_cols_big_1"))
    for _ in range(4):
        blocks.insert(0, await portal.block(page))
    node = {".landing-block-node-title": SECRET}
    await call("landing.block.updatenodes", lid=page, block=blocks[0], data=node)
    await call("landing.landing.publication", lid=page)
    public = await call("landing.block.getlist", lid=page)
    await call("landing.landing.publication", lid=other_page)
    await call("landing.landing.markDelete", lid=trashed_page)
    await call("landing.landing.hideblock", lid=page, block=blocks[2])
    await call("landing.landing.markdeletedblock", lid=page, block=blocks[3])
    folder, trashed_folder = [
        await call("landing.site.addFolder", siteId=site, fields={"TITLE": f"{SECRET} {code}", "CODE": code})
        for code in ("shown", "gone")
    ]
    await call("landing.site.publicationFolder", folderId=folder)
    await call("landing.site.markFolderDelete", id=trashed_folder)
    await call("landing.syspage.set", id=site, type="cart", lid=other_page)
    area = await portal.page(site, f"{SECRET}-area", **title)
    await call("landing.template.setSiteRef", id=site, data={"1": area})
    empty = await portal.site(f"{SECRET}-empty", TITLE=f"{SECRET} empty")
    trashed = await portal.site(f"{SECRET}-trash", TITLE=f"{SECRET} trash")
    knowledge = {"TITLE": f"{SECRET} base", "CODE": f"{SECRET}-base", "TYPE": "KNOWLEDGE"}
    base = await call("landing.site.add", scope="KNOWLEDGE", fields=knowledge)
    team = group(portal, "work")
    await call("landing.site.bindingToMenu", id=base, menuCode="bound")
    role = int((await call("landing.role.getList"))[1]["ID"])
    return Ids(
        site,
        page,
        other_page,
        trashed_page,
        folder,
        trashed_folder,
        blocks[0],
        blocks[1],
        blocks[4],
        blocks[5],
        blocks[2],
        blocks[3],
        public[0]["id"],
        empty,
        trashed,
        base,
        team,
        role,
    )


def png() -> str:
    """Return a small picture in Base64."""
    file = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def _block(ids: Ids, **more: Any) -> dict[str, Any]:
    return {"lid": ids.page, "block": ids.first_block, **more}


def _cards(ids: Ids, **more: Any) -> dict[str, Any]:
    return {"lid": ids.page, "block": ids.cards_block, **more}


def _fixed(params: dict[str, Any]) -> Params:
    return lambda _: params


_NODE = ".landing-block-node-title"

ABOUT_A_SITE: dict[str, Params] = {
    "landing.block.addcard": lambda ids: _cards(ids, selector=f"{CARD}@0", content=""),
    "landing.block.changeAnchor": lambda ids: _block(ids, data="anchor"),
    "landing.block.changeNodeName": lambda ids: _block(ids, data={_NODE: "h5"}),
    "landing.block.clonecard": lambda ids: _cards(ids, selector=f"{CARD}@0"),
    "landing.block.getbyid": lambda ids: {"block": ids.first_block, "params": {"edit_mode": True}},
    "landing.block.getcontent": lambda ids: _block(ids, editMode=True),
    "landing.block.getlist": lambda ids: {"lid": ids.page, "params": {"edit_mode": True, "get_content": True}},
    "landing.block.getmanifest": lambda ids: _block(ids, params={"edit_mode": True}),
    "landing.block.publication": lambda ids: {"block": ids.first_block},
    "landing.block.removecard": lambda ids: _cards(ids, selector=f"{CARD}@0"),
    "landing.block.updateattrs": lambda ids: {
        "lid": ids.page,
        "block": ids.form_block,
        "data": {".landing-block-node-form": {"action": "mailto:a@example.com"}},
    },
    "landing.block.updateCards": lambda ids: _cards(ids, data={CARD: {"source": [{"type": "card", "value": 0}]}}),
    "landing.block.updatecontent": lambda ids: _block(ids, content="<p>New</p>"),
    "landing.block.updatenodes": lambda ids: _block(ids, data={_NODE: "New"}),
    "landing.block.updateStyles": lambda ids: _block(ids, data={"#wrapper": {"classList": ["new"]}}),
    "landing.block.uploadfile": lambda ids: {"block": ids.first_block, "picture": ["a.png", png()]},
    "landing.landing.add": lambda ids: {"fields": {"TITLE": "New", "SITE_ID": ids.site}},
    "landing.landing.addblock": lambda ids: {"lid": ids.page, "fields": {"CODE": "01.big_with_text"}},
    "landing.landing.addByTemplate": lambda ids: {"siteId": ids.site, "code": "empty"},
    "landing.landing.copy": lambda ids: {"lid": ids.page},
    "landing.landing.copyblock": _block,
    "landing.landing.delete": lambda ids: {"lid": ids.other_page},
    "landing.landing.deleteblock": _block,
    "landing.landing.downblock": _block,
    "landing.landing.favoriteBlock": lambda ids: _block(ids, meta={"name": "Kept"}),
    "landing.landing.getadditionalfields": lambda ids: {"lid": ids.page},
    "landing.landing.getList": lambda ids: {"params": {"filter": {"SITE_ID": ids.site}, "get_urls": True}},
    "landing.landing.getpreview": lambda ids: {"lid": ids.page},
    "landing.landing.getpublicurl": lambda ids: {"lid": ids.page},
    "landing.landing.hideblock": _block,
    "landing.landing.markDelete": lambda ids: {"lid": ids.other_page},
    "landing.landing.markdeletedblock": _block,
    "landing.landing.markUnDelete": lambda ids: {"lid": ids.trashed_page},
    "landing.landing.markundeletedblock": lambda ids: {"lid": ids.page, "block": ids.marked_block},
    "landing.landing.move": lambda ids: {"lid": ids.other_page, "toFolderId": ids.folder},
    "landing.landing.moveblock": lambda ids: {
        "lid": ids.page,
        "block": ids.first_block,
        "params": {"AFTER_ID": ids.last_block},
    },
    "landing.landing.publication": lambda ids: {"lid": ids.page},
    "landing.landing.removeEntities": lambda ids: {"lid": ids.page, "data": {"blocks": [ids.first_block]}},
    "landing.landing.resolveIdByPublicUrl": lambda ids: {"landingUrl": f"/{SECRET}-other/", "siteId": ids.site},
    "landing.landing.showblock": lambda ids: {"lid": ids.page, "block": ids.hidden_block},
    "landing.landing.unpublic": lambda ids: {"lid": ids.page},
    "landing.landing.upblock": lambda ids: {"lid": ids.page, "block": ids.last_block},
    "landing.landing.update": lambda ids: {"lid": ids.page, "fields": {"TITLE": "New"}},
    "landing.site.addFolder": lambda ids: {"siteId": ids.site, "fields": {"TITLE": "New"}},
    "landing.site.bindingToGroup": lambda ids: {"id": ids.base, "groupId": ids.group},
    "landing.site.bindingToMenu": lambda ids: {"id": ids.base, "menuCode": "free"},
    "landing.site.delete": lambda ids: {"id": ids.empty_site},
    "landing.site.fullExport": lambda ids: {"id": ids.site, "params": {"edit_mode": "Y"}},
    "landing.site.getadditionalfields": lambda ids: {"id": ids.site},
    "landing.site.getFolders": lambda ids: {"siteId": ids.site},
    "landing.site.getList": lambda ids: {"params": {"filter": {"ID": ids.site}, "select": ["*", "PREVIEW_PICTURE"]}},
    "landing.site.getPreview": lambda ids: {"id": ids.site},
    "landing.site.getPublicUrl": lambda ids: {"id": ids.site},
    "landing.site.markDelete": lambda ids: {"id": ids.site},
    "landing.site.markFolderDelete": lambda ids: {"id": ids.folder},
    "landing.site.markFolderUnDelete": lambda ids: {"id": ids.trashed_folder},
    "landing.site.markUnDelete": lambda ids: {"id": ids.trashed_site},
    "landing.site.publication": lambda ids: {"id": ids.site},
    "landing.site.publicationFolder": lambda ids: {"folderId": ids.folder, "mark": False},
    "landing.site.unbindingFromGroup": lambda ids: {"id": ids.base, "groupId": ids.group},
    "landing.site.unbindingFromMenu": lambda ids: {"id": ids.base, "menuCode": "bound"},
    "landing.site.unpublic": lambda ids: {"id": ids.site},
    "landing.site.unPublicFolder": lambda ids: {"folderId": ids.folder},
    "landing.site.update": lambda ids: {"id": ids.site, "fields": {"TITLE": "New"}},
    "landing.site.updateFolder": lambda ids: {"siteId": ids.site, "folderId": ids.folder, "fields": {"TITLE": "New"}},
    "landing.syspage.deleteForLanding": lambda ids: {"id": ids.other_page},
    "landing.syspage.deleteForSite": lambda ids: {"id": ids.site},
    "landing.syspage.get": lambda ids: {"id": ids.site},
    "landing.syspage.getSpecialPage": lambda ids: {"siteId": ids.site, "type": "cart"},
    "landing.syspage.set": lambda ids: {"id": ids.site, "type": "catalog", "lid": ids.page},
    "landing.template.getLandingRef": lambda ids: {"id": ids.page},
    "landing.template.getSiteRef": lambda ids: {"id": ids.site},
    "landing.template.setLandingRef": lambda ids: {"id": ids.page, "data": {"1": ids.other_page}},
    "landing.template.setSiteRef": lambda ids: {"id": ids.site, "data": {"2": ids.page}},
    "landing.site.getRights": lambda ids: {"id": ids.site},
    "landingpad.site.duplicate": lambda ids: {"id": ids.site},
}
"""Calls of the methods whose answer depends on the rights to a site."""

ABOUT_THE_SECTION: dict[str, Params] = {
    "landing.block.getContentFromRepository": _fixed({"code": "01.big_with_text"}),
    "landing.block.getmanifestfile": _fixed({"code": "01.big_with_text"}),
    "landing.block.getrepository": _fixed({}),
    "landing.demos.getList": _fixed({}),
    "landing.demos.getPageList": _fixed({"type": "page"}),
    "landing.demos.getSiteList": _fixed({"type": "page"}),
    "landing.demos.register": _fixed({"data": {}}),
    "landing.demos.unregister": _fixed({"code": "any"}),
    "landing.landing.unFavoriteBlock": _fixed({"blockId": 1}),
    "landing.repo.bind": _fixed({"fields": {"PLACEMENT": "LANDING_SETTINGS", "PLACEMENT_HANDLER": "https://a.b/"}}),
    "landing.repo.checkContent": _fixed({"content": "<p>text</p>"}),
    "landing.repo.getList": _fixed({}),
    "landing.repo.register": _fixed({"code": "own", "fields": {"NAME": "Own", "CONTENT": "<p>Own</p>"}}),
    "landing.repo.unbind": _fixed({"code": "LANDING_SETTINGS"}),
    "landing.repo.unregister": _fixed({"code": "own"}),
    "landing.site.add": _fixed({"fields": {"TITLE": "New", "CODE": "new"}}),
    "landing.site.getGroupBindings": _fixed({}),
    "landing.site.getMenuBindings": _fixed({}),
    "landing.template.getlist": _fixed({}),
    "landing.role.enable": _fixed({"mode": True}),
    "landing.role.getList": _fixed({}),
    "landing.role.getRights": lambda ids: {"id": ids.role},
    "landing.role.isEnabled": _fixed({}),
    "landing.role.setAccessCodes": lambda ids: {"id": ids.role, "codes": ["U1"]},
    "landing.role.setRights": lambda ids: {"id": ids.role, "rights": {"0": ["read"]}},
    "landing.site.setRights": lambda ids: {"id": ids.site, "rights": {"AU": ["read"]}},
}
"""Calls of the other methods, which need a right to the section, the right to create sites, or full access."""
