"""Failures that no method declares: in the log with all details, in answers without any."""

from typing import Any
from uuid import uuid4

from landingpad.errors.calls import InternalServerError, OperationTimeLimit, StorageUnavailable, SystemApiError
from landingpad.store.db.errors import StorageError, TooSlowError, storage_error


def logged(log: Any, event: str, error: Exception, **details: Any) -> StorageError | None:
    """Log an unexpected error, and return what stands in the way of storage if that is its cause.

    Storage fails for all callers at once, so each of them leaves a line, not a traceback.
    """
    storage = storage_error(error)
    if storage is None:
        log.error(event, exc_info=error, **details)
    else:
        log.error(event, problem=str(storage), **details)
    return storage


def unexpected(log: Any, error: Exception, method: str) -> SystemApiError:
    """Log why a call failed, and return its answer: 503 where trying again may help, 429 if the database is slow."""
    request_id = str(uuid4())
    storage = logged(log, "call_failed", error, request_id=request_id, method=method)
    if storage is None:
        return InternalServerError(f"{InternalServerError.text} (request {request_id})")
    if isinstance(storage, TooSlowError):
        return OperationTimeLimit(f"{OperationTimeLimit.text} {storage.what} (request {request_id})")
    kind = StorageUnavailable if storage.passes else InternalServerError
    return kind(f"{kind.text}: {storage.what[:1].lower()}{storage.what[1:]} (request {request_id})")
