"""Errors of users and departments (user/**, departments/**), of roles and rights (landing/rights/**)."""

from landingpad.errors import ApiError


class IsNotAdmin(ApiError):
    code = "IS_NOT_ADMIN"
    text = "To perform this action, you must be an administrator."


class RoleScopeMismatch(ApiError):
    code = "ROLE_SCOPE_MISMATCH"
    text = "The role does not exist in this section. Pass the section of the role as the parameter scope."


class ChangeRefused(ApiError):
    """A user or department cannot be changed that way, or not by the caller."""

    code = "ERROR_CORE"
    text = "Access denied"


class UserArgument(ApiError):
    """A parameter of a new user is wrong; the text is the documented word for it."""

    code = "ERROR_ARGUMENT"
    text = "wrong_email"

    def __init__(self, text: str | None = None) -> None:
        super().__init__(text)
        self.extra = {"argument": ""}


class GroupMissing(ApiError):
    code = "ERROR_GROUPID"
    text = "Group code not specified"


class GroupUnknown(ApiError):
    code = "ERROR_NO_GROUP"
    text = "Group specified incorrectly"
