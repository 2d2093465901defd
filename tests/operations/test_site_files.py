"""Export, import and static copies of sites."""

import json
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from landingpad.domain.site.transfer import TransferProblem
from landingpad.operations import site_files
from landingpad.operations.errors import Refused
from support.portal import Databases, Portal
from support.sites import quiet, rich_site

SITE = "http://acme.localhost"


@pytest.fixture
def elsewhere(databases: Databases, tmp_path: Path, portal: Portal) -> Iterator[Portal]:
    """Another portal: on SQLite in a database of its own."""
    if databases.engine != "sqlite":
        yield Portal(portal.parts, "second.example")
        return
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with databases.parts(folder) as parts:
        yield Portal(parts)


def without_ids(html: str) -> str:
    """A page without what differs between portals: ids of blocks, host names."""
    html = re.sub(r'id="b\d+"|#b\d+', "ID", html)
    html = re.sub(r"repo-\d+", "repo-N", html)
    return re.sub(r"http://[a-z0-9.]+:8080", "HOST", html)


async def test_a_site_comes_back_as_it_was(portal: Portal, elsewhere: Portal, tmp_path: Path) -> None:
    site_id = await rich_site(portal)
    file = tmp_path / "acme.zip"
    told: list[tuple[int, int]] = []
    count = site_files.export_site(portal.parts, site_id, file, lambda done, of: told.append((done, of)))
    assert (count, told[-1]) == (4, (4, 4))
    if elsewhere.parts is portal.parts:
        elsewhere = portal  # the second portal of one database: the commands work on the first
    made = site_files.import_site(elsewhere.parts, file, quiet)
    target = made.address.rstrip("/").rpartition(":")[0]
    for path in ("/", "/outer/inner/deep/", "/header/", "/none/"):
        there, here = await elsewhere.get(f"{target}{path}"), await portal.get(f"{SITE}{path}")
        assert there.status_code == here.status_code
        assert without_ids(there.text) == without_ids(here.text), path
    picture = re.search(r"/_media/[0-9a-f]{64}\.jpg", (await elsewhere.get(f"{target}/")).text)
    assert picture
    assert (await elsewhere.get(f"{target}{picture[0]}")).content == b"\xff\xd8picture"
    assert (await elsewhere.get(f"{target}/draft/")).status_code == 404
    rows = await elsewhere.call("landing.landing.getList", params={"filter": {"SITE_ID": made.id}})
    assert [(row["CODE"], row["ACTIVE"], row["SITEMAP"]) for row in rows] == [
        ("home", "Y", "Y"),
        ("deep", "Y", "N"),
        ("header", "Y", "N"),
        ("draft", "N", "N"),
    ]
    home = int(rows[0]["ID"])
    blocks = await elsewhere.call("landing.block.getlist", lid=home, params={"edit_mode": True, "get_content": True})
    assert "newer draft" in blocks[1]["content"]
    again = tmp_path / "again.zip"
    site_files.export_site(elsewhere.parts, made.id, again, quiet)
    assert [p["code"] for p in _packed(again)["pages"]] == [p["code"] for p in _packed(file)["pages"]]


def _packed(file: Path) -> dict[str, Any]:
    with zipfile.ZipFile(file) as archive:
        found: dict[str, Any] = json.loads(archive.read("site.json"))
        return found


def _changed(file: Path, target: Path, **members: bytes | None) -> Path:
    """Copy an archive with members replaced or, with None, left out."""
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = members.get(name.replace("/", "_").replace(".", "_"), source.read(name))
            if content is not None:
                archive.writestr(name, content)
    return target


async def test_what_is_dangerous_does_not_come_in(portal: Portal, tmp_path: Path) -> None:
    site_id, _, _ = await portal.published()
    file = tmp_path / "acme.zip"
    site_files.export_site(portal.parts, site_id, file, quiet)
    data = _packed(file)
    for block in data["pages"][0]["blocks"]:
        block["content"] = '<p onclick="x()">kept</p><script>alert(1)</script>'
    bad = _changed(file, tmp_path / "bad.zip", site_json=json.dumps(data).encode())
    made = site_files.import_site(portal.parts, bad, quiet)
    text = (await portal.get(made.address)).text
    assert "kept" in text
    assert "onclick" not in text
    assert "alert(1)" not in text


