"""Files as clients send them."""

import msgspec


class UploadedFile(msgspec.Struct, frozen=True):
    """A file of a multipart body."""

    name: str
    content_type: str
    data: bytes
