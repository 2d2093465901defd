"""landing.site.* through the wire."""

from typing import Any

import httpx
import pytest

from landingpad.domain.site.urls import NO_PREVIEW
from support.portal import ApiFailure, Portal

pytestmark = pytest.mark.both_engines


async def row(portal: Portal, site_id: int, **params: Any) -> dict[str, Any]:
    rows = await portal.call("landing.site.getList", params={"filter": {"ID": site_id}, **params})
    assert len(rows) == 1
    found: dict[str, Any] = rows[0]
    return found


async def test_a_new_site_has_every_field_as_a_string(portal: Portal) -> None:
    site_id = await portal.site("acme", DESCRIPTION="Tools", XML_ID="x-1")
    found = await row(portal, site_id)
    assert found == found | {
        "ID": str(site_id),
        "TITLE": "Acme",
        "CODE": "/acme/",
        "TYPE": "PAGE",
        "ACTIVE": "N",
        "DELETED": "N",
        "DESCRIPTION": "Tools",
        "XML_ID": "x-1",
        "LANDING_ID_INDEX": None,
        "CREATED_BY_ID": str(portal.admin_id),
    }
    assert "PUBLIC_URL" not in found  # calculated fields are returned only if selected


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("", "/spring-offers/"),
        ("2026", "/site2026/"),
        ("Größe & Maß", "/grosse-mass/"),
        ("сайт", "/sayt/"),
    ],
)
async def test_the_code_of_a_site(portal: Portal, given: str, stored: str) -> None:
    site_id = await portal.site(given, TITLE="Spring offers")
    assert (await row(portal, site_id))["CODE"] == stored


async def test_a_taken_code_gets_a_number(portal: Portal) -> None:
    made = [await portal.site("acme") for _ in range(3)]
    assert [(await row(portal, site_id))["CODE"] for site_id in made] == ["/acme/", "/acme2/", "/acme3/"]


async def test_a_long_code_makes_a_valid_host_name(portal: Portal) -> None:
    """A label of a host name has at most 63 characters; the code itself keeps its length."""
    code = "a-very-long-code-of-a-site-" * 3 + "end"
    hosts = set()
    sites = [await portal.site(code) for _ in range(3)]
    for site_id in sites:
        await portal.call("landing.landing.publication", lid=await portal.page(site_id))
        address = httpx.URL(await portal.call("landing.site.getPublicUrl", id=site_id))
        assert len(address.host.partition(".")[0]) < 64
        assert (await portal.get(f"{address}/")).status_code == 200
        hosts.add(address.host)
    assert len(hosts) == 3
    assert (await row(portal, sites[-1], select=["CODE"]))["CODE"].startswith(f"/{code}")


async def test_the_address_follows_the_code(portal: Portal) -> None:
    site_id = await portal.site("acme")
    assert await portal.call("landing.site.getPublicUrl", id=site_id) == "http://acme.localhost:8080"
    await portal.call("landing.site.update", id=site_id, fields={"CODE": "works"})
    assert await portal.call("landing.site.getPublicUrl", id=site_id) == "http://works.localhost:8080"
    assert await portal.call("landing.site.getPublicUrl", id=await portal.site("acme")) == "http://acme.localhost:8080"


