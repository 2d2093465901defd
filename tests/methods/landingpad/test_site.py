"""landingpad.site.* through the wire."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from landingpad.domain.people import roles
from landingpad.store.db.columns import metadata
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Statement
from landingpad.store.people import roles as role_rows
from landingpad.store.site import copies
from landingpad.store.tables.rights import roles as roles_table
from support.people import person
from support.portal import ApiFailure, Portal
from support.rights_world import png

OF_THE_COPY = {"CODE", "ACTIVE", "DATE_CREATE", "DATE_MODIFY", "DATE_PUBLIC", "DOMAIN_ID", "DOMAIN_NAME", "PUBLIC_URL"}
"""Fields in which a copy of a site may differ."""
OF_THE_PAGE = OF_THE_COPY - {"CODE"}
LINK = re.compile(r"#(landing|block)(\d+)")


class Shop:
    """A site that uses every feature."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    async def build(self) -> "Shop":
        """Create it."""
        call, portal = self.portal.call, self.portal
        extra = {"THEME_USE": "Y", "THEME_COLOR": "#1f5f8b"}
        self.id = await portal.site("shop", DESCRIPTION="Tools", XML_ID="x-1", TPL_ID=2, ADDITIONAL_FIELDS=extra)
        news, gone = [await self._folder(code) for code in ("news", "gone")]
        old = await self._folder("old", PARENT_ID=news)
        page = {"DESCRIPTION": "All we have", "XML_ID": "p-1", "SITEMAP": "Y"}
        self.home = await portal.page(self.id, "home", **page, ADDITIONAL_FIELDS={"METAOG_TITLE": "Shop"})
        self.first = await portal.page(self.id, "first", FOLDER_ID=news, TITLE="First")
        self.deep = await portal.page(self.id, "deep", FOLDER_ID=old, TPL_ID=3)
        self.side, self.own_side = [await portal.page(self.id, code) for code in ("side", "own-side")]
        self.lost = await portal.page(self.id, "lost")
        await portal.page(self.id, "trashed", FOLDER_ID=gone)
        self.pages = (self.side, self.own_side, self.home, self.first, self.deep, self.lost)
        for page_id in self.pages:
            await portal.block(page_id)
        target = await portal.block(self.first)
        below = await portal.block(self.home, "02.three_cols_big_1")
        cards = await portal.block(self.home, "20.2.three_cols_fix_img")
        trashed = await portal.block(self.home)
        links = await portal.block(self.home, "27.3.one_col_fix_title")
        content = (
            f'<section><a href="#landing{self.first}">News</a> <a href="#block{target}">Part</a> '
            f'<a href="#block{below}">Below</a> <a href="#landing{self.home}">Home</a></section>'
        )
        await call("landing.block.updatecontent", lid=self.home, block=links, content=content)
        await call("landing.landing.hideblock", lid=self.first, block=target)
        await call("landing.landing.markdeletedblock", lid=self.home, block=trashed)
        await call("landing.block.changeAnchor", lid=self.home, block=below, data="below")
        style = {"#wrapper": {"classList": ["landing-block", "u"]}}
        await call("landing.block.updateStyles", lid=self.home, block=cards, data=style)
        await call("landing.block.uploadfile", block=cards, picture=["a.png", png()])
        await call("landing.site.updateFolder", siteId=self.id, folderId=news, fields={"INDEX_ID": self.first})
        await call("landing.template.setSiteRef", id=self.id, data={"1": self.side})
        await call("landing.template.setLandingRef", id=self.deep, data={"1": self.own_side})
        await call("landing.syspage.set", id=self.id, type="cart", lid=self.first)
        await call("landing.syspage.set", id=self.id, type="personal", lid=0)
        await call("landing.site.update", id=self.id, fields={"LANDING_ID_404": self.lost})
        await call("landing.site.markFolderDelete", id=gone)
        return self

    async def _folder(self, code: str, **fields: Any) -> int:
        given = {"TITLE": code.title(), "CODE": code, **fields}
        made: int = await self.portal.call("landing.site.addFolder", siteId=self.id, fields=given)
        return made


