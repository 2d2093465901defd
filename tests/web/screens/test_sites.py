"""The gallery of sites: content, access, actions and live pictures."""

import asyncio
import json
import time

import pytest

from landingpad.domain.people.sessions import csrf_token
from landingpad.media.store import MediaStore
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query
from landingpad.store.preview import previews
from landingpad.store.tables.preview import previews as preview_table
from landingpad.store.tables.site import pages
from support.portal import Portal
from support.web import COOKIE, begin_session, text_of, visitor


def finish_picture(portal: Portal, page_id: int) -> str:
    """Store a picture of the published page, as the camera does."""
    key = MediaStore(portal.parts.settings.data / "media").put(b"picture %d" % time.monotonic_ns(), "jpg")
    now_ms = int(time.time() * 1000)

    def work(tx: Tx) -> None:
        (row,) = previews.current(tx, portal.id, page_id)
        tx.update(preview_table, portal.id, row.id, state=previews.READY, media_key=key, finished_at=now_ms)
        tx.update(pages, portal.id, page_id, preview_key=key)

    portal.parts.db.write_here(work)
    return key


async def test_an_empty_portal_teaches_the_first_call(portal: Portal) -> None:
    async with visitor(portal) as me:
        page = await me.get("/sites/")
        assert "There is no site yet" in page.text
        assert f"http://localhost:8080/rest/{portal.admin_id}/CODE/landing.site.add" in page.text
        searched = await me.get("/sites/?q=x")
        assert "There is no site yet" not in searched.text
        assert "No matching site" in searched.text


async def test_the_gallery_shows_pictures_and_states(portal: Portal) -> None:
    _, page_id, _ = await portal.published("acme")
    await portal.site("empty", TITLE="Empty")
    async with visitor(portal) as me:
        before = await me.get("/sites/")
        assert "Taking the picture" in before.text
        assert "No page yet" in before.text
        assert ">acme.localhost:8080</a>" in before.text
        key = finish_picture(portal, page_id)
        after = await me.get("/sites/")
        assert f'src="/_media/{key}"' in after.text
        picture = await me.get(f"/_media/{key}")
        assert picture.content.startswith(b"picture ")


async def test_search_and_filters(portal: Portal) -> None:
    await portal.published("acme")
    await portal.site("blog", TITLE="Blog of 100%")
    await portal.site("tea", TITLE="Чай и Straße")
    trashed = await portal.site("old", TITLE="Old")
    await portal.call("landing.site.markDelete", id=trashed)
    await portal.call("landing.site.add", scope="KNOWLEDGE", fields={"TITLE": "Handbook", "TYPE": "KNOWLEDGE"})
    async with visitor(portal) as me:
        for query, shown in (
            ("", {"Acme", "Blog", "Чай"}),
            ("?q=blog", {"Blog"}),
            ("?q=чАЙ И ST", {"Чай"}),
            ("?q=0%25", {"Blog"}),
            ("?q=%25", {"Blog"}),
            ("?state=public", {"Acme"}),
            ("?state=draft", {"Blog", "Чай"}),
            ("?state=trash", {"Old"}),
            ("?type=KNOWLEDGE", {"Handbook"}),
            ("?type=STORE", set()),
            ("?type=nonsense&state=nonsense&page=-1", {"Acme", "Blog", "Чай"}),
            ("?page=99999999999999999999", {"Acme", "Blog", "Чай"}),
        ):
            page = text_of(await me.get(f"/sites/{query}"))
            found = {name for name in ("Acme", "Blog", "Old", "Handbook", "Чай") if name in page}
            assert found == shown, query


async def test_long_lists_of_sites_have_pages(portal: Portal) -> None:
    for number in range(50):
        await portal.site(f"s{number}", TITLE=f"Site {number}")
    async with visitor(portal) as me:
        first = await me.get("/sites/?state=draft")
        assert first.text.count('class="card site"') == 48
        assert 'hx-get="/sites/?state=draft&amp;page=2"' in first.text
        second = await me.get("/sites/?state=draft&page=2")
        assert second.text.count('class="card site"') == 2
        assert "page=3" not in second.text


