"""The API as an OpenAPI 3.1 document, generated from the declarations."""

from http import HTTPStatus
from typing import Any

from landingpad import __version__
from landingpad.errors import ApiError
from landingpad.errors.calls import SystemApiError
from landingpad.reference.doc_page import OWN_METHOD
from landingpad.reference.methods import Recorded, errors_of, source_address
from landingpad.reference.schemas import parameters_schema, result_type, schema
from landingpad.rpc.call import SITE_TYPES_BY_SCOPE, Paged
from landingpad.rpc.declare import OWN, Method, Registry

_TIME = {
    "type": "object",
    "description": "When the call was made and how long it took, in seconds.",
    "properties": {
        "start": {"type": "number"},
        "finish": {"type": "number"},
        "duration": {"type": "number"},
        "processing": {"type": "number"},
        "date_start": {"type": "string", "format": "date-time"},
        "date_finish": {"type": "string", "format": "date-time"},
        "operating": {"type": "number", "description": "How long this method ran in the last ten minutes."},
        "operating_reset_at": {"type": "integer", "description": "When the oldest part of it is forgotten."},
    },
    "required": ["start", "finish", "duration", "processing", "date_start", "date_finish"],
}
_ERROR = {
    "type": "object",
    "properties": {
        "error": {"type": "string", "description": "A code to compare."},
        "error_description": {"type": "string", "description": "A text to show."},
        "argument": {"type": "string", "description": "The parameter that is wrong, where the error is about one."},
    },
    "required": ["error", "error_description"],
}
_SCOPE = {"type": "string", "enum": list(SITE_TYPES_BY_SCOPE), "description": "Work with sites of this type."}


def openapi(registry: Registry, recorded: Recorded) -> dict[str, Any]:
    """Return the document.

    Each method is a path; the servers distinguish webhooks and applications. Parameters are described as JSON; forms
    and queries are accepted too, with every value as text.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Landingpad",
            "version": __version__,
            "summary": "The REST API of Bitrix24 Sites, as this portal answers it",
            "description": "Every method takes one JSON object and answers with `result` and `time`, or with an error.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {
                "url": "/rest/{user}/{code}",
                "description": "A webhook calls: the secret is in the address.",
                "variables": {"user": {"default": "1"}, "code": {"default": "CODE"}},
            },
            {"url": "/rest", "description": "An application calls, with its access token."},
        ],
        "security": [{}, {"accessToken": []}],
        "tags": [_described_tag(name) for name in sorted({_tag(method) for method in registry})],
        "paths": {f"/{method.name}": {"post": _operation(method, recorded)} for method in registry},
        "components": {
            "schemas": {"Time": _TIME, "Error": _ERROR},
            "responses": {str(status): _system_response(status) for status in _system_statuses()},
            "securitySchemes": {
                "accessToken": {"type": "http", "scheme": "bearer", "description": "Of an application; or `auth`."}
            },
        },
    }


def _operation(method: Method, recorded: Recorded) -> dict[str, Any]:
    parameters = parameters_schema(method)
    if method.takes_site_types:
        parameters["properties"].setdefault("scope", _SCOPE)
    played = recorded.get(method.name)
    body: dict[str, Any] = {"schema": parameters}
    answer: dict[str, Any] = {"schema": _answer_schema(method)}
    if played is not None:
        body["example"] = played["params"]
    title, _, rest = method.summary.partition("\n\n")
    description = rest or " ".join(title.split())
    operation: dict[str, Any] = {
        "operationId": method.name,
        "tags": [_tag(method)],
        "summary": " ".join(title.split()),
        "description": f"{description}\n\n{OWN_METHOD}" if method.is_own else description,
        "requestBody": {"required": bool(parameters.get("required")), "content": {"application/json": body}},
        "responses": {
            "200": {"description": "The result.", "content": {"application/json": answer}},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in _system_statuses()},
            "400": _own_errors(method),
        },
        "x-right": str(method.needs) if method.needs is not None else None,
        "x-scopes": sorted(scope for scope in method.scopes if scope),
        "x-applications-only": method.apps_only is not None,
    }
    if method.is_own:
        operation["x-landingpad-own"] = True
    source = source_address(method)
    if source is not None:
        operation["externalDocs"] = {"url": source, "description": "The public documentation"}
    return operation


def _answer_schema(method: Method) -> dict[str, Any]:
    properties: dict[str, Any] = {"result": schema(result_type(method)), "time": {"$ref": "#/components/schemas/Time"}}
    if result_type(method) is Paged:
        properties |= {"total": {"type": "integer"}, "next": {"type": "integer"}}
    return {"type": "object", "properties": properties, "required": ["result", "time"]}


def _own_errors(method: Method) -> dict[str, Any]:
    """Return the response with status 400: errors of the method and system errors."""
    errors: list[type[ApiError]] = [error for error in errors_of(method) if error.status == HTTPStatus.BAD_REQUEST]
    errors += [error for error in SystemApiError.__subclasses__() if error.status == HTTPStatus.BAD_REQUEST]
    return _error_response("The call is wrong or not allowed.", sorted({error.code for error in errors}))


def _system_statuses() -> list[int]:
    return sorted({error.status for error in SystemApiError.__subclasses__()})


def _system_response(status: int) -> dict[str, Any]:
    errors = [error for error in SystemApiError.__subclasses__() if error.status == status]
    text = " ".join(dict.fromkeys(f"{error.text.rstrip('.')}." for error in errors))
    return _error_response(text, sorted({error.code for error in errors}))


def _error_response(text: str, codes: list[str]) -> dict[str, Any]:
    described = {"allOf": [{"$ref": "#/components/schemas/Error"}, {"properties": {"error": {"enum": codes}}}]}
    return {"description": text, "content": {"application/json": {"schema": described}}}


def _described_tag(name: str) -> dict[str, str]:
    if not name.startswith(OWN):
        return {"name": name}
    return {"name": name, "description": "Landingpad's own methods: a portal of Bitrix24 does not have them."}


def _tag(method: Method) -> str:
    return method.name.rpartition(".")[0] or "general"
