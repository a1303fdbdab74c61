# SPDX-License-Identifier: Apache-2.0
"""A whole wave of a case to a relay on loopback, killed −9 on the way: each notice once, and how fast.

The relay is a real Postfix where there is one, that hands all it takes to a sink of our own, which counts and keeps
nothing; with `--own`, or without Postfix, the sink is the relay, and logs as Postfix does. Beside it, in the same run,
bare smtplib hands messages of the same size to the same relay. What was told is counted from the sink's own record,
apart from the outbox and from the relay's log. Exits 1 when anybody is missed, told twice, or strange, and when the
balance does not close. The case is one of `tocsin demo R9`:

    python -m benchmarks.notices tocsin-demo-R9/case --kills 5
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from benchmarks.postfix import Postfix, is_there, postfix

ROOT = Path(__file__).resolve().parent.parent
BARE = 3_000
LEASE_S, TIMEOUT_S = 40.0, 20.0
"""Long: on a busy machine a relay that answers late must not be taken for one that is gone."""

DRAIN_S = 1_800.0
_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE | re.IGNORECASE)
_TOLD = re.compile(rb"message-id=(<[0-9a-f]{32}@[^>]+>)")


class Relay:
    """Takes messages one connection at a time each, and tells the log of them before it answers."""

    def __init__(self, log: Path) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._taken, self._lock = 0, threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self._server.getsockname()[1]

    def serve(self) -> None:
        """Until the process ends."""
        while True:
            connection, _address = self._server.accept()
            threading.Thread(target=self._session, args=(connection,), daemon=True).start()

    def _session(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb", buffering=1 << 16) as lines:
            try:
                self._talk(connection, lines)
            except OSError:
                return  # whoever spoke was killed

    def _talk(self, connection: socket.socket, lines: object) -> None:
        connection.sendall(b"220 relay\r\n")
        mailbox = b""
        while line := lines.readline():  # type: ignore[attr-defined]
            word = line[:4].upper()
            if word == b"RCPT":
                mailbox = line.partition(b"<")[2].partition(b">")[0]
            if word == b"DATA":
                connection.sendall(b"354 go\r\n")
                if not self._take(lines, mailbox):
                    return
            connection.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")

    def _take(self, lines: object, mailbox: bytes) -> bool:
        """Whether the message came whole."""
        head: list[bytes] = []
        for line in iter(lines.readline, b".\r\n"):  # type: ignore[attr-defined]
            if not line:
                return False
            if line[:11].lower() == b"message-id:":
                head.append(line)
        found = _ID.search(head[0]) if head else None
        if found is not None:
            self._tell(found[1], mailbox)
        return True

    def _tell(self, message_id: bytes, mailbox: bytes) -> None:
        with self._lock:
            self._taken += 1
            number = b"%010X" % self._taken
        at = b"Nov 22 03:00:00 mx postfix/"
        told = (
            at + b"smtpd[1]: " + number + b": client=localhost[127.0.0.1]\n",
            at + b"cleanup[2]: " + number + b": message-id=" + message_id + b"\n",
            at + b"qmgr[3]: " + number + b": from=<a@example.org>, size=9000, nrcpt=1 (queue active)\n",
            at
            + b"smtp[4]: "
            + number
            + b": to=<"
            + mailbox
            + b">, relay=none, dsn=2.0.0, status=sent (250 ok)\n",
            at + b"qmgr[3]: " + number + b": removed\n",
        )
        os.write(self._log, b"".join(told))


@contextmanager
def relay(log: Path) -> Iterator[int]:
    """A relay in another process; its port."""
    command = [sys.executable, "-m", "benchmarks.notices", "--serve", str(log)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def taken(log: Path) -> int:
    """Messages that the relay took, by what its log weighs: good enough to choose the moment of a kill."""
    return log.stat().st_size // 440 if log.exists() else 0


def point_at(case: Path, port: int, log: Path) -> None:
    """Let the case's e-mail go to this relay; the words, and so the release, stay."""
    path = case / "case.toml"
    kept = [
        line
        for line in path.read_text("utf-8").split("\n")
        if line.split("=")[0].strip() not in ("port", "relay_log", "lease", "timeout", "batch")
    ]
    place = kept.index("[notify.email]") + 1
    told = [f"port = {port}", f'relay_log = "{log}"', f"lease = {LEASE_S}", f"timeout = {TIMEOUT_S}"]
    path.write_text("\n".join([*kept[:place], *told, *kept[place:]]), "utf-8")


