"""Limits before an application of others that reads whole JSON bodies, such as the SDK behind `/mcp`."""

from collections.abc import MutableMapping
from typing import Any

from landingpad.errors import ApiError
from landingpad.errors.calls import BadRequest, BodyTooLarge
from landingpad.http.asgi import Application, Receive, Scope, Send
from landingpad.http.bodies import SMALL, BodiesOfNobody, Incoming
from landingpad.http.params import has_more_values
from landingpad.http.plain import Answer, send_answer
from landingpad.rpc.phpquery import MAX_PAIRS


def limited_messages(application: Application, nobody: BodiesOfNobody) -> Application:
    """Return an application whose JSON bodies, sent by callers who may be nobody, are limited before it reads them."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        incoming = Incoming(scope, receive)
        try:
            body = await _message(incoming, nobody)
        except ApiError as error:
            refusal = Answer.text(error.status, str(error))
            refusal.headers.append((b"connection", b"close"))
            await send_answer(send, refusal)
            return
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_again() -> MutableMapping[str, Any]:
            return waiting.pop() if waiting else await receive()

        await application(scope, receive_again, send)

    return answer


async def _message(incoming: Incoming, nobody: BodiesOfNobody) -> bytes:
    await incoming.begin(SMALL)
    if incoming.size > SMALL:
        async with nobody.turn():
            await incoming.begin(nobody.limit)
    body = incoming.so_far()
    if len(body) > nobody.limit:
        raise BodyTooLarge(f"{BodyTooLarge.text}: a message may have {nobody.limit} bytes.")
    if has_more_values(body, MAX_PAIRS):
        raise BadRequest(f"The message has more than {MAX_PAIRS} values.")
    return body
