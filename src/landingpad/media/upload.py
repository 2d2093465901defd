"""A file as a client sent it."""

import msgspec


class UploadedFile(msgspec.Struct, frozen=True):
    """A file of a multipart body."""

    name: str
    content_type: str
    data: bytes