@pytest.mark.parametrize(
    "change",
    [
        lambda _data: "not a site",
        lambda _data: [1],
        lambda data: {**data, "format": "other"},
        lambda data: {**data, "version": 99},
        lambda data: {**data, "pages": [{}]},
        lambda data: {**data, "site": {**data["site"], "type": "NONSENSE"}},
        lambda data: {key: value for key, value in data.items() if key != "folders"},
    ],
)
async def test_a_file_that_is_no_site_changes_nothing(portal: Portal, tmp_path: Path, change: Any) -> None:
    site_id, _, _ = await portal.published()
    file = tmp_path / "acme.zip"
    site_files.export_site(portal.parts, site_id, file, quiet)
    bad = _changed(file, tmp_path / "bad.zip", site_json=json.dumps(change(_packed(file))).encode())
    with pytest.raises(TransferProblem):
        site_files.import_site(portal.parts, bad, quiet)
    assert len(await portal.call("landing.site.getList")) == 1


async def test_files_that_are_no_archives(portal: Portal, tmp_path: Path) -> None:
    text = tmp_path / "text.zip"
    text.write_text("x")
    empty = tmp_path / "empty.zip"
    zipfile.ZipFile(empty, "w").close()
    media = tmp_path / "media.zip"
    with zipfile.ZipFile(media, "w") as archive:
        archive.writestr("site.json", "{}")
        archive.writestr("media/" + "0" * 64 + ".jpg", b"something else")
    for file in (text, empty, media, tmp_path / "missing.zip"):
        with pytest.raises(TransferProblem):
            site_files.import_site(portal.parts, file, quiet)


async def test_a_static_copy_has_what_visitors_get(portal: Portal, tmp_path: Path) -> None:
    site_id = await rich_site(portal)
    file = tmp_path / "static.zip"
    assert await site_files.static_site(portal.parts, site_id, file, quiet) > 5
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        pages = {name: archive.read(name).decode() for name in names if name.endswith(".html")}
    assert set(pages) == {"index.html", "outer/inner/deep/index.html", "header/index.html", "404.html"}
    assert {"_assets/base.css", "favicon.svg", "robots.txt", "sitemap.xml"} <= names
    assert pages["index.html"] == (await portal.get(f"{SITE}/")).text
    for html in pages.values():
        for address in re.findall(r'(?:href|src)="(/[^"?#]*)', html):
            name = f"{address.strip('/')}/index.html".lstrip("/") if address.endswith("/") else address.lstrip("/")
            assert name in names, address
    await portal.call("landing.site.unpublic", id=site_id)
    with pytest.raises(Refused, match="offline"):
        await site_files.static_site(portal.parts, site_id, file, quiet)


@pytest.mark.parametrize("address", ["", "https://www.example.com/"])
async def test_any_web_server_can_serve_a_static_copy(portal: Portal, tmp_path: Path, address: str) -> None:
    """The one of Python's library does: every address that a page or style sheet names has what visitors get here."""
    site_id = await rich_site(portal)
    file, folder = tmp_path / "static.zip", tmp_path / "www"
    await site_files.static_site(portal.parts, site_id, file, quiet, address=address)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    here, there = b"http://acme.localhost:8080", address.rstrip("/").encode() or b"http://acme.localhost:8080"
    waiting, seen = ["/", "/outer/inner/deep/", "/sitemap.xml", "/robots.txt"], set[str]()
    with serving(folder) as origin:
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            found, original = await there_is(origin, path), await portal.get(f"{SITE}{path}")
            assert (found.status_code, original.status_code) == (200, 200), path
            assert found.content == original.content.replace(here, there), path
            kind = found.headers["content-type"].partition(";")[0]
            assert kind.rpartition("/")[2] == original.headers["content-type"].partition(";")[0].rpartition("/")[2]
            if kind in {"text/html", "text/css"}:
                waiting += re.findall(r'(?<=href=")/[^"#]*|(?<=src=")/[^"#]*|(?<=url\()/[^)]+', found.text)
        assert (await there_is(origin, "/none/")).status_code == 404
    assert len(seen) == 8


async def there_is(origin: str, path: str) -> httpx.Response:
    async with httpx.AsyncClient() as http:
        return await http.get(f"{origin}{path}")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder by the web server of Python's library; yield its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


async def test_a_file_that_cannot_be_written_is_named(portal: Portal, tmp_path: Path) -> None:
    site_id, _, _ = await portal.published()
    file = tmp_path / "nowhere" / "acme.zip"
    with pytest.raises(Refused, match="cannot be written: No such file or directory"):
        site_files.export_site(portal.parts, site_id, file, quiet)
    with pytest.raises(Refused, match="cannot be written: No such file or directory"):
        await site_files.static_site(portal.parts, site_id, file, quiet)
