"""Dispatch of a call: find the method, check scope and limits, bind, run in its transaction, verify the declaration."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from landingpad.domain.app.foreign import METHODS, scopes_of
from landingpad.domain.work import Services
from landingpad.errors import ApiError
from landingpad.errors.calls import (
    InsufficientScope,
    InternalServerError,
    MethodNotFound,
    OperationTimeLimit,
    SystemApiError,
)
from landingpad.rpc.call import Call, Caller, Outcome, OutsideWork, Paged
from landingpad.rpc.declare import Method, Registry, Runs
from landingpad.rpc.failures import unexpected
from landingpad.rpc.journal import CallRecord, Journal
from landingpad.rpc.limits import OPERATING_WINDOW, Limits
from landingpad.rpc.lint import RequestLint, nearest_method
from landingpad.rpc.long_list import LongRead
from landingpad.store.db.engine import Tx

log = structlog.get_logger("landingpad.rpc")


_OUTSIDE_AT_ONCE = 2
"""Pieces of work outside of transactions that run at the same time."""
Before = Callable[[Caller, str], Awaitable[None]]
"""Hook before a call: receives caller and method name; it may delay the call or raise its error."""


async def nothing_before(_caller: Caller, _method: str) -> None:
    """Let every call pass unchanged."""


class DeclarationBrokenError(Exception):
    """A method violated its declaration: a defect of this server, found in development and tests."""


class Dispatcher:
    """Runs calls for REST, the browser portal and MCP."""

    def __init__(
        self,
        registry: Registry,
        services: Services,
        *,
        prove_declarations: bool = False,
        limits: Limits | None = None,
        lint: RequestLint | None = None,
        journal: Journal | None = None,
        before: Before = nothing_before,
        foreign: Mapping[str, str] = METHODS,
    ) -> None:
        self.registry = registry
        self.services = services
        self.prove_declarations = prove_declarations
        self._lint = lint
        self._journal = journal
        self._limits = limits or Limits()
        self._before = before
        self._foreign = foreign
        self._outside = asyncio.Semaphore(_OUTSIDE_AT_ONCE)

    def may_be_in_batch(self, name: str) -> bool:
        """Return whether a method may be called in a batch; True for unknown names."""
        method = self.registry.find(name)
        return method is None or method.in_batch

    def takes_files(self, name: str) -> bool:
        """Return whether a method accepts files of a form; True for unknown names."""
        method = self.registry.find(name)
        return method is None or method.takes_files

    def note(self, entry: CallRecord) -> None:
        """Add a finished command of a batch to the journal."""
        if self._journal is not None:
            self._journal.add(entry)

    async def run(self, caller: Caller, name: str, params: dict[str, Any], *, now: float, origin: str = "") -> Outcome:
        """Make one call.

        Args:
            caller: owner of the token.
            name: name of the method, case-insensitive.
            params: decoded parameters.
            now: Unix time in seconds.
            origin: scheme, host and port at which the portal was called.

        Raises:
            ApiError: the documented error of the call.

        """
        await self._before(caller, name)
        method = self._method(caller, name, now)
        if self._lint is not None:
            self._lint.check(method, params)
        call = Call(caller, params, self.services, self, method_name=method.name, now=now, origin=origin)
        began = time.perf_counter()
        try:
            result = await self._run(method, call, method.binder.bind(params))
        except ApiError as error:
            self._charge(method, caller, time.perf_counter() - began, now)
            if self.prove_declarations:
                _prove_error(method, error)
            raise
        except DeclarationBrokenError:
            raise
        except Exception as error:
            raise unexpected(log, error, method.name) from error
        seconds = time.perf_counter() - began
        paging = None
        if type(result) is Paged:
            paging = {"total": result.total} if result.next is None else {"next": result.next, "total": result.total}
            result = result.rows
        operating, reset_at = self._charge(method, caller, seconds, now)
        return Outcome(result, seconds, paging=paging, operating=operating, operating_reset_at=reset_at)

    def _method(self, caller: Caller, name: str, now: float) -> Method:
        """Return the method after checking scope, kind of caller and running time."""
        method = self.registry.find(name)
        if method is None:
            raise self._missing(caller, name)
        if method.scope and method.scope not in caller.scopes and method.scopes.isdisjoint(caller.scopes):
            raise InsufficientScope(_scope_text(caller))
        if method.apps_only is not None and caller.app is None:
            raise method.apps_only
        enforced = self._limits.enforced_operating
        if enforced is not None and method.metered:
            used = enforced.is_exceeded(caller.credential, method.name, now)
            if used is not None:
                raise OperationTimeLimit(
                    f"{OperationTimeLimit.text} {method.name} ran {used.seconds:.1f} s in the last ten minutes; "
                    f"{enforced.limit:g} s are allowed. Try again in {max(1, used.reset_at - int(now))} s."
                )
        return method

    def _missing(self, caller: Caller, name: str) -> ApiError:
        """Return the error of a method that is not here: of another part of a portal, or nowhere."""
        scopes = scopes_of(name, self._foreign)
        if not scopes:
            meant = nearest_method(name, [known.name for known in self.registry])
            hint = f" Did you mean {meant}?" if meant else ""
            return MethodNotFound(f"Method not found! There is no method {name[:128]!r}.{hint}")
        called = name[:128]
        if scopes.isdisjoint(caller.scopes):
            needed = " or ".join(sorted(scopes))
            return InsufficientScope(
                f"{_scope_text(caller)}. {called} needs the scope {needed}, of a part of a portal that is not here; "
                "see /docs/not-the-same."
            )
        return MethodNotFound(
            f"Method not found! {called} belongs to a part of a portal that is not here. In developer mode, a fault "
            "can answer it with any error; see /docs/not-the-same."
        )

    def _charge(self, method: Method, caller: Caller, seconds: float, now: float) -> tuple[float, int]:
        operating = self._limits.operating
        if operating is None or not method.metered:
            return 0.0, int(now) + OPERATING_WINDOW
        return operating.charge(caller.credential, method.name, seconds, now)

    async def _run(self, method: Method, call: Call, arguments: dict[str, Any]) -> Any:
        runs = method.runs
        if runs is Runs.FREE:
            result = method.function(call, **arguments)
            if method.is_async:
                result = await result
            self._prove_right(method, call)
            return result

        def work(tx: Tx) -> Any:
            call.begin(tx, restarts=runs is Runs.WRITE)
            result = method.function(call, **arguments)
            self._prove_right(method, call)  # inside the transaction, so that a violation is rolled back
            return result

        db = self.services.db
        if runs is Runs.WRITE:
            return await self._write(call, work)
        if runs is Runs.ROW and db.reads_are_local:
            return db.read_row(work)
        try:
            return await db.read(work)
        except LongRead:
            call.reads_long = True
            return await db.read_long(work)

    async def _write(self, call: Call, work: Callable[[Tx], Any]) -> Any:
        """Run a writing transaction; what does not belong into it is done outside, then it begins again."""
        while True:
            try:
                return await self.services.db.write(work, portal_id=call.portal_id)
            except OutsideWork as wanted:
                async with self._outside:
                    call.keep(wanted, await asyncio.to_thread(wanted.function, *wanted.args))

    def _prove_right(self, method: Method, call: Call) -> None:
        if self.prove_declarations and method.needs is not None and method.needs not in call.checked:
            raise DeclarationBrokenError(
                f"{method.name} declares that it needs {method.needs} and returned without having checked it"
            )


def _scope_text(caller: Caller) -> str:
    return InsufficientScope.text.replace("webhook", "access") if caller.app else InsufficientScope.text


def _prove_error(method: Method, error: ApiError) -> None:
    """Raise InternalServerError if a method raised an undeclared error."""
    if isinstance(error, SystemApiError) or type(error) in method.allowed_errors:
        return
    log.error("undeclared_error", method=method.name, error=type(error).__name__, exc_info=error)
    raise InternalServerError(
        f"{method.name} raised {type(error).__name__} ({error.code}), which it does not declare"
    ) from error
