"""Addresses of what visitors see."""

from collections.abc import Sequence
from urllib.parse import quote

NO_PREVIEW = "/bitrix/images/landing/nopreview.jpg"
"""Address of the placeholder where there is no picture, as documented; the server answers it with an image."""
PREVIEW_FILE = "preview.jpg"
MEDIA_PATH = "/_media/"
"""Where stored files are, by their content: what is at such an address never changes."""
OAUTH_HOSTS = ("oauth.bitrix.info", "oauth.bitrix24.tech")
"""Hosts of the authorization server. Some SDKs have them built in, so that their names have to lead to us in tests."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PATHS_ON_PORTAL = {"KNOWLEDGE": "/knowledge/", "GROUP": "/knowledge/group/", "MAINPAGE": "/vibe/"}
"""Sites of these types have no host of their own: they live below these paths of the portal (landing/types.md)."""


class PublicUrls:
    """Makes absolute addresses: the scheme and port are those at which visitors reach this server."""

    def __init__(self, scheme: str, port: int) -> None:
        self.scheme = scheme
        self.port = port
        self.suffix = "" if _DEFAULT_PORTS.get(scheme) == port else f":{port}"

    def origin(self, host: str) -> str:
        """Return scheme, host and port, without a slash at the end."""
        return f"{self.scheme}://{host}{self.suffix}"

    def site(self, portal_host: str, site_type: str, code: str, host: str) -> str:
        """Return the address of a site, without a slash at the end."""
        base = base_path(site_type, code)
        return f"{self.origin(portal_host)}{base}" if base else self.origin(host)


def base_path(site_type: str, code: str) -> str:
    """Return the path of a site on its host: "", or "/knowledge/handbook" for a site on the portal's host."""
    path = _PATHS_ON_PORTAL.get(site_type)
    return "" if path is None else f"{path}{quote(code)}"


def site_of_portal_path(path: str) -> tuple[str, str, str] | None:
    """Read a path on a portal's host: type and code of the site there, and the path on it; None for others.

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
