"""Addresses of what visitors see."""

from collections.abc import Sequence

NO_PREVIEW = "/bitrix/images/landing/nopreview.jpg"
"""Address of the placeholder where there is no picture, as documented; the server answers it with an image."""
PREVIEW_FILE = "preview.jpg"

_DEFAULT_PORTS = {"http": 80, "https": 443}


class PublicUrls:
    """Makes absolute addresses: the scheme and port are those at which visitors reach this server."""

    def __init__(self, scheme: str, port: int, portal_host: str | None = None) -> None:
        self.scheme = scheme
        self.port = port
        self.portal_host = portal_host
        self.suffix = "" if _DEFAULT_PORTS.get(scheme) == port else f":{port}"

    def origin(self, host: str) -> str:
        """Return scheme, host and port, without a slash at the end."""
        return f"{self.scheme}://{host}{self.suffix}"

    def page(self, host: str, path: str) -> str:
        """Return the address of a page from its path (see `page_path`)."""
        return f"{self.origin(host)}{path}"


def page_path(folder_codes: Sequence[str], code: str, *, is_index: bool) -> str:
    """Return the path of a page on its site: "/", "/spring-sale/", "/blog/first/"; an index page has no code."""
    parts = [*folder_codes] if is_index else [*folder_codes, code]
    return "/" + "".join(f"{part}/" for part in parts)
