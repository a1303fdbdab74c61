# SPDX-License-Identifier: Apache-2.0
"""`tocsin listen` in a process of its own, killed and started again; rsyslogd as sender; certificates.

What arrived is read from the spool, never from what the receiver says of itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NUMBER = re.compile(rb"message (\d+) of")
LONGEST_S = 60


def write_case(folder: Path, **listen: str | int) -> Path:
    """A case of one source that is received."""
    settings = ", ".join(f"{key} = {json.dumps(value)}" for key, value in listen.items())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(
        f'[case]\nid = "T"\n\n[[sources]]\nname = "app"\nlisten = {{ {settings} }}\n', "utf-8"
    )
    return folder


def free_port() -> int:
    """A port of this machine that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Receiver:
    """The verb, as a user starts it."""

    def __init__(self, case: Path) -> None:
        self.case = case
        self.folder = case / "evidence" / "received" / "app"
        self.told: list[dict[str, Any]] = []
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        command = [
            sys.executable,
            "-m",
            "tocsin",
            "listen",
            str(self.case),
            "--source",
            "app",
            "--json",
        ]
        with (self.case / "errors").open("ab") as errors:
            self.process = subprocess.Popen(
                [*command, "--every", "3600", "--by", "tests"], stdout=subprocess.PIPE, stderr=errors
            )
        assert self.process.stdout is not None
        self.told.append(json.loads(self.process.stdout.readline())["result"])

    @property
    def addresses(self) -> dict[str, tuple[str, int]]:
        """Host and port by listener."""
        split = {kind: text.rsplit(":", 1) for kind, text in self.told[-1]["addresses"].items()}
        return {kind: (host, int(port)) for kind, (host, port) in split.items()}

    def account(self) -> dict[str, Any]:
        """What it says now."""
        assert self.process.stdout is not None
        self.process.send_signal(signal.SIGUSR1)
        told: dict[str, Any] = json.loads(self.process.stdout.readline())["result"]
        return told

    def next_told(self) -> dict[str, Any]:
        """What it says next of its own accord."""
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.readline())["result"]
        return told

    def kill(self, *, gate: bool = False) -> None:
        """kill -9; of the gate too if asked."""
        gates = self.gates() if gate else []
        self.process.kill()
        for number in gates:
            os.kill(number, signal.SIGKILL)
        self.process.communicate()

    def gates(self) -> list[int]:
        """The process ids of our gates."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if _is_gate(entry, self.folder):
                    found.append(int(entry.name))
        return found

    def stop(self) -> dict[str, Any]:
        """SIGTERM; the last accounting."""
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=LONGEST_S)
        assert self.process.returncode == 143, (
            self.process.returncode,
            out[-500:],
            (self.case / "errors").read_text(),
        )
        told: dict[str, Any] = json.loads(out.splitlines()[-1])["result"]
        return told

    def numbers(self) -> Counter[int]:
        """How often each numbered message is in the spool."""
        found: Counter[int] = Counter()
        for path in sorted(self.folder.glob("messages-*.log")):
            found.update(map(int, NUMBER.findall(path.read_bytes())))
        return found

    def lines(self) -> int:
        """How many lines the spool has."""
        return sum(path.read_bytes().count(b"\n") for path in self.folder.glob("messages-*.log"))

    def size(self) -> int:
        """Bytes of the spool."""
        return sum(path.stat().st_size for path in self.folder.glob("messages-*.log"))

    def last_written(self) -> float:
        """When the spool last grew, in seconds of the epoch."""
        return max(path.stat().st_mtime for path in self.folder.glob("messages-*.log"))

    def wait_for_all(self, count: int, limit_s: float = LONGEST_S) -> None:
        """Until so many different messages are in the spool, where some may come twice, or no more come."""
        limit = time.monotonic() + limit_s
        while time.monotonic() < limit and len(self.numbers()) < count:
            time.sleep(0.5)

    def wait_for(self, count: int, limit_s: float = LONGEST_S) -> None:
        """Until so many messages are in the spool, or no more come."""
        limit = time.monotonic() + limit_s
        while time.monotonic() < limit and self.lines() < count:
            time.sleep(0.2)


def _is_gate(entry: Path, folder: Path) -> bool:
    words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
    return b"tocsin.listen.gate" in words and str(folder).encode() in words


@contextmanager
def receiving(case: Path) -> Iterator[Receiver]:
    """A receiver that is gone afterwards, with its gate."""
    receiver = Receiver(case)
    try:
        yield receiver
    finally:
        gates = receiver.gates()
        for number in gates:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        if receiver.process.poll() is None:
            receiver.process.kill()
            receiver.process.communicate()


def make_certificates(folder: Path) -> None:
    """An authority, a server and a client of it, and a client of another authority, with openssl."""
    folder.mkdir(parents=True, exist_ok=True)
    for authority in ("ca", "other-ca"):
        _openssl(folder, "req", "-x509", *_new_key(authority), "-days", "2", "-subj", f"/CN={authority}")
    for name, authority in (("server", "ca"), ("client", "ca"), ("stranger", "other-ca")):
        _openssl(folder, "req", *_new_key(name, "csr"), "-subj", f"/C=FR/O=Tests/CN={name}")
        (folder / "ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        signed = ["-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial"]
        _openssl(
            folder,
            "x509",
            "-req",
            "-in",
            f"{name}.csr",
            "-out",
            f"{name}.pem",
            *signed,
            "-days",
            "2",
            "-extfile",
            "ext",
        )


def _new_key(name: str, end: str = "pem") -> list[str]:
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    return [*kind, "-keyout", f"{name}.key", "-out", f"{name}.{end}"]


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


PLAIN = 'protocol="tcp" TCP_Framing="octet-counted"'


def over_tls(certificates: Path) -> str:
    """omfwd's words for TLS with a client certificate."""
    return (
        f'{PLAIN} StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/certvalid" '
        f'StreamDriver.CAFile="{certificates}/ca.pem" StreamDriver.CertFile="{certificates}/client.pem" '
        f'StreamDriver.KeyFile="{certificates}/client.key"'
    )


