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
