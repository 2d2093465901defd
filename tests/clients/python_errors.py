"""Makes calls with b24pysdk that fail on command, and prints the SDK's error for each as JSON.

It runs in the environment of the SDKs, without the server's packages: `python python_errors.py < task.json`.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any


def shown(work: Callable[[], Any]) -> list[Any]:
    """Return class, code and status of the error of a call."""
    try:
        work()
    except Exception as error:  # noqa: BLE001  # the test examines every error of the SDK
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
