"""Price of each step of a call of landing.site.getPreview.

All steps run in this process, in turns, and are measured in processor time; the best round counts. Each step is
measured together with the steps before it, so that the difference is its price.

    make bench-price                      10,000 sites
    make bench-price ARGS="--sites 100"
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from api import fill

from landingpad.http.envelope import success
from landingpad.http.params import decode_params
from landingpad.rpc.auth import webhook_caller
from landingpad.rpc.call import Call
from landingpad.rpc.declare import REGISTRY
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.limits import USUAL_RATE, LimitMode, Limits, RequestRate
from landingpad.rpc.timing import Stopwatch
from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.settings import Settings

METHOD = "landing.site.getPreview"
CALLS = 4_000
HOST = "localhost:8080"
FAR = 1e9
"""Seconds between two calls as seen by the request bucket, so that no call is refused."""

Step = Callable[[int], Awaitable[object]]


def steps(parts: Parts, path: str, count: int) -> dict[str, Step]:
    """Return the ways to make the n-th call, each with one step more than the previous one."""
    _, _, user, code, _ = path.split("/")
    db = parts.db
    portal_id = parts.portals.entry("localhost").id
    now = time.time()
    now_ms = int(now * 1000)

    def authorized():
        return db.read_row(lambda tx: webhook_caller(tx, portal_id, user, code, now_ms))

    caller = authorized()
    method = REGISTRY.find(METHOD)
    plain = Dispatcher(REGISTRY, parts.services)
    limited = Dispatcher(REGISTRY, parts.services, limits=Limits(LimitMode.ENFORCE, 1e9))
    rate = RequestRate()
    moment = iter(range(10**9))

    async def function(n: int) -> object:
        call = Call(caller, {}, parts.services, plain, method_name=METHOD, now=now, origin=f"http://{HOST}")

        def work(tx):
            call.begin(tx)
            return method.function(call, id=n % count + 1)

        return db.read_row(work)

    async def dispatched(n: int) -> object:
        return await plain.run(caller, METHOD, {"id": n % count + 1}, now=now, origin=f"http://{HOST}")

    async def with_limits(n: int) -> object:
        rate.admit(portal_id, "127.0.0.1", USUAL_RATE, next(moment) * FAR)
        return await limited.run(caller, METHOD, {"id": n % count + 1}, now=now, origin=f"http://{HOST}")

    async def with_auth(n: int) -> object:
        rate.admit(portal_id, "127.0.0.1", USUAL_RATE, next(moment) * FAR)
        return await limited.run(authorized(), METHOD, {"id": n % count + 1}, now=now, origin=f"http://{HOST}")

    async def with_envelope(n: int) -> object:
        watch = Stopwatch(time.time())
        params = decode_params(query=b"", content_type="application/json", body=b'{"id": %d}' % (n % count + 1))
        rate.admit(portal_id, "127.0.0.1", USUAL_RATE, next(moment) * FAR)
        outcome = await limited.run(authorized(), METHOD, params, now=now, origin=f"http://{HOST}")
        return success(outcome, watch, "UTC")

    app = App(parts)
    headers = [(b"host", HOST.encode()), (b"content-type", b"application/json")]

    async def ignored(message) -> None:
        if message.get("status", 200) != 200:
            raise SystemExit(f"A call was refused: {message}")

    async def whole(n: int) -> object:
        async def receive():
            return {"type": "http.request", "body": b'{"id": %d}' % (n % count + 1)}

        scope = {"type": "http", "scheme": "http", "method": "POST", "path": path, "query_string": b""}
        return await app({**scope, "headers": headers, "client": ("127.0.0.1", 1)}, receive, ignored)

    return {
        "the method alone": function,
        "+ dispatch: name, scope, parameters": dispatched,
        "+ limits: bucket, running time": with_limits,
        "+ auth: the webhook's row": with_auth,
        "+ envelope: JSON in and out, time": with_envelope,
        "the whole route": whole,
    }


async def measure(found: dict[str, Step], rounds: int) -> dict[str, float]:
    """Return microseconds of processor time for one call of each step."""
    best = dict.fromkeys(found, 1e9)
    for _ in range(rounds):
        for name, step in found.items():
            began = time.process_time()
            for n in range(CALLS):
                await step(n * 7919)
            best[name] = min(best[name], (time.process_time() - began) / CALLS * 1e6)
    return best


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sites", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--json", action="store_true", help="print microseconds as JSON")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = fill(folder, options.sites)
        parts = Parts(Settings(data=folder, limits="count"), scheme="http", port=8080)
        try:
            best = asyncio.run(measure(steps(parts, path, options.sites), options.rounds))
        finally:
            parts.close()
    if options.json:
        print(json.dumps(best))
        return
    first, before = next(iter(best.values())), 0.0
    print(f"{METHOD}, {options.sites} sites on SQLite, in one process")
    print(f"{'':38}{'us CPU':>8}{'price':>8}{'of alone':>10}")
    for step, cost in best.items():
        print(f"{step:38}{cost:>8.1f}{cost - before:>8.1f}{cost / first:>10.2f}")
        before = cost


if __name__ == "__main__":
    main()
