"""Data exchanged between an application in a frame and the page around it, with their documented names."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from landingpad.domain.app.frames import Frame
from landingpad.domain.people.oauth import ACCESS_MS, TokenPair
from landingpad.http.authorize import with_query
from landingpad.store.records import PortalRow

_LOCAL = "L"
_COMMANDS = {"LANDING_BLOCK_": ("refreshBlock",)}
"""Additional commands of an application by placement."""


def opened(
    frame: Frame, portal: PortalRow, request: Request, options: Mapping[str, Any], *, title: str
) -> dict[str, Any]:
    """Return the data with which a page opens an application: frame name, request and initial values."""
    scheme = request.scope["scheme"]
    host = request.headers.get("host", "").removesuffix(":443" if scheme == "https" else ":80")
    protocol = 1 if scheme == "https" else 0
    sid = secrets.token_hex(16)
    tokens = auth(frame.tokens)
    query = {"DOMAIN": host, "PROTOCOL": str(protocol), "LANG": portal.language, "APP_SID": sid}
    return {
        "name": f"{host}|{protocol}|{sid}",
        "sid": sid,
        "title": title,
        "origin": frame.origin,
        "commands": next((list(c) for start, c in _COMMANDS.items() if frame.place.code.startswith(start)), []),
        "action": with_query(frame.address, query),
        "fields": {
            **tokens,
            "SERVER_ENDPOINT": f"{scheme}://{host}/rest/",
            "APPLICATION_TOKEN": frame.app.application_token,
            "APPLICATION_SCOPE": frame.app.scopes,
            "member_id": portal.member_id,
            "status": _LOCAL,
            "PLACEMENT": frame.place.code,
            "PLACEMENT_OPTIONS": json.dumps(options, ensure_ascii=False),
        },
        "init": {
            **tokens,
            "LANG": portal.language,
            "DOMAIN": host,
            "PROTOCOL": protocol,
            "PATH": "/rest",
            "MEMBER_ID": portal.member_id,
            "FIRST_RUN": frame.is_first_time,
            "IS_ADMIN": frame.user.is_admin,
            "INSTALL": frame.is_installing,
            "USER_OPTIONS": frame.user_options,
            "APP_OPTIONS": frame.own_options,
            "PLACEMENT": frame.place.code,
            "PLACEMENT_OPTIONS": options,
        },
    }


def auth(tokens: TokenPair) -> dict[str, str]:
    """Return a pair of tokens in the form in which applications get it."""
    return {
        "AUTH_ID": tokens.access_token,
        "AUTH_EXPIRES": str(ACCESS_MS // 1000),
        "REFRESH_ID": tokens.refresh_token,
    }
