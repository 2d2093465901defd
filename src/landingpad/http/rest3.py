"""The wire of REST 3.0, at `/rest/api/`: JSON bodies only, and errors as objects (api-reference/rest-v3.md)."""

from typing import Any

import msgspec

from landingpad.errors import ApiError
from landingpad.errors.calls import (
    AccessDenied,
    BadRequest,
    InsufficientScope,
    MethodNotFound,
    MissingParams,
    TypeProblem,
)
from landingpad.http.envelope import Envelope, Failure, LongBody, success
from landingpad.http.params import MalformedJson, decode_body
from landingpad.methods.rest3 import Document
from landingpad.rpc.call import Caller, Outcome
from landingpad.rpc.declare import Registry
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.timing import Stopwatch

_PREFIX = "BITRIX_REST_V3_EXCEPTION_"
_INVALID = f"{_PREFIX}VALIDATION_REQUESTVALIDATIONEXCEPTION"
_CODES: dict[type[ApiError], tuple[str, int]] = {
    AccessDenied: (f"{_PREFIX}ACCESSDENIEDEXCEPTION", 403),
    BadRequest: (f"{_PREFIX}INVALIDJSONEXCEPTION", 400),
    InsufficientScope: (f"{_PREFIX}INSUFFICIENTSCOPEEXCEPTION", 403),
    MethodNotFound: (f"{_PREFIX}METHODNOTFOUNDEXCEPTION", 400),
    MissingParams: (_INVALID, 400),
    TypeProblem: (_INVALID, 400),
}
"""Error -> its code and status in REST 3.0. Others keep theirs: those of tokens, and of REST 3.0 alone."""

_encode = msgspec.json.Encoder().encode


class Rest3Dispatcher:
    """Runs calls of REST 3.0, and says where a method of the earlier REST is."""

    def __init__(self, dispatcher: Dispatcher, earlier: Registry) -> None:
        self._dispatcher = dispatcher
        self._earlier = earlier

    async def run(self, caller: Caller, name: str, params: dict[str, Any], *, now: float, origin: str) -> Outcome:
        """Make one call.

        Raises:
            ApiError: the error of the call.

        """
        try:
            return await self._dispatcher.run(caller, name, params, now=now, origin=origin)
        except MethodNotFound:
            if self._earlier.find(name) is None:
                raise
            raise MethodNotFound(
                f"Method not found! {name[:128]} has not been moved to REST 3.0; call it at /rest/, not /rest/api/."
            ) from None


def _decode(content_type: str, body: bytes, most_values: int) -> dict[str, Any]:
    kind = content_type.partition(";")[0].strip().lower()
    if body and kind not in {"", "application/json"}:
        raise MalformedJson(f"REST 3.0 takes JSON only, with Content-Type: application/json; {kind[:80]!r} was sent.")
    return decode_body("application/json", body, most_values)


def _success(outcome: Outcome, watch: Stopwatch, zone: str, *, whole: bool = False) -> bytes | LongBody:
    if isinstance(outcome.result, Document):
        return _encode(outcome.result)
    return success(outcome, watch, zone, whole=whole)


def _failure(error: ApiError) -> Failure:
    code, status = _CODES.get(type(error), (error.code, error.status))
    body: dict[str, Any] = {"code": code, "message": str(error)}
    if code == _INVALID:
        body["validation"] = [{"message": str(error)}]
    return Failure(status, code, _encode({"error": body}))


REST3 = Envelope(_decode, _success, _failure, takes_query=False)