class Described:
    """A site described independently of its ids."""

    def __init__(self, portal: Portal, site_id: int) -> None:
        self.portal = portal
        self.id = site_id
        self.names: dict[tuple[str, int], str] = {("landing", 0): "none"}
        self.pages: dict[str, int] = {}

    async def read(self) -> dict[str, Any]:
        """Return everything that the API shows of the site, without the trash."""
        call = self.portal.call
        site = (await call("landing.site.getList", params={"select": ["*"], "filter": {"ID": self.id}}))[0]
        live = {"SITE_ID": self.id, "=DELETED": "N"}
        pages = await call("landing.landing.getList", params={"select": ["*"], "filter": live})
        folders = await call("landing.site.getFolders", siteId=self.id, filter={"=DELETED": "N"})
        drafts: dict[str, list[dict[str, Any]]] = {}
        edit = {"edit_mode": True, "get_content": True}
        for page in pages:
            code, page_id = page["CODE"], int(page["ID"])
            self.pages[code] = page_id
            self.names["landing", page_id] = code
            drafts[code] = await call("landing.block.getlist", lid=page_id, params=edit)
            for number, block in enumerate(drafts[code]):
                self.names["block", block["id"]] = f"{code}-{number}"
        folder_codes = {folder["ID"]: folder["CODE"] for folder in folders}
        return {
            "site": self._named(site, OF_THE_COPY),
            "fields": await call("landing.site.getadditionalfields", id=self.id),
            "areas": self._pages_named(await call("landing.template.getSiteRef", id=self.id)),
            "special": {kind: self._page(row["LANDING_ID"]) for kind, row in (await self._special()).items()},
            "folders": [
                self._named(folder, OF_THE_PAGE) | {"PARENT_ID": folder_codes.get(folder["PARENT_ID"])}
                for folder in folders
            ],
            "pages": [
                self._named(page, OF_THE_PAGE)
                | {"FOLDER_ID": folder_codes.get(page["FOLDER_ID"])}
                | {"fields": await call("landing.landing.getadditionalfields", lid=int(page["ID"]))}
                | {"areas": self._pages_named(await call("landing.template.getLandingRef", id=int(page["ID"])))}
                for page in pages
            ],
            "blocks": {code: [self._block(block) for block in blocks] for code, blocks in drafts.items()},
        }

    def plain(self, html: str) -> str:
        """Return HTML with ids replaced by names."""
        html = LINK.sub(lambda link: f"#{self.names[link[1], int(link[2])]}", html)
        return re.sub(r'\bb(?:lock)?\d+\b|data-id="\d+"', "block", html)

    async def _special(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.portal.call("landing.syspage.get", id=self.id)
        return found

    def _block(self, block: dict[str, Any]) -> dict[str, Any]:
        shown = {name: value for name, value in block.items() if name not in {"id", "lid"}}
        meta = {name: value for name, value in block["meta"].items() if name != "LID" and not name.startswith("DATE_")}
        return {**shown, "meta": meta, "content": self.plain(block["content"])}

    def _named(self, row: dict[str, Any], left_out: set[str]) -> dict[str, Any]:
        kept = {name: value for name, value in row.items() if name not in {*left_out, "ID", "SITE_ID"}}
        roles = {name for name in kept if name.startswith("LANDING_ID_") or name == "INDEX_ID"}
        return kept | {name: self._page(kept[name]) for name in roles}

    def _pages_named(self, areas: Any) -> dict[str, str]:
        return {area: self._page(page_id) for area, page_id in areas.items()} if isinstance(areas, dict) else {}

    def _page(self, page_id: Any) -> str:
        return "none" if page_id is None else self.names["landing", int(page_id)]


@pytest.mark.both_engines
async def test_a_copy_has_everything_that_the_site_has(portal: Portal) -> None:
    shop = await Shop(portal).build()
    before = await Described(portal, shop.id).read()
    assert [len(before["blocks"][code]) for code in ("home", "first", "deep", "side")] == [4, 2, 1, 1]
    assert before["special"] == {"cart": "first", "personal": "none"}
    copy_id = await portal.call("landingpad.site.duplicate", id=shop.id)
    assert isinstance(copy_id, int)
    described = Described(portal, copy_id)
    assert await described.read() == before
    assert await Described(portal, shop.id).read() == before
    assert not set(described.pages.values()) & set(shop.pages)


async def test_a_copy_is_offline_at_an_address_of_its_own(portal: Portal) -> None:
    shop = await Shop(portal).build()
    for page_id in shop.pages:
        await portal.call("landing.landing.publication", lid=page_id)
    copy_id = await portal.call("landingpad.site.duplicate", id=shop.id)
    select = ["CODE", "TITLE", "ACTIVE", "PUBLIC_URL"]
    original, copy = await portal.call("landing.site.getList", params={"select": select, "order": {"ID": "asc"}})
    assert (copy["CODE"], copy["TITLE"], copy["ACTIVE"]) == ("/shop2/", "Acme", "N")
    assert copy["PUBLIC_URL"] != original["PUBLIC_URL"]
    pages = await portal.call("landing.landing.getList", params={"filter": {"SITE_ID": copy_id}})
    assert {page["ACTIVE"] for page in pages} == {"N"}
    assert (await portal.get(f"{copy['PUBLIC_URL']}/")).status_code >= 400
    assert (await portal.get(f"{original['PUBLIC_URL']}/")).status_code == 200


async def test_a_published_copy_shows_what_the_site_shows(portal: Portal) -> None:
    shop = await Shop(portal).build()
    original = Described(portal, shop.id)
    await original.read()
    copy = Described(portal, await portal.call("landingpad.site.duplicate", id=shop.id))
    await copy.read()
    shown = []
    for site in (original, copy):
        for code in ("side", "own-side", "home", "first", "deep"):
            await portal.call("landing.landing.publication", lid=site.pages[code])
        home = await portal.call("landing.site.getPublicUrl", id=site.id)
        found = {}
        for path in ("/", "/news/", "/news/old/deep/"):
            answer = await portal.get(f"{home}{path}")
            assert answer.status_code == 200, path
            found[path] = site.plain(answer.text.replace(home, "http://site"))
        assert "/news/" in found["/"]
        shown.append(found)
    assert shown[0] == shown[1]


async def test_title_and_code_of_the_copy(portal: Portal) -> None:
    site_id = await portal.site("acme", TITLE="Acme")
    given: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({}, ("Acme", "/acme2/")),
        ({"TITLE": "Other"}, ("Other", "/acme3/")),
        ({"CODE": "spring"}, ("Acme", "/spring/")),
        ({"TITLE": " ", "CODE": ""}, ("Acme", "/acme4/")),
        ({"TITLE": "Both", "CODE": "spring"}, ("Both", "/spring2/")),
    ]
    for fields, expected in given:
        copy_id = await portal.call("landingpad.site.duplicate", id=site_id, fields=fields)
        (found,) = await portal.call("landing.site.getList", params={"filter": {"ID": copy_id}})
        assert (found["TITLE"], found["CODE"]) == expected
    with pytest.raises(ApiFailure, match="SLASH_IS_NOT_ALLOWED"):
        await portal.call("landingpad.site.duplicate", id=site_id, fields={"CODE": "/spring/"})


