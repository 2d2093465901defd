"""Previews: pictures of pages, their freshness, and orders for new ones.

An order is a pending row in the table of pictures (`store.preview.queue`). It is written in the transaction that causes
it, so it cannot get lost.
"""

import enum
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from landingpad.domain.preview.shapes import distance, source_of
from landingpad.domain.work import Work
from landingpad.errors import OperatorError
from landingpad.store.page import pages
from landingpad.store.preview import forgotten_media
from landingpad.store.preview import previews as rows
from landingpad.store.preview.previews import PictureShape
from landingpad.store.records import PageVersion, Preview

if TYPE_CHECKING:
    from landingpad.media.compare import PictureDifference

_WITH_ALL_SHAPES = 2
"""Number of newest contents whose pictures are kept in all shapes; of older ones only the standard picture is."""


class Priority(enum.IntEnum):
    """Urgency of a picture; smaller numbers come first."""

    ASKED = 0
    """A visitor or user waits for this picture."""
    PUBLISHED = 10
    BULK = 20
    """Many pages at once."""
    COPY = 30
    """Another format of an existing picture, which is shown meanwhile."""


class Freshness(enum.StrEnum):
    """Freshness of a picture."""

    FRESH = "fresh"
    """It shows what visitors see."""
    STALE = "stale"
    """It shows earlier content; a new one is pending, or could not be taken."""
    PENDING = "pending"
    """No picture exists yet."""
    FAILED = "failed"
    """No picture exists, and no retry follows until the page changes or the picture is ordered again."""
    NONE = "none"
    """The page is not public."""


class Status(msgspec.Struct, frozen=True):
    """Status of a picture of a page."""

    freshness: Freshness
    reason: str = ""
    """Why no fresh picture exists; empty before the first attempt has ended."""
    media_key: str | None = None
    """Media key of the picture that is shown, possibly a stale one."""
    wanted_at: int | None = None
    """When the wanted content became public, in milliseconds since the epoch."""
    finished_at: int | None = None
    """When the shown picture was taken."""


class PictureLookup(NamedTuple):
    """Result of looking up a picture."""

    status: Status
    picture: Preview | None
    """The picture to show: the wanted one, or the most similar one."""
    is_wanted: bool
    """Whether `picture` has the wanted shape; it may be stale."""
    orders: tuple[PictureShape, ...]
    """Shapes that should be ordered now with `order`."""


class NothingToCompareError(OperatorError):
    """The page lacks two such pictures; the text lists those that exist."""


class KeptPicture(msgspec.Struct, frozen=True):
    """A standard picture of present or earlier public content."""

    publication: int
    wanted_at: int
    """When this content last became public."""
    content_hash: str
    media_key: str


class PublicPage(Protocol):
    """The part of a page that previews need."""

    @property
    def id(self) -> int:
        """Id of the page."""

    @property
    def active(self) -> bool:
        """Whether the page is public."""

    @property
    def deleted(self) -> bool:
        """Whether the page is in the trash."""


def status(work: Work, page: PublicPage, shape: PictureShape | None = None) -> Status:
    """Return the status of a picture of a page, by default of the standard one."""
    return look_up(work, page, shape or work.services.previews.standard).status


def look_up(work: Work, page: PublicPage, shape: PictureShape, *, preferred_format: str = "jpeg") -> PictureLookup:
    """Find the best existing picture for a page and shape, and the shapes that should be ordered.

    Args:
        work: the work at hand; reads are enough.
        page: the page.
        shape: the wanted picture, as JPEG.
        preferred_format: the format that the client prefers to JPEG.

    """
    current = rows.current(work.tx, work.portal_id, page.id) if page.active and not page.deleted else []
    if not current and (not page.active or page.deleted or _never_published(work, page.id)):
        return PictureLookup(Status(Freshness.NONE), None, is_wanted=False, orders=())
    wanted = _of_shape(current, shape)
    if wanted is not None and wanted.state == rows.READY:
        fresh = Status(Freshness.FRESH, wanted.problem or "", wanted.media_key, wanted.wanted_at, wanted.finished_at)
        if preferred_format == "jpeg":
            return PictureLookup(fresh, wanted, is_wanted=True, orders=())
        liked = msgspec.structs.replace(shape, format=preferred_format)
        copy = _of_shape(current, liked)
        if copy is not None and copy.state == rows.READY:
            return PictureLookup(
                msgspec.structs.replace(fresh, media_key=copy.media_key), copy, is_wanted=True, orders=()
            )
        return PictureLookup(fresh, wanted, is_wanted=True, orders=(liked,) if copy is None else ())
    is_late = wanted is None or (wanted.state == rows.PENDING and wanted.priority > Priority.ASKED)
    shown = next(iter(rows.taken(work.tx, work.portal_id, page.id, shape)), None)
    known = _not_fresh(wanted, shown)
    is_wanted = shown is not None
    if shown is None:
        standard = work.services.previews.standard
        others = [preview for preview in current if preview.media_key]
        others = others or rows.taken(work.tx, work.portal_id, page.id, standard)[:1]
        shown = min(others, key=lambda preview: distance(shape, rows.shape_of(preview)), default=None)
    return PictureLookup(known, shown, is_wanted=is_wanted, orders=(shape,) if is_late else ())


