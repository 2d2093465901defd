"""Addresses of sites and pages for visitors."""

from collections.abc import Sequence
from urllib.parse import quote

NO_PREVIEW = "/bitrix/images/landing/nopreview.jpg"
"""Documented address of the placeholder for a missing picture. The server answers it with an image."""
PREVIEW_FILE = "preview.jpg"
MEDIA_PATH = "/_media/"
"""Path of stored files. They are named by their content, so the file at an address never changes."""
OAUTH_HOSTS = ("oauth.bitrix.info", "oauth.bitrix24.tech")
"""Hosts of the authorization server. Some SDKs hard-code them, so tests resolve these names to this server."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PATHS_ON_PORTAL = {"KNOWLEDGE": "/knowledge/", "GROUP": "/knowledge/group/", "MAINPAGE": "/vibe/"}
"""Paths on the portal's host for types of sites without a host of their own (landing/types.md)."""


class PublicUrls:
    """Builds absolute addresses with the scheme and port that visitors use."""

    def __init__(self, scheme: str, port: int) -> None:
        self.scheme = scheme
        self.port = port
        self.suffix = "" if _DEFAULT_PORTS.get(scheme) == port else f":{port}"

    def origin(self, host: str) -> str:
        """Return scheme, host and port without a trailing slash."""
        return f"{self.scheme}://{host}{self.suffix}"

    def site(self, portal_host: str, site_type: str, code: str, host: str) -> str:
        """Return the address of a site without a trailing slash."""
        base = base_path(site_type, code)
        return f"{self.origin(portal_host)}{base}" if base else self.origin(host)


def base_path(site_type: str, code: str) -> str:
    """Return the path of a site on its host: "", or "/knowledge/handbook" for a site on the portal's host."""
    path = _PATHS_ON_PORTAL.get(site_type)
    return "" if path is None else f"{path}{quote(code)}"


def site_of_portal_path(path: str) -> tuple[str, str, str] | None:
    """Split a path on the portal's host into site type, site code and path on the site; None for other paths.

    `/knowledge/handbook/rules/` -> ("KNOWLEDGE", "handbook", "/rules/")
    """
    for site_type in ("GROUP", "KNOWLEDGE", "MAINPAGE"):
        prefix = _PATHS_ON_PORTAL[site_type]
        if path.startswith(prefix):
            code, _, rest = path[len(prefix) :].partition("/")
            return (site_type, code, f"/{rest}") if code else None
    return None


def page_path(folder_codes: Sequence[str], code: str, *, is_index: bool) -> str:
    """Return the path of a page on its site: "/", "/spring-sale/", "/blog/first/"; an index page has no code."""
    parts = [*folder_codes] if is_index else [*folder_codes, code]
    return "/" + "".join(f"{quote(part, safe='')}/" for part in parts)
