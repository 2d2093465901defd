"""Signed addresses. They show content that is not public, for example to the browser that takes pictures."""

import hashlib
import hmac
from collections.abc import Mapping

VERSION_PARAMETER = "_version"
DRAFT_PARAMETER = "_draft"
SIGNATURE_PARAMETER = "_signature"
EXPIRES_PARAMETER = "_expires"


def signature(key: str, text: str) -> str:
    """Sign a text with the key of a portal."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def is_signed(key: str, text: str, given: str) -> bool:
    """Compare a signature in constant time."""
    return hmac.compare_digest(signature(key, text), given)


def version_query(key: str, version_id: int, expires_ms: int) -> str:
    """Return the query string that shows one version of a page, public or not, until it expires."""
    return _query(key, VERSION_PARAMETER, version_id, expires_ms)


def draft_query(key: str, page_id: int, expires_ms: int) -> str:
    """Return the query string that shows the present draft of a page until it expires."""
    return _query(key, DRAFT_PARAMETER, page_id, expires_ms)


def signed_number(key: str, parameter: str, query: Mapping[str, str], now_ms: int) -> int | None:
    """Return the version or page id in a signed query, or None if the signature is wrong or expired."""
    number, expires = query.get(parameter, ""), query.get(EXPIRES_PARAMETER, "")
    if not number.isdigit() or not is_signed(
        key, _text(parameter, number, expires), query.get(SIGNATURE_PARAMETER, "")
    ):
        return None
    return int(number) if now_ms < int(expires) else None


def _query(key: str, parameter: str, number: int, expires_ms: int) -> str:
    signed = signature(key, _text(parameter, str(number), str(expires_ms)))
    return f"{parameter}={number}&{EXPIRES_PARAMETER}={expires_ms}&{SIGNATURE_PARAMETER}={signed}"


def _text(parameter: str, number: str, expires_ms: str) -> str:
    return f"{parameter}:{number}:{expires_ms}"