def order_for_version(work: Work, version: PageVersion, priority: Priority = Priority.PUBLISHED) -> str | None:
    """Order the standard picture of a version that has just become public. Return its media key if it exists already.

    Orders for earlier content are dropped: after ten quick publications, only the last picture is taken, besides one
    that a worker may have begun.
    """
    tx, portal_id, page_id, content_hash = work.tx, work.portal_id, version.page_id, version.content_hash
    shape = work.services.previews.standard
    known, some_are_outdated = rows.for_version(tx, portal_id, page_id, content_hash, shape)
    if some_are_outdated:
        rows.drop_outdated(tx, portal_id, page_id, but=content_hash)
    expected = _expect(work, known, page_id, content_hash, shape, publication=version.publication, priority=priority)
    if known is not None:
        rows.shown_again(tx, known, publication=version.publication, now_ms=work.now_ms)
    return expected.media_key


def order(work: Work, page_id: int, shape: PictureShape, priority: Priority = Priority.ASKED) -> Preview | None:
    """Order a picture of the public content of a page, or raise the priority of an existing order.

    Concurrent orders share one row. Return None and order nothing if the page was never published, or if too many
    asked-for pictures are pending.
    """
    wanted = rows.wanted(work.tx, work.portal_id, page_id, shape)
    if wanted is None:
        return None
    known = rows.find(work.tx, wanted.picture_id) if wanted.picture_id is not None else None
    if known is None:
        waiting = rows.count_waiting(work.tx, work.portal_id, priority=priority)
        if priority in {Priority.ASKED, Priority.COPY} and waiting >= work.services.previews.most_asked:
            return None
    source = source_of(shape)
    if source is not None:
        order(work, page_id, source, priority)
    content_hash, publication = wanted.content_hash, wanted.publication
    return _expect(work, known, page_id, content_hash, shape, publication=publication, priority=priority)


def status_of_draft(work: Work, page_id: int, content_hash: str, shape: PictureShape) -> tuple[Status, Preview | None]:
    """Return the status of a picture of a draft, and its row, or None if it was not ordered yet."""
    preview = rows.one(work.tx, work.portal_id, page_id, content_hash, shape)
    if preview is None:
        return Status(Freshness.PENDING), None
    if preview.state == rows.READY:
        return Status(
            Freshness.FRESH, preview.problem or "", preview.media_key, finished_at=preview.finished_at
        ), preview
    failed = preview.state == rows.FAILED
    return Status(Freshness.FAILED if failed else Freshness.PENDING, preview.problem or ""), preview


def order_of_draft(work: Work, page_id: int, content_hash: str, shape: PictureShape, machine_ms: int) -> Preview | None:
    """Order a picture of the current draft and discard those of earlier drafts."""
    for earlier in rows.of_page(work.tx, work.portal_id, page_id):
        if earlier.publication == rows.DRAFT and earlier.content_hash != content_hash and earlier.claimed_by is None:
            rows.forget(work.tx, earlier)
            if earlier.media_key:
                forgotten_media.add(work.tx, earlier.media_key, machine_ms)
    if rows.count_waiting(work.tx, work.portal_id, priority=Priority.ASKED) >= work.services.previews.most_asked:
        return None
    source = source_of(shape)
    if source is not None:
        order_of_draft(work, page_id, content_hash, source, machine_ms)
    known = rows.one(work.tx, work.portal_id, page_id, content_hash, shape)
    return _expect(work, known, page_id, content_hash, shape, publication=rows.DRAFT, priority=Priority.ASKED)


def regenerate(work: Work, page_id: int, priority: Priority = Priority.BULK) -> list[int]:
    """Retake the pictures of the public content of a page. Earlier ones are shown meanwhile.

    Returns:
        The ids of the pictures to be retaken.

    """
    standard = order(work, page_id, work.services.previews.standard, priority)
    ordered = []
    for preview in rows.current(work.tx, work.portal_id, page_id):
        if source_of(rows.shape_of(preview)) is None:  # copies are remade with their source
            rows.retake(work.tx, preview, priority=priority)
            ordered.append(preview.id)
    if standard is not None:
        work.services.jobs.picture_expected(work.tx, preview_id=standard.id)
    return ordered