async def test_an_address_of_its_own_stays_with_the_site(portal: Portal) -> None:
    site_id = await portal.site("acme", DOMAIN_ID="shop.example.com")
    await portal.call("landingpad.site.duplicate", id=site_id)
    names = await portal.call("landing.site.getList", params={"select": ["DOMAIN_NAME"], "order": {"ID": "asc"}})
    assert [row["DOMAIN_NAME"] for row in names] == ["shop.example.com", "acme2.localhost"]


async def test_areas_of_other_sites_stay_where_they_are(portal: Portal) -> None:
    shared = await portal.page(await portal.site("shared"))
    site_id = await portal.site("acme", TPL_ID=2)
    await portal.call("landing.template.setSiteRef", id=site_id, data={"1": shared})
    copy_id = await portal.call("landingpad.site.duplicate", id=site_id)
    assert await portal.call("landing.template.getSiteRef", id=copy_id) == {"1": shared}


async def test_a_page_in_the_trash_has_no_role_in_the_copy(portal: Portal) -> None:
    site_id = await portal.site("acme")
    await portal.page(site_id)
    cart = await portal.page(site_id, "cart")
    await portal.call("landing.syspage.set", id=site_id, type="cart", lid=cart)
    await portal.call("landing.landing.markDelete", lid=cart)
    copy_id = await portal.call("landingpad.site.duplicate", id=site_id)
    assert "cart" in await portal.call("landing.syspage.get", id=site_id)
    assert not await portal.call("landing.syspage.get", id=copy_id)


