"""The screens of one site and one page: tree, actions, history, export."""

import io
import json
import re
from typing import Any

import httpx
import pytest
from PIL import Image

from landingpad.domain.people import sessions
from landingpad.media.store import MediaStore
from landingpad.store.db.engine import Tx
from landingpad.store.preview import previews
from landingpad.store.tables.preview import previews as preview_table
from support.portal import Portal
from support.web import COOKIE, ORIGIN, begin_session, text_of, visitor
from web.screens.test_sites import finish_picture

TITLE_NODE = ".landing-block-node-title"


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (120, 80), colour).save(out, "PNG")
    return out.getvalue()


async def test_pages_and_folders_are_a_tree(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published("acme")
    outer = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "Outer", "CODE": "outer"})
    inner = await portal.call(
        "landing.site.addFolder", siteId=site_id, fields={"TITLE": "Inner", "CODE": "inner", "PARENT_ID": outer}
    )
    below = await portal.page(site_id, "deep", TITLE="Deep", FOLDER_ID=inner)
    async with visitor(portal) as me:
        page = await me.get(f"/sites/{site_id}/")
        text = text_of(page)
        assert text.index("Home page") < text.index("Outer") < text.index("Inner") < text.index("Deep")
        assert "/outer/inner/deep/" in text
        assert f'href="/sites/{site_id}/pages/{page_id}/"' in page.text
        told = await me.follow(f"/sites/{site_id}/folders/{inner}/trash")
        assert "The folder is in the trash" in text_of(told)
        back = await me.follow(f"/sites/{site_id}/folders/{inner}/restore")
        assert "Deep" in text_of(back)
        await me.follow(f"/sites/{site_id}/pages/{below}/trash")
        assert "In the trash: 1" in text_of(await me.get(f"/sites/{site_id}/"))


async def test_actions_of_a_page_are_calls(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published("acme")
    await portal.page(site_id, "second")
    async with visitor(portal) as me:
        for action, method, text in (
            ("unpublish", "landing.landing.unpublic", "Home is offline."),
            ("publish", "landing.landing.publication", "Home is published."),
        ):
            page = await me.follow(f"/sites/{site_id}/pages/{page_id}/{action}")
            assert text in text_of(page)
            assert f'Called <a href="/docs/{method}">' in page.text
        refused = await me.follow(f"/sites/{site_id}/pages/{page_id}/trash")
        assert 'role="alert"' in refused.text, "the index page stays while there are other pages"
        assert (await me.send(f"/sites/{site_id}/pages/999999/publish")).status_code == 303
        assert (await me.get(f"/sites/{site_id}/pages/999999/")).status_code == 404
        other = await portal.site("other")
        assert (await me.get(f"/sites/{other}/pages/{page_id}/")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"state": "failed"}, "The page could not be photographed: it led to http://10.0.0.1/ &lt;b&gt;"),
        ({"state": "pending"}, "The last attempt to take the picture failed, another follows: it led"),
        ({"state": "ready", "media_key": "x.jpg"}, "The picture is not complete: it led"),
        ({"state": "failed", "problem": None}, ""),
    ],
)
async def test_owners_learn_why_there_is_no_picture(portal: Portal, changes: dict[str, Any], text: str) -> None:
    site_id, page_id, _ = await portal.published()
    with portal.parts.db.engine.begin() as session:
        problem = {"problem": "it led to http://10.0.0.1/ <b>"}
        session.execute(preview_table.update().values(**{**problem, **changes}))
    async with visitor(portal) as who:
        for path in (f"/sites/{site_id}/", f"/sites/{site_id}/pages/{page_id}/"):
            shown = (await who.get(path)).text
            assert text in shown
            assert ("it led" in shown) == bool(text)


async def test_publications_are_undone(portal: Portal) -> None:
    """Undo restores exactly what visitors saw before, without changes of the draft, or is not offered."""
    site_id, page_id, block_id = await portal.published("acme")
    path, address = f"/sites/{site_id}/pages/{page_id}/", "http://acme.localhost:8080/"

    async def write(text: str) -> None:
        await portal.call("landing.block.updatenodes", lid=page_id, block=block_id, data={TITLE_NODE: text})

    async with visitor(portal) as me:

        def undo(page: httpx.Response) -> str:
            found = re.search(
                rf'action="({path}[^"]+)"><input type="hidden" name="csrf" value="\w+">[^/]*Undo', page.text
            )
            return found[1] if found else ""

        assert undo(await me.follow(f"{path}publish")) == "", "nothing was published again"
        await write("Second")
        published = await me.follow(f"{path}publish")
        assert "Second" in (await portal.get(address)).text
        assert undo(published) == f"{path}undo/2"
        back = await me.follow(undo(published))
        assert "Visitors see publication 2 of Home again." in text_of(back)
        assert "Second" not in (await portal.get(address)).text
        assert undo(await me.follow(f"{path}unpublish")) == "", "the draft would go online with it"
        online = await me.follow(f"{path}publish")
        assert undo(online) == f"{path}unpublish"
        offline = await me.follow(f"{path}unpublish")
        assert undo(offline) == f"{path}publish"
        assert (await portal.get(address)).status_code == 404
        await me.follow(undo(offline))
        assert "Second" in (await portal.get(address)).text
        gone = await me.follow(f"{path}undo/77")
        assert 'role="alert"' in gone.text