async def test_a_domain_of_its_own(portal: Portal) -> None:
    site_id = await portal.site("acme", DOMAIN_ID="www.acme.example")
    assert await portal.call("landing.site.getPublicUrl", id=site_id) == "http://www.acme.example:8080"
    domain_id = (await row(portal, site_id))["DOMAIN_ID"]
    with pytest.raises(ApiFailure) as failure:
        await portal.site("other", DOMAIN_ID=int(domain_id))
    assert failure.value.code == "DOMAIN_EXIST"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"CODE": "a/b"}, "SLASH_IS_NOT_ALLOWED"),
        ({"CODE": "/a"}, "SLASH_IS_NOT_ALLOWED"),
        ({"CODE": "/a/"}, "SLASH_IS_NOT_ALLOWED"),
        ({"TITLE": "", "CODE": "a"}, "BX_EMPTY_REQUIRED"),
        ({"TITLE": " ", "CODE": "a"}, "BX_EMPTY_REQUIRED"),
        ({"TITLE": None, "CODE": "a"}, "BX_EMPTY_REQUIRED"),
        ({"CODE": "a", "DOMAIN_ID": "bad_domain!"}, "DOMAIN_IS_INCORRECT"),
        ({"CODE": "a", "DOMAIN_ID": 999999}, "DOMAIN_NOT_FOUND"),
        ({"CODE": "a", "TYPE": "KNOWLEDGE"}, "ACCESS_DENIED"),
        ({"CODE": "a", "TYPE": "NONSENSE"}, "ACCESS_DENIED"),
        ({"CODE": "a", "TITLE": ["no", "text"]}, "TYPE_ERROR"),
    ],
)
async def test_invalid_sites_are_refused(portal: Portal, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.site.add", fields={"TITLE": "Acme", **fields})
    assert (failure.value.status, failure.value.code) == (400, code)
    assert await portal.call("landing.site.getList") == []


@pytest.mark.parametrize("fields", [{}, {"title": "Acme", "CODE": "a"}, {"CODE": "a"}])
async def test_a_site_needs_a_title(portal: Portal, fields: dict[str, Any]) -> None:
    with pytest.raises(ApiFailure, match=r"BX_EMPTY_REQUIRED.*TITLE"):
        await portal.call("landing.site.add", fields=fields)
    assert await portal.call("landing.site.getList") == []


async def test_the_code_that_lists_return_can_be_sent_back(portal: Portal) -> None:
    """Every other slash is refused, and the error says how lists write the code."""
    site_id = await portal.site("acme")
    read = await row(portal, site_id)
    assert read["CODE"] == "/acme/"
    await portal.call("landing.site.update", id=site_id, fields={**read, "TITLE": "New"})
    found = await row(portal, site_id)
    assert (found["TITLE"], found["CODE"]) == ("New", "/acme/")
    for code in ("/other/", "/acme", "x/y"):
        with pytest.raises(ApiFailure, match=r"SLASH_IS_NOT_ALLOWED.*send it without them"):
            await portal.call("landing.site.update", id=site_id, fields={"CODE": code})
    assert (await row(portal, site_id))["CODE"] == "/acme/"


@pytest.mark.parametrize("word", ["None", "null", "undefined", "abc", "-"])
async def test_ids_that_are_words_stand_for_none(portal: Portal, word: str) -> None:
    """PHP reads such a text as 0; clients send it for an id that they do not have."""
    site_id = await portal.site(TPL_ID=word, LANDING_ID_INDEX=word)
    page_id = await portal.page(site_id, FOLDER_ID=word, TPL_ID=word)
    folder_id = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "F", "PARENT_ID": word})
    (folder,) = await portal.call("landing.site.getFolders", siteId=site_id)
    assert (folder["ID"], folder["PARENT_ID"]) == (str(folder_id), None)
    (page,) = await portal.call("landing.landing.getList", params={"filter": {"SITE_ID": site_id}})
    assert (page["ID"], page["FOLDER_ID"], page["TPL_ID"]) == (str(page_id), None, None)
    with pytest.raises(ApiFailure, match="TYPE_ERROR"):
        await portal.page(site_id, FOLDER_ID="5 and more")


async def test_a_page_in_a_folder_does_not_become_the_main_page(portal: Portal) -> None:
    site_id = await portal.site()
    folder_id = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "News", "CODE": "news"})
    inside = await portal.page(site_id, "first", FOLDER_ID=folder_id)
    copy = await portal.call("landing.landing.copy", lid=inside, toSiteId=site_id, toFolderId=folder_id)
    assert (await row(portal, site_id))["LANDING_ID_INDEX"] is None
    await portal.call("landing.landing.publication", lid=inside)
    address = await portal.call("landing.landing.getpublicurl", lid=inside)
    assert address == "http://acme.localhost:8080/news/first/"
    assert (await portal.get(address)).status_code == 200
    assert (await portal.get("http://acme.localhost:8080/")).status_code == 404
    assert await portal.call("landing.site.publication", id=site_id) == site_id
    assert await portal.call("landing.landing.markDelete", lid=copy) == copy
    outside = await portal.page(site_id, "second")
    assert (await row(portal, site_id))["LANDING_ID_INDEX"] == str(outside)


