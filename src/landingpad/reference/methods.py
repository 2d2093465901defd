"""The page of a method, generated from its declaration, example and recorded answer."""

import json
from typing import Any

from landingpad.domain.people.rights import Right
from landingpad.errors import ApiError
from landingpad.errors.calls import MissingParams, TypeProblem
from landingpad.reference.doc_page import OWN_METHOD, DocPage, PageKind, plain, table
from landingpad.reference.examples import Example
from landingpad.reference.samples import ADDRESS, APP_ADDRESS, APP_TOKEN, FENCES, LANGUAGES, sample
from landingpad.reference.schemas import parameter_words, result_type, words
from landingpad.rpc.call import SITE_TYPES_BY_SCOPE
from landingpad.rpc.declare import Method, Runs

SITE_TYPES = (
    f"Every method of `landing.*` also takes `scope` ({', '.join(SITE_TYPES_BY_SCOPE)}): it then works on sites "
    "of that type, otherwise on pages and shops."
)
_RIGHTS = {
    Right.ADMIN: "to manage rights",
    Right.CREATE: "to create sites",
    Right.DELETE: "to delete",
    Right.EDIT: "to change content",
    Right.PUBLIC: "to publish",
    Right.READ: "to see the site",
    Right.SECTION: "to use Sites",
    Right.SETT: "to change settings",
}


class Recorded(dict[str, dict[str, Any]]):
    """Parameters and answer of each example, by method name: {"params", "result" or "error"}."""


def method_page(method: Method, example: Example | None, recorded: Recorded) -> DocPage:
    """Return the page of a method."""
    mark = f" {OWN_METHOD}" if method.is_own else ""
    parts = [f"# {method.name}", method.summary, _facts(method), _parameters(method)]
    recording = recorded.get(method.name)
    if example is not None and recording is not None:
        parts.append(_examples(method, example, recording))
    parts += [_result(method, recording), _errors(method)]
    return DocPage(
        key=method.name,
        kind=PageKind.METHOD,
        title=method.name,
        summary=plain(" ".join(method.summary.split())) + mark,
        text="\n\n".join(part.strip() for part in parts if part) + "\n",
    )


def errors_of(method: Method) -> list[type[ApiError]]:
    """Return the errors of this method, without the system errors of any call."""
    found: list[type[ApiError]] = list(method.raises)
    if any(parameter.required for parameter in method.parameters):
        found.append(MissingParams)
    if method.parameters:
        found.append(TypeProblem)
    return sorted(dict.fromkeys(found), key=lambda error: (error.code, error.__name__))


def source_address(method: Method) -> str | None:
    """Return the address of the documentation page of a method, or None for our own methods."""
    if method.is_own:
        return None
    if method.doc.startswith("rest_help/"):  # the older documentation, for pages that the newer one lacks
        return f"https://dev.1c-bitrix.ru/{method.doc}"
    return f"https://apidocs.bitrix24.com/{method.doc.removesuffix('.md')}.html"


def changes_something(method: Method) -> bool:
    """Return whether a call may change stored data; a batch may."""
    return method.runs is Runs.WRITE or (method.runs is Runs.FREE and method.name == "batch")


def _facts(method: Method) -> str:
    right = f"`{method.needs}`, {_RIGHTS[method.needs]}" if method.needs is not None else "none"
    scopes = " or ".join(f"`{scope}`" for scope in sorted(method.scopes) if scope) or "none"
    facts = [
        f"- **Needs the [right](/docs/rights)** {right}",
        f"- **Needs the [scope](/docs/scopes)** {scopes}",
        f"- **Called by** {'applications only' if method.apps_only else 'webhooks and applications'}",
        f"- **Changes something**: {'yes' if changes_something(method) else 'no'}",
    ]
    if not method.in_batch:
        facts.append("- **Not in a [batch](/docs/batches)**")
    source = source_address(method)
    facts.append(f"- [Page in the public documentation]({source})" if source else f"- **{OWN_METHOD}**")
    return "\n".join(facts)


def _parameters(method: Method) -> str:
    common = f"\n\n{SITE_TYPES}" if method.takes_site_types else ""
    if not method.parameters:
        return f"## Parameters\n\nNone.{common}"
    rows = []
    for parameter in method.parameters:
        see = f" Given by [{parameter.see}](/docs/{parameter.see})." if parameter.see else ""
        default = "" if parameter.required or parameter.default is None else f" Default: `{_json(parameter.default)}`."
        name = f"`{parameter.wire}`" + ("" if parameter.required else " (optional)")
        rows.append((name, parameter_words(parameter), f"{parameter.text}{default}{see}"))
    return "## Parameters\n\n" + table(("Name", "Type", "Meaning"), rows) + common


def _examples(method: Method, example: Example, recording: dict[str, Any]) -> str:
    """Return the code samples; those of applications contain a token."""
    address, token = (APP_ADDRESS, APP_TOKEN) if example.app else (ADDRESS, "")
    parts = ["## Example"]
    for language, title in LANGUAGES.items():
        code = sample(language, method.name, recording["params"], address=address, token=token)
        parts.append(f"### {title}\n\n```{FENCES[language]}\n{code}```")
    return "\n\n".join(parts)


def _result(method: Method, recording: dict[str, Any] | None) -> str:
    text = f"## Result\n\nType: {words(result_type(method))}."
    if recording is None:
        return text
    shown = recording["result"] if "result" in recording else recording["error"]
    return f"{text}\n\n```json\n{json.dumps(shown, ensure_ascii=False, indent=2)}\n```"


def _errors(method: Method) -> str:
    rows = [(f"`{error.code}`", str(error.status), plain(error.text)) for error in errors_of(method)]
    listed = table(("Code", "Status", "Text"), rows) if rows else ""
    return f"## Errors\n\n{listed}\nAny call can also end with one of the [system errors](/docs/errors)."


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
