"""Drives one Python SDK: `python python_clients.py NAME < task.json` prints the outcome of each check as JSON.

It runs in its own environment, with the SDKs of requirements.txt and without the server's packages.
"""

import asyncio
import json
import os
import socket
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

Task = dict[str, Any]


def outcome(work: Callable[[], Any]) -> dict[str, Any]:
    """Return the result of a call, or the error as the SDK raises it."""
    try:
        return {"result": work()}
    except Exception as error:  # noqa: BLE001  # the test examines every error of an SDK
        return {"error": type(error).__name__, "text": f"{error} {getattr(error, 'error', '')}"}


def lead_to(hosts: list[str], port: int) -> None:
    """Redirect host names built into an SDK to the server, like /etc/hosts with port 443 would."""
    ask = socket.getaddrinfo

    def answer(host: Any, service: Any, *rest: Any, **more: Any) -> Any:
        return ask("127.0.0.1", port, *rest, **more) if host in hosts else ask(host, service, *rest, **more)

    socket.getaddrinfo = answer  # type: ignore[assignment]  # replaces it with a function of looser types


def b24pysdk(task: Task) -> dict[str, Any]:
    """Run the official Python SDK, by webhook and by OAuth."""
    credentials = import_module("b24pysdk.credentials")

    def webhook(token: str) -> Any:
        return credentials.BitrixWebhook(domain=task["domain"], webhook_token=token)

    def refreshed() -> Any:
        app = credentials.BitrixApp(client_id=task["client_id"], client_secret=task["client_secret"])
        token = credentials.BitrixToken(
            domain=task["domain"],
            auth_token=task["expired_token"],
            refresh_token=task["refresh_token"],
            bitrix_app=app,
        )
        found = token.call_method("profile")["result"]["ID"]
        info = token.get_app_info()
        return [found, token.auth_token != task["expired_token"], info.result.client_id]

    lead_to(["oauth.bitrix24.tech", "oauth.bitrix.info"], task["port"])
    good = webhook(task["code"])
    add = {"fields": {"TITLE": "b24pysdk", "CODE": "b24pysdk"}}
    commands = {"a": ("server.time", {}), "p": ("landing.site.getPreview", {"id": task["site_id"]})}
    return {
        "list": outcome(lambda: good.call_method("landing.site.getList", {"params": {"select": ["ID"]}})["result"]),
        "add": outcome(lambda: good.call_method("landing.site.add", add)["result"]),
        "preview": outcome(lambda: good.call_method("landing.site.getPreview", {"id": task["site_id"]})["result"]),
        "batch": outcome(lambda: good.call_batch(commands)["result"]["result"]["p"]),
        "missing": outcome(lambda: good.call_method("landing.site.getPreview")),
        "wrong": outcome(lambda: webhook("1/wrong").call_method("profile")),
        "refresh": outcome(refreshed),
    }


def fast_bitrix24(task: Task) -> dict[str, Any]:
    """Run fast-bitrix24, by webhook and by OAuth."""
    module = import_module("fast_bitrix24")
    good = module.Bitrix(task["webhook"], verbose=False)
    site = {"id": task["site_id"]}
    asked: list[str] = []

    async def token_func() -> str:
        asked.append("")
        return str(task["expired_token"] if len(asked) == 1 else task["access_token"])

    def by_app() -> Any:
        client = module.Bitrix(f"https://{task['domain']}/rest/", token_func=token_func, verbose=False)
        return [client.call("profile", {}, raw=True)["result"]["ID"], len(asked) > 1, task["client_id"]]

    return {
        "list": outcome(lambda: good.get_all("landing.site.getList", {"params": {"select": ["ID"]}})),
        "add": outcome(lambda: good.call("landing.site.add", {"fields": {"TITLE": "fast", "CODE": "fast"}})),
        "preview": outcome(lambda: good.call("landing.site.getPreview", site)),
        "batch": outcome(
            lambda: good.call_batch(
                {"halt": 0, "cmd": {"a": "server.time", "p": f"landing.site.getPreview?id={task['site_id']}"}}
            )["p"]
        ),
        "missing": outcome(lambda: good.call("landing.site.getPreview", {"nothing": 1})),
        "wrong": outcome(lambda: module.Bitrix(task["wrong_webhook"], verbose=False).call("profile", {}, raw=True)),
        "refresh": outcome(by_app),
    }


def bitrix24_rest(task: Task) -> dict[str, Any]:
    """Run bitrix24-rest; it only sends GET and shows only the status of errors."""
    module = import_module("bitrix24")

    def call(method: str, webhook: str = task["webhook"], **params: Any) -> Any:
        # The library calls one host at a time from its own event loop; a new client for each call keeps them apart.
        return module.Bitrix24(webhook.rstrip("/")).callMethod(method, params)

    command = {"a": "server.time", "p": f"landing.site.getPreview?id={task['site_id']}"}
    return {
        "list": outcome(lambda: call("landing.site.getList", params={"select": ["ID"]})),
        "add": outcome(lambda: call("landing.site.add", fields={"TITLE": "rest", "CODE": "rest"})),
        "preview": outcome(lambda: call("landing.site.getPreview", id=task["site_id"])),
        "batch": outcome(lambda: call("batch", cmd=command)["result"]["p"]),
        "missing": outcome(lambda: call("landing.site.getPreview")),
        "wrong": outcome(lambda: call("profile", webhook=task["wrong_webhook"])),
    }


def b24api(task: Task) -> dict[str, Any]:
    """Run b24api 0.4 (the newest for Python 3.11)."""
    module = import_module("b24api")

    def client(webhook: str) -> Any:
        os.environ["BITRIX24_API_WEBHOOK_URL"] = webhook  # the SDK reads its settings from the environment
        return module.Bitrix24()

    def call(method: str, **params: Any) -> Any:
        return client(task["webhook"]).call({"method": method, "parameters": params})

    requests = [
        {"method": "server.time", "parameters": {}},
        {"method": "landing.site.getPreview", "parameters": {"id": task["site_id"]}},
    ]
    return {
        "list": outcome(lambda: call("landing.site.getList", params={"select": ["ID"]})),
        "add": outcome(lambda: call("landing.site.add", fields={"TITLE": "b24api", "CODE": "b24api"})),
        "preview": outcome(lambda: call("landing.site.getPreview", id=task["site_id"])),
        "batch": outcome(lambda: list(client(task["webhook"]).batch(requests))[1]),
        "missing": outcome(lambda: call("landing.site.getPreview")),
        "wrong": outcome(lambda: client(task["wrong_webhook"]).call({"method": "profile", "parameters": {}})),
    }


CLIENTS = {"b24pysdk": b24pysdk, "fast-bitrix24": fast_bitrix24, "bitrix24-rest": bitrix24_rest, "b24api": b24api}

if __name__ == "__main__":
    warnings.simplefilter("ignore")  # warnings of the SDKs, which we cannot fix
    asyncio.set_event_loop(asyncio.new_event_loop())
    sys.stdout.write(json.dumps(CLIENTS[sys.argv[1]](json.load(sys.stdin))) + "\n")
