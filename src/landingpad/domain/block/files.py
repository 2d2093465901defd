"""Uploaded pictures: a row with an id, and bytes in the media store with an address."""

from landingpad.domain.work import Work
from landingpad.media.picture import UploadedPicture
from landingpad.store.block import blocks as block_rows
from landingpad.store.block import files as rows
from landingpad.store.page import pages as page_rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import File, Page

MEDIA = "/_media/"
"""Path of stored files on every host of this server."""


def find(work: Work, file_id: int) -> File | None:
    """Return an uploaded file, or None."""
    return rows.find(work.tx, work.portal_id, file_id)


def page_of(work: Work, file_id: int) -> Page | None:
    """Return the page whose block an uploaded file belongs to, or None."""
    file = find(work, file_id)
    block = block_rows.find_anywhere(work.tx, work.portal_id, file.block_id) if file and file.block_id else None
    return page_rows.find(work.tx, work.portal_id, block.page_id) if block and block.page_id else None


def address(media_key: str, name: str) -> str:
    """Return the address of a file: a path, which is valid on every host and port of this server."""
    return f"{MEDIA}{media_key}/{name}"


def add(work: Work, picture: UploadedPicture, media_key: str, *, block_id: int) -> File:
    """Register a stored picture as the file of a block."""
    file = File(
        id=0,
        portal_id=work.portal_id,
        block_id=block_id,
        name=picture.name,
        media_key=media_key,
        width=picture.width,
        height=picture.height,
        size=len(picture.data),
        created_by=work.user.id,
        created_at=work.now_ms,
    )
    return rows.add(work.tx, file)


def release(work: Work, page: PageView, block_id: int, file_id: int) -> None:
    """Detach a file from a block of a page. Do nothing if the file, block or page do not belong together."""
    file = find(work, file_id)
    if file is not None and file.block_id == block_id and block_rows.find(work.tx, work.portal_id, page.id, block_id):
        rows.attach(work.tx, file, None)


def attach(work: Work, file: File, block_id: int) -> None:
    """Attach a file to another block."""
    rows.attach(work.tx, file, block_id)
