"""Addresses that only this server can make: they show what is not public, such as the page to be photographed."""

import hashlib
import hmac

VERSION_PARAMETER = "_version"
SIGNATURE_PARAMETER = "_signature"
EXPIRES_PARAMETER = "_expires"


def signature(key: str, text: str) -> str:
    """Sign a text with the key of a portal."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def is_signed(key: str, text: str, given: str) -> bool:
    """Say whether a signature is right, in constant time."""
    return hmac.compare_digest(signature(key, text), given)


def version_query(key: str, version_id: int, expires_ms: int) -> str:
    """Return the query that shows one version of a page until a moment, whether it is public or not."""
    signed = signature(key, _version_text(str(version_id), str(expires_ms)))
    return f"{VERSION_PARAMETER}={version_id}&{EXPIRES_PARAMETER}={expires_ms}&{SIGNATURE_PARAMETER}={signed}"


def version_is_signed(key: str, version_id: str, expires_ms: str, given: str, now_ms: int) -> bool:
    """Say whether a query made by `version_query` is genuine and has not expired."""
    if not is_signed(key, _version_text(version_id, expires_ms), given):
        return False
    return now_ms < int(expires_ms)


def _version_text(version_id: str, expires_ms: str) -> str:
    return f"{VERSION_PARAMETER}:{version_id}:{expires_ms}"
