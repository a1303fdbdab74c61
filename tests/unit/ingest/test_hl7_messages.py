# SPDX-License-Identifier: Apache-2.0
"""HL7 v2 messages: cut wherever the stream is, and read whatever they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ingest.reading_logs import rows_read
from tocsin.ingest.formats.hl7_messages import Hl7Messages
from tocsin.ingest.read.hl7_messages import Hl7Cutter

HEAD = "MSH|^~\\&|DPI|HOP|MPI|REG|20260302081504+0100||{kind}|{control}|P|2.5"


def message(kind: str, *segments: str, control: str = "1") -> str:
    return "\r".join([HEAD.format(kind=kind, control=control), *segments])


def records(stream: bytes, piece: int) -> list[dict[str, object]]:
    blocks = iter([stream[at : at + piece] for at in range(0, len(stream), piece)])
    return [row for batch in Hl7Cutter().cut(blocks) for row in batch.to_pylist()]


@given(
    st.lists(st.text("AB|^é\n\t ", max_size=12), min_size=1, max_size=6),
    st.integers(1, 60),
    st.sampled_from(["\x0b{}\x1c\r", "{}\r", "{}\n", "{}\r\n\r\n"]),
)
def test_no_message_is_lost_when_a_stream_is_cut_anywhere(notes: list[str], piece: int, frame: str) -> None:
    wanted = [message("ADT^A08", f"NTE|{note}|") for note in notes]
    stream = "".join(frame.format(one) for one in wanted).encode()
    found = records(stream, piece)
    assert [row["record"] for row in found] == wanted
    for row, text in zip(found, wanted, strict=True):
        offset = int(str(row["byte_offset"]))
        assert stream[offset:].startswith(text.encode())
        assert row["line_number"] == stream.count(b"\n", 0, offset) + 1


@given(st.binary(max_size=400))
def test_bytes_that_are_no_message_stop_nothing(noise: bytes) -> None:
    stream = message("ADT^A08").encode() + b"\r" + noise + b"\r" + message("ADT^A31").encode()
    assert records(stream, 7)[0]["record"]
    assert len(records(stream, 1000)) == len(records(stream, 7))


def test_message_of_separators_alone_is_cut_at_once() -> None:
    stream = b"MSH" + b"|" * 200_000 + b"\xff\r" + message("ADT^A08").encode()
    assert len(records(stream, 1 << 20)) == 2


@pytest.mark.parametrize(
    ("kind", "segments", "wanted"),
    [
        ("QBP^Q22", ["QPD|Q|T|@PID.5.1^DUPONT"], ("search", None, None)),
        ("QBP^Q22", ["QPD|Q|T|@PID.3.1^4711~@PID.5.1^DUPONT"], ("read", "4711", None)),
        ("QBP^Q23", ["QPD|Q|T|4711^^^HOP&1.2.3&ISO^PI"], ("read", "4711", None)),
        ("RSP^K22", ["QAK|T|NF|Q|0"], ("read", None, None)),
        ("RSP^K22", ["PID|1||4711^^^H", "PID|2||4712^^^H"], ("read", None, ["4711", "4712"])),
        ("ADT^A29", ["PID|1||9^^^INS^^NI~4711^^^H^PI"], ("delete", "4711", None)),
    ],
)
def test_message_names_whom_it_asks_for_or_shows(
    kind: str, segments: list[str], wanted: tuple[object, ...]
) -> None:
    [row] = rows_read(Hl7Messages(), message(kind, *segments))
    assert (row["action"], row["person"], row["persons"]) == wanted


def test_answer_has_its_querys_id_when_it_acknowledges_it() -> None:
    [row] = rows_read(Hl7Messages(), message("RSP^K22", "MSA|AA|Q-7", control="R-1"))
    assert (row["request"], row["outcome"]) == ("Q-7", "success")


def test_nobody_is_named_as_who_asked_when_a_message_names_applications_alone() -> None:
    [row] = rows_read(Hl7Messages(), message("QBP^Q23", "QPD|Q|T|4711^^^HOP"))
    assert (row.get("account"), row["client"]) == (None, "DPI")