async def test_the_gallery_needs_equal_queries_for_any_number_of_sites(portal: Portal) -> None:
    """One query for the list and one for its pictures, for any number of sites."""
    await portal.published("first")
    reads: list[str] = []

    async def count() -> int:
        reads.clear()
        async with visitor(portal) as me:
            assert (await me.get("/sites/")).status_code == 200
        return len(reads)

    original = Tx.all

    def noted(self: Tx, query: object, /, **params: object) -> list[object]:
        reads.append(str(query))
        return original(self, query, **params)  # type: ignore[call-overload,no-any-return]  # passes its arguments on

    Tx.all = noted  # type: ignore[method-assign,assignment]  # counts calls of the original
    try:
        one = await count()
        for number in range(40):
            await portal.published(f"s{number}")
        many = await count()
    finally:
        Tx.all = original  # type: ignore[method-assign]  # restores the original
    assert one == many


async def test_actions_show_their_calls(portal: Portal) -> None:
    site_id, _, _ = await portal.published("acme")
    async with visitor(portal) as me:
        for action, method, text in (
            ("unpublish", "landing.site.unpublic", "Acme is offline."),
            ("publish", "landing.site.publication", "Acme is published."),
            ("trash", "landing.site.markDelete", "Acme is in the trash."),
            ("restore", "landing.site.markUnDelete", "Acme is back."),
        ):
            page = await me.follow(f"/sites/{site_id}/{action}")
            assert text in text_of(page)
            assert f'Called <a href="/docs/{method}">' in page.text
            assert f"/rest/{portal.admin_id}/CODE/{method}" in page.text
            again = await me.get("/sites/")
            assert text not in text_of(again), "the note is shown once"


async def test_publishing_a_site_publishes_its_home_page(portal: Portal) -> None:
    """The call for a whole site leaves pages offline that were never online, so visitors would see nothing."""
    site_id = await portal.site("acme")
    page_id = await portal.page(site_id)
    await portal.block(page_id)
    async with visitor(portal) as me:
        page = await me.follow(f"/sites/{site_id}/publish")
        told = "Acme is published. Called landing.site.publication , then landing.landing.publication ."
        assert told in text_of(page)
        for method in ("landing.site.publication", "landing.landing.publication"):
            assert f"/rest/{portal.admin_id}/CODE/{method}" in page.text
        assert (await portal.get("http://acme.localhost:8080/")).status_code == 200
        await portal.page(site_id, "second")
        again = text_of(await me.follow(f"/sites/{site_id}/publish"))
        assert "Acme is published. Some of its pages are still offline. Called landing.site.publication ." in again
        assert (await portal.get("http://acme.localhost:8080/second/")).status_code == 404


async def test_deleting_a_trashed_site_deletes_its_pages(portal: Portal) -> None:
    site_id, _, _ = await portal.published("acme")
    second = await portal.page(site_id, "second")
    await portal.call("landing.landing.markDelete", lid=second)
    other_id, _, _ = await portal.published("other")
    async with visitor(portal) as me:
        await me.send(f"/sites/{site_id}/trash")
        page = await me.follow(f"/sites/{site_id}/delete")
        assert "Acme is deleted. Called landing.landing.delete , then landing.site.delete ." in text_of(page)
        assert (await me.get(f"/sites/{site_id}/")).status_code == 404
        assert (await me.get(f"/sites/{other_id}/")).status_code == 200
    rows = portal.parts.db.read_here(lambda tx: tx.all(Query(pages.select(), tuple)))
    assert len(rows) == 1


async def test_an_action_in_the_gallery_reloads_the_card(portal: Portal) -> None:
    site_id, _, _ = await portal.published("acme")
    async with visitor(portal) as me:
        headers = {"hx-request": "true", "origin": "http://localhost:8080"}
        data = {"csrf": csrf_token(me.token), "from": "gallery"}
        card = await me.http.post(f"/sites/{site_id}/unpublish", data=data, headers=headers)
        assert f'id="site-{site_id}"' in card.text
        assert "Draft" in card.text
        assert 'id="notes" hx-swap-oob="innerHTML"' in card.text
        assert "<html" not in card.text
        gone = await me.http.post(f"/sites/{site_id}/trash", data=data, headers=headers)
        assert f'id="site-{site_id}"' not in gone.text
        refused = await me.http.post(f"/sites/{site_id}/publish", data=data, headers=headers)
        assert refused.headers["hx-reswap"] == "none"
        assert "ACCESS_DENIED" in refused.text


