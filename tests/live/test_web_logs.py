# SPDX-License-Identifier: Apache-2.0
"""nginx, Apache and HAProxy: what a client did is what Tocsin reads of their logs."""

from __future__ import annotations

import base64
import http.client
import os
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.log_servers import (
    Event,
    free_port,
    is_recent,
    lines_of,
    open_folder,
    read_log,
    running,
    told,
    wait_for,
)

AGENT = 'Bröwser "7" \\x {a|b}'
USER = "élève"
ACTS = [
    ("GET", "/a%20file.txt?page=2&q=%26", None),
    ("GET", "/patients/4711", None),
    ("HEAD", "/a%20file.txt", None),
    ("GET", "/private/s.txt", (USER, "pw")),
    ("GET", "/private/s.txt", (USER, "wrong")),
    ("GET", "/private/s.txt", ('bad"u\\x', "wrong")),
]
"""Method, target, credentials."""

SEEN = [
    (None, "read", "/a file.txt", "page=2&q=%26", "success", "200"),
    (None, "read", "/patients/4711", None, "failure", "404"),
    (None, "read", "/a file.txt", None, "success", "200"),
    (USER, "read", "/private/s.txt", None, "success", "200"),
    (USER, "read", "/private/s.txt", None, "failure", "401"),
    ('bad"u\\x', "read", "/private/s.txt", None, "failure", "401"),
]
COLUMNS = ("account", "action", "object", "query", "outcome", "status")


@pytest.mark.needs("nginx")
def test_nginx_logs_say_what_was_asked_when_a_client_asks_it() -> None:
    with open_folder() as folder:
        port = free_port()
        with running(["nginx", "-c", str(_nginx(folder, port))], port):
            sizes = act(port)
            wait_for(lambda: len(lines_of(folder / "access.json")) > len(ACTS), "nginx logs nothing")
        access, json = (
            read_log(folder / "access.log", "web-access"),
            read_log(folder / "access.json", "nginx-json"),
        )
        errors = read_log(folder / "error.log", "nginx-error")
    for events in (access, json):
        check(events, sizes)
    assert told(json, "user_agent")[0] == (AGENT,)
    assert len(set(told(json, "request"))) == len(json)
    assert [event["port"] for event in json] != [None] * len(json)
    assert all(is_recent(event) for event in errors)
    assert told([e for e in errors if e["action"] == "login_failed"], "account", "object", "address") == [
        (USER, "/private/s.txt", "127.0.0.1"),
        ('bad"u\\x', "/private/s.txt", "127.0.0.1"),
    ]
    assert ("/patients/4711", "failure") in told(errors, "object", "outcome")


@pytest.mark.needs("apache2")
def test_apache_logs_say_what_was_asked_when_a_client_asks_it() -> None:
    with open_folder() as folder:
        port = free_port()
        config = _apache(folder, port)
        with running(["apache2", "-f", str(config), "-DFOREGROUND"], port):
            sizes = act(port)
            wait_for(lambda: len(lines_of(folder / "vhost.log")) > len(ACTS), "Apache logs nothing")
        for name in ("combined.log", "common.log", "vhost.log"):
            events = read_log(folder / name, "web-access")
            check(events, sizes if name != "vhost.log" else None)
            assert told(events, "user_agent")[0] == ((None,) if name == "common.log" else (AGENT,))
        errors = read_log(folder / "error.log", "apache-error")
    assert all(is_recent(event) for event in errors)
    assert told([e for e in errors if e["action"] == "login_failed"], "account", "object", "address") == [
        (USER, "/private/s.txt", "127.0.0.1"),
        ('bad"u\\x', "/private/s.txt", "127.0.0.1"),
    ]


@pytest.mark.needs("nginx", "haproxy")
def test_haproxy_logs_say_what_was_asked_when_it_stands_before_nginx() -> None:
    with open_folder() as folder, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as syslog:
        syslog.bind(("127.0.0.1", 0))
        syslog.setblocking(False)
        behind, http_port, id_port, tcp_port = (free_port() for _ in range(4))
        config = _haproxy(folder, syslog.getsockname()[1], behind, http_port, id_port, tcp_port)
        with running(["nginx", "-c", str(_nginx(folder, behind))], behind):
            # A look whether it listens is a connection too: it is made where no request is logged.
            with running(["haproxy", "-db", "-f", str(config)], tcp_port, stdout=folder / "raw.log"):
                sizes = act(http_port)
                get(id_port, "/by-id")
                get(tcp_port, "/over-tcp")
                wait_for(lambda: len(lines_of(folder / "raw.log")) > len(ACTS) + 3, "HAProxy logs nothing")
            received = list(_datagrams(syslog))
            (folder / "syslog.log").write_bytes(b"".join(received))
        raw, syslogged = (read_log(folder / name, "haproxy") for name in ("raw.log", "syslog.log"))
        origin = read_log(folder / "access.json", "nginx-json")
    assert all(is_recent(event) for event in [*raw, *syslogged])
    columns = ("action", "object", "query", "outcome", "status", "address")
    for events in (raw, syslogged):
        asked = [event for event in events if event["status"] is not None]
        assert told(asked, *columns)[: len(ACTS)] == [(*seen[1:], "127.0.0.1") for seen in SEEN]
        assert told(asked, "account") == [(None,)] * len(asked)
        assert all(int(str(e["bytes"])) > size for e, size in zip(asked, sizes, strict=False))
        refused, by_id = asked[len(ACTS) :]
        assert told([refused], "action", "object", "outcome", "status") == [("other", None, "failure", "400")]
        assert by_id["object"] == "/by-id"
        assert by_id["request"] in {event["request"] for event in origin if event["object"] == "/by-id"}
        assert [e["bytes"] for e in events if '"tcp"' in str(e["detail"]) and e["status"] is None]


