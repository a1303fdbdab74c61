# SPDX-License-Identifier: Apache-2.0
"""A Postfix of our own on loopback, which hands all it takes to one place: started, asked and stopped by a run.

Its queue, data and log stand in one folder. Needs root, as Postfix gives up its rights itself.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_S = 30.0

_MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{sink}
smtp_host_lookup = native
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
local_header_rewrite_clients =
always_add_missing_headers = no
"""
_MASTER = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """One that runs."""

    port: int
    folder: Path

    @property
    def log(self) -> Path:
        """What it says of each message."""
        return self.folder / "mail.log"

    @property
    def version(self) -> str:
        """As it tells it."""
        told = subprocess.run(
            ["postconf", "-d", "-h", "mail_version"], capture_output=True, text=True, check=True
        )
        return told.stdout.strip()


def is_there() -> bool:
    """Whether one can be started here."""
    return shutil.which("postfix") is not None and os.geteuid() == 0


@contextmanager
def postfix(sink: int) -> Iterator[Postfix]:
    """One that hands everything to this port of loopback, until the end."""
    folder = Path(tempfile.mkdtemp(prefix="notices-postfix-", dir="/var/tmp"))  # removed below
    folder.chmod(0o755)
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    port = _free_port()
    (folder / "etc/main.cf").write_text(_MAIN.format(folder=folder, sink=sink))
    (folder / "etc/master.cf").write_text(_MASTER.format(port=port))
    command = ["postfix", "-c", str(folder / "etc")]
    subprocess.run([*command, "start"], check=True, capture_output=True)
    try:
        _wait_for(port)
        yield Postfix(port, folder)
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise SystemExit("Postfix does not answer")