async def test_a_knowledge_base_is_copied_in_its_scope(portal: Portal) -> None:
    base = {"TITLE": "Base", "CODE": "base", "TYPE": "KNOWLEDGE"}
    base_id = await portal.call("landing.site.add", scope="KNOWLEDGE", fields=base)
    with pytest.raises(ApiFailure, match="ACCESS_DENIED"):
        await portal.call("landingpad.site.duplicate", id=base_id)
    await portal.call("landingpad.site.duplicate", scope="KNOWLEDGE", id=base_id)
    assert len(await portal.call("landing.site.getList", scope="KNOWLEDGE")) == 2


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_site_in_the_trash_or_an_unknown_one_is_denied(portal: Portal, *, is_there: bool) -> None:
    site_id = await portal.site("acme")
    await portal.call("landing.site.markDelete", id=site_id)
    with pytest.raises(ApiFailure, match="ACCESS_DENIED"):
        await portal.call("landingpad.site.duplicate", id=site_id if is_there else 999_999)


@pytest.mark.both_engines
async def test_who_may_make_sites_copies_what_they_may_read(portal: Portal) -> None:
    """In the role model the copy has the rights of the site, so users who cannot see the site cannot see the copy."""
    shop, hidden = await portal.site("shop"), await portal.site("hidden")
    maker, other = person(portal, "maker"), person(portal, "other")

    def work(tx: Tx) -> None:
        for user_id, additional, rights in (
            (maker, "create", {0: [], shop: ["read", "edit"], hidden: ["denied"]}),
            (other, "", {0: ["read"], shop: ["denied"]}),
        ):
            title = f"role {user_id}"
            values = {"section": "SITES", "title": title, "xml_id": title, "additional": additional, "created_at": 0}
            role = role_rows.find(tx, portal.id, tx.insert(roles_table, portal_id=portal.id, **values))
            assert role is not None
            roles.set_rights(tx, role, rights)
            roles.set_codes(tx, role, [f"U{user_id}"])

    portal.parts.db.write_here(work)
    await portal.call("landing.role.enable", mode=True)
    copy_id = await portal.call("landingpad.site.duplicate", by="maker", id=shop)
    assert await portal.call("landing.site.getRights", by="maker", id=copy_id) == ["read", "edit"]
    for user, site_id in (("maker", hidden), ("other", hidden), ("other", shop)):
        with pytest.raises(ApiFailure, match="ACCESS_DENIED"):
            await portal.call("landingpad.site.duplicate", by=user, id=site_id)
    seen = await portal.call("landing.site.getList", by="other")
    assert [row["ID"] for row in seen] == [str(hidden)]


async def test_the_copy_has_the_rights_of_the_site_in_the_extended_model(portal: Portal) -> None:
    site_id, plain = await portal.site("acme"), f"U{portal.plain_id}"
    await portal.call("landing.site.setRights", id=site_id, rights={plain: ["denied"]})
    copy_id = await portal.call("landingpad.site.duplicate", id=site_id)
    assert await portal.call("landing.site.getList", by="plain") == []
    await portal.call("landing.site.setRights", id=copy_id, rights={plain: ["edit"]})
    assert len(await portal.call("landing.site.getList", by="plain")) == 1


@pytest.mark.both_engines
async def test_nothing_is_left_of_a_copy_that_fails(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = await Shop(portal).build()
    count = rows_by_table(portal)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(copies, "add_special_pages", broken)  # written last, except rights
    answer = await portal.answer("landingpad.site.duplicate", {"id": shop.id})
    assert answer.status_code == 500
    assert rows_by_table(portal) == count
    monkeypatch.undo()
    await portal.call("landingpad.site.duplicate", id=shop.id)
    assert rows_by_table(portal) != count


def rows_by_table(portal: Portal) -> dict[str, int]:
    """Return the number of rows of each table."""

    def work(tx: Tx) -> dict[str, int]:
        return {
            table.name: tx.one(Statement(select(func.count()).select_from(table)))[0]
            for table in metadata.tables.values()
        }

    return portal.parts.db.read_here(work)


async def test_a_site_of_many_pages_takes_no_more_statements(portal: Portal, statements: list[str]) -> None:
    few, many = await portal.site("few"), await portal.site("many")
    for site_id, pages in ((few, 1), (many, 12)):
        for number in range(pages):
            page_id = await portal.page(site_id, f"p{number}", ADDITIONAL_FIELDS={"METAOG_TITLE": "x"})
            for _ in range(2):
                await portal.block(page_id)
    costs = []
    for site_id in (few, many):
        statements.clear()
        await portal.call("landingpad.site.duplicate", id=site_id)
        costs.append(len(statements))
    assert costs[0] == costs[1] < 40
