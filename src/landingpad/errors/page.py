"""Errors of pages and their templates (landing/page/**)."""

from landingpad.errors import ApiError


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
