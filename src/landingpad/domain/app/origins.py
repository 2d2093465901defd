"""Origins of applications: only those that an administrator entrusted get tokens of users."""

from urllib.parse import urlsplit

from landingpad.store.app import apps as rows
from landingpad.store.db.engine import Tx
from landingpad.store.records import Application, User

_USUAL_PORTS = {"http": 80, "https": 443}
_READ_DIFFERENTLY = frozenset("\\@%")
"""Characters before the path of an address that browsers, HTTP clients and Python do not all read alike."""


def origin_of(address: str) -> str:
    """Return the origin of an address in the notation of browsers."""
    split = urlsplit(address)
    usual = _USUAL_PORTS.get(split.scheme)
    host = (split.hostname or "").encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    return f"{split.scheme}://{host}" + ("" if split.port in {None, usual} else f":{split.port}")


def is_entrusted(tx: Tx, app: Application, address: str) -> bool:
    """Say whether an administrator sent an application's tokens to the origin of an address.

    The origins are those of the registered addresses of the application, which only administrators set, and of the
    widgets and event handlers that administrators bound.
    """
    registered = (app.redirect_uri, app.handler_url, app.install_url)
    known = {each for each in registered if each} | set(rows.entrusted_addresses(tx, app))
    if address in known:
        return True
    asked = _comparable(address)
    return asked is not None and asked in {_comparable(each) for each in known}


def may_entrust(tx: Tx, user: User, app: Application, address: str) -> bool:
    """Say whether a user may make an application get tokens at an address."""
    return user.is_admin or is_entrusted(tx, app, address)


def refusal(address: str) -> str:
    """Return why a user without administrator rights cannot set an address, and what to do."""
    return (
        f"Access denied! The address {address[:200]!r} is on none of the origins of this application, and only an "
        "administrator may add another: tokens of users are sent to it. Use an address of the application, or let an "
        "administrator make this call."
    )


def _comparable(address: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port as they are written, or None if clients may read the address differently.

    Host names are compared as texts, since clients translate international ones by different rules.
    """
    try:
        split = urlsplit(address)
        port = split.port
    except ValueError:
        return None
    before_path = address.partition("://")[2].partition("/")[0]
    if split.scheme not in _USUAL_PORTS or not split.hostname or not before_path.isprintable() or " " in before_path:
        return None
    if _READ_DIFFERENTLY & set(before_path):
        return None
    host = split.hostname if split.netloc.isascii() else split.netloc.partition(":")[0]
    return split.scheme, host, port or _USUAL_PORTS[split.scheme]
