"""Codes: the path segments and host names that addresses consist of."""

import re
import string
from collections.abc import Callable
from random import Random

from anyascii import anyascii

from landingpad.errors.page import WrongCodeFormat
from landingpad.errors.site import DomainIsDisabled, DomainIsIncorrect, SlashIsNotAllowed

MAX_CODE = 100
_COUNTED = 10  # up to this number, the lowest free one is used
_NOT_A_CODE = re.compile(r"[^a-z0-9]+")
_FORBIDDEN_PAGE_CODE = re.compile(r".+_\d+_\d+")  # reserved for addresses of catalogues
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DISABLED = "bitrix"
"""A word that the first label of a host name must not contain (landing/site/landing-site-add.md)."""
_RANDOM_SUFFIX = string.ascii_lowercase + string.digits


def slug(title: str) -> str:
    """Make a code from a title: "Übersicht – Сайт" becomes "ubersicht-sayt". Return "" if nothing is left."""
    return _NOT_A_CODE.sub("-", anyascii(title).lower()).strip("-")[:MAX_CODE].strip("-")


def site_code(given: str | None, title: str) -> str:
    """Return the wanted code of a site. It may be taken.

    Raises:
        SlashIsNotAllowed: it contains a slash.

    """
    code = (given or "").strip()
    if "/" in code:
        raise SlashIsNotAllowed(
            f"{SlashIsNotAllowed.text} Lists write the code of a site between slashes; send it without them."
        )
    code = slug(code) or slug(title) or "site"
    return f"site{code}" if code.isdigit() else code


def with_number(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """Return `wanted`, or `wanted` with a low free number appended.

    Above ten, the free number is searched in growing steps: the thousandth "site" costs about twenty queries.
    """
    if not is_taken(wanted):
        return wanted
    low, high = 1, 2
    while is_taken(f"{wanted}{high}"):
        low, high = high, high + 1 if high < _COUNTED else high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if is_taken(f"{wanted}{middle}"):
            low = middle
        else:
            high = middle
    return f"{wanted}{high}"


def check_page_code(code: str) -> None:
    """Refuse a page code that cannot be an address.

    Raises:
        SlashIsNotAllowed: it contains a slash.
        WrongCodeFormat: it looks like `<text>_<number>_<number>`, or consists of dots.

    """
    if "/" in code:
        raise SlashIsNotAllowed
    if _FORBIDDEN_PAGE_CODE.fullmatch(code):
        raise WrongCodeFormat
    if not code.strip("."):
        raise WrongCodeFormat(f'The page address must not be "{code}": browsers take that for a folder.')


def page_code(given: str | None, title: str, random: Random) -> str:
    """Return the given code of a page unchanged, or one made from the title if it is blank."""
    return (given or "").strip()[:MAX_CODE] or slug(title) or random_code(random)


def random_code(random: Random) -> str:
    """Return a random code, for titles that no code can be made from."""
    return "".join(random.choices(_RANDOM_SUFFIX, k=12))


def with_random_suffix(wanted: str, random: Random, is_taken: Callable[[str], bool]) -> str:
    """Return `wanted`, or `wanted` with "_" and four random characters appended if it is taken."""
    code = wanted
    while is_taken(code):
        code = f"{wanted}_{''.join(random.choices(_RANDOM_SUFFIX, k=4))}"
    return code


def host_name(given: str) -> str:
    """Return a host name that a user wants for a site, in lower case.

    Raises:
        DomainIsIncorrect: it is not a host name of letters, digits, "-" and ".".
        DomainIsDisabled: its first label contains a reserved word.

    """
    host = given.strip().lower()
    if not _HOST.fullmatch(host):
        raise DomainIsIncorrect
    if _DISABLED in host.partition(".")[0]:
        raise DomainIsDisabled
    return host
