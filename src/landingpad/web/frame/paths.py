"""Which paths of a portal's host belong to its pages for people."""

import ipaddress

SIGN_IN = "/sign-in/"
SIGN_OUT = "/sign-out"
SITES = "/sites/"
ACCOUNT = "/account/"
DEVELOPER = "/developer/"
APPS = "/apps/"
APP_LINKS = "/marketplace/view/"
"""Links to applications that these put into texts themselves; documented, so they lead here too."""
STATIC = "/_ui/"

_FOLDERS = (SIGN_IN, SITES, ACCOUNT, DEVELOPER, APPS, APP_LINKS, STATIC)
SCREENS = " ".join((SIGN_OUT, *(f"{folder.rstrip('/')} {folder}*" for folder in _FOLDERS)))
"""Every path of the portal's pages for people, separated by spaces; one that ends in * means all that begin so."""


def is_safe_host(host: str) -> bool:
    """Say whether a host name that no portal has may show the portal all the same.

    An address, or a name without a dot as machines of one network have them. Any other name could be pointed here by
    whoever owns it, and its pages would then be of the same origin as ours.
    """
    if "." not in host and ":" not in host:
        return bool(host)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_local_path(target: str) -> bool:
    """Say whether a target leads to this very host: what comes from outside must not lead anywhere else."""
    return (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and all(character.isprintable() and character not in "\\\r\n\t" for character in target)
    )
