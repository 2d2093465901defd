"""Lower bound: the same server and call, with an answer that needs only the body of the request."""

import json

BODY = json.dumps({"result": "http://site-5000.localhost:8080/preview.jpg", "time": {"start": 1.0}}).encode()
HEADERS = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(BODY)).encode())]


async def app(scope, receive, send):
    json.loads((await receive()).get("body") or b"{}")
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})
