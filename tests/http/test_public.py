"""Answers to visitors: published pages, redirects, errors, delivery and isolation."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from landingpad.domain.page.signing import version_query
from landingpad.store.page import pages as page_rows
from landingpad.store.site import sites as site_rows
from landingpad.store.tables.site import pages as pages_table
from support.portal import Databases, Portal

SITE = "http://acme.localhost"
_NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


async def text_page(portal: Portal, site_id: int, code: str, text: str, *, public: bool = True, **fields: Any) -> int:
    page_id = await portal.page(site_id, code, **fields)
    block_id = await portal.block(page_id, "html")
    await write(portal, page_id, block_id, text)
    if public:
        await portal.call("landing.landing.publication", lid=page_id)
    return page_id


async def write(portal: Portal, page_id: int, block_id: int, text: str) -> None:
    await portal.call("landing.block.updatecontent", lid=page_id, block=block_id, content=f"<p>{text}</p>")


async def draft_block(portal: Portal, page_id: int) -> int:
    blocks = await portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": True})
    found: int = blocks[0]["id"]
    return found


# -- drafts, publication, trash


async def test_visitors_see_the_published_page_and_nothing_of_the_draft(portal: Portal) -> None:
    site_id = await portal.site()
    page_id = await text_page(portal, site_id, "home", "first words", public=False)
    assert (await portal.get(f"{SITE}/")).status_code == 404
    await portal.call("landing.landing.publication", lid=page_id)
    block_id = await draft_block(portal, page_id)
    await write(portal, page_id, block_id, "secret draft")
    answer = await portal.get(f"{SITE}/")
    assert answer.status_code == 200
    assert "first words" in answer.text
    assert "secret draft" not in answer.text
    await portal.call("landing.landing.hideblock", lid=page_id, block=block_id)
    await portal.call("landing.landing.publication", lid=page_id)
    assert "secret draft" not in (await portal.get(f"{SITE}/")).text


async def test_offline_and_trash_act_at_once(portal: Portal) -> None:
    site_id = await portal.site()
    await text_page(portal, site_id, "home", "home")
    page_id = await text_page(portal, site_id, "about", "about")
    for method, undo, params in (
        ("landing.landing.unpublic", "landing.landing.publication", {"lid": page_id}),
        ("landing.landing.markDelete", "landing.landing.markUnDelete", {"lid": page_id}),
        ("landing.site.markDelete", "landing.site.markUnDelete", {"id": site_id}),
        ("landing.site.unpublic", "landing.site.publication", {"id": site_id}),
    ):
        await portal.call("landing.landing.publication", lid=page_id)
        assert (await portal.get(f"{SITE}/about/")).status_code == 200, method
        await portal.call(method, **params)
        answer = await portal.get(f"{SITE}/about/")
        assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store"), method
        assert (await portal.get(f"{SITE}/about/preview.jpg")).headers["cache-control"] == "no-store", method
        await portal.call(undo, **params)


async def test_a_restored_site_comes_back_with_its_pages(portal: Portal) -> None:
    site_id, _, _ = await portal.published()
    await portal.call("landing.site.markDelete", id=site_id)
    await portal.call("landing.site.markUnDelete", id=site_id)
    assert (await portal.get(f"{SITE}/")).status_code == 404
    await portal.call("landing.site.publication", id=site_id)
    assert (await portal.get(f"{SITE}/")).status_code == 200


async def test_a_change_of_the_site_is_seen_on_every_page(portal: Portal) -> None:
    site_id = await portal.site()
    await text_page(portal, site_id, "home", "home")
    await text_page(portal, site_id, "about", "about")
    fields = {"TITLE": "New name", "ADDITIONAL_FIELDS": {"THEME_COLOR": "#123456"}}
    await portal.call("landing.site.update", id=site_id, fields=fields)
    for path in ("/", "/about/"):
        text = (await portal.get(f"{SITE}{path}")).text
        assert "--lp-accent:#123456" in text
        assert 'content="New name"' in text


async def test_links_by_id_become_addresses(portal: Portal) -> None:
    site_id = await portal.site()
    home = await text_page(portal, site_id, "home", "home")
    about = await text_page(portal, site_id, "about", "about")
    block_id = await draft_block(portal, home)
    await write(portal, home, block_id, f'<a href="#landing{about}">About</a> <a href="#block{block_id}">Here</a>')
    await portal.call("landing.landing.publication", lid=home)
    text = (await portal.get(f"{SITE}/")).text
    assert '<a href="/about/">About</a>' in text
    anchor = re.search(r'<a href="#(\w+)">Here</a>', text)
    assert anchor
    assert f'id="{anchor[1]}"' in text
    await portal.call("landing.landing.update", lid=about, fields={"CODE": "us"})
    assert '<a href="/us/">About</a>' in (await portal.get(f"{SITE}/")).text


# -- addresses


async def test_one_address_for_each_page(portal: Portal) -> None:
    site_id = await portal.site()
    await text_page(portal, site_id, "home", "home")
    await text_page(portal, site_id, "größe & mehr", "sizes")
    for path, target in (
        ("/home/", "/"),
        ("/home", "/home/"),
        ("/home//", "/"),
        ("/größe & mehr", "/gr%C3%B6%C3%9Fe%20%26%20mehr/"),
    ):
        answer = await portal.get(f"{SITE}{path}")
        assert (answer.status_code, answer.headers["location"]) == (301, target), path
    found = await portal.get(f"{SITE}/gr%C3%B6%C3%9Fe%20%26%20mehr/")
    assert found.status_code == 200
    assert f'<link rel="canonical" href="{SITE}:8080/gr%C3%B6%C3%9Fe%20%26%20mehr/">' in found.text


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example/x", "/\\evil.example/", "/%2f%2fevil.example/", "/http://evil.example/"]
)
async def test_redirects_stay_on_the_site(portal: Portal, path: str) -> None:
    await portal.published()
    async with portal.http("acme.localhost") as http:
        answer = await http.get(f"http://acme.localhost:8080{path}")
    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_a_former_host_redirects(portal: Portal) -> None:
    site_id, _, _ = await portal.published()
    await portal.call("landing.site.update", id=site_id, fields={"CODE": "works"})
    answer = await portal.get(f"{SITE}/about/?a=1")
    assert (answer.status_code, answer.headers["location"]) == (301, "http://works.localhost:8080/about/?a=1")
    await portal.published("acme")  # another site takes the host
    assert (await portal.get(f"{SITE}/")).status_code == 200


# -- errors of a site


async def test_error_pages_of_a_site(portal: Portal) -> None:
    site_id = await portal.site()
    await text_page(portal, site_id, "home", "home")
    lost = await text_page(portal, site_id, "lost", "Nothing here")
    closed = await text_page(portal, site_id, "closed", "Back soon")
    fields = {"LANDING_ID_404": lost, "LANDING_ID_503": closed}
    await portal.call("landing.site.update", id=site_id, fields=fields)
    answer = await portal.get(f"{SITE}/none/")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert "Nothing here" in answer.text
    await portal.call("landing.site.unpublic", id=site_id)
    answer = await portal.get(f"{SITE}/")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3600")
    assert "Back soon" in answer.text
    await portal.call("landing.site.markDelete", id=site_id)
    assert (await portal.get(f"{SITE}/")).status_code == 404


# -- robots.txt and sitemap.xml


async def test_robots(portal: Portal) -> None:
    site_id, _, _ = await portal.published()
    answer = await portal.get(f"{SITE}/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == f"User-agent: *\nAllow: /\n\nSitemap: {SITE}:8080/sitemap.xml\n"
    fields = {"ADDITIONAL_FIELDS": {"ROBOTS_USE": "Y", "ROBOTS_CONTENT": "User-agent: x\nDisallow: /preview/*"}}
    await portal.call("landing.site.update", id=site_id, fields=fields)
    assert (await portal.get(f"{SITE}/robots.txt")).text == "User-agent: x\nDisallow: /preview/*\n"
    await portal.call("landing.site.unpublic", id=site_id)
    assert (await portal.get(f"{SITE}/robots.txt")).text == "User-agent: *\nDisallow: /\n"


async def test_the_sitemap_lists_public_pages(portal: Portal) -> None:
    site_id = await portal.site()
    folder = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "Blog", "CODE": "blog"})
    await text_page(portal, site_id, "home", "home", SITEMAP="Y")
    await text_page(portal, site_id, "a&b", "a", SITEMAP="Y", FOLDER_ID=folder)
    await text_page(portal, site_id, "unlisted", "b")
    await text_page(portal, site_id, "draft", "c", public=False, SITEMAP="Y")
    no_index = {"METAROBOTS_INDEX": "N"}
    await text_page(portal, site_id, "hidden", "d", SITEMAP="Y", ADDITIONAL_FIELDS=no_index)
    answer = await portal.get(f"{SITE}/sitemap.xml")
    assert answer.headers["content-type"] == "application/xml"

    def found(text: str) -> list[str | None]:
        return [entry.text for entry in ET.fromstring(text).iter(f"{_NAMESPACE}loc")]  # noqa: S314  # generated by this server

    assert found(answer.text) == [f"{SITE}:8080/", f"{SITE}:8080/blog/a%26b/"]
    await portal.call("landing.site.unPublicFolder", folderId=folder)
    assert found((await portal.get(f"{SITE}/sitemap.xml")).text) == [f"{SITE}:8080/"]
    await portal.call("landing.site.unpublic", id=site_id)
    assert (await portal.get(f"{SITE}/sitemap.xml")).status_code == 404


# -- delivery


async def test_conditional_requests(portal: Portal) -> None:
    await portal.published()
    first = await portal.get(f"{SITE}/")
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    assert (await portal.get(f"{SITE}/", **{"if-none-match": tag})).status_code == 304
    assert (await portal.get(f"{SITE}/", **{"if-none-match": f'"x", {tag}'})).status_code == 304
    assert (await portal.get(f"{SITE}/", **{"if-none-match": '"x"'})).status_code == 200
    assert (await portal.get(f"{SITE}/", **{"if-modified-since": changed})).status_code == 304
    assert (await portal.get(f"{SITE}/", **{"if-modified-since": "nonsense"})).status_code == 200
    plain = await portal.get(f"{SITE}/", **{"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert f"W/{plain.headers['etag']}" == tag


async def test_head_has_the_headers_and_no_body(portal: Portal) -> None:
    await portal.published()
    async with portal.http("acme.localhost") as http:
        got, head = await http.get("/"), await http.head("/")
        assert head.content == b""
        assert head.headers["content-length"] == got.headers["content-length"]
        refused = await http.post("/")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


async def test_ranges_of_files(portal: Portal) -> None:
    key = portal.parts.media.put(bytes(range(200)), "jpg")
    address = f"{SITE}/_media/{key}"
    await portal.published()
    whole = await portal.get(address)
    assert (whole.headers["accept-ranges"], whole.headers["cache-control"]) == (
        "bytes",
        "public, max-age=31536000, immutable",
    )
    for given, expected in (
        ("bytes=0-9", slice(0, 10)),
        ("bytes=190-", slice(190, 200)),
        ("bytes=-5", slice(195, 200)),
        ("bytes=150-9999", slice(150, 200)),
    ):
        part = await portal.get(address, range=given)
        assert (part.status_code, part.content) == (206, whole.content[expected])
        assert part.headers["content-range"] == f"bytes {expected.start}-{expected.stop - 1}/200"
    for given in ("bytes=200-", "bytes=9-5"):
        assert (await portal.get(address, range=given)).status_code == 416
    for given in ("bytes=-", "lines=1-2", "bytes=1-2,4-5"):
        assert (await portal.get(address, range=given)).status_code == 200
    assert (await portal.get(address, range="bytes=0-9", **{"if-range": '"other"'})).status_code == 200
    assert (await portal.get(address, range="bytes=0-9", **{"if-range": whole.headers["etag"]})).status_code == 206


async def test_an_unchanged_page_is_rendered_once(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Visits need no rendering, because the page is stored at publication."""
    await portal.published()
    monkeypatch.setattr("landingpad.domain.page.versions.render_page", lambda _: pytest.fail("rendered on a visit"))
    for _ in range(3):
        assert (await portal.get(f"{SITE}/")).status_code == 200


