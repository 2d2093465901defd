"""Responses with HTML pages and event streams, with their security headers."""

from collections.abc import AsyncIterator, Iterable

from landingpad.http.message import Answer

_PAGE = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_EVENTS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
)


class Stream:
    """A response of server-sent events that lasts as long as the browser listens."""

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        self.status = 200
        self.headers = list(_EVENTS)
        self.events = events


def policy(*, frames: Iterable[str] = (), forms: Iterable[str] = ()) -> bytes:
    """Return the Content-Security-Policy of a page, which admits resources of this origin only.

    Args:
        frames: further origins that it may show in frames.
        forms: further origins that its forms may be sent or redirected to.

    """
    shown, goals = " ".join(["'self'", *frames]), " ".join(["'self'", *forms])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"frame-src {shown}; form-action {goals}; base-uri 'none'; frame-ancestors 'none'"
    ).encode()


def html(
    text: str, status: int = 200, *, frames: Iterable[str] = (), forms: Iterable[str] = (), fragment: bool = False
) -> Answer:
    """Answer with a page, or with a fragment of one."""
    headers = list(_PAGE)
    if not fragment:
        headers.append((b"content-security-policy", policy(frames=frames, forms=forms)))
    return Answer(status, headers, text.encode())


def see_other(target: str) -> Answer:
    """Redirect the browser to a page of the portal after it sent a form."""
    answer = Answer.redirect(target, 303)
    answer.headers.append((b"cache-control", b"no-store"))
    return answer
