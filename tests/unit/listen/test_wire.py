# SPDX-License-Identifier: Apache-2.0
"""A connection's bytes on their way: after a kill between any two steps they are there, once, in order."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tocsin.listen.wire import FOLDER, ROLLED_AT, Wire, find_left


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FOLDER).mkdir()
    return tmp_path


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket, int, int]]:
    """(sender, receiver, pipe out, pipe in)."""
    sender, receiver = socket.socketpair()
    receiver.setblocking(False)
    out, into = os.pipe2(os.O_NONBLOCK)
    with closing(sender), closing(receiver):
        yield sender, receiver, out, into
    os.close(out)
    os.close(into)


Ends = tuple[socket.socket, socket.socket, int, int]


def test_wire_takes_what_has_come_and_says_when_the_stream_has_ended(folder: Path, ends: Ends) -> None:
    sender, receiver, out, into = ends
    wire = Wire(folder, "c", "tcp", None, 0)
    sender.send(b"one ")
    assert wire.fill(receiver.fileno(), out, into)
    sender.send(b"two")
    sender.shutdown(socket.SHUT_WR)
    assert not wire.fill(receiver.fileno(), out, into)
    assert wire.waiting() == b"one two"
    wire.close()
    assert not list((folder / FOLDER).iterdir())


def test_wire_left_by_a_killed_writer_is_taken_up_with_what_the_pipe_holds(folder: Path, ends: Ends) -> None:
    sender, receiver, out, into = ends
    sender.send(b"in the file ")
    Wire(folder, "c", "tcp", None, 0).fill(receiver.fileno(), out, into)
    sender.send(b"in the pipe ")
    os.splice(receiver.fileno(), into, 1000)
    sender.send(b"in the connection")
    (left,) = find_left(folder)
    again = Wire(folder, left.connection, left.listener, left, 7)
    again.fill(receiver.fileno(), out, into)
    assert again.waiting() == b"in the file in the pipe in the connection"[7:]


def test_wire_goes_on_in_a_new_file_when_the_old_one_is_spoken_for(folder: Path, ends: Ends) -> None:
    sender, receiver, out, into = ends
    wire = Wire(folder, "c", "tcp", None, 0)
    text = os.urandom(1000)
    for _ in range(ROLLED_AT // 1000 + 1):
        sender.send(text)
        wire.fill(receiver.fileno(), out, into)
    wire.advance(ROLLED_AT)
    (left,) = find_left(folder)
    assert left.base == ROLLED_AT
    assert wire.waiting() == (text * (ROLLED_AT // 1000 + 1))[ROLLED_AT:]
    sender.send(b"more")
    wire.fill(receiver.fileno(), out, into)
    assert wire.waiting().endswith(b"more")
    assert wire.received == wire.taken + len(wire.waiting())


def test_wire_of_which_two_files_were_left_is_the_later_one(folder: Path) -> None:
    (folder / FOLDER / "c~tcp~0").write_bytes(b"0123456789")
    (folder / FOLDER / "c~tcp~8").write_bytes(b"89")
    (left,) = find_left(folder)
    assert left.base == 8
    assert [path.name for path in (folder / FOLDER).iterdir()] == ["c~tcp~8"]
    assert Wire(folder, "c", "tcp", left, 9).waiting() == b"9"
