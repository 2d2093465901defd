"""The script BX24 at the addresses from which applications load it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from landingpad.bx24 import script
from support.portal import Portal


@pytest.mark.parametrize("host", ["localhost", "api.bitrix24.com", "unknown.example"])
@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1"])
async def test_it_is_served_at_every_host_that_leads_here(portal: Portal, host: str, path: str) -> None:
    """Applications contain the address //api.bitrix24.com/api/v1/; their tests map that name to this server."""
    async with portal.http(host) as http:
        answer = await http.get(path)
        again = await http.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert answer.content == script()
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (again.status_code, again.content) == (304, b"")


async def test_it_is_not_part_of_a_published_site(portal: Portal) -> None:
    await portal.published("acme")
    async with portal.http("acme.localhost") as http:
        assert (await http.get("/api/v1/")).status_code == 404


def test_it_is_one_script_without_globals_of_its_own(tmp_path: Path) -> None:
    """Outside a portal it throws an error that says so, and BX24 is null."""
    node = shutil.which("node")
    assert node is not None, "Node is missing: run `make setup`"
    page = tmp_path / "page.js"
    page.write_text(
        "globalThis.window = globalThis; globalThis.parent = globalThis; globalThis.name = '';\n"
        "const before = new Set(Object.keys(globalThis));\n"
        "let problem; try { (0, eval)(require('fs').readFileSync(process.argv[2], 'utf8')); }"
        "catch (error) { problem = error.message; }\n"
        "const made = Object.keys(globalThis).filter((name) => !before.has(name));\n"
        "console.log(JSON.stringify({ made, bx24: globalThis.BX24, problem }));\n"
    )
    (tmp_path / "bx24.js").write_bytes(script())
    done = subprocess.run([node, page, tmp_path / "bx24.js"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (
        '{"made":["BX24"],"bx24":null,"problem":"BX24 works only in a frame of a portal. '
        'Open this page as an application of the portal."}'
    )
