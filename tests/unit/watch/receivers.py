# SPDX-License-Identifier: Apache-2.0
"""Small real servers on loopback that take alarms: HTTP, SMTP, syslog; over UDP, TCP, and TLS."""

from __future__ import annotations

import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Taken:
    """What came, and what is to be answered."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.status = 204
        self.location = ""
        self.address = ("127.0.0.1", 0)

    scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.address[1]}/alarms?from=tocsin"


def make_certificate(folder: Path, name: str = "IP:127.0.0.1") -> Path:
    """A key and a certificate of its own for one name, in one PEM file."""
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    place = ["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=receiver"]
    command = ["openssl", "req", "-x509", *kind, *place, "-addext", f"subjectAltName={name}"]
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    whole = folder / "receiver.pem"
    whole.write_bytes((folder / "cert.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return whole


class Secured(socketserver.TCPServer):
    """Speaks TLS with whoever trusts its certificate; goes on after those who do not."""

    certificate: Path

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        line, address = super().get_request()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        try:
            return context.wrap_socket(line, server_side=True), address
        except ssl.SSLError:
            line.close()
            raise


class SecuredWeb(Secured, HTTPServer):
    """The same for HTTP."""


@contextmanager
def serving(server: socketserver.TCPServer, taken: Taken) -> Iterator[Taken]:
    taken.address = ("127.0.0.1", int(server.socket.getsockname()[1]))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def http_receiver(port: int = 0, certificate: Path | None = None) -> Iterator[Taken]:
    taken = Taken()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            taken.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(taken.status)
            if taken.location:
                self.send_header("location", taken.location)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_given: object) -> None:
            """Tests are quiet."""

    server: HTTPServer
    if certificate is None:
        server = HTTPServer(("127.0.0.1", port), Handler)
    else:
        taken.scheme = "https"
        server = SecuredWeb(("127.0.0.1", port), Handler)
        server.certificate = certificate
    with serving(server, taken) as served:
        yield served


@contextmanager
def smtp_receiver() -> Iterator[Taken]:
    """Speaks as much of RFC 5321 as one delivery needs."""
    taken = Taken()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 sink\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper().strip()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    kept = []
                    while (text := self.rfile.readline()) not in (b".\r\n", b""):
                        kept.append(text)
                    taken.bodies.append(b"".join(kept))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    with serving(socketserver.TCPServer(("127.0.0.1", 0), Handler), taken) as served:
        yield served


@contextmanager
def tcp_receiver(certificate: Path | None = None) -> Iterator[Taken]:
    taken = Taken()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            taken.bodies.append(self.rfile.read())

    server = (socketserver.TCPServer if certificate is None else Secured)(("127.0.0.1", 0), Handler)
    if isinstance(server, Secured) and certificate is not None:
        server.certificate = certificate
    with serving(server, taken) as served:
        yield served


@contextmanager
def udp_receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(10)
        yield line


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])
