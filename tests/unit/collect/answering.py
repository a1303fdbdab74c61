# SPDX-License-Identifier: Apache-2.0
"""A server on loopback, made for these tests: real HTTP, answers by a function, everything asked is kept.

Each test's own stub of a vendor's API stands on it and follows that vendor's documentation; none is the
real program.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    params: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes

    def param(self, name: str) -> str:
        """The first value of a parameter, or nothing."""
        return next((value for key, value in self.params if key == name), "")

    @property
    def json(self) -> dict[str, object]:
        """The body."""
        found = json.loads(self.body or b"{}")
        assert isinstance(found, dict)
        return found


@dataclass
class Said:
    """One answer."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    """Bytes after which the line goes dead, though more were promised."""


def said(value: object, status: int = 200, **headers: str) -> Said:
    """JSON."""
    given = {key.replace("_", "-"): text for key, text in headers.items()}
    return Said(json.dumps(value).encode(), status, {"content-type": "application/json", **given})


Answers = Callable[[Asked], Said]


class Server:
    """What a test sees of the server."""

    def __init__(self, url: str, asked: list[Asked]) -> None:
        self.url = url
        self.asked = asked

    @property
    def paths(self) -> list[str]:
        """`METHOD /path` of each request, in order."""
        return [f"{one.method} {one.path}" for one in self.asked]


@contextmanager
def serving(answers: Answers, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that answers so, on a free port of loopback."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            one = Asked(
                self.command,
                parts.path,
                parse_qsl(parts.query, keep_blank_values=True),
                {key.lower(): value for key, value in self.headers.items()},
                self.rfile.read(length),
            )
            asked.append(one)
            self._say(answers(one))

        do_GET = do_POST = do_DELETE = do_HEAD = handle_any  # noqa: N815  # names of http.server

        def _say(self, answer: Said) -> None:
            self.send_response(answer.status)
            for key, value in answer.headers.items():
                self.send_header(key, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body if answer.cut is None else answer.body[: answer.cut])
            self.wfile.flush()
            if answer.cut is not None:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        scheme = "http" if tls is None else "https"
        yield Server(f"{scheme}://127.0.0.1:{server.server_port}/", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
