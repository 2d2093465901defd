"""Errors of sites and their folders (landing/site/*.md)."""

from landingpad.errors import ApiError


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
