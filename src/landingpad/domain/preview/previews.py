"""Previews: the pictures of a page, how fresh they are, and what is done to have one.

An order for a picture is a row of the same table that holds the pictures (see `store.preview_queue`): it is written in
the transaction of what it follows from, and is never lost.
"""

import enum
from collections.abc import Iterable
from typing import NamedTuple, Protocol

import msgspec

from landingpad.domain.preview.shapes import distance, source_of
from landingpad.domain.work import Work
from landingpad.errors import OperatorError
from landingpad.media.compare import PictureDifference, compare
from landingpad.store.page import pages
from landingpad.store.preview import forgotten_media
from landingpad.store.preview import previews as rows
from landingpad.store.preview.previews import PictureShape
from landingpad.store.records import PageVersion, Preview

_WITH_ALL_SHAPES = 2
"""Of how many contents, the newest first, more than the standard picture is kept."""


class Priority(enum.IntEnum):
    """How urgent a picture is: the smaller, the sooner."""

    ASKED = 0
    """Somebody waits for this very picture."""
    PUBLISHED = 10
    BULK = 20
    """Of many pages at once."""
    COPY = 30
    """Another format of a picture that exists; the one that exists is as good."""


class Freshness(enum.StrEnum):
    """What is known of a picture."""

    FRESH = "fresh"
    """It shows what visitors see."""
    STALE = "stale"
    """It shows what visitors saw before; a new one is expected, or could not be taken."""
    PENDING = "pending"
    """There is none yet."""
    FAILED = "failed"
    """There is none, and trying has ended until the page changes or somebody orders it anew."""
    NONE = "none"
    """The page is not public."""


class Status(msgspec.Struct, frozen=True):
    """How it stands with a picture of a page."""

    freshness: Freshness
    reason: str = ""
    """Why there is none, or no fresh one; empty while the first attempt is awaited."""
    media_key: str | None = None
    """The picture that is shown meanwhile."""
    wanted_at: int | None = None
    """Since when its content is public, in milliseconds since the epoch."""
    finished_at: int | None = None
    """When the picture that is shown was taken."""


class PictureLookup(NamedTuple):
    """What somebody gets who asks for a picture."""

    status: Status
    picture: Preview | None
    """What is shown: the wanted picture, or what comes nearest to it."""
    is_wanted: bool
    """Whether it is the wanted picture, though it may be stale."""
    orders: tuple[PictureShape, ...]
    """What should be ordered now with `order`."""


class NothingToCompareError(OperatorError):
    """There are no two pictures to compare; the text says which there are."""


class KeptPicture(msgspec.Struct, frozen=True):
    """A standard picture of something that was public."""

    publication: int
    wanted_at: int
    """When this content became public last."""
    content_hash: str
    media_key: str


class PublicPage(Protocol):
    """What has to be known of a page."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def active(self) -> bool:
        """Whether it is public."""

    @property
    def deleted(self) -> bool:
        """Whether it is in the trash."""


def status(work: Work, page: PublicPage, shape: PictureShape | None = None) -> Status:
    """Say how it stands with a picture of a page; without a shape with the standard one."""
    return look_up(work, page, shape or work.services.previews.standard).status


def look_up(work: Work, page: PublicPage, shape: PictureShape, *, preferred_format: str = "jpeg") -> PictureLookup:
    """Return what is to be shown to somebody who asks for a picture, and what should be ordered now.

    Args:
        work: the work at hand; reads are enough.
        page: which page.
        shape: the picture, as JPEG.
        preferred_format: what the one who asks likes best; JPEG is taken as well.

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
    """Have the standard picture follow a version that has just become public; return its media key if there is one.

    Orders for what was public before are dropped: of ten quick publications, the last has its picture taken, and at
    most one other whose picture was being taken already.
    """
    rows.drop_outdated(work.tx, work.portal_id, version.page_id, but=version.content_hash)
    expected = _expect(
        work,
        version.page_id,
        version.content_hash,
        work.services.previews.standard,
        publication=version.publication,
        priority=priority,
    )
    rows.shown_again(work.tx, expected, publication=version.publication, now_ms=work.now_ms)
    return expected.media_key


def order(work: Work, page_id: int, shape: PictureShape, priority: Priority = Priority.ASKED) -> Preview | None:
    """Order a picture of what visitors see of a page, or have one that is ordered taken sooner.

    One row is made, however many ask at the same time. Where too many wait that were asked for, nothing is ordered: who
    asks again later has better luck.
    """
    content = rows.public_content(work.tx, work.portal_id, page_id)
    if content is None:
        return None
    if rows.one(work.tx, work.portal_id, page_id, content.content_hash, shape) is None:
        waiting = rows.count_waiting(work.tx, work.portal_id, priority=priority)
        if priority in {Priority.ASKED, Priority.COPY} and waiting >= work.services.previews.most_asked:
            return None
    source = source_of(shape)
    if source is not None:
        order(work, page_id, source, priority)
    return _expect(work, page_id, content.content_hash, shape, publication=content.publication, priority=priority)