async def test_undo_needs_the_right_to_publish(portal: Portal) -> None:
    other = Portal(portal.parts, host="other.localhost")
    site_id, page_id, block_id = await portal.published("acme")
    await portal.call("landing.block.updatenodes", lid=page_id, block=block_id, data={TITLE_NODE: "Second"})
    await portal.call("landing.landing.publication", lid=page_id)
    await portal.call("landing.site.setRights", id=site_id, rights={f"U{portal.plain_id}": ["edit"]})
    target = f"/sites/{site_id}/pages/{page_id}/undo/1"
    async with visitor(portal, portal.plain_id) as sam, visitor(portal) as me:
        assert "ACCESS_DENIED" in text_of(await sam.follow(target))
        assert (await me.http.post(target, data={}, headers={"origin": ORIGIN})).status_code == 403
        assert (await me.get(target)).status_code == 405
    token = begin_session(other, other.admin_id)
    async with other.http() as http:
        own = {"origin": "http://other.localhost:8080", "cookie": f"{COOKIE}={token}"}
        answer = await http.post(target, data={"csrf": sessions.csrf_token(token)}, headers=own)
        assert answer.status_code == 303
    assert "Second" in (await portal.get("http://acme.localhost:8080/")).text


async def test_the_history_shows_what_changed(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published("acme")
    media = MediaStore(portal.parts.settings.data / "media")

    def take(colour: str) -> None:
        key = media.put(picture(colour), "png")

        def work(tx: Tx) -> None:
            (row,) = [r for r in previews.current(tx, portal.id, page_id) if r.scale == 1]
            tx.update(preview_table, portal.id, row.id, state=previews.READY, media_key=key, finished_at=1)

        portal.parts.db.write_here(work)

    take("white")
    await portal.block(page_id, "html")
    await portal.call("landing.landing.publication", lid=page_id)
    take("black")
    path = f"/sites/{site_id}/pages/{page_id}/"
    async with visitor(portal) as me:
        page = await me.get(path)
        assert "Publication 2" in page.text
        assert "Publication 1" in page.text
        assert f'src="{path}difference/1/2"' in page.text
        found = await me.get(f"{path}difference/1/2")
        assert found.headers["content-type"] == "image/png"
        assert Image.open(io.BytesIO(found.content)).size == (120, 80)
        assert (await me.get(f"{path}difference/1/9")).status_code == 404
    await portal.call("landing.site.setRights", id=site_id, rights={f"U{portal.plain_id}": ["denied"]})
    async with visitor(portal, portal.plain_id) as sam:
        assert (await sam.get(f"{path}difference/1/2")).status_code == 404
        assert (await sam.get(path)).status_code == 404


async def test_looking_at_a_page_orders_its_picture_for_sharp_screens(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published("acme")
    finish_picture(portal, page_id)

    def scales() -> list[int]:
        return portal.parts.db.read_here(lambda tx: sorted(p.scale for p in previews.current(tx, portal.id, page_id)))

    async with visitor(portal) as me:
        await me.get(f"/sites/{site_id}/pages/{page_id}/")
        assert scales() == [1, 2]
        await me.get(f"/sites/{site_id}/pages/{page_id}/")
        assert scales() == [1, 2]


async def test_a_site_is_exported_as_the_api_does(portal: Portal) -> None:
    site_id, _, _ = await portal.published("acme")
    async with visitor(portal) as me:
        answer = await me.get(f"/sites/{site_id}/export")
        assert answer.headers["content-disposition"] == f'attachment; filename="site-{site_id}.json"'
        told = await portal.call("landing.site.fullExport", id=site_id, params={"edit_mode": "Y"})
        assert json.loads(answer.content) == told
        empty = await portal.site("empty")
        assert "nothing to export" in text_of(await me.follow_get(f"/sites/{empty}/export"))


async def test_the_rights_of_the_user_are_shown(portal: Portal) -> None:
    site_id, _, _ = await portal.published("acme")
    await portal.call("landing.site.setRights", id=site_id, rights={f"U{portal.plain_id}": ["read"]})
    async with visitor(portal, portal.plain_id) as sam:
        page = text_of(await sam.get(f"/sites/{site_id}/"))
        assert "See it : yes" in page
        assert "Publish and take offline : no" in page
        await sam.send(f"/sites/{site_id}/unpublish")
    assert (await portal.get("http://acme.localhost:8080/")).status_code == 200


async def test_knowledge_bases_have_screens_too(portal: Portal) -> None:
    scope = {"scope": "KNOWLEDGE"}
    site_id = await portal.call("landing.site.add", fields={"TITLE": "Handbook", "TYPE": "KNOWLEDGE"}, **scope)
    await portal.call("landing.landing.add", fields={"TITLE": "Rules", "SITE_ID": site_id}, **scope)
    async with visitor(portal) as me:
        assert (await me.get(f"/sites/{site_id}/")).status_code == 404, "as in the API, which wants the scope"
        page = await me.get(f"/sites/{site_id}/?scope=KNOWLEDGE")
        assert "Rules" in page.text
        done = await me.follow(f"/sites/{site_id}/publish", scope="KNOWLEDGE")
        assert "Handbook is published." in text_of(done)
