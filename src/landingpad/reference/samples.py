"""Code samples of a call in several languages. Tests run these samples against another address."""

import json
import shlex
from typing import Any

ADDRESS = "https://portal.example.com/rest/1/CODE"
"""Webhook address in samples."""
APP_ADDRESS = "https://portal.example.com/rest"
APP_TOKEN = "ACCESS_TOKEN"  # noqa: S105  # placeholder in samples, not a token
LANGUAGES = {"curl": "cURL", "js": "JavaScript", "php": "PHP", "python": "Python", "bx24": "BX24.js"}
_WIDTH = 100
FENCES = {"curl": "sh", "js": "js", "php": "php", "python": "python", "bx24": "js"}


def sample(language: str, method: str, params: dict[str, Any], *, address: str = ADDRESS, token: str = "") -> str:
    """Return the code of one call.

    Args:
        language: a key of LANGUAGES.
        method: name of the method.
        params: its parameters.
        address: address before the method name, without a trailing slash.
        token: access token of an application, or "" for a webhook. BX24.js adds it itself.

    """
    given = {**params, "auth": token} if token and language != "bx24" else params
    return _WRITERS[language](f"{address}/{method}", method, given)


def _curl(url: str, _: str, params: dict[str, Any]) -> str:
    return f"curl {url} \\\n  -H 'Content-Type: application/json' \\\n  -d {shlex.quote(_json(params))}\n"


def _js(url: str, _: str, params: dict[str, Any]) -> str:
    return f"""const response = await fetch("{url}", {{
  method: "POST",
  headers: {{ "Content-Type": "application/json" }},
  body: JSON.stringify({_json(params, indent=2).replace(chr(10), chr(10) + "  ")}),
}});
const answer = await response.json();
if (answer.error) throw new Error(`${{answer.error}}: ${{answer.error_description}}`);
console.log(JSON.stringify(answer.result));
"""


def _php(url: str, _: str, params: dict[str, Any]) -> str:
    return f"""<?php
$answer = json_decode(file_get_contents('{url}', false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => 'Content-Type: application/json',
    'content' => json_encode({_php_value(params)}),
    'ignore_errors' => true,
]])), true);
if (isset($answer['error'])) {{
    throw new RuntimeException($answer['error'] . ': ' . $answer['error_description']);
}}
echo json_encode($answer['result']);
"""


def _python(url: str, _: str, params: dict[str, Any]) -> str:
    return f"""import json
import urllib.request

request = urllib.request.Request(
    "{url}",
    data=json.dumps({_python_value(params)}).encode(),
    headers={{"Content-Type": "application/json"}},
)
with urllib.request.urlopen(request) as response:
    print(json.dumps(json.load(response)["result"]))
"""


def _bx24(_: str, method: str, params: dict[str, Any]) -> str:
    return f"""BX24.callMethod("{method}", {_json(params, indent=2)}, (result) => {{
  if (result.error()) throw new Error(result.error());
  console.log(JSON.stringify(result.data()));
}});
"""


_WRITERS = {"curl": _curl, "js": _js, "php": _php, "python": _python, "bx24": _bx24}


def _json(value: Any, indent: int | None = None) -> str:
    short = json.dumps(value, ensure_ascii=False)
    if indent is None or len(short) <= _WIDTH:
        return short
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _python_value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_json(key)}: {_python_value(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_python_value(member) for member in value) + "]"
    return repr(value) if value is None or isinstance(value, bool | float) else _json(value)


def _php_value(value: Any) -> str:
    if isinstance(value, dict):
        pairs = ", ".join(f"{_php_text(str(key))} => {_php_value(member)}" for key, member in value.items())
        return f"[{pairs}]"
    if isinstance(value, list):
        return "[" + ", ".join(_php_value(member) for member in value) + "]"
    return _php_text(value) if isinstance(value, str) else _json(value)


def _php_text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