@pytest.mark.parametrize(
    ("domain", "problem"),
    [
        ("bitrix.example", "DOMAIN_DISABLE"),
        ("my-Bitrix-shop", "DOMAIN_DISABLE"),
        ("shop.bitrix24.example", None),  # the old address of a client
        ("shop", None),
    ],
)
async def test_reserved_words_are_no_domains(portal: Portal, domain: str, problem: str | None) -> None:
    answer = await portal.answer("landing.site.add", {"fields": {"TITLE": "x", "CODE": "x", "DOMAIN_ID": domain}})
    assert answer.json().get("error") == problem


async def test_the_trash_and_what_is_empty_in_it(portal: Portal) -> None:
    """The error names a domain taken by a trashed site; an empty site can be deleted from the trash."""
    site_id = await portal.site("acme", DOMAIN_ID="acme.example")
    await portal.call("landing.site.markDelete", id=site_id)
    with pytest.raises(ApiFailure) as failure:
        await portal.site("other", DOMAIN_ID="acme.example")
    assert failure.value.code == "DOMAIN_EXIST_TRASH"
    assert await portal.call("landing.site.delete", id=site_id) is True
    assert await portal.site("other", DOMAIN_ID="acme.example")


async def test_update_changes_what_is_given_and_nothing_else(portal: Portal) -> None:
    site_id = await portal.site("acme", DESCRIPTION="Tools")
    assert await portal.call("landing.site.update", id=site_id, fields={"TITLE": "New", "UNKNOWN": 1}) is True
    found = await row(portal, site_id)
    assert (found["TITLE"], found["CODE"], found["DESCRIPTION"]) == ("New", "/acme/", "Tools")


@pytest.mark.parametrize(
    ("fields", "stored"),
    [
        ({"CODE": "acme"}, "/acme2/"),  # taken by another site
        ({"CODE": "stock"}, "/stock2/"),  # taken by a store, which shares the address space
        ({"CODE": ""}, "/acme2/"),  # made from the title
        ({"CODE": "", "TITLE": "Neu & schön"}, "/neu-schon/"),
        ({"CODE": "2026"}, "/site2026/"),
        ({"CODE": "other"}, "/other/"),
        ({"TITLE": "Neu"}, "/other/"),
    ],
)
async def test_update_of_the_code(portal: Portal, fields: dict[str, Any], stored: str) -> None:
    await portal.site("acme")
    await portal.site("stock", TYPE="STORE")
    other = await portal.site("other", TITLE="Acme")
    assert await portal.call("landing.site.update", id=other, fields=fields) is True
    assert (await row(portal, other))["CODE"] == stored


async def test_an_unknown_site_is_access_denied(portal: Portal) -> None:
    for method in ("update", "publication", "unpublic", "delete"):
        with pytest.raises(ApiFailure) as failure:
            await portal.call(f"landing.site.{method}", id=999999, fields={"TITLE": "x"})
        assert failure.value.code == "ACCESS_DENIED", method


async def test_only_an_empty_site_can_be_deleted(portal: Portal) -> None:
    site_id = await portal.site()
    page_id = await portal.page(site_id)
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.site.delete", id=site_id)
    assert failure.value.code == "SITE_IS_NOT_EMPTY"
    await portal.call("landing.landing.delete", lid=page_id)
    assert await portal.call("landing.site.delete", id=site_id) is True
    assert await portal.call("landing.site.getList") == []
    assert await portal.site() > site_id  # ids of deleted sites are not reused


async def test_a_user_without_administrator_rights_reads_only(portal: Portal) -> None:
    site_id, _, _ = await portal.published()
    assert [r["ID"] for r in await portal.call("landing.site.getList", by="plain")] == [str(site_id)]
    attempts: list[tuple[str, dict[str, Any]]] = [
        ("add", {"fields": {"TITLE": "x", "CODE": "x"}}),
        ("update", {"id": site_id, "fields": {"TITLE": "x"}}),
        ("publication", {"id": site_id}),
        ("unpublic", {"id": site_id}),
        ("delete", {"id": site_id}),
    ]
    for method, params in attempts:
        with pytest.raises(ApiFailure) as failure:
            await portal.call(f"landing.site.{method}", by="plain", **params)
        assert failure.value.code == "ACCESS_DENIED", method
    assert (await row(portal, site_id))["TITLE"] == "Acme"


