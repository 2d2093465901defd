"""Errors of options, events and placements (common/**, events/*.md, widgets/placement-*.md)."""

from landingpad.errors import ApiError


class CodeEmpty(ApiError):
    code = "CODE_EMPTY"
    text = "CODE can't be empty"


class AdministratorRequired(ApiError):
    code = "ACCESS_DENIED"
    status = 403
    text = "Access denied!"


class ApplicationRequired(ApiError):
    """A webhook called a method reserved for applications (real clients assert 403)."""

    code = "ACCESS_DENIED"
    status = 403
    text = "Access denied! Application context required"


class OptionsEmpty(ApiError):
    code = "ArgumentNullException"
    text = "options is empty"


class OptionsAccess(ApiError):
    code = "AccessException"
    text = "Administrator authorization required"


class EventNotFound(ApiError):
    code = "ERROR_EVENT_NOT_FOUND"
    text = "Event not found"


class PlacementArgument(ApiError):
    code = "ERROR_ARGUMENT"
    text = "An argument is null or empty"

    def __init__(self, name: str = "PLACEMENT", text: str | None = None) -> None:
        super().__init__(text or f"Argument '{name}' is null or empty")
        self.extra = {"argument": name}


class EmptyErrorHandler(ApiError):
    code = "EMPTY_ERROR_HANDLER_URL"
    text = "OPTIONS[errorHandlerUrl] is required for this placement"


class PlacementMaxCount(ApiError):
    code = "ERROR_PLACEMENT_MAX_COUNT"
    text = "The application already has the maximum number of handlers in this placement."


class PlacementUserMode(ApiError):
    code = "ERROR_PLACEMENT_USER_MODE"
    text = "This placement cannot be bound for a single user."
