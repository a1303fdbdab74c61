# SPDX-License-Identifier: Apache-2.0
"""How many messages a second the receiver takes on loopback, by transport, and what a kill costs it.

`python -m benchmarks.listen` sends numbered messages as fast as they are taken, over connections of its own
(and with rsyslogd where --rsyslog is given), and reads from the spool what arrived. `--kills 20` kills the
receiver as often on the way; `--both` kills its gate with it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import socket
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.live.receiving import (
    PLAIN,
    Receiver,
    Rsyslog,
    free_port,
    make_certificates,
    over_tls,
    receiving,
    rsyslog,
    write_case,
)
from tests.live.relp_sender import RelpSender

BLOCK = 500
TEXT = "read of the record by dr.b from 10.1.2.3, request 7f3c9e, status 200, 1532 bytes, portal, ok "


def blocks(count: int, *, counted: bool, pace: int) -> Iterator[bytes]:
    """The messages, some hundred at a time; no more than so many a second if a pace is given."""
    started = time.monotonic()
    for first in range(0, count, BLOCK):
        if pace:
            time.sleep(max(0.0, started + first / pace - time.monotonic()))
        messages = [
            b"<134>1 2026-01-02T03:04:05.678901Z host app 123 - - message %d of %d " % (number, count)
            + TEXT.encode()
            for number in range(first, min(first + BLOCK, count))
        ]
        yield (
            b"".join(b"%d %s" % (len(one), one) for one in messages)
            if counted
            else b"\n".join((*messages, b""))
        )


def send(kind: str, address: tuple[str, int], certificates: str, arguments: argparse.Namespace) -> None:
    """A share of them, over one connection."""
    count, counted = arguments.messages // arguments.senders, arguments.counted
    pace = arguments.pace // arguments.senders
    if kind == "relp":
        sender = RelpSender(address)
        for block in blocks(count, counted=False, pace=pace):
            for message in block.splitlines():
                sender.send(message)
        sender.close()
        return
    if kind == "udp":
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for block in blocks(count, counted=False, pace=pace):
            for message in block.splitlines():
                datagrams.sendto(message, address)
        return
    with ExitStack() as stack:
        connection = stack.enter_context(socket.create_connection(address))
        if kind == "tls":
            context = ssl.create_default_context(cafile=f"{certificates}/ca.pem")
            context.load_cert_chain(f"{certificates}/client.pem", f"{certificates}/client.key")
            connection = stack.enter_context(context.wrap_socket(connection, server_hostname="localhost"))
        for block in blocks(count, counted=counted, pace=pace):
            connection.sendall(block)
        if kind == "tls":
            connection.unwrap()  # type: ignore[attr-defined]


def feed(sender: Rsyslog, arguments: argparse.Namespace) -> None:
    """Write what rsyslogd reads and sends."""
    started = time.monotonic()
    for first in range(0, arguments.messages, BLOCK * 10):
        if arguments.pace:
            time.sleep(max(0.0, started + first / arguments.pace - time.monotonic()))
        sender.send(first, min(first + BLOCK * 10, arguments.messages), TEXT)


def measure(arguments: argparse.Namespace, kind: str, folder: Path) -> str:
    """One line of the table."""
    certificates = folder.parent / "certificates"
    port = free_port()
    secure = {} if kind in ("tcp", "udp", "relp") else named_certificates(certificates)
    case = write_case(folder, **{kind: f"127.0.0.1:{port}"}, **secure)
    with receiving(case) as receiver, ExitStack() as stack:
        started = time.monotonic()
        if arguments.rsyslog:
            transport = over_tls(certificates) if kind == "tls" else PLAIN
            daemon = stack.enter_context(rsyslog(folder / "rsyslog", port, transport))
            senders = [multiprocessing.Process(target=feed, args=(daemon, arguments))]
        else:
            what = (kind, ("127.0.0.1", port), str(certificates), arguments)
            senders = [multiprocessing.Process(target=send, args=what) for _ in range(arguments.senders)]
        for sender in senders:
            sender.start()
        kill_often(receiver, arguments)
        wait(receiver, arguments.messages)
        took = receiver.last_written() - time.time() + time.monotonic() - started
        found, told = receiver.numbers(), receiver.stop()
    aside = sum(one["messages"] for one in told["set_aside"].values())
    each = 1 if arguments.rsyslog else arguments.senders
    distinct, all_found = len(found), sum(found.values())
    return (
        f"| {kind} | {all_found / took:,.0f} | {arguments.messages // each - distinct:,} "
        f"| {all_found - each * distinct:,} | {aside:,} "
        f"| {told['losses']['known']['dropped_datagrams']:,} | {'yes' if told['closes'] else 'NO'} |"
    )


def named_certificates(folder: Path) -> dict[str, str]:
    """For case.toml."""
    names = {"certificate": "server.pem", "key": "server.key", "client_ca": "ca.pem"}
    return {key: str(folder / name) for key, name in names.items()}


def kill_often(receiver: Receiver, arguments: argparse.Namespace) -> None:
    """While messages come."""
    for _ in range(arguments.kills):
        time.sleep(arguments.between)
        receiver.kill(gate=arguments.both)
        receiver.start()


def wait(receiver: Receiver, count: int) -> None:
    """Until all are there, or nothing has come for a while."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < 8:
        time.sleep(0.2)
        size = receiver.size()
        if size != last:
            last, since = size, time.monotonic()
        elif receiver.lines() >= count:
            return


def main() -> None:
    """See --help."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--kinds", nargs="+", default=["tcp", "tls", "relp", "udp"])
    parser.add_argument("--senders", type=int, default=1, help="processes that send")
    parser.add_argument("--counted", action="store_true", help="octets counted, not lines (TCP, TLS)")
    parser.add_argument("--rsyslog", action="store_true", help="rsyslogd sends, with a queue on disk")
    parser.add_argument("--pace", type=int, default=0, help="messages a second, at most")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--between", type=float, default=0.3, help="seconds between two kills")
    parser.add_argument("--both", action="store_true", help="kill the gate too")
    arguments = parser.parse_args()
    print(
        "| transport | messages/s | lost | doubled | set aside | dropped, by the kernel | accounting closes |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        make_certificates(Path(folder) / "certificates")
        for kind in arguments.kinds:
            print(measure(arguments, kind, Path(folder) / kind), flush=True)


if __name__ == "__main__":
    main()
