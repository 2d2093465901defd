"""Entries that visitors send through forms of published pages.

Only fields of the form are stored, nothing about the visitor such as address or browser.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from landingpad.blockhtml.forms import MOMENT, TRAP, field_names, sent_anchor
from landingpad.domain.app import events
from landingpad.domain.page import versions
from landingpad.domain.page.signing import is_signed, signature
from landingpad.domain.people.rights import Access, Right, section_of
from landingpad.domain.work import Work
from landingpad.store.app import apps as app_rows
from landingpad.store.app.events import EventHandler
from landingpad.store.block import blocks as block_rows
from landingpad.store.block import forms as rows
from landingpad.store.block.held_forms import Reason
from landingpad.store.people import people
from landingpad.store.records import Page, Site, User

LONGEST_VALUE = 10_000
"""Maximum characters of one field; longer values are cut."""
MOST_AT_ONCE = 300
"""Entries that a site accepts within `SPELL_MS` from all senders together; one sender has a far lower limit."""
SPELL_MS = 60_000
READING_MS = 2_000
"""Time that people need at least between seeing a form and sending it."""
_STEP_MS = 5_000
"""Moments are multiples of this, so that a page stays equal, and compressed, for that long."""

HELD_BACK = {
    Reason.SENDER: "too many from one sender",
    Reason.SITE: "too many at once for the site",
    Reason.TRAP: "filled in by programs",
}
"""Why messages were held back, for the owner of the site."""

_SCOPE = "landing"
_MOMENT_TEXT = "form:{}"
_FORM = re.compile(r"([1-9][0-9]{0,17})-([0-9]{1,3})")


class UnknownFormError(LookupError):
    """The page has no such form."""


class TooManyEntriesError(Exception):
    """A site received too many entries within a minute."""


class Receipt(NamedTuple):
    """What became of a submission."""

    anchor: str
    """Of the confirmation text, or "" if no field of the form has a value."""
    is_stored: bool = False
    is_trapped: bool = False
    """Whether it filled the field that people do not see."""


def moment(signing_key: str, now_ms: int) -> str:
    """Return the time from which people may have filled a form that is shown now, signed by the portal."""
    since_ms = -(-(now_ms + READING_MS) // _STEP_MS) * _STEP_MS
    return f"{since_ms}-{signature(signing_key, _MOMENT_TEXT.format(since_ms))}"


def is_hasty(signing_key: str, given: Sequence[tuple[str, str]], now_ms: int) -> bool:
    """Say whether a form was sent without its page, or sooner after it than people can."""
    since_ms, _, signed = dict(given).get(MOMENT, "").partition("-")
    is_ours = (
        since_ms.isascii() and since_ms.isdigit() and is_signed(signing_key, _MOMENT_TEXT.format(since_ms), signed)
    )
    return not is_ours or now_ms < int(since_ms)


def submit(work: Work, site: Site, page: Page, form: str, given: Sequence[tuple[str, str]]) -> Receipt:
    """Store an entry that a visitor sent from a page, and return what became of it.

    Entries that fill the hidden trap field are dropped, but get the anchor of the confirmation text as well.

    Args:
        work: the work at hand.
        site: the site of the page.
        page: the page that showed the form.
        form: id of the public block and number of the form in it, as in the address that the form posts to: "12-0".
        given: names and values of the fields.

    Raises:
        UnknownFormError: the page has no such form.
        TooManyEntriesError: the site received too many entries within a minute.

    """
    named = _FORM.fullmatch(form)
    block = block_rows.find_anywhere(work.tx, work.portal_id, int(named[1])) if named else None
    if named is None or block is None or not block.is_public or not block.active:
        raise UnknownFormError
    if block.page_id not in {page.id, *versions.area_pages(work, site, page).values()}:
        raise UnknownFormError
    place = int(named[2])
    names = field_names(block.content, place)
    if names is None:
        raise UnknownFormError
    anchor = sent_anchor(block.id, place)
    values = dict(given)
    if values.get(TRAP):
        return Receipt(anchor, is_trapped=True)  # a spam program: the answer does not tell that its entry was dropped
    kept = [(name, value[:LONGEST_VALUE]) for name, value in given if name in names and value.strip()]
    if not kept:
        return Receipt("")
    full_since = rows.time_of_nth_newest(work.tx, work.portal_id, site.id, MOST_AT_ONCE)
    if full_since is not None and full_since > work.now_ms - SPELL_MS:
        raise TooManyEntriesError
    entry_id = rows.add(
        work.tx,
        work.portal_id,
        site_id=site.id,
        page_id=page.id,
        block_id=block.id,
        fields=msgspec.json.encode(kept).decode(),
        now_ms=work.now_ms,
    )
    _notify_apps(work, site, {"ID": entry_id, "SITE_ID": site.id, "LID": page.id, "BLOCK_ID": block.id}, kept)
    return Receipt(anchor, is_stored=True)


def _notify_apps(work: Work, site: Site, ids: Mapping[str, int], sent: Sequence[tuple[str, str]]) -> None:
    """Emit the event of a form entry to handlers whose application has the scope and whose user may read the site."""

    def may_hear(handler: EventHandler) -> bool:
        app = app_rows.find(work.tx, work.portal_id, handler.app_id)
        if app is None or _SCOPE not in app.scopes.split(","):
            return False
        if handler.user_id == 0:  # only administrators can bind such a handler
            return True
        person = people.find(work.tx, work.portal_id, handler.user_id)
        if person is None or not person.is_active:
            return False
        name = (person.name, person.last_name, person.email)
        user = User(person.id, work.portal_id, "", *name, is_admin=person.is_admin, is_active=True)
        access, section = Access(work.tx, work.portal_id, user), section_of(site.type)
        return access.may_use(section, site.id) and access.may(Right.READ, site.id, section)

    fields = [{"NAME": name, "VALUE": value} for name, value in sent]
    data = {**{name: str(number) for name, number in ids.items()}, "FIELDS": fields}
    events.emit(work, events.FORM, data, about=ids["ID"], admitted=may_hear)
