"""Databases of earlier releases, kept in `data/`, upgrade at the next start, and everything in them still works."""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from landingpad.store.db.engine import Database, database_url
from landingpad.store.db.migrate import HEAD, current_revision
from support.server import Server

DATA = Path(__file__).parent / "data"
RELEASES = sorted(file.stem for file in DATA.glob("*.json"))


class Kept:
    """A server of this release on a copy of a kept database."""

    def __init__(self, release: str, folder: Path, url: str) -> None:
        self.url = url
        self.known: dict[str, str] = json.loads((DATA / f"{release}.json").read_text())
        self.folder = folder / "data"
        self.folder.mkdir()
        if url:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute((DATA / f"{release}.sql").read_bytes())
        else:
            with gzip.open(DATA / f"{release}.db.gz") as packed, (self.folder / "landingpad.db").open("wb") as file:
                shutil.copyfileobj(packed, file)
        options = ["--database-url", url] if url else []
        self.server = Server(self.folder, "--dev", *options, landingpad_instant_previews="1")

    @property
    def revision(self) -> str | None:
        with Database(database_url(self.folder, self.url)) as database:
            return current_revision(database)

    def call(self, method: str, **params: Any) -> Any:
        answer = httpx.post(f"{self.server.url}{self.known['webhook']}{method}", json=params, timeout=60)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()["result"]


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(release: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    url = request.getfixturevalue("cluster").new_database() if request.param == "postgresql" else ""
    yield Kept(release, tmp_path, url)
    if url:
        request.getfixturevalue("cluster").drop(url)


def test_a_kept_database_upgrades_and_works(kept: Kept) -> None:
    assert kept.revision not in {None, HEAD}
    with kept.server as server:
        assert kept.revision == HEAD
        (site,) = kept.call("landing.site.getList", params={"filter": {"CODE": "harbour"}})
        pages = kept.call("landing.landing.getList", params={"filter": {"SITE_ID": site["ID"]}})
        assert [page["CODE"] for page in pages] == ["start"]  # the other one is in the trash
        picture = kept.call("landing.site.getPreview", id=site["ID"])
        assert picture.endswith("/preview.jpg")
        assert server.fetch(picture).headers["content-type"] == "image/jpeg"

        public = kept.call("landing.landing.getpublicurl", lid=pages[0]["ID"])
        assert "Changed since" not in server.fetch(public).text
        assert kept.call("landing.landing.publication", lid=pages[0]["ID"])
        assert "Changed since" in server.fetch(public).text

        answer = httpx.post(
            f"{server.url}/sign-in/",
            data={"login": kept.known["login"], "password": kept.known["password"], "next": "/sites/"},
            headers={"origin": server.url},
            timeout=60,
        )
        assert (answer.status_code, answer.headers["location"]) == (httpx.codes.SEE_OTHER, "/sites/")
        sites = httpx.get(f"{server.url}/sites/", cookies=answer.cookies, timeout=60)
        assert "Harbour café" in sites.text