def retake_lost(work: Work, preview: Preview) -> None:
    """Retake a picture whose file is gone. Concurrent requests cause only one order."""
    known = rows.find(work.tx, preview.id)
    if known is not None and known.state == rows.READY:
        rows.retake(work.tx, known, priority=Priority.ASKED)
        work.services.jobs.picture_expected(work.tx, preview_id=known.id)


def kept(work: Work, page_id: int) -> list[KeptPicture]:
    """Return the kept standard pictures of a page, newest content first."""
    return [
        KeptPicture(preview.publication, preview.wanted_at, preview.content_hash, preview.media_key or "")
        for preview in rows.taken(work.tx, work.portal_id, page_id, work.services.previews.standard)
    ]


def difference(
    work: Work, page_id: int, *, before: int | None = None, after: int | None = None
) -> "tuple[KeptPicture, KeptPicture, PictureDifference]":
    """Compare two kept pictures of a page. Call it in a thread, since it uses 0.1 s of CPU or more.

    Args:
        work: the work at hand; reads are enough.
        page_id: the page.
        before: number of a publication, or None for the picture before the later one.
        after: number of a publication, or None for the newest picture.

    Raises:
        NothingToCompareError: the page lacks two such pictures.

    """
    pictures = kept(work, page_id)
    later = next((entry for entry in pictures if after in (None, entry.publication)), None)
    rest = pictures[pictures.index(later) + 1 :] if later is not None and before is None else pictures
    earlier = next((entry for entry in rest if before in (None, entry.publication)), None)
    files = [work.services.media.get(entry.media_key) if entry else None for entry in (earlier, later)]
    if earlier is None or later is None or files[0] is None or files[1] is None:
        numbers = ", ".join(str(entry.publication) for entry in pictures) or "none"
        raise NothingToCompareError(f"Page {page_id} has no two such pictures. Publications with a picture: {numbers}.")
    from landingpad.media.compare import compare  # noqa: PLC0415  # imports Pillow, which takes 30 ms

    return earlier, later, compare(files[0], files[1])


def show_taken(work: Work, preview: Preview, media_key: str, machine_ms: int) -> None:
    """Show a picture that was just stored, discard copies of its predecessor, and delete old pictures."""
    if preview.media_key is not None and preview.media_key != media_key:
        rows.drop_copies(work.tx, preview)
        forgotten_media.add(work.tx, preview.media_key, machine_ms)
    if rows.shape_of(preview) != work.services.previews.standard:
        return
    page_id, content_hash = preview.page_id, preview.content_hash
    if pages.show_picture_of(work.tx, work.portal_id, page_id, media_key, content_hash=content_hash):
        _forget_old(work, page_id, machine_ms)


def _expect(
    work: Work,
    known: Preview | None,
    page_id: int,
    content_hash: str,
    shape: PictureShape,
    *,
    publication: int,
    priority: Priority,
) -> Preview:
    """Order a picture. If it is known, order it again after a failure, and raise the priority of a pending order."""
    if known is None:
        known = rows.add(
            work.tx,
            work.portal_id,
            page_id,
            content_hash,
            shape,
            publication=publication,
            priority=priority,
            now_ms=work.now_ms,
        )
    else:
        rows.expect_known(work.tx, known, priority=priority)
    if known.state != rows.READY:
        work.services.jobs.picture_expected(work.tx, preview_id=known.id)
    return known


def _not_fresh(wanted: Preview | None, shown: Preview | None) -> Status:
    reason = (wanted.problem if wanted else "") or ""
    since = wanted.wanted_at if wanted else None
    if shown is not None:
        return Status(Freshness.STALE, reason, shown.media_key, since, shown.finished_at)
    failed = wanted is not None and wanted.state == rows.FAILED
    return Status(Freshness.FAILED if failed else Freshness.PENDING, reason, None, since)


def _of_shape(previews: Iterable[Preview], shape: PictureShape) -> Preview | None:
    return next((preview for preview in previews if rows.shape_of(preview) == shape), None)


def _never_published(work: Work, page_id: int) -> bool:
    return rows.public_content(work.tx, work.portal_id, page_id) is None


def _forget_old(work: Work, page_id: int, machine_ms: int) -> None:
    """Delete pictures of old content: standard ones beyond `plan.kept`, other shapes beyond `_WITH_ALL_SHAPES`."""
    plan = work.services.previews
    found = rows.of_page(work.tx, work.portal_id, page_id)
    newest = [preview.content_hash for preview in rows.taken_of(found, plan.standard)][: max(plan.kept, 1)]
    for preview in found:
        is_standard = rows.shape_of(preview) == plan.standard
        held = newest if is_standard else newest[:_WITH_ALL_SHAPES]
        if preview.content_hash not in held and preview.claimed_by is None:
            rows.forget(work.tx, preview)
            if preview.media_key:
                forgotten_media.add(work.tx, preview.media_key, machine_ms)
