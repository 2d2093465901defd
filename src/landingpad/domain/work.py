"""The context of a domain function: user, time, transaction and services."""

from random import Random
from typing import Any, Protocol

import msgspec

from landingpad.domain.clock import Clock
from landingpad.domain.people.rights import Right
from landingpad.domain.preview.shapes import PreviewPlan
from landingpad.domain.site.urls import PublicUrls
from landingpad.media.picture import PictureReader
from landingpad.media.store import MediaStore
from landingpad.network.fetch import Fetcher
from landingpad.store.db.engine import Database, Tx
from landingpad.store.records import Stamp, User


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
        fetcher: Fetcher,
        pictures: PictureReader,
        clock: Clock | None = None,
        previews: PreviewPlan | None = None,
    ) -> None:
        self.db = db
        self.jobs = jobs
        self.urls = urls
        self.random = random
        self.media = media
        self.fetcher = fetcher
        self.pictures = pictures
        self.clock = clock or Clock()
        self.previews = previews or PreviewPlan()


class Work(Protocol):
    """The context in which a domain function runs: an API call, a job or a command."""

    @property
    def tx(self) -> Tx:
        """The transaction."""
        ...

    @property
    def portal_id(self) -> int:
        """The portal whose rows may be seen and changed."""
        ...

    @property
    def user(self) -> User:
        """The user on whose behalf the work is done."""
        ...

    def may(self, right: Right, site_id: int | None = None) -> bool:
        """Say whether the user has a right, to a site or in general."""
        ...

    @property
    def now_ms(self) -> int:
        """The time of the work, in milliseconds since the epoch."""
        ...

    @property
    def services(self) -> Services:
        """The services of the server."""
        ...


class UserWork:
    """Work on behalf of a user whose rights were already checked."""

    def __init__(self, tx: Tx, user: User, now_ms: int, services: Services) -> None:
        self.tx = tx
        self.portal_id = user.portal_id
        self.now_ms = now_ms
        self.services = services
        self.user = user

    def may(self, right: Right, site_id: int | None = None) -> bool:  # noqa: ARG002  # the signature of Work
        """Return True: the rights were checked before."""
        return True


class SystemWork:
    """Work of the server itself, on behalf of no user."""

    def __init__(self, tx: Tx, portal_id: int, now_ms: int, services: Services) -> None:
        self.tx = tx
        self.portal_id = portal_id
        self.now_ms = now_ms
        self.services = services
        self.user = User(0, portal_id, "system", "", "", "", is_admin=True, is_active=True)

    def may(self, right: Right, site_id: int | None = None) -> bool:  # noqa: ARG002  # the signature of Work
        """Return True: the server itself needs no right."""
        return True


def stamp(work: Work) -> Stamp:
    """Return the user and time to write into changed rows."""
    return Stamp(work.user.id, work.now_ms)
