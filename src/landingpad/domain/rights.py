"""Who may do what with a site. One function decides: `may`."""

from enum import StrEnum

from landingpad.store.records import User


class Right(StrEnum):
    """Operations on a site, as documented for the extended model, and the two that are not about one site."""

    ADMIN = "admin"
    CREATE = "create"
    DELETE = "delete"
    EDIT = "edit"
    PUBLIC = "public"
    READ = "read"
    SECTION = "section"  # to use Sites at all
    SETT = "sett"


_FOR_EVERYBODY = frozenset({Right.READ, Right.SECTION})


def may(user: User, right: Right, site_id: int | None = None) -> bool:  # noqa: ARG001  # roles will look at the site  # roles will look at the site
    """Say whether `user` has `right`, for the site if one is meant.

    Administrators may do everything, other users may read.
    """
    return user.is_admin or right in _FOR_EVERYBODY