async def test_filters(portal: Portal) -> None:
    first = await portal.site("first", TITLE="First shop", TYPE="STORE")
    second = await portal.site("second", TITLE="Second", DESCRIPTION="50% off")
    third = await portal.site("third", TITLE="Third")

    async def found(**conditions: Any) -> list[int]:
        rows = await portal.call("landing.site.getList", params={"select": ["ID"], "filter": conditions})
        return [int(r["ID"]) for r in rows]

    assert await found(TYPE="STORE") == [first]
    assert await found(TYPE="KNOWLEDGE") == [
        first,
        second,
        third,
    ]  # a type outside the call's scope means all types of the scope
    assert await found(**{"!TYPE": "STORE"}) == [second, third]
    assert await found(ID=[first, third]) == [first, third]
    assert await found(**{">ID": first}) == [second, third]
    assert await found(**{"<=ID": str(second)}) == [first, second]
    assert await found(**{"%TITLE": "shop"}) == [first]
    assert await found(**{"%DESCRIPTION": "0%"}) == [second]
    assert await found(**{"!DESCRIPTION": ""}) == [second]
    assert await found(CODE="/third/") == [third]
    assert await found(CODE="third") == [third]
    assert await found(ID="abc") == []
    assert await found(ID=[]) == []
    assert await found(NONSENSE="x", **{"a.b": 1, "CHECK_PERMISSIONS": "N"}) == [first, second, third]
    assert await found(**{">DATE_CREATE": "01/01/2020"}) == [first, second, third]
    assert await found(**{"<DATE_CREATE": "2020-01-01T00:00:00+00:00"}) == []
    assert await found(LANDING_ID_INDEX=False) == [first, second, third]
    assert await found(**{"><ID": [second, third]}) == [second, third]
    assert await found(**{"!><ID": [second, third]}) == [first]
    assert await found(**{"><ID": [second]}) == [first, second, third]  # an incomplete condition is ignored
    assert await found(**{"=%TITLE": "%ir%"}) == [first, third]
    assert await found(**{"%=TITLE": "Th_rd"}) == []
    assert await found(**{"!=%TITLE": "Sec%"}) == [first, third]
    assert await found(TYPE=["STORE"]) == [
        first,
        second,
        third,
    ]  # a list of types means all types, even with one member
    assert await found(**{"@TYPE": ["STORE", "KNOWLEDGE"]}) == [first]


async def test_an_invalid_select_or_filter_is_ignored(portal: Portal) -> None:
    await portal.site()
    whole = await portal.call("landing.site.getList")
    for params in (
        {"select": "TITLE"},
        {"select": 5},
        {"select": None},
        {"filter": "x"},
        {"filter": None},
        {"group": 1},
    ):
        assert await portal.call("landing.site.getList", params=params) == whole, params


async def test_order_limit_and_offset(portal: Portal) -> None:
    made = [await portal.site(code, TITLE=title) for code, title in (("a", "Beta"), ("b", "Alpha"), ("c", "Beta"))]

    async def ids(**params: Any) -> list[int]:
        return [int(r["ID"]) for r in await portal.call("landing.site.getList", params={"select": ["ID"], **params})]

    assert await ids(order={"ID": "desc"}) == made[::-1]
    assert await ids(order={"TITLE": "ASC", "ID": "DESC"}) == [made[1], made[2], made[0]]
    assert await ids(limit=1) == made[:1]
    assert await ids(limit="2", offset="1") == made[1:]
    assert await ids(offset=2) == made[2:]
    with pytest.raises(ApiFailure) as failure:
        await ids(limit="many")
    assert failure.value.code == "TYPE_ERROR"


@pytest.mark.parametrize(
    "wanted",
    [
        {"%TITLE": "a" * 40_000},
        {"=%TITLE": "%a" * 600},
        {" " * number + "ID": 1 for number in range(101)},
        {
            f"{operation}{name}": ["1"] * 1000
            for operation in ("=", "!", "@")
            for name in ("ID", "TITLE", "CODE", "TYPE")
        },
    ],
    ids=["long text", "long pattern", "many conditions", "many values"],
)
async def test_a_filter_too_large_for_the_database_is_an_error_of_the_caller(
    portal: Portal, wanted: dict[str, Any]
) -> None:
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.site.getList", params={"filter": wanted})
    assert failure.value.code == "TYPE_ERROR"


