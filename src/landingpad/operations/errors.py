"""What can be wrong with an operation."""

from landingpad.errors import OperatorError


class NotFound(OperatorError):  # noqa: N818  # reads as what happened
    """There is no such portal, site, page, user, application, template or entry."""


class Refused(OperatorError):  # noqa: N818  # reads as what happened
    """The operation is not possible as things are; the text says why."""
