# SPDX-License-Identifier: Apache-2.0
"""Messages of a stream: the same however it is cut into blocks, and no byte of one lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.ingest.read.syslog_frames import SyslogCutter
from tocsin.listen.framing import TO_LINE_END, as_kept, cut, end

LONGEST = 40
BODIES = st.binary(max_size=60).map(lambda body: b"<13>1 " + body)
LINES = st.binary(max_size=60).map(lambda body: body.replace(b"\n", b" "))
PARTS = st.one_of(
    BODIES.map(lambda body: b"%d %s" % (len(body), body)),
    LINES.map(lambda line: line + b"\n"),
    st.just(b"\n"),
    st.sampled_from([b"12", b"7 <", b"99999 <1>", b"3 x\n", b"0 <1>\n"]),
)
STREAMS = st.lists(PARTS, max_size=12).map(b"".join)


def read_in_blocks(stream: bytes, sizes: list[int], longest: int = LONGEST) -> tuple[bytes, int, bytes, int]:
    """(kept, messages, aside, too long), as a receiver that gets these blocks comes to them."""
    waiting, rest, place = b"", 0, 0
    kept, aside, messages, too_long = [], [], 0, 0
    blocks = []
    for size in sizes:
        blocks.append(stream[place : place + size])
        place += size
    for block in (*blocks, stream[place:]):
        waiting += block
        found = cut(waiting, rest, longest)
        kept += [bytes(piece) for piece in found.kept]
        aside += [bytes(piece) for piece in found.aside]
        messages += found.messages
        too_long += found.too_long
        waiting, rest = waiting[found.taken :], found.rest
    last = end(waiting, rest, is_orderly=True)
    kept += [bytes(piece) for piece in last.kept]
    aside += [bytes(piece) for piece in last.aside]
    return b"".join(kept), messages + last.messages, b"".join(aside), too_long


@given(STREAMS, st.lists(st.integers(0, 30), max_size=10))
def test_framing_finds_the_same_messages_however_the_stream_is_cut(stream: bytes, sizes: list[int]) -> None:
    assert read_in_blocks(stream, sizes) == read_in_blocks(stream, [])


@given(st.lists(BODIES | LINES.filter(bool), max_size=12), st.booleans())
def test_framing_loses_no_byte_of_a_message(bodies: list[bytes], is_counted: bool) -> None:
    if is_counted:
        sent = [body if body.startswith(b"<") else b"<" + body for body in bodies]
        stream = b"".join(b"%d %s" % (len(body), body) for body in sent)
    else:
        sent = [b"<1>" + body.replace(b"\n", b" ") for body in bodies]
        stream = b"".join(body + b"\n" for body in sent)
    kept, messages, aside, _ = read_in_blocks(stream, [], longest=1000)
    assert messages == len(sent)
    assert aside == b""
    assert kept == b"".join(piece for body in sent for piece in as_kept(body))


@given(st.lists(BODIES, max_size=12))
def test_spool_is_cut_into_the_messages_that_it_was_made_of(bodies: list[bytes]) -> None:
    spool = b"".join(piece for body in bodies for piece in as_kept(body))
    again, messages, aside, _ = read_in_blocks(spool, [], longest=1000)
    assert (again, messages, aside) == (spool, len(bodies), b"")


def test_message_with_line_ends_of_its_own_stays_whole_for_the_cutter_of_frames() -> None:
    bodies = [
        b"<110>1 - h a - - - <AuditMessage>\n<x/>\n</AuditMessage>",
        b"<110>1 - h a - - - <AuditMessage/>",
    ]
    spool = b"".join(piece for body in bodies for piece in as_kept(body))
    records = [text for batch in SyslogCutter().cut(iter([spool])) for text in batch["record"].to_pylist()]
    assert records == [body.decode() for body in bodies]


@pytest.mark.parametrize(
    ("stream", "kept", "messages"),
    [
        (b"<1>a\n<1>b\n", b"<1>a\n<1>b\n", 2),
        (b"5 <1>ab6 <1>abc", b"<1>ab\n<1>abc\n", 2),
        (b"<1>a\n5 <1>ab<1>c\n", b"<1>a\n<1>ab\n<1>c\n", 3),
        (b"7 <1>a\nbc", b"7 <1>a\nbc\n", 1),
        (b"6 <1>ab\n", b"<1>ab\n", 1),
        (b"\n\n<1>a\r\n", b"<1>a\r\n", 1),
        (b"10 green bottles\n", b"10 green bottles\n", 1),
        (b"2026-01-02T03:04:05Z no priority\n", b"2026-01-02T03:04:05Z no priority\n", 1),
        (b"<1>without an end", b"<1>without an end\n", 1),
    ],
    ids=[
        "lines",
        "counted",
        "mixed",
        "line end inside",
        "line end counted",
        "empty lines",
        "number",
        "date",
        "no end",
    ],
)
def test_framing_keeps_messages_as_lines(stream: bytes, kept: bytes, messages: int) -> None:
    assert read_in_blocks(stream, [])[:2] == (kept, messages)


def test_framing_sets_aside_what_is_too_long_and_goes_on_behind_it() -> None:
    long = b"x" * 100
    stream = b"<1>a\n" + long + b"\n<1>b\n" + b"105 <1>" + long + b"\n<" + b"5 <1>cd"
    kept, messages, aside, too_long = read_in_blocks(stream, [7, 9, 50])
    assert (kept, messages, too_long) == (b"<1>a\n<1>b\n<1>cd\n", 3, 2)
    assert aside == long + b"\n" + b"<1>" + long + b"\n<"


def test_framing_holds_no_more_than_a_message_of_a_line_without_end() -> None:
    found = cut(b"x" * 41, 0, LONGEST)
    assert found.rest == TO_LINE_END
    again = cut(b"x" * 1000, found.rest, LONGEST)
    assert (again.taken, again.rest, again.messages) == (1000, TO_LINE_END, 0)


@pytest.mark.parametrize(
    ("left", "rest", "is_orderly"),
    [(b"<1>half", 0, False), (b"20 <1>half", 0, True), (b"more", TO_LINE_END, True)],
    ids=["cut line", "counted", "too long"],
)
def test_framing_sets_aside_what_was_never_whole(left: bytes, rest: int, is_orderly: bool) -> None:
    found = end(left, rest, is_orderly=is_orderly)
    assert (found.messages, [bytes(piece) for piece in found.aside]) == (0, [left])