async def test_rights_hold_as_in_the_api(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published("acme")
    key = finish_picture(portal, page_id)
    await portal.call("landing.site.setRights", id=site_id, rights={f"U{portal.plain_id}": ["denied"]})
    async with visitor(portal, portal.plain_id) as sam:
        assert "acme.localhost" not in (await sam.get("/sites/")).text
        assert (await sam.get(f"/sites/{site_id}/")).status_code == 404
        assert key not in (await sam.get(f"/sites/pictures/{page_id}")).text
        await sam.follow(f"/sites/{site_id}/unpublish")
    assert (await portal.get("http://acme.localhost:8080/")).status_code == 200


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{ 7*7 }}"])
async def test_titles_are_text(portal: Portal, title: str) -> None:
    site_id = await portal.site("acme", TITLE=title)
    await portal.page(site_id, TITLE=title)
    async with visitor(portal) as me:
        for path in ("/sites/", f"/sites/{site_id}/", "/sites/?q=<script>alert(1)</script>"):
            page = await me.get(path)
            assert "<script>alert" not in page.text
            assert "<img src=x" not in page.text
            assert "<h1>49" not in page.text
            assert ">49</a>" not in page.text


async def test_a_new_site_is_made_through_the_api(portal: Portal) -> None:
    async with visitor(portal) as me:
        assert (await me.send("/sites/new", title="", type="PAGE")).status_code == 422
        assert (await me.send("/sites/new", title="x", type="NONSENSE")).status_code == 422
        page = await me.follow("/sites/new", title="Весна", code="spring", type="PAGE")
        assert "Весна is created." in text_of(page)
    (row,) = await portal.call("landing.site.getList", params={"filter": {"CODE": "spring"}})
    assert row["TITLE"] == "Весна"


async def events_of(portal: Portal, path: str, token: str, until: int) -> list[dict[str, str]]:
    """Listen as a browser does until the given number of messages has arrived, then disconnect."""
    messages: list[dict[str, str]] = []
    enough = asyncio.Event()
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": path.partition("?")[0],
        "query_string": path.partition("?")[2].encode(),
        "headers": [(b"host", b"localhost:8080"), (b"cookie", f"{COOKIE}={token}".encode())],
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> dict[str, object]:
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        body = message.get("body")
        if isinstance(body, bytes) and body.startswith(b"data: "):
            messages.append(json.loads(body.removeprefix(b"data: ")))
            if len(messages) >= until:
                enough.set()

    async with asyncio.timeout(30):
        await portal.app(scope, receive, send)  # type: ignore[arg-type]  # the call of a server
    return messages


async def test_a_new_picture_is_announced(portal: Portal) -> None:
    _, page_id, _ = await portal.published("acme")
    token = begin_session(portal, portal.admin_id)
    listening = asyncio.create_task(events_of(portal, f"/sites/live?pages={page_id}", token, until=2))
    await asyncio.sleep(0.2)
    key = finish_picture(portal, page_id)
    first, second = await listening
    assert first[str(page_id)].endswith("-pending-1")
    assert second[str(page_id)] == f"{key[:16]}-ready-1"


async def test_events_end_when_the_server_stops(portal: Portal) -> None:
    _, page_id, _ = await portal.published("acme")
    token = begin_session(portal, portal.admin_id)
    listening = asyncio.create_task(events_of(portal, f"/sites/live?pages={page_id}", token, until=99))
    await asyncio.sleep(0.2)
    portal.parts.closing.set()
    assert len(await listening) == 1


async def test_events_omit_invisible_pages(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published("acme")
    _, other_id, _ = await portal.published("other")
    await portal.call("landing.site.setRights", id=site_id, rights={f"U{portal.plain_id}": ["denied"]})
    token = begin_session(portal, portal.plain_id)
    (heard,) = await events_of(portal, f"/sites/live?pages={page_id},{other_id},x,-1", token, until=1)
    assert set(heard) == {str(other_id)}
    rows = portal.parts.db.read_here(lambda tx: tx.all(Query(pages.select(), tuple)))
    assert len(rows) == 2
