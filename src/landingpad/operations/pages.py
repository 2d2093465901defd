"""Pages: their publications, and going back to an earlier one."""

from landingpad.domain.page import publishing
from landingpad.operations.errors import NotFound
from landingpad.operations.opening import first_portal
from landingpad.operations.sites import work_of
from landingpad.server.parts import Parts
from landingpad.store.db.engine import Tx
from landingpad.store.page import pages as page_rows
from landingpad.store.page import versions as version_rows
from landingpad.store.page.versions import Publication


def publications(parts: Parts, page_id: int) -> list[Publication]:
    """Return the stored publications of a page, newest first.

    Raises:
        NotFound: there is no such page.

    """

    def read(tx: Tx) -> list[Publication]:
        if page_rows.find(tx, first_portal(parts), page_id) is None:
            raise NotFound(f"There is no page {page_id}. `landingpad preview status` shows those of a site.")
        return version_rows.history(tx, first_portal(parts), page_id)

    return parts.db.read_here(read)


def undo_publication(parts: Parts, page_id: int, publication: int | None) -> int:
    """Show visitors an earlier publication of a page again and return its number; None is the one before.

    Raises:
        NotFound: there is no such page.
        CannotUndoError: there is no such publication.

    """
    publications(parts, page_id)
    return parts.db.write_here(
        lambda tx: publishing.undo_publication(work_of(parts, tx), page_id, publication), portal_id=first_portal(parts)
    )
