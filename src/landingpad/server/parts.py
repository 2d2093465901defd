"""The parts of a server. Each part receives what it needs in its constructor."""

import threading
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.control.interference import Interference
from landingpad.domain.app import foreign
from landingpad.domain.people.signin import SignIn
from landingpad.domain.preview.shapes import PreviewPlan
from landingpad.domain.site.urls import PublicUrls
from landingpad.domain.work import JobQueue, Services
from landingpad.http.bodies import BodiesOfNobody
from landingpad.http.forms import VisitorForms
from landingpad.http.public import PublicSites
from landingpad.http.rest import RestRoute
from landingpad.http.rest3 import Rest3Dispatcher
from landingpad.jobs.deliveries import Deliveries
from landingpad.jobs.order_listeners import OrderListeners
from landingpad.jobs.queue import JobEnqueuer
from landingpad.media.reader import PictureReader
from landingpad.media.store import MediaStore
from landingpad.methods.rest3 import REST3
from landingpad.network.addresses import is_public, is_public_or_own
from landingpad.network.outgoing import OutgoingClient
from landingpad.rpc.declare import REGISTRY, Registry
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.journal import Journal
from landingpad.rpc.limits import LimitMode, Limits
from landingpad.rpc.lint import RequestLint
from landingpad.rpc.portals import PortalDirectory
from landingpad.rpc.webhook_uses import WebhookUses
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, database_url

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from landingpad.control.kit import Kit
    from landingpad.control.ordered import OrderedInterference


class Parts:
    """The long-lived parts of one process."""

    def __init__(
        self,
        settings: Settings,
        *,
        scheme: str,
        port: int,
        jobs: JobQueue | None = None,
        registry: Registry = REGISTRY,
    ) -> None:
        """Make the parts.

        Args:
            settings: settings of the server.
            scheme: scheme of its addresses, unless a public address is set.
            port: port of its addresses, unless a public address is set.
            jobs: queue for work that follows writes; None: the queue in the database.
            registry: the methods of the API.

        """
        self.settings = settings
        self.registry = registry
        ordered = _ordered_interference(registry, settings.chance) if settings.dev else None
        self.interference = ordered or Interference()
        self.closing = threading.Event()
        """Set when the server is about to stop, to end endless streams."""
        self.order_listeners = OrderListeners()
        self.job_listeners = OrderListeners()
        self.db = Database(database_url(settings.data, settings.database_url), timeout=settings.read_timeout)
        self.media = MediaStore(settings.data / "media")
        self.portals = PortalDirectory(self.db)
        public = urlsplit(settings.public_url)
        if public.hostname:
            scheme, port = public.scheme, public.port or (443 if public.scheme == "https" else 80)
        self.services = Services(
            db=self.db,
            jobs=jobs or JobEnqueuer(self.order_listeners, self.job_listeners),
            urls=PublicUrls(scheme, port),
            random=self.interference.random,
            media=self.media,
            outgoing=OutgoingClient(public=is_public_or_own if settings.dev else is_public),
            pictures=PictureReader(),
            previews=PreviewPlan.of(settings),
        )
        self.deliveries = Deliveries(settings.journal)
        self.journal = Journal(settings.journal, count=settings.dev)
        self.limits = Limits(LimitMode(settings.limit_mode), settings.operating_limit)
        self.uses = WebhookUses(self.db)
        dispatcher = partial(
            Dispatcher,
            services=self.services,
            prove_declarations=settings.dev,
            limits=self.limits,
            lint=RequestLint(strict=settings.strict) if settings.strict or settings.dev else None,
            journal=self.journal,
            before=self.interference.before_call,
        )
        self.dispatcher = dispatcher(registry)
        rest3 = dispatcher(REST3, foreign=foreign.REST3)
        self.nobody = BodiesOfNobody(settings.unknown_body_limit)
        self.rest = RestRoute(
            self.db,
            self.portals,
            self.dispatcher,
            Rest3Dispatcher(rest3, registry),
            clock=self.services.clock,
            journal=self.journal,
            uses=self.uses,
            limits=self.limits,
            body_limit=settings.body_limit,
            nobody=self.nobody,
            sender=self.interference.sender,
            moved=self.interference.moved,
        )
        self.public = PublicSites(self.services, self.media)
        self.forms = VisitorForms(self.services, self.public, per_minute=settings.form_rate)
        self.sign_in = SignIn(self.db)
        self.kit = _kit(self, ordered) if ordered is not None else None
        """What orders of the control plane work on; None without developer mode."""

    # Starlette and the applications that use it are imported by the first request to them, in a thread.

    def oauth(self) -> "Starlette":
        """Make the authorization server."""
        from landingpad.http.oauth import oauth_application

        return oauth_application(self.services, self.sign_in, self.interference.before_tokens)

    def control(self) -> "Starlette":
        """Make the control plane, in developer mode only."""
        from landingpad.control.route import control_application

        assert self.kit is not None  # noqa: S101  # the table leads here in developer mode only
        return control_application(self.kit)

    def docs(self) -> "Starlette":
        """Make the reference."""
        from landingpad.http.docs import docs

        return docs(self.registry)

    def web(self) -> "Starlette":
        """Make the portal in the browser."""
        from landingpad.web.frame.application import web_application
        from landingpad.web.frame.screen import Frame
        from landingpad.web.frame.templating import Pages
        from landingpad.web.routes import routes

        table = routes(
            self.sign_in,
            self.closing,
            self.journal,
            self.limits,
            processes=self.settings.workers,
            body_limit=self.settings.body_limit,
            kit=self.kit,
        )
        return web_application(table, Frame(self.dispatcher, Pages(has_kit=self.kit is not None)))

    def close(self) -> None:
        """Finish running work and close the database."""
        self.services.pictures.close()
        self.uses.close()
        self.forms.close()
        self.db.close()


def _ordered_interference(registry: Registry, seed: str) -> "OrderedInterference":
    from landingpad.control.ordered import OrderedInterference

    return OrderedInterference(registry, seed)


def _kit(parts: Parts, interference: "OrderedInterference") -> "Kit":
    from landingpad.control.kit import Kit

    return Kit(parts, interference)