# -- origins, policies, signatures


async def test_a_page_below_the_portal_has_an_origin_of_its_own(portal: Portal) -> None:
    site_id = await portal.site()
    await text_page(portal, site_id, "home", '<a href="/about/">x</a>')
    await text_page(portal, site_id, "about", "about")
    own = await portal.get(f"{SITE}/")
    assert "sandbox" not in own.headers["content-security-policy"]
    below = await portal.get("/pub/site/acme/")
    policy = below.headers["content-security-policy"]
    assert "; sandbox allow-forms" in policy
    assert "allow-same-origin" not in policy
    assert "allow-scripts" not in policy
    assert '<a href="/pub/site/acme/about/">x</a>' in below.text
    assert f'<link rel="canonical" href="{SITE}:8080/">' in below.text
    assert (await portal.get("/pub/site/acme")).headers["location"] == "/pub/site/acme/"
    missing = await portal.get("/pub/site/acme/none/")
    assert missing.status_code == 404
    assert "sandbox" in missing.headers["content-security-policy"]


async def test_scripts_run_only_where_the_author_added_them(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    for address in (f"{SITE}/", "/pub/site/acme/"):
        assert "script-src" not in (await portal.get(address)).headers["content-security-policy"]
    fields = {"HEADBLOCK_USE": "Y", "HEADBLOCK_CODE": "<script>let own = 1</script>"}
    await portal.call("landing.landing.update", lid=page_id, fields={"ADDITIONAL_FIELDS": fields})
    answer = await portal.get(f"{SITE}/")
    assert "<script>let own = 1</script>" in answer.text
    assert "script-src 'self' 'unsafe-inline' https:" in answer.headers["content-security-policy"]
    policy = (await portal.get("/pub/site/acme/")).headers["content-security-policy"]
    assert policy.endswith("allow-scripts")
    assert "allow-same-origin" not in policy
    # The camera sees the page without the author's scripts, which might count it as a visitor.
    signed = await portal.get(f"{SITE}/?{_signed_query(portal, page_id)}")
    assert "script-src" not in signed.headers["content-security-policy"]
    assert site_id


def _signed_query(portal: Portal, page_id: int, seconds: int = 60) -> str:
    def read(tx: Any) -> str:
        page = page_rows.find(tx, portal.id, page_id)
        assert page
        expires_ms = portal.parts.services.clock.now_ms() + seconds * 1000
        return version_query(site_rows.signing_key(tx, portal.id), page.public_version_id or 0, expires_ms)

    return portal.parts.db.read_here(read)


async def test_a_version_that_is_not_public_needs_the_signature(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    query = _signed_query(portal, page_id)
    await portal.call("landing.landing.unpublic", lid=page_id)
    assert (await portal.get(f"{SITE}/?{query}")).status_code == 200
    number = query.partition("&")[0]
    late = _signed_query(portal, page_id, seconds=-1)
    longer = re.sub(r"_expires=\d+", "_expires=9999999999999", query)
    forged = query[:-1] + ("0" if query[-1] != "0" else "1")
    other = re.sub(r"_version=\d+", "_version=1000", query)
    for bad in ("", number, f"{number}&_signature=", forged, other, late, longer, "_version=1e3&_signature=x"):
        assert (await portal.get(f"{SITE}/?{bad}")).status_code == 404, bad


# -- portals never see each other


@pytest.fixture
def two_portals(databases: Databases, tmp_path: Path) -> Iterator[tuple[Portal, Portal]]:
    with databases.parts(tmp_path) as parts:
        yield Portal(parts), Portal(parts, "second.example")


async def test_portals_never_see_each_other(two_portals: tuple[Portal, Portal]) -> None:
    first, second = two_portals
    site_id, page_id, _ = await first.published()
    folder = await first.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "Blog"})
    await second.published("other")
    query = _signed_query(first, page_id)
    assert (await second.get(f"http://other.second.example/?{query}")).status_code == 200
    assert "Acme" in (await second.get("http://other.second.example/")).text
    assert await second.call("landing.site.getList", params={"filter": {"ID": site_id}}) == []
    assert await second.call("landing.landing.getList", params={"filter": {"SITE_ID": site_id}}) == []
    assert await second.call("landing.site.getFolders", siteId=site_id) == []
    assert await second.call("landing.syspage.get", id=site_id) is None
    assert (await second.get("http://second.example/pub/site/acme/")).status_code == 404
    for method, params in (
        ("landing.site.update", {"id": site_id, "fields": {"TITLE": "x"}}),
        ("landing.site.markDelete", {"id": site_id}),
        ("landing.landing.update", {"lid": page_id, "fields": {"TITLE": "x"}}),
        ("landing.landing.copy", {"lid": page_id}),
        ("landing.landing.markDelete", {"lid": page_id}),
        ("landing.landing.delete", {"lid": page_id}),
        ("landing.site.markFolderDelete", {"id": folder}),
        ("landing.template.setSiteRef", {"id": site_id, "data": {}}),
        ("landing.landing.addByTemplate", {"siteId": site_id, "code": "empty"}),
    ):
        answer = await second.answer(method, params)
        assert answer.status_code == 400, method
    # Pages cannot include media of other portals either.
    own = (await second.call("landing.landing.getList"))[0]
    await second.call("landing.template.setSiteRef", id=int(own["SITE_ID"]), data={"1": page_id})
    await second.call("landing.site.update", id=int(own["SITE_ID"]), fields={"TPL_ID": 4})
    answer = await second.get("http://other.second.example/")
    assert answer.status_code == 200
    for domain in ("acme.localhost", "new.localhost", "second.example"):
        fields = {"TITLE": "x", "CODE": "x", "DOMAIN_ID": domain}
        assert (await second.answer("landing.site.add", {"fields": fields})).json()["error"] == "DOMAIN_EXIST", domain
    fields = {"TITLE": "x", "CODE": "x", "DOMAIN_ID": "www.second.example"}
    assert (await second.answer("landing.site.add", {"fields": fields})).status_code == 200
    assert (await first.call("landing.site.getList"))[0]["TITLE"] == "Acme"


async def test_a_page_without_its_version_is_not_found(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    portal.parts.db.write_here(
        lambda tx: tx.update(pages_table, portal.id, page_id, public_version_id=None), portal_id=portal.id
    )
    assert (await portal.get(f"{SITE}/")).status_code == 404