def act(port: int) -> list[int]:
    """Do what ACTS says, then greet as TLS does; gives how many bytes each answer held."""
    sizes = [get(port, target, method, login) for method, target, login in ACTS]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"\x16\x03\x01\x00\xa5\r\n\r\n")
        connection.recv(4096)
    return sizes


def get(port: int, target: str, method: str = "GET", login: tuple[str, str] | None = None) -> int:
    """Ask; gives how many bytes the answer held."""
    headers = {"User-Agent": AGENT.encode()}
    if login is not None:
        headers["Authorization"] = b"Basic " + base64.b64encode(":".join(login).encode())
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, target, headers=headers)
        return len(connection.getresponse().read())
    finally:
        connection.close()


def check(events: list[Event], sizes: list[int] | None) -> None:
    """The events are ACTS, and the greeting that was no request; a line is written after its answer left."""
    greetings = [event for event in events if event["status"] == "400"]
    asked = [event for event in events if event["status"] != "400"]
    assert Counter(told(asked, *COLUMNS)) == Counter(SEEN)
    assert told(events, "address") == [("127.0.0.1",)] * len(events)
    assert told(greetings, "account", "action", "outcome", "status") == [(None, "other", "failure", "400")]
    assert all(is_recent(event) for event in events)
    if sizes is not None:
        expected = Counter((*seen, size) for seen, size in zip(SEEN, sizes, strict=True))
        assert Counter((*row[:-1], row[-1] or 0) for row in told(asked, *COLUMNS, "bytes")) == expected


def _site(folder: Path) -> Path:
    site = folder / "site"
    (site / "private").mkdir(parents=True)
    (site / "a file.txt").write_text("twelve bytes", "utf-8")
    (site / "private" / "s.txt").write_text("secret", "utf-8")
    (site / "by-id").write_text("x", "utf-8")
    hashed = subprocess.run(["openssl", "passwd", "-apr1", "pw"], capture_output=True, text=True, check=True)
    (folder / "words").write_text(f"{USER}:{hashed.stdout}", "utf-8")
    return site


def _nginx(folder: Path, port: int) -> Path:
    site = _site(folder)
    log = (
        '\'{"time_iso8601":"$time_iso8601","remote_addr":"$remote_addr","remote_port":"$remote_port",'
        '"remote_user":"$remote_user","request":"$request","status":"$status",'
        '"body_bytes_sent":"$body_bytes_sent","http_user_agent":"$http_user_agent","request_id":"$asked"}\''
    )
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"""daemon off; pid {folder}/pid; error_log {folder}/error.log notice; worker_processes 1; {user}
env TZ;
events {{}}
http {{
  map $http_x_request_id $asked {{ "" $request_id; default $http_x_request_id; }}
  log_format as_json escape=json {log};
  access_log {folder}/access.log combined;
  access_log {folder}/access.json as_json;
  {temporary}
  server {{
    listen 127.0.0.1:{port};
    root {site};
    location /private {{ auth_basic x; auth_basic_user_file {folder}/words; }}
  }}
}}""",
        "utf-8",
    )
    return config


def _apache(folder: Path, port: int) -> Path:
    site = _site(folder)
    modules = Path("/usr/lib/apache2/modules")
    names = ("mpm_event", "authz_core", "authn_core", "authn_file", "authz_user", "auth_basic")
    loads = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in names)
    user = "User nobody\nGroup nogroup" if os.geteuid() == 0 else ""
    config = folder / "apache.conf"
    config.write_text(
        f"""ServerRoot {folder}
PidFile {folder}/pid
Listen 127.0.0.1:{port}
ServerName site.example
{user}
{loads}
ErrorLog {folder}/error.log
LogLevel info
LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{{Referer}}i\\" \\"%{{User-agent}}i\\"" combined
LogFormat "%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" vhost_combined
LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
CustomLog {folder}/combined.log combined
CustomLog {folder}/common.log common
CustomLog {folder}/vhost.log vhost_combined
DocumentRoot {site}
<Directory {site}>
Require all granted
</Directory>
<Directory {site}/private>
AuthType Basic
AuthName x
AuthUserFile {folder}/words
Require valid-user
</Directory>
""",
        "utf-8",
    )
    return config


def _haproxy(folder: Path, syslog: int, behind: int, http_port: int, id_port: int, tcp_port: int) -> Path:
    with_id = (
        "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs "
        "%{+Q}r %ID"
    )
    config = folder / "haproxy.cfg"
    config.write_text(
        f"""global
  log 127.0.0.1:{syslog} local0 info
  log stdout format raw local1 info
defaults
  mode http
  log global
  timeout connect 2s
  timeout client 5s
  timeout server 5s
frontend web
  bind 127.0.0.1:{http_port}
  option httplog
  capture request header User-Agent len 64
  capture response header Content-Type len 64
  default_backend app
frontend identified
  bind 127.0.0.1:{id_port}
  unique-id-format %{{+X}}o\\ %ci:%cp_%fi:%fp_%Ts_%rt:%pid
  unique-id-header X-Request-Id
  log-format "{with_id}"
  default_backend app
frontend tcp
  bind 127.0.0.1:{tcp_port}
  mode tcp
  option tcplog
  default_backend plain
backend app
  server s1 127.0.0.1:{behind}
backend plain
  mode tcp
  server s1 127.0.0.1:{behind}
""",
        "utf-8",
    )
    return config


def _datagrams(receiver: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            yield receiver.recv(65536)
        except BlockingIOError:
            return
