# SPDX-License-Identifier: Apache-2.0
"""RELP: frames however they are cut, answers as librelp wants them, and what is sent again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.listen.relp import Command, NotRelp, TooLong, answer, read_commands
from tocsin.listen.resent import Resent

COMMANDS = st.builds(
    Command, st.integers(0, 999_999_999), st.sampled_from(["open", "syslog", "close"]), st.binary(max_size=40)
)


def framed(command: Command) -> bytes:
    data = b" " + command.data if command.data else b""
    return b"%d %s %d%s\n" % (command.number, command.name.encode(), len(command.data), data)


@given(st.lists(COMMANDS, max_size=8), st.data())
def test_relp_reads_the_same_commands_however_the_stream_is_cut(
    commands: list[Command], data: st.DataObject
) -> None:
    stream = b"".join(map(framed, commands))
    found, waiting = [], b""
    while stream or waiting:
        size = data.draw(st.integers(1, max(1, len(stream))))
        waiting, stream = waiting + stream[:size], stream[size:]
        some, taken = read_commands(waiting, 1000)
        found += some
        waiting = waiting[taken:]
    assert found == commands


@pytest.mark.parametrize(
    "stream",
    [
        b"<13>plain syslog\n",
        b"1 syslog 5 <1>hiX",
        b"1 sys log 3 abc\n",
        b"x",
        b"1 syslog 0 \n",
    ],
    ids=["plain syslog", "no line end", "command of two words", "letter", "data of none"],
)
def test_relp_refuses_what_is_no_frame(stream: bytes) -> None:
    with pytest.raises(NotRelp):
        read_commands(stream, 1000)


def test_relp_reads_what_stands_before_a_frame_that_is_too_long_and_then_refuses() -> None:
    stream = b"1 syslog 5 <1>hi\n2 syslog 999999999 <1>"
    found, taken = read_commands(stream, 1000)
    assert [one.data for one in found] == [b"<1>hi"]
    with pytest.raises(TooLong):
        read_commands(stream[taken:], 1000)


def test_relp_answers_each_command_by_its_number() -> None:
    assert answer(Command(2, "syslog", b"x")) == b"2 rsp 6 200 OK\n"
    assert answer(Command(3, "close", b"")) == b"3 rsp 0\n0 serverclose 0\n"
    assert answer(Command(1, "open", b"")).startswith(b"1 rsp 58 200 OK\nrelp_version=0\n")
    assert b"500" in answer(Command(4, "rotate", b""))


def messages(*numbers: int) -> list[bytes]:
    return [b"<1>message %d" % number for number in numbers]


def cut_session(resent: Resent, *numbers: int) -> None:
    resent.wrote("first", "peer", messages(*numbers))
    resent.ended("first", "peer", is_orderly=False)


@pytest.mark.parametrize("block", [1, 2, 3, 5, 100])
def test_resent_counts_the_end_of_a_cut_session_at_the_beginning_of_the_next(block: int) -> None:
    resent = Resent()
    cut_session(resent, *range(10))
    now, again = messages(*range(6, 20)), 0
    while now:
        again += resent.count("second", "peer", now[:block])
        resent.wrote("second", "peer", now[:block])
        now = now[block:]
    assert again == 4


def test_resent_counts_nothing_when_the_session_was_closed_in_order() -> None:
    resent = Resent()
    resent.wrote("first", "peer", messages(1, 2, 3))
    resent.ended("first", "peer", is_orderly=True)
    assert resent.count("second", "peer", messages(2, 3)) == 0


@pytest.mark.parametrize(
    "now", [(1, 2, 9), (9, 2, 3), (2,)], ids=["does not reach the end", "begins anew", "one in the middle"]
)
def test_resent_leaves_alone_what_only_resembles(now: tuple[int, ...]) -> None:
    resent = Resent()
    cut_session(resent, 1, 2, 3)
    first = messages(*now)
    assert resent.count("second", "other peer", first) == 0
    if now != (2,):
        assert resent.count("second", "peer", first) == 0


def test_resent_of_a_log_that_repeats_itself_counts_the_fewest() -> None:
    resent = Resent()
    cut_session(resent, 1, 1, 1, 1)
    assert resent.count("second", "peer", messages(1)) == 1
    resent.wrote("second", "peer", messages(1))
    assert resent.count("second", "peer", messages(1)) == 0
