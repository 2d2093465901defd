"""What the navigation shows beside the pages of the portal itself."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from landingpad.web.visit import Visit


class Entry(NamedTuple):
    """One entry of the navigation."""

    title: str
    path: str


async def app_entries(visit: "Visit") -> list[Entry]:  # noqa: ARG001  # entries come with the applications
    """Return the applications that the signed-in user may open."""
    return []
