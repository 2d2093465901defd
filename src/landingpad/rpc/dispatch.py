"""The one way to a method: find, check the scope, bind, run in the declared transaction, prove the declaration."""

import time
from typing import Any

import structlog

from landingpad.domain.errors import ApiError, InsufficientScope, InternalServerError, MethodNotFound, SystemApiError
from landingpad.domain.work import Services
from landingpad.rpc.call import Call, Caller
from landingpad.rpc.declare import Method, Registry, Runs
from landingpad.store.engine import Tx

log = structlog.get_logger("landingpad.rpc")


class DeclarationBrokenError(Exception):
    """A method did what it did not declare: a defect of ours, found in development and tests."""


class Outcome:
    """What a call came to."""

    __slots__ = ("processing", "result")

    def __init__(self, result: Any, processing: float) -> None:
        self.result = result
        self.processing = processing


class Dispatcher:
    """Runs calls. REST, the browser UI and MCP all go through `run`."""

    def __init__(self, registry: Registry, services: Services, *, prove_declarations: bool = False) -> None:
        self.registry = registry
        self.services = services
        self.prove_declarations = prove_declarations

    async def run(self, caller: Caller, name: str, params: dict[str, Any], *, now: float, origin: str = "") -> Outcome:
        """Make one call.

        Args:
            caller: whose token it is.
            name: the method, in any case.
            params: as decoded from the wire.
            now: seconds since the epoch.
            origin: scheme, host and port at which the portal was called.

        Raises:
            ApiError: the documented error that the call ends with.

        """
        method = self.registry.find(name)
        if method is None:
            raise MethodNotFound(f"Method not found! There is no method {name[:128]!r}.")
        if method.scope and method.scope not in caller.scopes:
            raise InsufficientScope
        call = Call(caller, params, self.services, method_name=method.name, now=now, origin=origin)
        began = time.perf_counter()
        try:
            arguments = method.binder.bind(params)
            result = await self._run(method, call, arguments)
            if self.prove_declarations and method.needs is not None and method.needs not in call.checked:
                raise DeclarationBrokenError(  # it is logged below like any other defect
                    f"{method.name} declares that it needs {method.needs} and returned without having checked it"
                )
        except ApiError as error:
            if (
                self.prove_declarations
                and not isinstance(error, SystemApiError)
                and type(error) not in method.allowed_errors
            ):
                log.exception("undeclared_error", method=method.name, error=type(error).__name__)
                raise InternalServerError(
                    f"{method.name} raised {type(error).__name__} ({error.code}), which it does not declare"
                ) from error
            raise
        return Outcome(result, time.perf_counter() - began)

    async def _run(self, method: Method, call: Call, arguments: dict[str, Any]) -> Any:
        runs = method.runs
        if runs is Runs.FREE:
            result = method.function(call, **arguments)
            return await result if method.is_async else result

        def work(tx: Tx) -> Any:
            call.tx = tx
            return method.function(call, **arguments)

        db = self.services.db
        if runs is Runs.WRITE:
            return await db.write(work, portal_id=call.portal_id)
        if runs is Runs.ROW and db.reads_are_local:
            return db.read_row(work)
        return await db.read(work)
