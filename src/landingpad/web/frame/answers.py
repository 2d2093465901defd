"""Responses with HTML pages and event streams, with their security headers."""

from collections.abc import AsyncIterator, Iterable

from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

NO_STORE = {"cache-control": "no-store"}
NO_SNIFF = {"x-content-type-options": "nosniff"}
_PAGE = {
    **NO_STORE,
    **NO_SNIFF,
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_EVENTS = {**NO_STORE, **NO_SNIFF, "content-type": "text/event-stream", "x-accel-buffering": "no"}


def policy(*, frames: Iterable[str] = (), forms: Iterable[str] = ()) -> str:
    """Return the Content-Security-Policy of a page, which admits resources of this origin only.

    Args:
        frames: further origins that it may show in frames.
        forms: further origins that its forms may be sent or redirected to.

    """
    shown, goals = " ".join(["'self'", *frames]), " ".join(["'self'", *forms])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"frame-src {shown}; form-action {goals}; base-uri 'none'; frame-ancestors 'none'"
    )


def html(text: str, status: int = 200, *, frames: Iterable[str] = (), forms: Iterable[str] = ()) -> Response:
    """Answer with a page."""
    return HTMLResponse(text, status, {**_PAGE, "content-security-policy": policy(frames=frames, forms=forms)})


def fragment(text: str) -> Response:
    """Answer with a part of a page."""
    return HTMLResponse(text, headers=_PAGE)


def see_other(target: str) -> Response:
    """Redirect the browser to a page of the portal after it sent a form."""
    return RedirectResponse(target, 303, NO_STORE)


def events(sent: AsyncIterator[bytes]) -> Response:
    """Answer with server-sent events as long as the browser listens."""
    return StreamingResponse(sent, headers=_EVENTS)
