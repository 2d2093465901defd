"""Message pages for people at Starlette routes, and the reader of forms that answers with them."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from landingpad.http.application import response
from landingpad.http.asgi import BodyTooLargeError, read_body
from landingpad.http.bodies import SMALL
from landingpad.http.params import MalformedJson, decode_body
from landingpad.http.server_pages import message_page
from landingpad.rpc.phpquery import BadRequestBody


class MessageError(HTTPException):
    """A request that ends with a message page, which the handler `message_of` returns."""

    def __init__(self, status: int, title: str, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, text, headers)
        self.title = title


def message(status: int, title: str, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a page that says what failed and what to do."""
    made = response(*message_page(status, title, text))
    made.headers.update(headers or {})
    return made


async def message_of(_request: Request, error: Exception) -> Response:
    """Handle a `MessageError`: answer with its page."""
    assert isinstance(error, MessageError)  # noqa: S101  # the only class that it is registered for
    return message(error.status_code, error.title, error.detail, error.headers)


async def read_form(request: Request, limit: int) -> dict[str, Any]:
    """Return the fields of a form; those of the query are not among them, because anybody may have written the link.

    Raises:
        MessageError: the form is larger than `limit` bytes, or cannot be read.

    """
    try:
        body = await read_body(request.scope, request.receive, limit)
        kind = request.headers.get("content-type", "")
        return decode_body(kind, body) if len(body) <= SMALL else await asyncio.to_thread(decode_body, kind, body)
    except BodyTooLargeError:
        raise MessageError(413, "The form is too large", f"A form may have at most {limit} bytes.") from None
    except (MalformedJson, BadRequestBody) as error:
        raise MessageError(400, "The form could not be read", str(error)) from error
