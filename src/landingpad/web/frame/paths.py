"""Paths of the portal's pages for people."""

import ipaddress

SIGN_IN = "/sign-in/"
SIGN_OUT = "/sign-out"
SITES = "/sites/"
ACCOUNT = "/account/"
DEVELOPER = "/developer/"
APPS = "/apps/"
APP_LINKS = "/marketplace/view/"
"""Documented links to applications, which applications put into texts."""
STATIC = "/_ui/"

_FOLDERS = (SIGN_IN, SITES, ACCOUNT, DEVELOPER, APPS, APP_LINKS, STATIC)
SCREENS = " ".join((SIGN_OUT, *(f"{folder.rstrip('/')} {folder}*" for folder in _FOLDERS)))
"""All paths of the portal's pages for people, separated by spaces; * at the end matches any rest."""


def is_safe_host(host: str) -> bool:
    """Say whether a host name that belongs to no portal may still show the portal.

    Safe are IP addresses and names without a dot, as machines of a local network have them. The owner of any other
    name could point it here, and pages of that owner would then share the portal's origin.
    """
    if "." not in host and ":" not in host:
        return bool(host)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_local_path(target: str) -> bool:
    """Say whether a target is a path on this host, so that a redirect to it cannot leave the portal."""
    return (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and all(character.isprintable() and character not in "\\\r\n\t" for character in target)
    )
