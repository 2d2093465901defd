"""The web server of an application, which gets the events of a portal."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from landingpad.rpc.phpquery import parse_query


class Handler:
    """Records events, after answering 500 `failures` times. While `answers` is clear, requests wait for an answer."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.failures = 0
        self.answers = threading.Event()
        self.answers.set()
        outer = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if outer.failures > 0:
                    outer.failures -= 1
                    self.send_response(500)
                else:
                    outer.got.append(parse_query(body))
                    outer.answers.wait()
                    self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Log nothing."""

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:
                    self.close_connection = True  # the process that posted was killed

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self._server.server_port}/handler?x=1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def of(self, event: str) -> list[dict[str, Any]]:
        return [payload for payload in self.got if payload["event"] == event]

    def close(self) -> None:
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
