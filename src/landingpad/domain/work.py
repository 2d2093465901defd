"""The context of a domain function: user, time, transaction and services."""

from collections.abc import Callable
from random import Random
from typing import Any, Protocol, Self, TypeVar

import msgspec

from landingpad.domain.clock import Clock
from landingpad.domain.preview.shapes import PreviewPlan
from landingpad.domain.site.urls import PublicUrls
from landingpad.media.reader import PictureReader
from landingpad.media.store import MediaStore
from landingpad.network.outgoing import OutgoingClient
from landingpad.store.db.engine import Database, Tx
from landingpad.store.records import Stamp, User

R = TypeVar("R")


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An event to post to an application. The user's tokens are made when it is posted, not here."""

    portal_id: int
    app_id: int
    handler_id: int
    """0 for the installation event, which goes to the application itself."""
    address: str
    event: str
    data: dict[str, Any]
    user_id: int
    at: int
    """Unix time of the event, in seconds."""
    application_token: str = ""
    """Set only for an application that is being removed: its row is gone when the event is posted."""


class JobQueue(Protocol):
    """Queue for background jobs. A job is stored in the transaction of the write that causes it."""

    def picture_expected(self, tx: Tx, *, preview_id: int) -> None:
        """Wake the picture workers once this transaction is committed."""
        ...

    def refresh_pages(self, tx: Tx, *, portal_id: int, site_id: int) -> None:
        """Queue a job that renders the published pages of a site again."""
        ...

    def deliver_event(self, tx: Tx, delivery: Delivery, *, once: str = "") -> None:
        """Queue the post of an event to its handler. Of deliveries with the same `once`, only the first is sent."""
        ...

    def forget(self) -> None:
        """Drop jobs that are not rows, because another state of the database was restored."""
        ...


class Services:
    """The long-lived parts of a server that domain functions use."""

    def __init__(
        self,
        *,
        db: Database,
        jobs: JobQueue,
        urls: PublicUrls,
        random: Random,
        media: MediaStore,
        outgoing: OutgoingClient,
        pictures: PictureReader,
        clock: Clock | None = None,
        previews: PreviewPlan | None = None,
    ) -> None:
        self.db = db
        self.jobs = jobs
        self.urls = urls
        self.random = random
        self.media = media
        self.outgoing = outgoing
        self.pictures = pictures
        self.clock = clock or Clock()
        self.previews = previews or PreviewPlan()


class Work:
    """The context of a domain function: transaction, portal, user, time and services.

    The user's rights were asked by whoever made it: a method, a screen or a command.
    """

    __slots__ = ("now_ms", "portal_id", "services", "tx", "user")

    def __init__(self, tx: Tx, user: User, now_ms: int, services: Services) -> None:
        self.tx = tx
        self.portal_id = user.portal_id
        """The portal whose rows may be seen and changed."""
        self.user = user
        """The user on whose behalf the work is done."""
        self.now_ms = now_ms
        """Time of the work, in milliseconds since the epoch."""
        self.services = services

    def outside(self, weight: int, function: Callable[..., R], *args: Any) -> R:  # noqa: ARG002  # Call uses it
        """Return function(*args), a pure function that may take long, such as one that parses HTML.

        Calls of the API run it outside of their transaction if its `weight`, in characters to parse, is large, so that
        other writers do not wait for it.
        """
        return function(*args)

    @classmethod
    def of_system(cls, tx: Tx, portal_id: int, now_ms: int, services: Services) -> Self:
        """Return work of the server itself, on behalf of no user."""
        return cls(tx, User(0, portal_id, "system", "", "", "", is_admin=True, is_active=True), now_ms, services)


def stamp(work: Work) -> Stamp:
    """Return the user and time to write into changed rows."""
    return Stamp(work.user.id, work.now_ms)
