"""Errors of the API: wire code, HTTP status and text.

The domain raises them; `rpc.dispatch` turns them into answers. A method declares the ones that it can raise; in
development and tests an undeclared one is a defect.
"""

from typing import ClassVar


class ApiError(Exception):
    """Base of all API errors. The text says what failed and, where useful, why and what to do."""

    code: ClassVar[str]
    status: ClassVar[int] = 400
    text: ClassVar[str]

    def __init__(self, text: str | None = None) -> None:
        super().__init__(text or self.text)
        self.extra: dict[str, str] = {}

    @property
    def body(self) -> dict[str, str]:
        """Members of the JSON answer."""
        return {"error": self.code, "error_description": str(self), **self.extra}


class OperatorError(Exception):
    """What whoever runs the server asked for cannot be done. The text says what failed, why and what to do."""


# --- system errors: possible in any call (_includes/system-errors.md) ---


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


# --- the general methods (common/**, events/*.md, widgets/placement-*.md) ---


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


# --- sites (landing/site/*.md) ---


class SiteIsNotEmpty(ApiError):
    code = "SITE_IS_NOT_EMPTY"
    text = "The site contains pages."


class SiteNotFound(ApiError):
    code = "SITE_NOT_FOUND"
    text = "Site not found"


class DomainNotFound(ApiError):
    code = "DOMAIN_NOT_FOUND"
    text = "Domain not found"


class DomainIsIncorrect(ApiError):
    code = "DOMAIN_IS_INCORRECT"
    text = 'The site address is entered incorrectly. You can only use the following characters: "a-z", "0-9", "-", ".".'


class DomainIsDisabled(ApiError):
    code = "DOMAIN_DISABLE"
    text = "The word bitrix cannot be used in the address of a site."


class DomainExists(ApiError):
    code = "DOMAIN_EXIST"
    text = "This address is already in use by another site."


class DomainExistsInTrash(ApiError):
    code = "DOMAIN_EXIST_TRASH"
    text = "This address is already in use by a site in the trash."


class SlashIsNotAllowed(ApiError):
    code = "SLASH_IS_NOT_ALLOWED"
    text = "Slash is not allowed in the landing address."


class FolderIsNotUnique(ApiError):
    code = "FOLDER_IS_NOT_UNIQUE"
    text = "There already is a folder with this code."


class FolderContainsAreas(ApiError):
    code = "FOLDER_CONTAINS_AREAS"
    text = "The folder contains included areas and cannot be deleted."


class ExportProblem(ApiError):
    """The code of an export contains characters other than Latin letters and digits."""

    code = "SYSTEM_ERROR"
    text = "The parameter code can only consist of Latin letters and digits."


class EmptyRequired(ApiError):
    code = "BX_EMPTY_REQUIRED"
    text = "A required field is empty."


# --- rights (landing/rights/**) ---


class IsNotAdmin(ApiError):
    code = "IS_NOT_ADMIN"
    text = "To perform this action, you must be an administrator."


class RoleScopeMismatch(ApiError):
    code = "ROLE_SCOPE_MISMATCH"
    text = "The role does not exist in this section. Pass the section of the role as the parameter scope."


# --- pages (landing/page/**) ---


class PageNotFound(ApiError):
    code = "LANDING_NOT_EXIST"
    text = "Landing not found"


class FolderNotFound(ApiError):
    code = "FOLDER_NOT_FOUND"
    text = "Folder not found"


class CodeCannotBeEmpty(ApiError):
    code = "CANT_BE_EMPTY"
    text = "The page address cannot be empty."


class WrongCodeFormat(ApiError):
    code = "WRONG_CODE_FORMAT"
    text = "The page address must not look like <text>_<number>_<number>."


class CannotDeleteMain(ApiError):
    code = "CANT_DELETE_MAIN"
    text = "The main page cannot be deleted while the site has other pages."


class UnableDeleteInclude(ApiError):
    code = "UNABLE_DELETE_INCLUDE"
    text = "The page is shown in an area of other pages and cannot be deleted."


class DeleteAccessDenied(ApiError):
    code = "DELETE_ACCESS_DENIED"
    text = "Access to delete the page is denied."


class TemplateSiteProblem(ApiError):
    """addByTemplate: the site is unknown or may not be read."""

    code = "SITE_ERROR"
    text = "Site not found or access denied"


class TemplatePlaceProblem(ApiError):
    """addByTemplate: the site has no page or folder with this `ID`."""

    code = "LANDING_ERROR"
    text = "Page or folder not found"


class WrongTemplateData(ApiError):
    code = "WRONG_DATA"
    text = "The data of the template could not be found."


class TemplateDataProblem(ApiError):
    code = "REGISTER_ERROR_DATA"
    text = "Data is empty or incorrect"


class EntityNotFound(ApiError):
    code = "ENTITY_NOT_FOUND"
    text = "Entity not found"


# --- blocks (landing/block/**, landing/page/block-methods/**) ---


class BlockNotFound(ApiError):
    code = "BLOCK_NOT_FOUND"
    text = "Block not found"


class BlockCannotBeAdded(ApiError):
    code = "BLOCK_CANT_BE_ADDED"
    text = "Cannot add block because it is not intended for this type of page."


class CardNotFound(ApiError):
    code = "CARD_NOT_FOUND"
    text = "Card not found in the block"


class BadAnchor(ApiError):
    code = "BAD_ANCHOR"
    text = (
        "The anchor must start with a character from a-z, have two or more characters, "
        'and may only contain characters from "a-z", "0-9", "-", "_", ".", ":"'
    )


class NodesNotFound(ApiError):
    code = "NODES_NOT_FOUND"
    text = "No nodes found for modification"


class IncorrectAffected(ApiError):
    code = "INCORRECT_AFFECTED"
    text = "A value does not fit the type of its node."


class BlockWrongSort(ApiError):
    code = "BLOCK_WRONG_SORT"
    text = "The block is already the first or last of the page and cannot move further."


class FileProblem(ApiError):
    code = "FILE_ERROR"
    text = "File upload error. The file may not be a graphic."


# --- registered blocks (landing/user-blocks/*.md) ---


class RequiredFieldMissing(ApiError):
    code = "REQUIRED_FIELD_NO_EXISTS"
    text = "A required field is missing."


class ManifestIntersects(ApiError):
    code = "MANIFEST_INTERSECT_IMG"
    text = "A node of the manifest also has a style type that sets a picture."


class ContentIsBad(ApiError):
    code = "CONTENT_IS_BAD"
    text = "The content of the block is not safe."


class PresetContentIsBad(ApiError):
    code = "PRESET_CONTENT_IS_BAD"
    text = "The content of a preset is not safe."


class UnsupportedBlockType(ApiError):
    code = "UNSUPPORTED_BLOCK_TYPE"
    text = "Blocks of this type cannot be registered."


class UnsupportedBlockSubtype(ApiError):
    code = "UNSUPPORTED_BLOCK_SUBTYPE"
    text = "Blocks of this subtype cannot be registered."


class PlacementDoesNotExist(ApiError):
    code = "PLACEMENT_NO_EXIST"
    text = "Such embedding placement does not exist"
