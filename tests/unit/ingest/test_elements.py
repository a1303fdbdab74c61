# SPDX-License-Identifier: Apache-2.0
"""Elements of one name out of a stream, with what stands between them, whatever the blocks."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tocsin.ingest.read.elements import ElementsCutter

ONE = "<Event><A>é</A></Event>"


def cut(
    content: bytes, sizes: int = 1 << 20, longest: int = 1 << 20
) -> list[tuple[object, object, object, object]]:
    blocks = (content[at : at + sizes] for at in range(0, len(content), sizes))
    found: list[tuple[object, object, object, object]] = []
    for batch in ElementsCutter("Event", "Events", longest).cut(blocks):
        rows = pa.Table.from_batches([batch]).to_pylist()
        found += [(row["record"], row["byte_offset"], row["line_number"], row["mark"]) for row in rows]
    return found


def test_elements_stand_alone_on_lines_or_in_one() -> None:
    assert [row[0] for row in cut(f"{ONE}\n{ONE}\n".encode())] == [ONE, ONE]
    assert [row[0] for row in cut(f'<?xml version="1.0"?><Events x="1">{ONE}{ONE}</Events>'.encode())] == [
        ONE,
        ONE,
    ]


def test_element_cut_by_the_next_one_is_broken() -> None:
    assert [row[3] for row in cut(f"<Event><A>\n{ONE}\n<Event>".encode())] == ["broken", None, "broken"]


def test_words_between_are_broken_and_counted_once() -> None:
    assert [(row[0], row[3]) for row in cut(f"{ONE}\nnot found\n{ONE}".encode())] == [
        (ONE, None),
        ("not found\n", "broken"),
        (ONE, None),
    ]


def test_element_that_is_too_long_is_one_record() -> None:
    long = f"<Event>{'x' * 500}</Event>{ONE}".encode()
    assert [row[3] for row in cut(long, 50, 200)] == ["too_long", None]


def test_text_without_elements_is_one_broken_record() -> None:
    assert [row[3] for row in cut(b"hello\nworld")] == ["broken"]
    assert cut(b"") == []


pieces = st.lists(
    st.sampled_from([ONE, "\n", "<Events>", "</Events>", "junk", "<Event>", "</Event>", "<!-- c -->", "é"])
)


@given(parts=pieces, size=st.integers(1, 40))
def test_blocks_change_nothing_and_offsets_lead_back(parts: list[str], size: int) -> None:
    content = "".join(parts).encode()
    rows = cut(content)
    assert cut(content, size) == rows
    for record, place, line, _mark in rows:
        assert content[int(str(place)) :].startswith(str(record).encode())
        assert line == content.count(b"\n", 0, int(str(place))) + 1
