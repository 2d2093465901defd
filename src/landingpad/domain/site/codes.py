"""Codes: the words that addresses are made of."""

import re
import string
from collections.abc import Callable
from random import Random

from anyascii import anyascii

from landingpad.errors import DomainIsDisabled, DomainIsIncorrect, SlashIsNotAllowed, WrongCodeFormat

MAX_CODE = 100
_COUNTED = 10  # up to here the lowest free number is found
_NOT_A_CODE = re.compile(r"[^a-z0-9]+")
_FORBIDDEN_PAGE_CODE = re.compile(r".+_\d+_\d+")  # addresses of that form belong to catalogues
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DISABLED = "bitrix"
"""A word that the name of a site may not have (landing/site/landing-site-add.md). The domain above it may."""
_RANDOM_SUFFIX = string.ascii_lowercase + string.digits


def slug(title: str) -> str:
    """Make a code from a title: "Übersicht – Сайт" becomes "ubersicht-sayt"; "" if nothing can be read in it."""
    return _NOT_A_CODE.sub("-", anyascii(title).lower()).strip("-")[:MAX_CODE].strip("-")


def site_code(given: str | None, title: str) -> str:
    """Return the wanted code of a site, without slashes, before it is made unique.

    Raises:
        SlashIsNotAllowed: a slash stands anywhere but at the ends.

    """
    code = (given or "").strip().strip("/").strip()
    if "/" in code:
        raise SlashIsNotAllowed
    code = slug(code) or slug(title) or "site"
    return f"site{code}" if code.isdigit() else code


def with_number(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """Return `wanted`, or with a low number behind it that is not taken.

    Where many are taken it looks for the end of their row in growing steps, so that the thousandth "site" costs twenty
    questions and not a thousand.
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
        SlashIsNotAllowed: it holds a slash.
        WrongCodeFormat: it looks like `<text>_<number>_<number>`.

    """
    if "/" in code:
        raise SlashIsNotAllowed
    if _FORBIDDEN_PAGE_CODE.fullmatch(code):
        raise WrongCodeFormat
    if not code.strip("."):
        raise WrongCodeFormat(f'The page address must not be "{code}": browsers take that for a folder.')


def page_code(given: str | None, title: str, random: Random) -> str:
    """Return the wanted code of a page; a blank one is made from the title. It is kept as the author wrote it."""
    return (given or "").strip()[:MAX_CODE] or slug(title) or random_code(random)


def random_code(random: Random) -> str:
    """Return the code of something whose title has nothing that could be one."""
    return "".join(random.choices(_RANDOM_SUFFIX, k=12))


def with_random_suffix(wanted: str, random: Random, is_taken: Callable[[str], bool]) -> str:
    """Return `wanted`, or with "_" and four random characters behind it where that is taken."""
    code = wanted
    while is_taken(code):
        code = f"{wanted}_{''.join(random.choices(_RANDOM_SUFFIX, k=4))}"
    return code


def host_name(given: str) -> str:
    """Check a host name that a user wants for a site.

    Raises:
        DomainIsIncorrect: it has other characters than letters, digits, "-" and ".", or is no host name.
        DomainIsDisabled: it has a word that is not for sites.

    """
    host = given.strip().lower()
    if not _HOST.fullmatch(host):
        raise DomainIsIncorrect
    if _DISABLED in host.partition(".")[0]:
        raise DomainIsDisabled
    return host
