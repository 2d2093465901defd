"""One call of a method: its caller, portal and transaction."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from landingpad.domain.people.rights import Access, Right, section_of
from landingpad.domain.work import Services, Work
from landingpad.errors.calls import AccessDenied, TypeProblem
from landingpad.rpc.journal import CallRecord
from landingpad.store.db.engine import Tx
from landingpad.store.people.rights import Readable
from landingpad.store.records import Application, PortalRow, User

MOST_INSIDE = 16 * 1024
"""Largest weight of work that is done inside a writing transaction: milliseconds."""
MOST_OUTSIDE = 64 * 1024 * 1024
"""Largest weight of work that one call may cause: seconds."""
_MOST_MISMATCHES = 3

R = TypeVar("R")

SITE_TYPES_BY_DEFAULT = ("PAGE", "STORE", "SMN")
SITE_TYPES_BY_SCOPE = ("KNOWLEDGE", "GROUP", "MAINPAGE")


class Caller:
    """The user behind a valid token, and its scopes; `credential` names the webhook, application or session."""

    __slots__ = ("app", "credential", "expires_at", "portal", "scopes", "user")

    def __init__(
        self,
        portal: PortalRow,
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
        """The client id of the calling application, or None for a webhook."""
        return self.app.client_id if self.app is not None else None


class Paged:
    """One page of a list; `next` is the `start` of the following page, or None."""

    __slots__ = ("next", "rows", "total")

    def __init__(self, rows: list[Any], *, total: int, next: int | None) -> None:  # noqa: A002  # the wire name
        self.rows = rows
        self.total = total
        self.next = next


class Outcome:
    """Result of a call, its duration, and the running time of its method in the last ten minutes.

    The result may be a LongList; `as_objects` loads it.
    """

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
    """The part of the dispatcher that a batch needs."""

    async def run(self, caller: Caller, name: str, params: dict[str, Any], *, now: float, origin: str = "") -> Outcome:
        """Make one call."""
        ...

    def note(self, entry: CallRecord) -> None:
        """Add a finished command of a batch to the journal."""
        ...

    def may_be_in_batch(self, name: str) -> bool:
        """Return whether a method may be called in a batch; True for unknown names."""
        ...


class OutsideWork(Exception):  # noqa: N818  # not a failure: the dispatcher does the work and begins again
    """Work that does not belong into a transaction; the transaction is rolled back until it is done."""

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        super().__init__(function)
        self.function = function
        self.args = args


class Call(Work):
    """Context of a method: caller, time, transaction, rights, and the services of the server.

    `tx` and `access` are set by `begin`. A method declared with Runs.FREE begins its transactions itself.
    """

    __slots__ = (
        "_done",
        "_mismatches",
        "_position",
        "_restarts",
        "access",
        "caller",
        "checked",
        "method_name",
        "now",
        "origin",
        "params",
        "reads_long",
        "runner",
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
        self.portal_id = caller.portal.id
        self.user = caller.user
        self.params = params
        self.services = services
        self.runner = runner
        self.method_name = method_name
        self.now = now
        self.now_ms = int(now * 1000)
        self.origin = origin
        self.site_types = site_types(params.get("scope"))
        self.checked: list[Right] = []
        """The rights that were asked; in development and tests the declared right must be among them."""
        self.reads_long = False
        """Whether this is the turn of a list of many rows; without it, a method raises LongRead."""
        self._done: list[tuple[OutsideWork, Any]] = []
        self._position = 0
        self._mismatches = 0
        self._restarts = False

    def begin(self, tx: Tx, *, restarts: bool = False) -> None:
        """Use a transaction from now on, and read the caller's rights in it.

        Args:
            tx: the transaction.
            restarts: whether it begins again when `outside` raises OutsideWork.

        """
        self.tx = tx
        self.access = Access(tx, self.portal_id, self.user)
        self._position = 0
        self._restarts = restarts

    def outside(self, weight: int, function: Callable[..., R], *args: Any) -> R:
        """Return function(*args); large work is done outside of the transaction.

        Raises:
            OutsideWork: the work is large and not done yet.
            TypeProblem: it is too much for one call.

        """
        if weight <= MOST_INSIDE or not self._restarts:
            return function(*args)
        if weight > MOST_OUTSIDE:
            raise TypeProblem("The changes are too many for HTML of this size. Split the call, or the block.")
        if self._position < len(self._done):
            work, result = self._done[self._position]
            if work.function is function and work.args == args:
                self._position += 1
                found: R = result
                return found
            del self._done[self._position :]  # another call changed the rows in between
            self._mismatches += 1
        if self._mismatches > _MOST_MISMATCHES:
            return function(*args)
        raise OutsideWork(function, args)

    def keep(self, work: OutsideWork, result: Any) -> None:
        """Keep the result of work for the next beginning of the transaction."""
        self._done.append((work, result))

    @property
    def app(self) -> Application:
        """The calling application, in methods for applications only.

        Raises:
            RuntimeError: the caller is a webhook, because the method was not declared with `apps_only`.

        """
        if self.caller.app is None:
            raise RuntimeError(f"{self.method_name} was called by a webhook; see apps_only in its declaration")
        return self.caller.app

    @property
    def host(self) -> str:
        """Host name at which the portal was called, without port."""
        return urlsplit(self.origin).hostname or ""

    @property
    def section(self) -> str:
        """Section of the call: that of its `scope`, otherwise sites and stores."""
        return section_of(self.site_types[0])

    def may(self, right: Right, site_id: int | None = None) -> bool:
        """Return whether the caller has a right, and record the check.

        Raises:
            AccessDenied: the caller has no access to the section at all.

        """
        self.checked.append(right)
        access, section = self.access, self.section
        if not access.may_use(section, site_id):
            raise AccessDenied(f"Access denied: the user has no access to the section {section}.")
        return access.may(right, site_id, section)

    def require(self, right: Right, site_id: int | None = None) -> None:
        """Check that the caller has a right.

        Raises:
            AccessDenied: the caller lacks the right.

        """
        if not self.may(right, site_id):
            raise AccessDenied

    @property
    def readable(self) -> Readable | None:
        """SQL condition for the sites that the caller may read, or None for all sites.

        Raises:
            AccessDenied: the caller may read nothing in the section.

        """
        self.require(Right.READ)
        return self.access.readable(self.section)


def site_types(scope: Any) -> tuple[str, ...]:
    """Return the site types visible to a call: that of its `scope` parameter, otherwise PAGE, STORE and SMN."""
    if isinstance(scope, str):
        wanted = scope.upper()
        if wanted in SITE_TYPES_BY_SCOPE:
            return (wanted,)
    return SITE_TYPES_BY_DEFAULT
