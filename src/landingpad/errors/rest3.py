"""Errors that only REST 3.0 has."""

from landingpad.errors import ApiError


class InvalidSelect(ApiError):
    code = "BITRIX_REST_V3_EXCEPTION_INVALIDSELECTEXCEPTION"
    text = "The calls of a batch could not be read"
