"""Which paths of a portal's host belong to its pages for people. Without imports: asked for every request."""

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

_OURS = (SIGN_IN, SITES, ACCOUNT, DEVELOPER, APPS, APP_LINKS, STATIC)
_WITHOUT_SLASH = frozenset(path.rstrip("/") for path in _OURS) | {SIGN_OUT}


def is_web(path: str) -> bool:
    """Say whether a path is one of the portal's pages for people."""
    return path.startswith(_OURS) or path in _WITHOUT_SLASH


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
