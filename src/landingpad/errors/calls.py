"""Errors that any call may end with (_includes/system-errors.md), and the refusal that most methods declare."""

from landingpad.errors import ApiError


class SystemApiError(ApiError):
    """Base of errors that methods do not declare."""


class NoAuthFound(SystemApiError):
    code = "NO_AUTH_FOUND"
    status = 401
    text = "Wrong authorization data"


class InvalidCredentials(SystemApiError):
    code = "INVALID_CREDENTIALS"
    status = 401  # real clients assert 401; the general table of the documentation says 403
    text = "Invalid request credentials"


class InvalidToken(SystemApiError):
    code = "invalid_token"
    status = 401
    text = "Unable to get application by token"


class AuthorizationError(SystemApiError):  # the user behind a token is blocked
    code = "authorization_error"
    status = 401
    text = "Unable to authorize user"


class ExpiredToken(SystemApiError):
    code = "expired_token"
    status = 401
    text = "The access token provided has expired"


class InsufficientScope(SystemApiError):
    code = "insufficient_scope"
    status = 403
    text = "The request requires higher privileges than provided by the webhook token"


class UserAccessError(SystemApiError):
    code = "user_access_error"
    status = 403
    text = "The user does not have access to the application"


class HttpsRequired(SystemApiError):
    code = "INVALID_REQUEST"
    text = "Https required"


class BadRequest(SystemApiError):
    """The body does not match its Content-Type."""

    code = "INVALID_REQUEST"
    text = "The request body could not be read"


class RequestTooMany(SystemApiError):
    code = "QUERY_LIMIT_EXCEEDED"
    status = 503
    text = "Too many requests"


class OperationTimeLimit(SystemApiError):
    code = "OPERATION_TIME_LIMIT"
    status = 429
    text = "Method is blocked due to operation time limit."


class OverloadLimit(SystemApiError):
    code = "OVERLOAD_LIMIT"
    status = 503
    text = "REST API is blocked due to overload"


class StorageUnavailable(SystemApiError):  # clients repeat calls that are answered with 503
    code = "OVERLOAD_LIMIT"
    status = 503
    text = "The server cannot store or read its data at the moment"


class PortalDeleted(SystemApiError):
    code = "PORTAL_DELETED"
    status = 500
    text = "Portal was deleted"


class PlanWithoutRest(SystemApiError):
    code = "ACCESS_DENIED"
    status = 403
    text = "REST API is available only on commercial plans"


class WrongAuthType(SystemApiError):
    code = "WRONG_AUTH_TYPE"
    status = 403
    text = "Current authorization type is denied for this method Application context required"


class BatchMethodNotAllowed(SystemApiError):
    code = "ERROR_BATCH_METHOD_NOT_ALLOWED"
    status = 405
    text = "Method is not allowed for batch usage"


class BatchLengthExceeded(SystemApiError):
    code = "ERROR_BATCH_LENGTH_EXCEEDED"
    text = "Max batch length exceeded"


class UnexpectedAnswer(SystemApiError):
    """The result of a method cannot be encoded: a defect of this server."""

    code = "ERROR_UNEXPECTED_ANSWER"
    status = 500
    text = "Server returned an unexpected response"


class UnknownParameter(SystemApiError):
    """Only with --strict; without it, unknown parameters are ignored as the API documents."""

    code = "ERROR_UNKNOWN_PARAMETER"
    text = "A parameter has no effect"


class BodyTooLarge(SystemApiError):
    code = "INVALID_REQUEST"
    status = 413
    text = "The request body is too large"


class MethodNotFound(SystemApiError):
    code = "ERROR_METHOD_NOT_FOUND"
    status = 404
    text = "Method not found!"


class ManifestNotAvailable(SystemApiError):
    code = "ERROR_MANIFEST_IS_NOT_AVAILABLE"
    status = 404
    text = "Manifest is not available"


class InternalServerError(SystemApiError):
    code = "INTERNAL_SERVER_ERROR"
    status = 500
    text = "Internal server error"


class MissingParams(SystemApiError):
    code = "MISSING_PARAMS"
    text = "Not enough parameters for the call"

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"Not enough parameters for the call, missing: {', '.join(names)}")


class TypeProblem(SystemApiError):
    code = "TYPE_ERROR"
    text = "A parameter has a value of the wrong type"


class ArgumentProblem(SystemApiError):
    """Wrong type of a parameter, in the wording of landing.repo and landing.demos."""

    code = "ERROR_ARGUMENT"
    text = "The value of an argument has an invalid type"

    def __init__(self, name: str) -> None:
        super().__init__(f"The value of an argument '{name}' has an invalid type")
        self.extra = {"argument": name}


class AccessDenied(ApiError):
    code = "ACCESS_DENIED"
    text = "Access denied."
