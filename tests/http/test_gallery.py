"""The gallery of blocks, for developers."""

from pathlib import Path

from landingpad.blocks.library import standard_library
from support.portal import Databases, Portal


async def test_the_gallery_shows_every_block(portal: Portal) -> None:
    overview = await portal.get("/_landingpad/blocks")
    assert overview.status_code == 200
    for code in standard_library():
        assert overview.text.count(f'href="/_landingpad/blocks/{code}"') == 1
        sample = await portal.get(f"/_landingpad/blocks/{code}")
        assert standard_library()[code].content[:40] in sample.text
        assert "sandbox" in sample.headers["content-security-policy"]
    assert (await portal.get("/_landingpad/blocks/nonsense")).status_code == 404


async def test_the_gallery_is_closed_outside_of_developer_mode(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path, dev=False) as parts:
        portal = Portal(parts)
        for path in ("/_landingpad/blocks", "/_landingpad/blocks/01.big_with_text"):
            assert (await portal.get(path)).status_code == 404
