"""Delivery of events: one post to an application's handler, retried later if it fails."""

import asyncio
from typing import Any

import structlog

from landingpad.domain.app import events, origins
from landingpad.domain.people import oauth
from landingpad.domain.people.oauth import ACCESS_MS
from landingpad.domain.work import Delivery, Services
from landingpad.jobs.deliveries import Deliveries
from landingpad.jobs.outcome import Outcome
from landingpad.network.forms import FORM, form_body
from landingpad.network.outgoing import OutgoingError
from landingpad.store.app import apps as app_rows
from landingpad.store.db.engine import Tx
from landingpad.store.people import people
from landingpad.store.people import portals as portal_rows
from landingpad.store.records import Application, PortalRow

log = structlog.get_logger("landingpad.events")

RETRY_AFTER = (5.0, 60.0, 600.0, 3600.0, 21600.0)
"""Seconds before each retry; a handler that fails for longer than seven hours misses the event."""

_GONE = Outcome("gone")
_REFUSED = Outcome(
    "refused",
    "The address is on no origin of the application and no administrator bound it, so no token is sent there. An "
    "administrator can allow it with event.bind.",
)


class EventJob:
    """Delivers events at least once: after a kill, the server may post again what the handler already got."""

    def __init__(self, services: Services, deliveries: Deliveries) -> None:
        self._services = services
        self._deliveries = deliveries

    def run(self, delivery: Delivery, attempt: int) -> Outcome:
        """Make one attempt, log it and return its outcome. `attempt` is the number of earlier ones."""
        cleared = self._deliveries.cleared
        outcome = self._try(delivery, attempt)
        now = self._services.clock.now()
        self._deliveries.note(delivery, attempt, outcome.name, outcome.problem, now, cleared=cleared)
        return outcome

    def _try(self, delivery: Delivery, attempt: int) -> Outcome:
        now_ms = self._services.clock.now_ms()
        db = self._services.db
        form = db.write_here(lambda tx: self._form(tx, delivery, now_ms), portal_id=delivery.portal_id)
        if isinstance(form, Outcome):
            log.info(
                "event_dropped", event_name=delivery.event, app=delivery.app_id, outcome=form.name, problem=form.problem
            )
            return form
        try:
            asyncio.run(self._services.outgoing.post(delivery.address, form_body(form), FORM))
        except OutgoingError as error:
            if attempt >= len(RETRY_AFTER):
                log.warning("event_lost", event_name=delivery.event, app=delivery.app_id, problem=str(error))
                return Outcome("lost", str(error))
            log.info("event_waits", event_name=delivery.event, app=delivery.app_id, problem=str(error))
            return Outcome("again", str(error), RETRY_AFTER[attempt])
        return Outcome("delivered")

    def _form(self, tx: Tx, delivery: Delivery, now_ms: int) -> dict[str, Any] | Outcome:
        """Return the form to post, with new tokens, or the outcome if nothing may be posted."""
        portal = portal_rows.find(tx, delivery.portal_id)
        if portal is None:
            return _GONE
        payload: dict[str, Any] = {"event": delivery.event}
        if delivery.handler_id:
            payload["event_handler_id"] = delivery.handler_id
        payload |= {"data": delivery.data, "ts": str(delivery.at)}
        auth: dict[str, Any] = {"domain": portal.domain, "member_id": portal.member_id}
        if delivery.event == events.UNINSTALL:
            return {**payload, "auth": {**auth, "application_token": delivery.application_token}}
        app = app_rows.find(tx, delivery.portal_id, delivery.app_id)
        if app is None:
            return _GONE
        if not origins.is_entrusted(tx, app, delivery.address):
            return _REFUSED
        if delivery.user_id == 0:
            # Caused by a visitor, for a handler bound without a user: no user whose token could be sent.
            return {**payload, "auth": {**self._common_auth(app, portal), **auth}}
        person = people.find(tx, delivery.portal_id, delivery.user_id)
        if person is None or not person.is_active:
            return _GONE
        return {**payload, "auth": {**self._auth(tx, app, portal, delivery, now_ms), **auth}}

    def _auth(self, tx: Tx, app: Application, portal: PortalRow, delivery: Delivery, now_ms: int) -> dict[str, Any]:
        auth: dict[str, Any] = {}
        if delivery.event == events.INSTALL:
            pair = oauth.grant_directly(tx, app, delivery.user_id, now_ms)
            auth |= {"access_token": pair.access_token, "refresh_token": pair.refresh_token}
        else:
            auth["access_token"] = oauth.access_only(tx, app, delivery.user_id, now_ms)
        return {
            **auth,
            "expires": (now_ms + ACCESS_MS) // 1000,
            "expires_in": ACCESS_MS // 1000,
            "scope": app.scopes.replace(",", " ") if delivery.event == events.INSTALL else app.scopes,
            "status": "L",
            "user_id": delivery.user_id,
            **self._common_auth(app, portal),
        }

    def _common_auth(self, app: Application, portal: PortalRow) -> dict[str, Any]:
        """Return the part of every payload: addresses of the portal, and the token that proves its origin."""
        endpoint = f"{self._services.urls.origin(portal.domain)}/rest/"
        return {
            "server_endpoint": endpoint,
            "client_endpoint": endpoint,
            "application_token": app.application_token,
        }
