"""The web server of an application: pages on its own origin, and the requests that opened them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

B24JSSDK = Path(__file__).parents[1] / "clients/node_modules/@bitrix24/b24jssdk/dist/umd/index.min.js"
"""The unmodified build of the npm package, as pages load it by its documentation."""


class Posted(NamedTuple):
    """A request that opened a page."""

    path: str
    query: dict[str, str]
    body: dict[str, str]
    headers: dict[str, str]


class AppServer:
    """Serves every page for GET and for POST."""

    def __init__(self, name: str = "localhost") -> None:
        self.pages: dict[str, str] = {}
        self.posted: list[Posted] = []
        outer = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if path == "/b24jssdk.js":
                    self._send("text/javascript", B24JSSDK.read_bytes())
                elif path in outer.pages:
                    self._send("text/html; charset=utf-8", outer.pages[path].encode())
                else:
                    self.send_error(404)

            def do_POST(self) -> None:
                split = urlsplit(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.posted.append(
                    Posted(
                        split.path,
                        dict(parse_qsl(split.query, keep_blank_values=True)),
                        dict(parse_qsl(body, keep_blank_values=True)),
                        dict(self.headers),
                    )
                )
                self.do_GET()

            def _send(self, kind: str, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._server.daemon_threads = True
        self.origin = f"http://{name}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def page(self, path: str, body: str, *, script: str = "//api.bitrix24.com/api/v1/") -> str:
        """Add a page that loads a script first; return its address."""
        self.pages[path] = (
            f'<!doctype html><html lang="en"><head><title>App</title><script src="{script}"></script></head>'
            f"<body><main><h1>App</h1>{body}</main></body></html>"
        )
        return f"{self.origin}{path}"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def app_server(name: str = "localhost") -> Iterator[AppServer]:
    """Run a server during a with statement."""
    running = AppServer(name)
    try:
        yield running
    finally:
        running.close()
