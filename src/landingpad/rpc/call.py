"""One call of one method: who calls, on which portal, in which transaction."""

import re
from typing import Any, Protocol
from urllib.parse import urlsplit

from landingpad.domain.people.rights import Access, Right, section_of
from landingpad.domain.work import Services
from landingpad.errors import AccessDenied
from landingpad.rpc.journal import Entry
from landingpad.store.db.engine import Tx
from landingpad.store.people.rights import Readable
from landingpad.store.records import Application, Portal, User

SITE_TYPES_BY_DEFAULT = ("PAGE", "STORE", "SMN")
SITE_TYPES_BY_SCOPE = ("KNOWLEDGE", "GROUP", "MAINPAGE")


class Caller:
    """The owner of a valid token and what the token allows; `credential` names the webhook or application."""

    __slots__ = ("app", "credential", "expires_at", "portal", "scopes", "user")

    def __init__(
        self,
        portal: Portal,
        user: User,
        scopes: frozenset[str],
        credential: str,
        app: Application | None = None,
        expires_at: int | None = None,
    ) -> None:
        self.portal = portal
        self.user = user
        self.scopes = scopes
        self.credential = credential
        self.app = app
        self.expires_at = expires_at

    @property
    def application(self) -> str | None:
        """The client id of the application that calls; None for a webhook."""
        return self.app.client_id if self.app is not None else None


class Paged:
    """One page of a list that is read page by page; `next` is the `start` of the page after it."""

    __slots__ = ("next", "rows", "total")

    def __init__(self, rows: list[Any], *, total: int, next: int | None) -> None:  # noqa: A002  # its name on the wire
        self.rows = rows
        self.total = total
        self.next = next


class Outcome:
    """What a call came to: its result, and how long it took and the method took in the last ten minutes."""

    __slots__ = ("operating", "operating_reset_at", "paging", "processing", "result")

    def __init__(
        self,
        result: Any,
        processing: float,
        *,
        paging: dict[str, int] | None,
        operating: float,
        operating_reset_at: int,
    ) -> None:
        self.result = result
        self.processing = processing
        self.paging = paging
        self.operating = operating
        self.operating_reset_at = operating_reset_at


class Runner(Protocol):
    """Makes calls on behalf of a caller: what a batch needs of the dispatcher."""

    async def run(self, caller: Caller, name: str, params: dict[str, Any], *, now: float, origin: str = "") -> Outcome:
        """Make one call."""
        ...

    def note(self, entry: Entry) -> None:
        """Remember a command of a batch that has ended."""
        ...

    def may_be_in_batch(self, name: str) -> bool:
        """Say whether a method of this name may be a command of a batch; of unknown names, yes."""
        ...


class Call:
    """What a method gets: its caller, the moment, the transaction, and the services of the server.

    `checked` remembers which rights were asked for: in development and tests dispatch proves that the declared one was
    among them.
    """

    __slots__ = (
        "_access",
        "_tx",
        "caller",
        "checked",
        "method_name",
        "now",
        "origin",
        "params",
        "runner",
        "services",
        "site_types",
    )

    def __init__(
        self,
        caller: Caller,
        params: dict[str, Any],
        services: Services,
        runner: Runner,
        *,
        method_name: str,
        now: float,
        origin: str,
    ) -> None:
        self.caller = caller
        self.params = params
        self.services = services
        self.runner = runner
        self.method_name = method_name
        self.now = now
        self.origin = origin
        self.site_types = site_types(params.get("scope"))
        self.checked: list[Right] = []
        self._access: Access | None = None
        self._tx: Tx | None = None

    @property
    def tx(self) -> Tx:
        """The transaction of this call.

        Raises:
            RuntimeError: the method was declared to run without one.

        """
        if self._tx is None:
            raise RuntimeError(f"{self.method_name} runs without a transaction; see Runs in its declaration")
        return self._tx

    @tx.setter
    def tx(self, tx: Tx) -> None:
        self._tx = tx
        self._access = None  # rights are those that this transaction sees

    @property
    def portal_id(self) -> int:
        """Id of the portal that is called."""
        return self.caller.portal.id

    @property
    def user(self) -> User:
        """The user on whose behalf the call is made."""
        return self.caller.user

    @property
    def app(self) -> Application:
        """The application that calls, in methods that are for applications only.

        Raises:
            RuntimeError: it is a webhook, and the method was declared for both.

        """
        if self.caller.app is None:
            raise RuntimeError(f"{self.method_name} was called by a webhook; see apps_only in its declaration")
        return self.caller.app

    @property
    def host(self) -> str:
        """The host name at which the portal was called, without port."""
        return urlsplit(self.origin).hostname or ""

    @property
    def now_ms(self) -> int:
        """The moment of the call as the tables keep it."""
        return int(self.now * 1000)

    @property
    def access(self) -> Access:
        """What the caller may do, and the access codes of the caller; nothing is read before it is needed."""
        if self._access is None:
            self._access = Access(self.tx, self.portal_id, self.user)
        return self._access

    @property
    def section(self) -> str:
        """The section that the call is about: that of its `scope`, else sites and stores."""
        return section_of(self.site_types[0])

    def may(self, right: Right, site_id: int | None = None) -> bool:
        """Say whether the caller has a right. Remembers that it was asked for.

        Raises:
            AccessDenied: the caller has no right to the section at all; no method says anything then.

        """
        self.checked.append(right)
        if not self.access.may_use(self.section, site_id):
            raise AccessDenied(f"Access denied: the user has no access to the section {self.section}.")
        return self.access.may(right, site_id, self.section)

    def require(self, right: Right, site_id: int | None = None) -> None:
        """Refuse the call unless the caller has the right.

        Raises:
            AccessDenied: the caller has not.

        """
        if not self.may(right, site_id):
            raise AccessDenied

    @property
    def readable(self) -> Readable | None:
        """Which sites a list may show to the caller: a condition for its SQL, or None for all of them.

        Raises:
            AccessDenied: the caller has no right to the section at all.

        """
        self.require(Right.READ)
        return self.access.readable(self.section)


def site_types(scope: Any) -> tuple[str, ...]:
    """Return the site types that a call sees: those of its `scope` parameter, else PAGE, STORE and SMN."""
    if isinstance(scope, str):
        wanted = scope.upper()
        if wanted in SITE_TYPES_BY_SCOPE:
            return (wanted,)
    return SITE_TYPES_BY_DEFAULT


METHOD_NAME = re.compile(r"[A-Za-z0-9_.]{1,128}")
"""What a method name may look like."""
