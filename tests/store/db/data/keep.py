"""Make the kept databases of this folder with a release, on SQLite and on PostgreSQL.

    PYTHONPATH=tests python tests/store/db/data/keep.py CHECKOUT NAME

CHECKOUT is a checkout of the release with its `.venv`. For each engine its server makes the portal of `seed.toml`, then
a few calls follow: a published page whose draft was changed since, a page in the trash, an earlier address, a role, a
sign-in. The results are `NAME.db.gz`, `NAME.sql` and `NAME.json` (the webhook of both). Ids, codes and texts are
reproducible; times and password hashes are not.
"""

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from support.postgres import Cluster, find_binaries

FOLDER = Path(__file__).parent
LOGIN, PASSWORD = "ida", "correct horse battery"
SECONDS = 60.0


def fill(checkout: Path, data: Path, database_url: str) -> str:
    """Run the release's server on an empty database, make the portal, and return the path of its webhook."""
    environment = {
        **os.environ,
        "LANDINGPAD_CHANCE": "kept",
        "LANDINGPAD_DATABASE_URL": database_url,
        "LANDINGPAD_INSTANT_PREVIEWS": "1",
        "LANDINGPAD_JOURNAL": "0",
    }
    program = checkout / ".venv" / "bin" / "landingpad"
    options = ["--dev", "--data", str(data), "--port", "0", "--seed", str(FOLDER / "seed.toml")]
    with subprocess.Popen(
        [program, "serve", *options], cwd=checkout, stdout=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        url = next(line for line in server.stdout if line.startswith("ready ")).split()[1]
        webhook: str = json.loads((data / "portal.json").read_text())["webhooks"]["kept"]
        try:
            change(url, webhook)
        finally:
            server.terminate()
    assert server.returncode == 0
    return webhook.removeprefix(url)


def change(url: str, webhook: str) -> None:
    """Write rows into many tables with a few calls, and wait for the picture."""

    def call(method: str, **params: Any) -> Any:
        answer = httpx.post(webhook + method, json=params, timeout=SECONDS)
        assert answer.is_success, answer.text
        return answer.json()["result"]

    site_id = call("landing.site.getList", params={"filter": {"CODE": "harbour"}})[0]["ID"]
    pages = {
        page["CODE"]: int(page["ID"])
        for page in call("landing.landing.getList", params={"filter": {"SITE_ID": site_id}})
    }
    home = pages["home"]
    block = call("landing.block.getlist", lid=home, params={"edit_mode": 1})[0]["id"]
    call("landing.landing.update", lid=home, fields={"CODE": "start"})
    call("landing.landing.publication", lid=home)
    call("landing.block.updatenodes", lid=home, block=block, data={".landing-block-node-title": "Changed since"})
    call("landing.landing.markDelete", lid=pages["menu"])
    call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "News", "CODE": "news"})
    call("landing.role.enable", mode=1)
    deadline = time.monotonic() + SECONDS
    while "nopreview" in call("landing.site.getPreview", id=site_id):
        assert time.monotonic() < deadline, "the published page got no picture"
        time.sleep(0.2)
    answer = httpx.post(
        f"{url}/sign-in/", data={"login": LOGIN, "password": PASSWORD, "next": ""}, headers={"origin": url}
    )
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text


def keep(checkout: Path, name: str) -> None:
    """Write the files of a release."""
    with tempfile.TemporaryDirectory() as folder, Cluster() as cluster:
        data = Path(folder)
        webhook = fill(checkout, data / "sqlite", "")
        small = data / "small.db"
        with sqlite3.connect(data / "sqlite" / "landingpad.db") as connection:
            connection.execute("VACUUM INTO ?", (str(small),))
        (FOLDER / f"{name}.db.gz").write_bytes(gzip.compress(small.read_bytes(), mtime=0))

        database_url = cluster.new_database()
        assert fill(checkout, data / "postgresql", database_url) == webhook
        dump = [str(find_binaries() / "pg_dump"), "--inserts", "--no-owner", "--no-privileges"]
        dump += ["--exclude-schema", "landingpad_snapshot_*", database_url]
        written = subprocess.run(dump, stdout=subprocess.PIPE, text=True, check=True).stdout
        # These lines are for psql alone.
        lines = [line for line in written.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
        (FOLDER / f"{name}.sql").write_text("\n".join(lines) + "\n")
    (FOLDER / f"{name}.json").write_text(json.dumps({"webhook": webhook, "login": LOGIN, "password": PASSWORD}) + "\n")


if __name__ == "__main__":
    keep(Path(sys.argv[1]).resolve(), sys.argv[2])
