# SPDX-License-Identifier: Apache-2.0
"""Windows event logs that are cut, overwritten or not there: every record has its fate, nothing stops."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ingest.evtx_writing import log_of, sample
from tocsin.ingest.read import evtx_records
from tocsin.ingest.read.evtx_records import CHUNK_BYTES, HEADER_BYTES, EvtxCutter

WHOLE = log_of(*sample())


def cut(content: bytes, block: int = 1 << 20) -> list[dict[str, object]]:
    blocks: Iterator[bytes] = (content[at : at + block] for at in range(0, len(content), block))
    found: list[dict[str, object]] = []
    for batch in EvtxCutter().cut(blocks):
        found.extend(pa.Table.from_batches([batch]).to_pylist())
    return found


def test_records_are_found_however_the_blocks_fall() -> None:
    assert cut(WHOLE, 7_000) == cut(WHOLE)
    assert [row["mark"] for row in cut(WHOLE)] == [None, None, None]


def test_offsets_lead_to_the_records_signature() -> None:
    places = [int(str(row["byte_offset"])) for row in cut(WHOLE)]
    assert {WHOLE[place : place + 4] for place in places} == {b"**\x00\x00"}


@pytest.mark.parametrize("kept", [0, 100, HEADER_BYTES, HEADER_BYTES + 10, HEADER_BYTES + 600])
def test_log_cut_early_gives_no_record_that_is_not_there(kept: int) -> None:
    assert all(row["mark"] == "broken" for row in cut(WHOLE[:kept]))


def test_chunk_that_is_overwritten_costs_only_itself() -> None:
    damaged = bytearray(WHOLE)
    damaged[HEADER_BYTES : HEADER_BYTES + 8] = b"\xff" * 8
    assert [row["mark"] for row in cut(bytes(damaged))] == ["broken", None]


def test_chunk_of_zeros_is_space_that_was_not_used() -> None:
    assert cut(WHOLE + b"\x00" * CHUNK_BYTES) == cut(WHOLE)


def test_bytes_that_came_between_do_not_hide_the_next_chunk() -> None:
    moved = WHOLE[: HEADER_BYTES + CHUNK_BYTES] + b"junk" + WHOLE[HEADER_BYTES + CHUNK_BYTES :]
    assert [row["mark"] for row in cut(moved)] == [None, None, "broken", None]


def test_record_longer_than_any_may_be_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evtx_records, "MAX_RECORD", 100)
    assert {row["mark"] for row in cut(WHOLE)} == {"too_long"}


@settings(max_examples=150)
@given(
    place=st.integers(HEADER_BYTES, HEADER_BYTES + 2_500),
    noise=st.binary(min_size=1, max_size=12),
    repeat=st.integers(1, 40),
)
def test_overwritten_bytes_stop_nothing(place: int, noise: bytes, repeat: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[place : place + len(noise) * repeat] = noise * repeat
    rows = cut(bytes(damaged))
    assert rows[-1]["mark"] is None
    assert len({row["byte_offset"] for row in rows}) == len(rows)