class Rsyslog:
    """rsyslogd that reads a file and sends it, with a queue on disk behind it."""

    def __init__(self, folder: Path, port: int, transport: str = PLAIN, *, module: str = "omfwd") -> None:
        folder.mkdir(parents=True)
        (folder / "work").mkdir()
        self.folder = folder
        self.lines = folder / "lines.log"
        self.lines.touch()
        target = "target" if module == "omfwd" else "Target"
        extra = "" if module == "omfwd" else 'module(load="omrelp")\n'
        (folder / "conf").write_text(
            f"""global(workDirectory="{folder}/work" maxMessageSize="64k"
  defaultNetstreamDriverCAFile="{folder.parent}/certificates/ca.pem"
  defaultNetstreamDriverCertFile="{folder.parent}/certificates/client.pem"
  defaultNetstreamDriverKeyFile="{folder.parent}/certificates/client.key")
module(load="imfile" mode="inotify")
{extra}input(type="imfile" File="{self.lines}" Tag="app:" ruleset="out")
ruleset(name="out") {{
  action(type="{module}" {target}="127.0.0.1" Port="{port}" {transport}
    Template="RSYSLOG_SyslogProtocol23Format"
    action.resumeRetryCount="-1" action.resumeInterval="1"
    queue.type="LinkedList" queue.size="200000" queue.filename="forward" queue.maxDiskSpace="1g"
    queue.saveOnShutdown="on" queue.timeoutEnqueue="60000" queue.workerThreads="1"
    queue.dequeueBatchSize="1024")
}}
""",
            "utf-8",
        )
        words = [
            shutil.which("rsyslogd") or "rsyslogd",
            "-n",
            "-f",
            str(folder / "conf"),
            "-i",
            str(folder / "pid"),
        ]
        with (folder / "out").open("wb") as out:
            self.process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)

    def send(
        self, first: int, until: int, text: str = "un accès au dossier, écrit par l'application"
    ) -> None:
        """Have the numbered messages sent."""
        with self.lines.open("a", encoding="utf-8") as file:
            file.writelines(f"message {number} of {text}\n" for number in range(first, until))

    def stop(self) -> None:
        """At once: what it has not sent is not looked for."""
        self.process.kill()
        self.process.wait()


@contextmanager
def rsyslog(folder: Path, port: int, transport: str = PLAIN, *, module: str = "omfwd") -> Iterator[Rsyslog]:
    """It is gone afterwards."""
    sender = Rsyslog(folder, port, transport, module=module)
    try:
        yield sender
    finally:
        sender.stop()
