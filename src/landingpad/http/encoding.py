"""Compression of answers for clients that ask for it."""

import gzip
from functools import lru_cache

import brotli  # type: ignore[import-untyped]  # a C module without stubs

SMALL = 1024
"""Answers with fewer bytes are not compressed."""

_QUALITY = 5  # as small as gzip at its best level, in a fraction of the time


def negotiate(accept_encoding: str) -> str:
    """Return "br", "gzip" or "" for an Accept-Encoding header; brotli if both are accepted."""
    accepted = {}
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        accepted[name.strip()] = weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    for encoding in ("br", "gzip"):
        if accepted.get(encoding, accepted.get("*", False)):
            return encoding
    return ""


@lru_cache(maxsize=256)
def compress(data: bytes, encoding: str) -> bytes:
    """Compress an answer with brotli or gzip."""
    if encoding == "br":
        return bytes(brotli.compress(data, quality=_QUALITY))
    return gzip.compress(data, compresslevel=6, mtime=0)
