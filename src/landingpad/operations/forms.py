"""Form entries: what visitors sent through the forms of published pages."""

import json
from datetime import UTC, datetime
from typing import NamedTuple

from landingpad.domain.block.forms import HELD_BACK
from landingpad.operations.errors import NotFound
from landingpad.store.block import forms, held_forms
from landingpad.store.block.held_forms import Reason
from landingpad.store.db.engine import Database, Tx
from landingpad.store.records import FormEntry
from landingpad.store.site import sites


class Entry(NamedTuple):
    """A form entry for display."""

    id: int
    sent_at: datetime
    page_id: int
    fields: list[tuple[str, str]]

    def as_text(self) -> str:
        """Return it for people, with control characters escaped: a terminal would obey them."""
        lines = "\n".join(f"  {_printable(name)}: {_printable(value)}" for name, value in self.fields)
        return f"#{self.id}  {self.sent_at:%Y-%m-%d %H:%M}  page {self.page_id}\n{lines}\n"

    def as_json(self) -> str:
        """Return it for programs."""
        fields = [{"name": name, "value": value} for name, value in self.fields]
        sent_at = self.sent_at.isoformat()
        return json.dumps({"id": self.id, "sent_at": sent_at, "page_id": self.page_id, "fields": fields})


def list_entries(db: Database, site_id: int, *, most: int) -> list[Entry]:
    """Return the entries of a site, newest first.

    Raises:
        NotFound: there is no such site.

    """

    def work(tx: Tx) -> list[FormEntry]:
        portal_id = sites.portal_of(tx, site_id)
        if portal_id is None:
            raise NotFound(f"There is no site {site_id}. `landingpad site list` shows them.")
        return forms.newest(tx, portal_id, site_id, most=most)

    return [
        Entry(found.id, datetime.fromtimestamp(found.created_at / 1000, UTC), found.page_id, json.loads(found.fields))
        for found in db.read_here(work)
    ]


def held_back(db: Database, site_id: int, now_ms: int) -> str:
    """Return a sentence about the messages that the forms of a site held back lately, or "" if there were none."""

    def work(tx: Tx) -> dict[Reason, int]:
        portal_id = sites.portal_of(tx, site_id)
        return {} if portal_id is None else held_forms.lately(tx, portal_id, site_id, now_ms)

    found = db.read_here(work)
    if not found:
        return ""
    causes = ", ".join(f"{count} {HELD_BACK[reason]}" for reason, count in sorted(found.items()))
    return f"Held back in the last {held_forms.SHOWN_DAYS} days: {causes}."


def delete_entry(db: Database, entry_id: int) -> None:
    """Delete an entry.

    Raises:
        NotFound: there is no such entry.

    """
    if not db.write_here(lambda tx: forms.delete(tx, entry_id)):
        raise NotFound(f"There is no form entry {entry_id}. `landingpad form list` shows them.")


def _printable(text: str) -> str:
    shown = "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
    return shown.replace("\n", "\n    ")
