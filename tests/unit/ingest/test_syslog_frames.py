# SPDX-License-Identifier: Apache-2.0
"""Syslog frames of any framing; what a header says, and what it does not."""

from __future__ import annotations

import random

import pytest

from tests.unit.ingest.cutting import cut, marks
from tocsin.ingest.interface import Sample
from tocsin.ingest.read.syslog_frames import Header, SyslogCutter, header_of, is_syslog
from tocsin.ingest.read.window import Window

NEW = (
    b"<85>1 2024-05-02T08:00:00.123456+02:00 gw-1 app 12 IHE+RFC-3881 - \xef\xbb\xbf"
    b"<AuditMessage>1</AuditMessage>"
)
OLD = b"<34>May  2 08:00:00 gw-2 audit[7]: <AuditMessage>\n 2\n</AuditMessage>"
FILE = b"2024-05-02T08:00:00Z gw-3 audit: <AuditMessage>3</AuditMessage>"
ALIVE = b"<86>1 2024-05-02T08:00:01Z gw-1 app - - - alive"


def counted(*frames: bytes) -> bytes:
    return b"".join(b"%d %s" % (len(frame), frame) for frame in frames)


@pytest.mark.parametrize(
    "content",
    [
        b"\n".join((NEW, OLD, FILE)) + b"\n",
        counted(NEW, OLD) + FILE,
        counted(NEW) + b"\n" + OLD + b"\n" + FILE,
    ],
)
def test_frames_are_cut_whatever_the_framing(content: bytes) -> None:
    found = cut(SyslogCutter(), content)
    assert [text for text, _, _, _ in found] == [NEW.decode(), OLD.decode(), FILE.decode()]
    for text, offset, line, _ in found:
        assert content[offset:].startswith(text.encode())
        assert line == content[:offset].count(b"\n") + 1


def test_frame_without_audit_message_is_no_event() -> None:
    assert marks(SyslogCutter(), counted(ALIVE, NEW)) == [
        (ALIVE.decode(), "not_audit_resource"),
        (NEW.decode(), None),
    ]


def test_frame_that_declares_a_document_type_is_marked() -> None:
    frame = b"<85>1 - - - - - - <!DOCTYPE a><AuditMessage/>"
    assert marks(SyslogCutter(), frame) == [(frame.decode(), "dtd")]


def test_wrong_count_costs_no_other_frame() -> None:
    wrong = b"9%d %s" % (len(NEW), NEW)
    assert [text for text, _ in marks(SyslogCutter(), wrong + counted(OLD, ALIVE))] == [
        NEW.decode(),
        OLD.decode(),
        ALIVE.decode(),
    ]


def test_frame_longer_than_any_record_is_marked_and_passed_over() -> None:
    content = NEW + b"x" * 2_000 + b"\n" + OLD + b"\n"
    found = marks(SyslogCutter(max_record=1_000, piece=64), content)
    assert [mark for _, mark in found] == ["too_long", None]
    assert found[1][0] == OLD.decode()


@pytest.mark.parametrize(
    ("frame", "header"),
    [
        (NEW, Header("2024-05-02T08:00:00.123456+02:00", "gw-1", "app")),
        (OLD, Header(None, "gw-2", "audit")),
        (FILE, Header("2024-05-02T08:00:00Z", "gw-3", "audit")),
        (b'<85>1 - - - - - [a@1 b="]"][c@1 d="\\""] <AuditMessage/>', Header(None, None, None)),
        (b"no header at all", Header(None, None, None)),
    ],
)
def test_header_says_what_is_written_and_guesses_no_year(frame: bytes, header: Header) -> None:
    assert header_of(frame.decode()) == header


def test_only_a_file_that_begins_with_a_frame_is_syslog() -> None:
    for content in (NEW, OLD, FILE, counted(NEW), b"\xef\xbb\xbf\n" + NEW):
        assert is_syslog(Sample("a.log", content, whole=True))
    for content in (b"", b"<AuditMessage/>", b'{"a":1}', b"<?xml?>", b"<5a>1", b"hello"):
        assert not is_syslog(Sample("a.log", content, whole=True))


def test_last_frame_of_a_stream_by_lines_is_read_again_when_the_file_grows() -> None:
    cutter = SyslogCutter()
    cut(cutter, NEW + b"\n" + OLD + b"\n")
    assert (cutter.complete_bytes, cutter.complete_lines) == (len(NEW), 0)
    cut(cutter, counted(NEW, ALIVE))
    assert cutter.complete_bytes == len(counted(NEW, ALIVE))


class OneByOne(SyslogCutter):
    """Never cuts several frames together."""

    def _lines(self, window: Window) -> int:
        del window
        return 0


_PIECES = (
    *(NEW, OLD, FILE, ALIVE, b"<85>1 <!DOCTYPE a><AuditMessage/>", b"<13>Jun 11 00:00:00 h t: <AuditMessage"),
    *(b"\n", b"\n\n", b"\r\n", b" ", b"\0", b"12 <85>", b"<1234>", b"<>", b"<a>", b"goes on <AuditMessage>"),
    *(b"\xff", b"\xc3\xa9", b"<999>", b"x" * 50, b"\xef\xbb\xbf", counted(NEW, ALIVE)),
)


@pytest.mark.parametrize("seed", range(120))
def test_frames_cut_together_are_those_cut_one_by_one_when_lines_are_of_any_kind(seed: int) -> None:
    chance = random.Random(seed)
    pieces = chance.choices(_PIECES, k=chance.randrange(1, 60))
    content = b"".join(piece + (b"\n" if chance.random() < 0.7 else b"") for piece in pieces)
    longest, piece = chance.choice([1 << 20, 60, 200]), chance.choice([1 << 20, 64, 300, 1000])
    whole = [
        (cut(cutter, content), marks(cutter, content), cutter.complete_bytes, cutter.complete_lines)
        for cutter in (SyslogCutter(longest, piece), OneByOne(longest, piece))
    ]
    assert whole[0] == whole[1]
