# SPDX-License-Identifier: Apache-2.0
"""The receiver on loopback: who is refused, a full disk, a killed gate, RELP, datagrams."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.live.receiving import Receiver, make_certificates, receiving, write_case
from tests.live.relp_sender import RelpSender
from tocsin.core.settings import load_case
from tocsin.ingest.run import run as ingest
from tocsin.journal import Journal
from tocsin.store.case import Case


def message(number: int) -> bytes:
    return b"<134>1 2026-01-02T03:04:05Z host app - - - message %d of many" % number


def lines(first: int, until: int) -> bytes:
    return b"".join(message(number) + b"\n" for number in range(first, until))


def test_listen_goes_on_with_a_connection_whose_writer_was_killed(tmp_path: Path) -> None:
    with receiving(write_case(tmp_path / "case", tcp="127.0.0.1:0")) as receiver:
        with socket.create_connection(receiver.addresses["tcp"]) as sender:
            sender.sendall(lines(0, 100) + b"<134>1 half of message 100 ")
            receiver.wait_for(100)
            receiver.kill()
            sender.sendall(b"of many\n" + lines(101, 200))
            receiver.start()
            sender.sendall(lines(200, 300))
        receiver.wait_for(300)
        told = receiver.stop()
    assert receiver.numbers() == Counter(range(300))
    assert told["losses"]["possible"]["connections_cut"] == 0


def test_listen_hands_plain_connections_to_a_new_gate_when_the_gate_is_killed(tmp_path: Path) -> None:
    with receiving(write_case(tmp_path / "case", tcp="127.0.0.1:0")) as receiver:
        with socket.create_connection(receiver.addresses["tcp"]) as sender:
            sender.sendall(lines(0, 100))
            receiver.wait_for(100)
            (gate,) = receiver.gates()
            os.kill(gate, signal.SIGKILL)
            sender.sendall(lines(100, 200))
            receiver.wait_for(200)
            with socket.create_connection(receiver.addresses["tcp"]) as other:
                other.sendall(lines(200, 300))
        receiver.wait_for(300)
        told = receiver.stop()
    assert receiver.numbers() == Counter(range(300))
    assert told["losses"]["possible"]["gates_replaced"] == 1


def test_listen_states_what_may_be_lost_when_writer_and_gate_are_killed(tmp_path: Path) -> None:
    with receiving(write_case(tmp_path / "case", tcp="127.0.0.1:0", udp="127.0.0.1:0")) as receiver:
        sender = socket.create_connection(receiver.addresses["tcp"])
        sender.sendall(lines(0, 10) + b"<134>1 half")
        receiver.wait_for(10)
        receiver.kill(gate=True)
        receiver.start()
        told = receiver.stop()
        sender.close()
    assert told["closes"]
    assert told["written"]["messages"] == 10
    assert told["set_aside"]["unfinished"] == {"messages": 1, "bytes": 11}
    assert told["losses"]["possible"]["connections_cut"] == 2
    (down,) = told["losses"]["possible"]["down"]
    assert (down["after"], down["datagrams"]) == ("kill", True)


def test_listen_over_relp_loses_nothing_when_all_of_it_is_killed(tmp_path: Path) -> None:
    with receiving(write_case(tmp_path / "case", relp="127.0.0.1:0")) as receiver:
        host, port = receiver.addresses["relp"]
        receiver.stop()
        write_case(receiver.case, relp=f"{host}:{port}")
        receiver.start()
        sender = RelpSender((host, port))
        for number in range(3000):
            sender.send(message(number))
            if number % 1000 == 500:
                receiver.kill(gate=number > 1000)
                receiver.start()
        sender.close()
        told = receiver.stop()
    assert receiver.numbers() == Counter(range(3000))
    assert sender.sessions == 4
    assert told["closes"]
    assert (
        told["received"]["messages"]
        == 3000 + told["set_aside"].get("sent_again", {"messages": 0})["messages"]
    )


@pytest.mark.needs("openssl")
def test_listen_refuses_clients_without_a_certificate_it_trusts(tmp_path: Path) -> None:
    make_certificates(tmp_path)
    names = {"certificate": "server.pem", "key": "server.key", "client_ca": "ca.pem"}
    settings = {key: str(tmp_path / name) for key, name in names.items()}
    with receiving(write_case(tmp_path / "case", tls="127.0.0.1:0", **settings)) as receiver:
        for who in (None, "stranger"):
            knock(receiver, tmp_path, who)
        with socket.create_connection(receiver.addresses["tls"]) as plain:
            plain.sendall(b"<13>not TLS at all\n")
            plain.settimeout(10)
            with suppress(ConnectionResetError):
                while plain.recv(100):
                    """Its alert, and the end."""
        time.sleep(1.1)
        told = receiver.stop()
    assert told["received"]["messages"] == 0
    assert {(one["why"], one["times"]) for one in told["refused"]} == {
        ("no certificate", 1),
        ("certificate not accepted", 1),
        ("no TLS", 1),
    }


def knock(receiver: Receiver, certificates: Path, who: str | None) -> None:
    """A client that is let in nowhere: with TLS 1.3 it learns so when it first reads."""
    context = ssl.create_default_context(cafile=str(certificates / "ca.pem"))
    if who is not None:
        context.load_cert_chain(certificates / f"{who}.pem", certificates / f"{who}.key")
    with socket.create_connection(receiver.addresses["tls"], timeout=10) as connection:
        sender = context.wrap_socket(connection, server_hostname="localhost")
        with sender, pytest.raises(OSError, match=r"alert|reset"):
            sender.recv(100)


def test_listen_reads_no_more_when_the_disk_is_full_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with receiving(write_case(tmp_path / "case", tcp="127.0.0.1:0")) as receiver:
        with socket.create_connection(receiver.addresses["tcp"]) as sender:
            sender.sendall(lines(0, 1000))
            receiver.wait_for(1000)
            limit = receiver.size() + 100
            resource.prlimit(receiver.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            sender.sendall(lines(1000, 2000))
            assert receiver.next_told()["state"] == "full"
            assert receiver.process.poll() is None
            everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            resource.prlimit(receiver.process.pid, resource.RLIMIT_FSIZE, everything)
            assert receiver.next_told()["state"] == "room"
        receiver.wait_for(2000)
        told = receiver.stop()
    assert receiver.numbers() == Counter(range(2000))
    assert told["closes"]


def test_listen_states_datagrams_that_the_kernel_dropped(tmp_path: Path) -> None:
    with receiving(write_case(tmp_path / "case", udp="127.0.0.1:0")) as receiver:
        (gate,) = receiver.gates()
        os.kill(gate, signal.SIGSTOP)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for number in range(5000):
                sender.sendto(message(number) + b"x" * 30_000, receiver.addresses["udp"])
        os.kill(gate, signal.SIGCONT)
        time.sleep(1.5)
        told = receiver.stop()
    dropped = told["losses"]["known"]["dropped_datagrams"]
    assert dropped > 0
    assert told["written"]["messages"] + dropped == 5000
    assert len(receiver.numbers()) == told["written"]["messages"]


def test_listen_is_refused_where_a_receiver_runs(tmp_path: Path) -> None:
    with receiving(write_case(tmp_path / "case", tcp="127.0.0.1:0")) as receiver:
        command = [sys.executable, "-m", "tocsin", "listen", str(receiver.case), "--source", "app", "--json"]
        second = subprocess.run(command, capture_output=True, check=False)
        assert second.returncode == 2
        assert json.loads(second.stdout)["error"]["code"] == "receiver_runs"


def test_listen_drain_writes_what_a_killed_receiver_left(tmp_path: Path) -> None:
    with receiving(write_case(tmp_path / "case", tcp="127.0.0.1:0")) as receiver:
        with socket.create_connection(receiver.addresses["tcp"]) as sender:
            sender.sendall(lines(0, 10))
            receiver.wait_for(10)
            receiver.kill()
            sender.sendall(lines(10, 20))
        command = [sys.executable, "-m", "tocsin", "listen", str(receiver.case), "--source", "app", "--drain"]
        subprocess.run([*command, "--by", "tests"], check=True, capture_output=True)
        assert receiver.numbers() == Counter(range(20))
        assert not receiver.gates()


def test_listen_makes_inputs_of_its_source_and_entries_of_the_journal(tmp_path: Path) -> None:
    case = write_case(tmp_path / "case", tcp="127.0.0.1:0")
    text = case / "case.toml"
    text.write_text(text.read_text() + 'format = "web-access"\n')
    served = b'192.0.2.1 - dr.b [02/Jan/2026:03:04:05 +0000] "GET /record/%d HTTP/1.1" 200 15\n'
    with receiving(case) as receiver:
        with socket.create_connection(receiver.addresses["tcp"]) as sender:
            sender.sendall(b"".join(served % number for number in range(50)))
        receiver.wait_for(50)
        receiver.stop()
    assert load_case(text).sources[0].paths == ["evidence/received/app/messages-*.log"]
    with Case(case, by="tests") as opened:
        ingest(opened)
        with opened.engine("events") as engine:
            assert engine.rows("select count(*), max(object) from events") == [(50, "/record/9")]
    kinds = [entry.kind for entry in Journal(case / "journal", read_only=True).entries()]
    assert kinds[:2] == ["listen:reception:started", "listen:reception:stopped"]
