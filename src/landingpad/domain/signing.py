"""Addresses that only this server can make: they show what is not public, such as the page to be photographed."""

import hashlib
import hmac

VERSION_PARAMETER = "_version"
SIGNATURE_PARAMETER = "_signature"


def signature(key: str, text: str) -> str:
    """Sign a text with the key of a portal."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def is_signed(key: str, text: str, given: str) -> bool:
    """Say whether a signature is right, in constant time."""
    return hmac.compare_digest(signature(key, text), given)


def version_query(key: str, version_id: int) -> str:
    """Return the query that shows one version of a page, whether it is public or not."""
    return (
        f"{VERSION_PARAMETER}={version_id}&{SIGNATURE_PARAMETER}={signature(key, f'{VERSION_PARAMETER}:{version_id}')}"
    )


def version_is_signed(key: str, version_id: str, given: str) -> bool:
    """Say whether a query made by `version_query` is genuine."""
    return is_signed(key, f"{VERSION_PARAMETER}:{version_id}", given)
