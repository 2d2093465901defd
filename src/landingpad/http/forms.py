"""POST to a published page: submissions of its forms by visitors."""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from landingpad.blockhtml.forms import FORM_PARAMETER
from landingpad.domain.block import forms
from landingpad.domain.site.addresses import path_of
from landingpad.domain.work import Services, Work
from landingpad.http.asgi import BodyTooLargeError, Receive, read_body
from landingpad.http.message import Answer, Request
from landingpad.http.public import PublicSites, page_at
from landingpad.http.server_pages import message_page
from landingpad.store.db.engine import Tx

LARGEST_BODY = 256 * 1024
MOST_FIELDS = 200
_FORM_TYPE = "application/x-www-form-urlencoded"


async def answer_form(
    services: Services,
    public: PublicSites,
    request: Request,
    receive: Receive,
    portal_ids: Sequence[int | None],
    now_ms: int,
) -> Answer | None:
    """Store a submission and redirect to the page, which then shows a text of thanks; None if no site is there.

    Args:
        services: services of the server.
        public: resolves addresses to sites and pages.
        request: the POST request.
        receive: reads its body.
        portal_ids: portals whose paths are tried in this order; None stands for the host of a site.
        now_ms: the time of the request.

    """
    form = dict(parse_qsl(request.query.decode("latin-1"))).get(FORM_PARAMETER)
    if form is None:
        return None
    if request.header(b"content-type").partition(";")[0].strip().lower() != _FORM_TYPE:
        return message_page(415, "This form cannot be sent", "The server cannot read the format in which it was sent.")
    try:
        body = await read_body(request.scope, receive, LARGEST_BODY)
        given = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (BodyTooLargeError, ValueError):
        return message_page(413, "The text is too long", "Please go back and send a shorter text.")

    def store(tx: Tx) -> Answer | None:
        places = (public.place_of(tx, request, portal_id) for portal_id in portal_ids)
        place = next((found for found in places if found is not None), None)
        if place is None:
            return None
        work = Work.of_system(tx, place.site.portal_id, now_ms, services)
        page = page_at(work, place) if place.is_online else None
        if page is None:
            return _gone()
        try:
            anchor = forms.submit(work, place.site, page, form, given)
        except forms.UnknownFormError:
            return _gone()
        except forms.TooManyEntriesError:
            text = "Many messages arrived within this minute. Please try again in a moment."
            return message_page(429, "Please wait a moment", text)
        path = path_of(work, page, place.site.index_page_id)
        return Answer.redirect(f"{place.base}{path}{'#' if anchor else ''}{anchor}", 303)

    answer: Answer | None = await services.db.write(store)
    return answer


def _gone() -> Answer:
    text = "The page has changed since you opened it. Please go back, reload it and try again."
    return message_page(404, "This form no longer exists", text)
