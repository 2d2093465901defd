"""preview.jpg and its variants: pictures that follow the page, with a header for their freshness."""

import time
from typing import NamedTuple

from landingpad.domain.preview import previews
from landingpad.domain.preview.previews import Freshness, PictureLookup, Status
from landingpad.domain.site.urls import MEDIA_PATH
from landingpad.domain.work import Work
from landingpad.http.delivery import (
    ALWAYS_ASK,
    NEVER,
    conditional,
    file_headers,
    ranged,
    read_at_once,
    stored_file,
    stored_tag,
)
from landingpad.http.plain import Answer, Request
from landingpad.http.server_pages import no_picture_bytes
from landingpad.media.store import MediaStore, content_type
from landingpad.store.preview.previews import PictureShape
from landingpad.store.records import Page, Preview

FRESHNESS = b"x-landingpad-preview"
"""Header with the freshness of a picture (fresh, stale, pending, failed or none) and a reason."""
_LONGEST_REASON = 300
_RETRY_SECONDS = b"1"


class PictureOrders(NamedTuple):
    """Pictures to order after an answer; reading itself writes nothing."""

    portal_id: int
    page_id: int
    shapes: tuple[PictureShape, ...]
    lost: Preview | None = None
    """A picture whose file is gone."""
    draft: str = ""
    """Hash of the draft to photograph; "" for the published page."""


def picture(
    work: Work, media: MediaStore, request: Request, page: Page | None, shape: PictureShape
) -> tuple[Answer, PictureOrders | None]:
    """Answer with the requested picture of a page, or with the closest one available."""
    if page is None:
        return no_picture(), None
    accepted = work.services.previews.preferred_format(request.header(b"accept"))
    look = previews.look_up(work, page, shape, preferred_format=accepted)
    orders = PictureOrders(page.portal_id, page.id, look.orders) if look.orders else None
    key = look.picture.media_key if look.picture else None
    if look.picture is None or key is None:
        return _placeholder(look.status), orders
    found = stored_file(media, key, _headers(look, key))
    if found is None:
        return _lost(page.id, look.picture, look.orders)
    return _answer(request, look, key, found), orders


def draft_picture(
    work: Work, media: MediaStore, page_id: int, content_hash: str, shape: PictureShape
) -> tuple[Answer, PictureOrders | None]:
    """Answer with a picture of the draft of a page; it must not be cached."""
    status, preview = previews.status_of_draft(work, page_id, content_hash, shape)
    if preview is None:
        return _placeholder(status), PictureOrders(work.portal_id, page_id, (shape,), draft=content_hash)
    if status.media_key is None:
        return _placeholder(status), None
    headers = [*file_headers("image/jpeg", NEVER), _freshness_header(status), (b"x-robots-tag", b"noindex")]
    found = stored_file(media, status.media_key, headers)
    return _lost(page_id, preview) if found is None else (read_at_once(found), None)


def order(work: Work, orders: PictureOrders) -> None:
    """Order the pictures that were missing."""
    if orders.lost is not None:
        previews.retake_lost(work, orders.lost)
    for shape in orders.shapes:
        if orders.draft:
            previews.order_of_draft(work, orders.page_id, orders.draft, shape, int(time.time() * 1000))
            continue
        is_copy = shape.format != "jpeg"
        previews.order(work, orders.page_id, shape, previews.Priority.COPY if is_copy else previews.Priority.ASKED)


def no_picture() -> Answer:
    """Answer with the placeholder if there is no page to picture."""
    return _placeholder(Status(Freshness.NONE))


def _headers(look: PictureLookup, key: str) -> list[tuple[bytes, bytes]]:
    return [
        *file_headers(content_type(key), ALWAYS_ASK if look.is_wanted else NEVER),
        _freshness_header(look.status),
        (b"vary", b"accept"),
        (b"content-location", f"{MEDIA_PATH}{key}".encode()),
    ]


def _answer(request: Request, look: PictureLookup, key: str, answer: Answer) -> Answer:
    if look.is_wanted:
        tag = stored_tag(key)
        answer = ranged(request, conditional(request, answer, tag), tag)
    else:  # a substitute, which must not be cached under this address
        answer.headers.append((b"retry-after", _RETRY_SECONDS))
    return read_at_once(answer)


def _lost(page_id: int, picture: Preview, more: tuple[PictureShape, ...] = ()) -> tuple[Answer, PictureOrders]:
    """Answer with the placeholder for a picture whose file is lost, and order it again."""
    return _placeholder(Status(Freshness.PENDING, "its file was lost")), PictureOrders(
        picture.portal_id, page_id, more, picture
    )


def _placeholder(status: Status) -> Answer:
    """Answer with the placeholder; it must not be cached, because the picture may be ready any moment."""
    headers = [*file_headers("image/jpeg", NEVER), _freshness_header(status)]
    if status.freshness is Freshness.PENDING:
        headers.append((b"retry-after", _RETRY_SECONDS))
    return Answer(200, headers, no_picture_bytes())


def _freshness_header(status: Status) -> tuple[bytes, bytes]:
    """Return the freshness header; the reason is a quoted string of ASCII (RFC 9110, 5.6.4)."""
    text = status.freshness.value
    if status.reason:
        shown = "".join(char if char.isascii() and char.isprintable() else "?" for char in status.reason)
        shown = shown[:_LONGEST_REASON].replace("\\", "\\\\").replace('"', '\\"')
        text += f'; reason="{shown}"'
    return FRESHNESS, text.encode()
