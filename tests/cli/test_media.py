"""`landingpad media` as a person types it."""

from collections.abc import Callable

from support.portal import Portal


async def test_files_without_a_use_are_collected(portal: Portal, run: Callable[..., list[str]]) -> None:
    await portal.published()
    assert run("media gc") == ["0 files without a use, removed a day after they are found; 0 removed now"]
