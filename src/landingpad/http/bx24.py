"""`/api/v1/`: the script BX24 for applications in frames of the portal."""

from functools import cache
from hashlib import sha256

from landingpad.bx24 import script
from landingpad.http.delivery import conditional, encoded
from landingpad.http.plain import Answer, Request

_HEADERS = (
    (b"content-type", b"text/javascript; charset=utf-8"),
    (b"cache-control", b"public, max-age=300"),
    (b"x-content-type-options", b"nosniff"),
    # Any page may load it, including pages with `crossorigin` attributes or a cross-origin embedder policy.
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)


@cache
def _tag() -> str:
    return sha256(script()).hexdigest()[:32]


def script_answer(request: Request) -> Answer:
    """Answer with the script."""
    return encoded(request, conditional(request, Answer(200, _HEADERS, script()), _tag()))