def status_of_draft(work: Work, page_id: int, content_hash: str, shape: PictureShape) -> tuple[Status, Preview | None]:
    """Return how it stands with a picture of the draft of a page, and the picture if it is not to be ordered first."""
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
    """Order a picture of the draft of a page as it is now; those of what it was before are forgotten."""
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
    return _expect(work, page_id, content_hash, shape, publication=rows.DRAFT, priority=Priority.ASKED)


def regenerate(work: Work, page_id: int, priority: Priority = Priority.BULK) -> list[int]:
    """Have the pictures of what visitors see of a page taken anew; earlier ones are shown meanwhile.

    Returns:
        The ids of the pictures that are expected now.

    """
    standard = order(work, page_id, work.services.previews.standard, priority)
    ordered = []
    for preview in rows.current(work.tx, work.portal_id, page_id):
        if source_of(rows.shape_of(preview)) is None:  # copies are made anew when their source is
            rows.retake(work.tx, preview, priority=priority)
            ordered.append(preview.id)
    if standard is not None:
        work.services.jobs.picture_expected(work.tx, preview_id=standard.id)
    return ordered


def retake_lost(work: Work, preview: Preview) -> None:
    """Have a picture taken anew whose file is gone; only once, however many ask for it."""
    known = rows.find(work.tx, preview.id)
    if known is not None and known.state == rows.READY:
        rows.retake(work.tx, known, priority=Priority.ASKED)
        work.services.jobs.picture_expected(work.tx, preview_id=known.id)


def kept(work: Work, page_id: int) -> list[KeptPicture]:
    """Return the standard pictures of a page that are kept, that of the newest content first."""
    return [
        KeptPicture(preview.publication, preview.wanted_at, preview.content_hash, preview.media_key or "")
        for preview in rows.taken(work.tx, work.portal_id, page_id, work.services.previews.standard)
    ]


def difference(
    work: Work, page_id: int, *, before: int | None = None, after: int | None = None
) -> tuple[KeptPicture, KeptPicture, PictureDifference]:
    """Compare two kept pictures of a page. Takes a tenth of a second of CPU or more: call it in a thread.

    Args:
        work: the work at hand; reads are enough.
        page_id: which page.
        before: number of a publication; None: the picture before the later one.
        after: number of a publication; None: the newest picture.

    Raises:
        NothingToCompareError: there are no two such pictures.

    """
    pictures = kept(work, page_id)
    later = next((entry for entry in pictures if after in (None, entry.publication)), None)
    rest = pictures[pictures.index(later) + 1 :] if later is not None and before is None else pictures
    earlier = next((entry for entry in rest if before in (None, entry.publication)), None)
    files = [work.services.media.get(entry.media_key) if entry else None for entry in (earlier, later)]
    if earlier is None or later is None or files[0] is None or files[1] is None:
        numbers = ", ".join(str(entry.publication) for entry in pictures) or "none"
        raise NothingToCompareError(f"Page {page_id} has no two such pictures. Publications with a picture: {numbers}.")
    return earlier, later, compare(files[0], files[1])


def show_taken(work: Work, preview: Preview, media_key: str, machine_ms: int) -> None:
    """Let a picture that was just stored be shown where it belongs, and forget what is too old."""
    if preview.media_key is not None and preview.media_key != media_key:
        rows.drop_copies(work.tx, preview)
        forgotten_media.add(work.tx, preview.media_key, machine_ms)
    if rows.shape_of(preview) != work.services.previews.standard:
        return
    content = rows.public_content(work.tx, work.portal_id, preview.page_id)
    if content is not None and content.content_hash == preview.content_hash:
        pages.show_picture(work.tx, work.portal_id, preview.page_id, media_key)
        _forget_old(work, preview.page_id, machine_ms)


def _expect(
    work: Work, page_id: int, content_hash: str, shape: PictureShape, *, publication: int, priority: Priority
) -> Preview:
    expected = rows.expect(
        work.tx,
        work.portal_id,
        page_id,
        content_hash,
        shape,
        publication=publication,
        priority=priority,
        now_ms=work.now_ms,
    )
    if expected.state != rows.READY:
        work.services.jobs.picture_expected(work.tx, preview_id=expected.id)
    return expected


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
    """Forget pictures of what was public long ago, and all but the standard ones of what was public before the last."""
    plan = work.services.previews
    newest = [entry.content_hash for entry in kept(work, page_id)][: max(plan.kept, 1)]
    for preview in rows.of_page(work.tx, work.portal_id, page_id):
        is_standard = rows.shape_of(preview) == plan.standard
        held = newest if is_standard else newest[:_WITH_ALL_SHAPES]
        if preview.content_hash not in held and preview.claimed_by is None:
            rows.forget(work.tx, preview)
            if preview.media_key:
                forgotten_media.add(work.tx, preview.media_key, machine_ms)
