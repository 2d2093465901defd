"""Media files: removal of those without a use."""

from typing import TYPE_CHECKING, NamedTuple

from landingpad.jobs.forgotten import remove_forgotten
from landingpad.jobs.orphans import forget_orphans
from landingpad.operations.errors import Refused
from landingpad.store.db.snapshots import snapshots_of

if TYPE_CHECKING:
    from landingpad.server.parts import Parts


class Collected(NamedTuple):
    """Result of a removal."""

    found: int
    removed: int


def collect_media(parts: "Parts") -> Collected:
    """Find files without a use, and remove those that were found more than a day ago.

    Raises:
        Refused: snapshots of developer mode may show such files.

    """
    kept = snapshots_of(parts.db, parts.settings.data / "snapshots").names()
    if kept:
        raise Refused(
            f"There are snapshots of developer mode ({', '.join(kept)}), which may show files that nothing else uses. "
            "Delete them first: landingpad state delete NAME."
        )
    return Collected(forget_orphans(parts.services), remove_forgotten(parts.services))