async def test_a_group_of_anything_else_than_names_is_ignored(portal: Portal) -> None:
    await portal.site()
    params = {"select": ["TYPE"], "group": [["TYPE"], {"a": 1}, None, "TYPE", "TYPE"]}
    assert [found["TYPE"] for found in await portal.call("landing.site.getList", params=params)] == ["PAGE"]


async def test_a_filter_outside_params_has_no_effect(portal: Portal) -> None:
    await portal.site()
    assert len(await portal.call("landing.site.getList", filter={"ID": 999999})) == 1


async def test_calculated_fields(portal: Portal) -> None:
    site_id = await portal.site("acme")
    found = await row(portal, site_id, select=["DOMAIN_NAME", "PUBLIC_URL", "PREVIEW_PICTURE", "PHONE"])
    assert found == {
        "ID": str(site_id),
        "TYPE": "PAGE",
        "DOMAIN_NAME": "acme.localhost",
        "PUBLIC_URL": "http://acme.localhost:8080",
        "PREVIEW_PICTURE": NO_PREVIEW,
        "PHONE": None,
        "LANDING_ID_INDEX": None,
    }


async def test_public_urls_of_many(portal: Portal) -> None:
    first, second = await portal.site("a"), await portal.site("b")
    many = await portal.call("landing.site.getPublicUrl", id=[second, 999999, str(first)])
    assert many == {str(second): "http://b.localhost:8080", str(first): "http://a.localhost:8080"}
    assert await portal.call("landing.site.getPublicUrl", id=999999) == ""
    assert await portal.call("landing.site.getPublicUrl", id=[999999]) == []


async def test_scopes_do_not_see_each_other(portal: Portal) -> None:
    made = await portal.answer(
        "landing.site.add",
        {"scope": "knowledge", "fields": {"TITLE": "Handbook", "CODE": "handbook", "TYPE": "KNOWLEDGE"}},
    )
    site_id = made.json()["result"]
    assert await portal.call("landing.site.getList", params={"filter": {"ID": site_id}}) == []
    listed = await portal.call("landing.site.getList", scope="KNOWLEDGE")
    assert [r["ID"] for r in listed] == [str(site_id)]
    address = await portal.call("landing.site.getPublicUrl", scope="KNOWLEDGE", id=site_id)
    assert address == "http://localhost:8080/knowledge/handbook"


async def test_publication_and_back(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    assert await portal.call("landing.site.unpublic", id=site_id) == site_id
    assert (await row(portal, site_id))["ACTIVE"] == "N"
    pages = await portal.call("landing.landing.getList", params={"filter": {"ID": page_id}})
    assert pages[0]["ACTIVE"] == "N"
    assert await portal.call("landing.site.publication", id=str(site_id)) == site_id
    assert (await row(portal, site_id))["ACTIVE"] == "Y"
    pages = await portal.call("landing.landing.getList", params={"filter": {"ID": page_id}})
    assert pages[0]["ACTIVE"] == "N"  # a page that was taken offline stays offline


async def test_preview_of_a_site_without_a_picture(portal: Portal) -> None:
    site_id, _, _ = await portal.published()
    assert await portal.call("landing.site.getPreview", id=site_id) == NO_PREVIEW
    assert await portal.call("landing.site.getPreview", id=999999) == NO_PREVIEW
    response = await portal.get(NO_PREVIEW)
    assert response.headers["content-type"] == "image/jpeg"
    assert response.headers["cache-control"] == "no-store"
    assert response.content.startswith(b"\xff\xd8")


async def test_preview_prefers_the_picture_of_the_author(portal: Portal) -> None:
    site_id = await portal.site()
    page_id = await portal.page(site_id, ADDITIONAL_FIELDS={"METAOG_IMAGE": "https://cdn.example/own.jpg"})
    await portal.call("landing.landing.publication", lid=page_id)
    assert await portal.call("landing.site.getPreview", id=site_id) == "https://cdn.example/own.jpg"
