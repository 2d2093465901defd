"""Asks b24pysdk for calls that fail on command, and prints as what error of its own it shows each, as JSON.

It runs in the environment of the SDKs, without anything of the server: `python python_errors.py < task.json`.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any


def shown(work: Callable[[], Any]) -> list[Any]:
    """Return class, code and status of the error that a call ends with."""
    try:
        work()
    except Exception as error:  # noqa: BLE001  # whatever the SDK raises is what the test looks at
        status = getattr(error, "status_code", None)
        return [type(error).__name__, getattr(error, "error", None) or "", status and int(status)]
    return ["", "", 200]


def main(task: dict[str, Any]) -> dict[str, list[Any]]:
    """Make each call once."""
    credentials = import_module("b24pysdk.credentials")
    configuration = import_module("b24pysdk").Config()
    import_module("python_clients").lead_to(["oauth.bitrix24.tech"], task["port"])
    configuration.configure(default_max_retries=1, default_read_timeout=task["timeout"])
    webhook = credentials.BitrixWebhook(domain=task["domain"], webhook_token=task["code"])
    app = credentials.BitrixApp(client_id=task["client_id"], client_secret=task["client_secret"])
    token = credentials.BitrixToken(
        domain=task["domain"], auth_token="any", refresh_token=task["refresh_token"], bitrix_app=app
    )
    found: dict[str, list[Any]] = {}
    for name, method in task["calls"].items():
        found[name] = shown(partial(webhook.call_method, method))
    for code in task["token_errors"]:
        found[f"oauth.token: {code}"] = shown(token.refresh_oauth_token)
    configuration.configure(default_max_retries=3, default_read_timeout=30)
    return {**found, "again": shown(partial(webhook.call_method, task["again"]))}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.load(sys.stdin))) + "\n")
