"""Web server of a small portal application; needs only the standard library.

    python3 examples/app/serve.py http://127.0.0.1:8080

The portal opens these pages in a frame and posts tokens of the signed-in user to them. The server uses the token to
greet the user; the pages call the API from the browser.
"""

import argparse
import json
import urllib.request
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

HERE = Path(__file__).parent
SDK = HERE / "node_modules/@bitrix24/b24jssdk/dist/umd/index.min.js"
PAGES = {"/": "bx24.html", "/sdk": "sdk.html"}
FILES = {"/app.css": "text/css", "/pictures.js": "text/javascript"}


def call(portal, token, method, **params):
    """Call the API from the server, with a token posted by the portal."""
    request = urllib.request.Request(
        f"{portal}/rest/{method}",
        data=json.dumps({**params, "auth": token}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["result"]


class App(BaseHTTPRequestHandler):
    portal = ""

    def do_GET(self):
        self.answer({})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer({name: values[0] for name, values in parse_qs(body).items()})

    def answer(self, posted):
        path = urlsplit(self.path).path
        if path in PAGES:
            self.send("text/html; charset=utf-8", self.page(PAGES[path], posted).encode())
        elif path in FILES:
            self.send(FILES[path], (HERE / path[1:]).read_bytes())
        elif path == "/b24jssdk.js" and SDK.is_file():
            self.send("text/javascript", SDK.read_bytes())
        else:
            self.send_error(404)

    def page(self, name, posted):
        greeting = "Which library shall ask the portal?"
        # Whoever posts here may have made the values up: the token is sent to the portal that we know, to no other.
        if posted.get("AUTH_ID"):
            user = call(self.portal, posted["AUTH_ID"], "user.current")
            greeting = f"Hello {user['NAME']}. This line was written by the application's server."
        text = (HERE / name).read_text()
        return text.replace("PORTAL", escape(self.portal)).replace("GREETING", escape(greeting))

    def send(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", f"frame-ancestors {self.portal}")
        self.end_headers()
        self.wfile.write(body)


def main():
    parser = argparse.ArgumentParser(description="Serve the sample application.")
    parser.add_argument("portal", help="Address of the portal, as people open it.")
    parser.add_argument("--port", type=int, default=8090)
    given = parser.parse_args()
    App.portal = given.portal.rstrip("/")
    server = ThreadingHTTPServer(("127.0.0.1", given.port), App)
    print(f"ready http://localhost:{server.server_port}/", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
