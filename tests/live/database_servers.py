# SPDX-License-Identifier: Apache-2.0
"""Real database servers for a test: on a free port of this machine, in their own folder, stopped by pid."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "s3cret-Zürich"
START_S = 60


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    folder: Path
    port: int
    socket: str
    """Folder or file of its local socket, where the administrator needs no password."""


@contextmanager
def postgresql_server(*settings: str) -> Iterator[Server]:
    """PostgreSQL with one user `reader` that needs a password over TCP; settings as `name=value`."""
    with _folder("postgres") as folder:
        words = folder / "words"
        words.write_text(PASSWORD, "utf-8")
        words.chmod(0o644)
        cluster = folder / "cluster"
        auth = ["--auth-host=scram-sha-256", "--auth-local=trust", f"--pwfile={words}"]
        _as("postgres", ["initdb", "-D", str(cluster), "-U", "owner", "-E", "UTF8", "--no-sync", *auth])
        port = free_port()
        options = ["-c", "fsync=off", "-c", "lc_messages=C", "-c", f"unix_socket_directories={folder}"]
        listen = ["-p", str(port), "-c", "listen_addresses=127.0.0.1"]
        command = [shutil.which("postgres") or "postgres", "-D", str(cluster), *listen, *options]
        command += [word for setting in settings for word in ("-c", setting)]
        with _running("postgres", command, folder):
            wait_for(port)
            _wait_until_it_says_ready(cluster / "postmaster.pid")
            yield Server(folder, port, str(folder))


def _wait_until_it_says_ready(pid_file: Path) -> None:
    """The port is open before whoever comes is let in: the last line of this file tells."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if pid_file.read_text("utf-8").rstrip().endswith("ready"):
            return
        time.sleep(0.05)
    raise TimeoutError("PostgreSQL did not become ready")


@contextmanager
def mariadb_server(*options: str) -> Iterator[Server]:
    """MariaDB, its administrator on the local socket; options as on its command line."""
    with _folder("mysql") as folder:
        cluster = folder / "cluster"
        user = f"--user={_user('mysql')}"
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={cluster}", user]
        _as("mysql", [*install, "--auth-root-authentication-method=normal", "--skip-test-db"])
        port, local = free_port(), folder / "socket"
        command = ["mariadbd", "--no-defaults", f"--datadir={cluster}", user, f"--socket={local}"]
        command += [f"--port={port}", "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0"]
        command[0] = shutil.which("mariadbd") or "mariadbd"
        command += options
        with _running("mysql", command, folder):
            wait_for(port)
            yield Server(folder, port, str(local))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with socket.socket() as one:
            one.settimeout(1)
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")


def _user(name: str) -> str:
    """Servers refuse to run as root: their own user, where there is one; else whoever tests."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    return next(one for one in (name, "nobody") if _exists(one))


def _other(name: str) -> str | None:
    """Whom to become; nobody else when we are not root."""
    return _user(name) if os.geteuid() == 0 else None


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextmanager
def _folder(user: str) -> Iterator[Path]:
    """Under /tmp itself: a socket's path is short, and the server's user must get there."""
    with tempfile.TemporaryDirectory(prefix="tocsin-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, _user(user))
        yield folder


def _as(user: str, command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, check=False, cwd="/", user=_other(user))
    assert done.returncode == 0, done.stderr.decode()


@contextmanager
def _running(user: str, command: list[str], folder: Path) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", user=_other(user))
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
