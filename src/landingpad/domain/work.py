"""What the domain needs to know about the work at hand: who, when, in which transaction, with which services."""

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
    """An event on its way to an application. It carries no token of a user: those are made when it is posted."""

    portal_id: int
    app_id: int
    handler_id: int
    """0: the application itself, when it is installed."""
    address: str
    event: str
    data: dict[str, Any]
    user_id: int
    at: int
    """Unix time of the event."""
    application_token: str = ""
    """Of an application that is removed, for then nobody can be asked for it."""


class JobQueue(Protocol):
    """Where work that follows from a write is put, in the transaction of that write."""

    def picture_expected(self, tx: Tx, *, preview_id: int) -> None:
        """Tell those who take pictures, once the order for one is stored."""
        ...

    def refresh_pages(self, tx: Tx, *, portal_id: int, site_id: int) -> None:
        """Have the published pages of a site rendered anew."""
        ...

    def deliver_event(
        self, tx: Tx, delivery: Delivery, *, attempt: int = 0, delay_seconds: float = 0, once: str = ""
    ) -> None:
        """Have an event posted to its handler; of deliveries with the same `once`, only the first."""
        ...


class Services:
    """The long-lived parts of a server that methods use."""

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
    """One piece of work. A call of the API is one; so is a job or a command."""

    @property
    def tx(self) -> Tx:
        """The transaction to work in."""
        ...

    @property
    def portal_id(self) -> int:
        """The portal whose rows may be seen and changed."""
        ...

    @property
    def user(self) -> User:
        """On whose behalf."""
        ...

    def may(self, right: Right, site_id: int | None = None) -> bool:
        """Say whether the work may be done."""
        ...

    @property
    def now_ms(self) -> int:
        """The moment, in milliseconds since the epoch."""
        ...

    @property
    def services(self) -> Services:
        """The services of the server."""
        ...


class UserWork:
    """Work that somebody does who may do it: whoever makes it has looked at their rights."""

    def __init__(self, tx: Tx, user: User, now_ms: int, services: Services) -> None:
        self.tx = tx
        self.portal_id = user.portal_id
        self.now_ms = now_ms
        self.services = services
        self.user = user

    def may(self, right: Right, site_id: int | None = None) -> bool:  # noqa: ARG002  # the signature of Work
        """Say yes: it was asked before."""
        return True


class SystemWork:
    """Work that the server does on nobody's behalf."""

    def __init__(self, tx: Tx, portal_id: int, now_ms: int, services: Services) -> None:
        self.tx = tx
        self.portal_id = portal_id
        self.now_ms = now_ms
        self.services = services
        self.user = User(0, portal_id, "system", "", "", "", is_admin=True, is_active=True)

    def may(self, right: Right, site_id: int | None = None) -> bool:  # noqa: ARG002  # the signature of Work
        """Say yes: nobody else decides over it."""
        return True


def stamp(work: Work) -> Stamp:
    """Return what rows say of this work: who, and when."""
    return Stamp(work.user.id, work.now_ms)