def send(case: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tocsin", "notify", str(case), "send", "--channel", "email", "--json"]
    return subprocess.Popen(
        [*command, "--by", "benchmark"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def send_with_kills(case: Path, log: Path, waiting: int, kills: int) -> tuple[float, int, int]:
    """Seconds, of which those spent on starting again are part, kills that struck in mid-wave, and the MiB of
    the sending that took most."""
    chance, struck, began = random.Random(waiting), 0, time.monotonic()  # noqa: S311  # kills, no secrets
    most = 0
    for kill in range(kills):
        goal = (kill + chance.random()) * waiting / (kills + 1)
        process = send(case)
        while process.poll() is None and taken(log) < goal:
            time.sleep(0.003)
        struck += process.poll() is None
        process.send_signal(signal.SIGKILL)
        most = max(most, memory_of(process))
    process = send(case)
    most = max(most, memory_of(process))
    assert process.stderr is not None
    assert process.returncode == 0, process.stderr.read().decode()
    return time.monotonic() - began, struck, most


def memory_of(process: subprocess.Popen[bytes]) -> int:
    """Wait for its end; the most memory that it took, in MiB."""
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_maxrss // 1024


def bare(port: int, count: int, text: bytes) -> float:
    """Messages a second of smtplib alone, which writes one message and sends it again and again."""
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for number in range(count):
            connection.sendmail("a@example.org", [f"bare{number}@example.org"], text)
    return count / (time.monotonic() - began)


def one_message(case: Path) -> bytes:
    """A message as large as a notice, without our header: the relay takes it and does not log it."""
    folder = case / "notices" / "measured"
    command = [
        sys.executable,
        "-m",
        "tocsin",
        "notify",
        str(case),
        "preview",
        "--to",
        str(folder),
        "--rows",
        "1",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    pages = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    body = max(pages, key=len) + min(pages, key=len)
    return b"Subject: measured\r\n\r\n" + body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def count_again(case: Path, log: Path) -> dict[str, int]:
    """From the sink's own record and the outbox's, apart from what is measured: twice, missed, strange."""
    told: Counter[bytes] = Counter()
    with log.open("rb") as lines:
        for line in lines:
            if found := _TOLD.search(line):
                told[found[1]] += 1
    with closing(sqlite3.connect(case / "notices" / "outbox.sqlite")) as outbox:
        due = {
            str(one).encode()
            for (one,) in outbox.execute("select message_id from notice where channel = 'email'")
        }
    return {
        "due": len(due),
        "twice": sum(count > 1 for count in told.values()),
        "missed": len(due - told.keys()),
        "strange": len(told.keys() - due),
    }


def wait_for_sink(log: Path, due: int) -> None:
    """Until the relay has handed on all that it took; what is missing then is told as missed."""
    until, before = time.monotonic() + DRAIN_S, -1
    while time.monotonic() < until and taken(log) < due and taken(log) != before:
        before = taken(log)
        time.sleep(20 if due > 10_000 else 2)


def balance_of(case: Path) -> dict[str, object]:
    """As `notify status` tells it once the relay's log is read to its end."""
    command = [sys.executable, "-m", "tocsin", "notify", str(case), "status", "--json", "--by", "benchmark"]
    told = subprocess.run(command, capture_output=True, check=False)
    result: dict[str, object] = json.loads(told.stdout)["result"]
    return {name: result[name] for name in ("to_inform", "delivered", "failed", "under_way", "not_released")}


def measure(case: Path, kills: int, *, own: bool) -> dict[str, object]:
    log = case.parent / "sink.log"
    log.unlink(missing_ok=True)
    with ExitStack() as stack:
        port, relay_log, name = stack.enter_context(relay(log)), log, "our own"
        if not own:
            running: Postfix = stack.enter_context(postfix(port))
            port, relay_log, name = running.port, running.log, f"Postfix {running.version}"
        point_at(case, port, relay_log)
        text = one_message(case)
        first = bare(port, BARE, text)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with closing(sqlite3.connect(case / "notices" / "outbox.sqlite")) as outbox:
            query = "select count(*) from notice where channel = 'email' and state = 'queued'"
            [waiting] = outbox.execute(query).fetchone()
        seconds, struck, most = send_with_kills(case, log, waiting, kills)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        second = bare(port, BARE, text)
        wait_for_sink(log, waiting)
        balance = balance_of(case)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "relay": name,
        "notices": waiting,
        "kills_in_mid_wave": struck,
        **count_again(case, log),
        "balance": balance,
        "seconds": round(seconds, 1),
        "per_second": round(waiting / seconds),
        "cpu_ms_each": round(cpu / waiting * 1_000, 3),
        "bare_smtplib_per_second": [round(first), round(second)],
        "bytes_of_the_bare_message": len(text),
        "most_memory_mib": most,
    }


def is_whole(found: dict[str, object]) -> bool:
    """Whether everybody was told once, and the outbox says so too."""
    balance = found["balance"]
    assert isinstance(balance, dict)
    waits = set(balance["under_way"]) - {"queued"}  # letters, which this run does not send
    return not (found["twice"] or found["missed"] or found["strange"] or waits) and (
        balance["delivered"] == found["due"]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path, nargs="?")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--own", action="store_true", help="a relay of our own instead of Postfix")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        served = Relay(chosen.serve)
        print(served.port, flush=True)
        served.serve()
    elif chosen.case is None:
        parser.error("name the folder of a case of `tocsin demo R9`")
    else:
        found = measure(chosen.case.resolve(), chosen.kills, own=chosen.own or not is_there())
        print(json.dumps(found, indent=1))
        sys.exit(0 if is_whole(found) else 1)


if __name__ == "__main__":
    main()
