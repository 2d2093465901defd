"""POST to a published page: submissions of its forms by visitors."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from landingpad.blockhtml.forms import FORM_PARAMETER
from landingpad.domain.block import forms
from landingpad.domain.site.addresses import path_of
from landingpad.domain.work import Services, Work
from landingpad.http.asgi import BodyTooLargeError, Receive, read_body
from landingpad.http.held_back import HeldBack
from landingpad.http.plain import Answer, Request
from landingpad.http.public import PublicSites, SiteLocation, page_at
from landingpad.http.senders import Senders
from landingpad.http.server_pages import message_page
from landingpad.store.block.held_forms import Reason
from landingpad.store.db.engine import Tx
from landingpad.store.site import sites as site_rows

LARGEST_BODY = 256 * 1024
MOST_FIELDS = 200
_FORM_TYPE = "application/x-www-form-urlencoded"


class _Target(NamedTuple):
    """The site that a form was sent to."""

    portal_id: int
    site_id: int
    is_hasty: bool


class VisitorForms:
    """Takes what visitors send, limited for each sender first, so that none closes a form to the others."""

    def __init__(self, services: Services, public: PublicSites, *, per_minute: int) -> None:
        """Store what it needs.

        Args:
            services: services of the server.
            public: resolves addresses to sites and pages.
            per_minute: messages a minute from one sender to one site.

        """
        self._services = services
        self._public = public
        self._senders = Senders(per_minute)
        self._held = HeldBack(services.db)

    async def answer(
        self, request: Request, receive: Receive, portal_ids: Sequence[int | None], now_ms: int
    ) -> Answer | None:
        """Store a submission and redirect to the page, which then shows a text of thanks; None if no site is there.

        Args:
            request: the POST request.
            receive: reads its body.
            portal_ids: portals whose paths are tried in this order; None stands for the host of a site.
            now_ms: the time of the request.

        """
        form = dict(parse_qsl(request.query.decode("latin-1"))).get(FORM_PARAMETER)
        if form is None:
            return None
        given = await _read(request, receive)
        if isinstance(given, Answer):
            return given

        def find(tx: Tx) -> _Target | None:
            place = self._place(tx, request, portal_ids)
            if place is None:
                return None
            portal_id = place.site.portal_id
            key = site_rows.signing_key(tx, portal_id)
            return _Target(portal_id, place.site.id, forms.is_hasty(key, given, now_ms))

        target = await self._services.db.read(find)
        if target is None:
            return None
        address = request.client_address
        if not self._senders.admit(target.site_id, address, now_ms, is_hasty=target.is_hasty):
            self._note(target, Reason.SENDER, now_ms)
            return _too_many("You have sent several messages in a short time.")
        is_counted = False
        try:
            answer, receipt = await self._services.db.write(
                lambda tx: self._store(tx, request, portal_ids, form, given, now_ms), portal_id=target.portal_id
            )
            is_counted = receipt.is_stored or receipt.is_trapped
        except forms.UnknownFormError:
            return _gone()
        except forms.TooManyEntriesError:
            self._note(target, Reason.SITE, now_ms)
            return _too_many("Many messages arrived within this minute.")
        finally:
            if not is_counted:
                self._senders.take_back(target.site_id, address)
        if receipt.is_trapped:
            self._note(target, Reason.TRAP, now_ms)
        result: Answer = answer
        return result

    def forget(self) -> None:
        """Clear the counts: after a restore of the database, ids stand for other sites."""
        self._senders.forget()
        self._held.forget()

    def close(self) -> None:
        """Store what is counted, before the database is closed."""
        self._held.close()

    def _store(
        self,
        tx: Tx,
        request: Request,
        portal_ids: Sequence[int | None],
        form: str,
        given: Sequence[tuple[str, str]],
        now_ms: int,
    ) -> tuple[Answer, forms.Receipt]:
        place = self._place(tx, request, portal_ids)
        if place is None or not place.is_online:
            raise forms.UnknownFormError
        work = Work.of_system(tx, place.site.portal_id, now_ms, self._services)
        page = page_at(work, place)
        if page is None:
            raise forms.UnknownFormError
        receipt = forms.submit(work, place.site, page, form, given)
        path = path_of(work, page, place.site.index_page_id)
        return Answer.redirect(f"{place.base}{path}{'#' if receipt.anchor else ''}{receipt.anchor}", 303), receipt

    def _place(self, tx: Tx, request: Request, portal_ids: Sequence[int | None]) -> SiteLocation | None:
        places = (self._public.place_of(tx, request, portal_id) for portal_id in portal_ids)
        return next((found for found in places if found is not None), None)

    def _note(self, target: _Target, reason: Reason, now_ms: int) -> None:
        self._held.note(target.portal_id, target.site_id, reason, now_ms)


async def _read(request: Request, receive: Receive) -> list[tuple[str, str]] | Answer:
    """Return the fields of a submission, or the answer that refuses its form."""
    if request.header(b"content-type").partition(";")[0].strip().lower() != _FORM_TYPE:
        text = "The server cannot read the format in which it was sent."
        return Answer(*message_page(415, "This form cannot be sent", text))
    try:
        body = await read_body(request.scope, receive, LARGEST_BODY)
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (BodyTooLargeError, ValueError):
        return Answer(*message_page(413, "The text is too long", "Please go back and send a shorter text."))


def _too_many(cause: str) -> Answer:
    text = f"{cause} Nothing is lost: go back, wait a minute and send it again."
    answer = Answer(*message_page(429, "Please wait a moment", text))
    answer.headers.append((b"retry-after", b"60"))
    return answer


def _gone() -> Answer:
    text = "The page has changed since you opened it. Please go back, reload it and try again."
    return Answer(*message_page(404, "This form no longer exists", text))
