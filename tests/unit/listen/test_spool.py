# SPDX-License-Identifier: Apache-2.0
"""The spool after a kill at any byte: whole stretches stand, none is doubled, the counts are the same."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.listen.spool import Arrival, Full, Spool


def arrival(text: bytes, taken: int, connection: str = "c", aside: bytes = b"") -> Arrival:
    return Arrival(
        connection,
        "tcp",
        "192.0.2.1",
        "2026-01-02T03:04:05.000000Z",
        [text],
        text.count(b"\n"),
        taken,
        len(text) + len(aside),
        0,
        [aside] if aside else (),
        1 if aside else 0,
        "too_long" if aside else "",
    )


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("messages-*.log")))


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.data())
def test_spool_is_cut_back_to_whole_stretches_when_killed_anywhere(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    spool, taken = Spool(folder), 0
    for size in sizes:
        taken += size
        spool.append([arrival(b"x" * (size - 1) + b"\n", taken, aside=b"long" if size % 2 else b"")])
    whole = content(folder)
    log, index = (next(folder.glob(name)) for name in ("messages-*.log", "*.index.jsonl"))
    # The index goes first: what a kill leaves is the whole index, or its beginning and nothing behind it.
    begun = data.draw(st.integers(index.read_bytes().index(b"\n") + 1, index.stat().st_size))
    os.truncate(index, begun)
    told = index.read_bytes().count(b"\n") - 1
    written = sum(sizes[:told])
    os.truncate(log, data.draw(st.integers(max(0, written - (sizes[told - 1] if told else 0)), written)))
    again = Spool(folder)
    kept = content(folder)
    assert whole.startswith(kept)
    assert again.totals.written.messages == kept.count(b"\n")
    assert again.totals.written.bytes == len(kept)
    assert again.positions.get("c", (0, 0))[0] == len(kept)


def test_spool_goes_on_where_it_was_left(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    first.append([arrival(b"<1>a\n", 5), arrival(b"<1>b\n", 5, "d", aside=b"long")])
    first.close()
    again = Spool(tmp_path)
    again.append([arrival(b"<1>c\n", 10)])
    assert content(tmp_path) == b"<1>a\n<1>b\n<1>c\n"
    assert (tmp_path / "set-aside.bin").read_bytes() == b"long"
    assert again.totals.told()["received"] == {"messages": 4, "bytes": 19, "stream_bytes": 19}
    assert again.positions == {"c": (10, 0), "d": (5, 0)}


def test_spool_carries_counts_and_positions_into_its_next_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path, largest=10)
    for number in range(5):
        spool.append([arrival(b"<1>abc\n", 7 * (number + 1))])
    again = Spool(tmp_path, largest=10)
    assert len(list(tmp_path.glob("messages-*.log"))) == 3
    assert again.totals.told() == spool.totals.told()
    assert again.positions == {"c": (35, 0)}


def test_spool_forgets_a_file_whose_index_was_not_begun(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([arrival(b"<1>a\n", 5)])
    (tmp_path / "messages-000002.log").touch()
    (tmp_path / "messages-000002.index.jsonl").write_bytes(b'{"carried":{}')
    again = Spool(tmp_path)
    assert again.path.name == "messages-000001.log"
    assert again.positions == {"c": (5, 0)}


def test_spool_sets_aside_what_its_index_never_told_of(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([arrival(b"<1>a\n", 5)])
    with (tmp_path / "messages-000001.log").open("ab") as file:
        file.write(b"<1>whence?\n")
    again = Spool(tmp_path)
    assert again.recovered.unindexed_bytes == 11
    assert content(tmp_path) == b"<1>a\n"
    assert (tmp_path / "set-aside.bin").read_bytes() == b"<1>whence?\n"
    assert Spool(tmp_path).totals.told() == again.totals.told()


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_spool_changes_nothing_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    spool = Spool(tmp_path)
    spool.append([arrival(b"<1>a\n", 5)])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    real, calls = os.pwrite, iter(range(1, 999))

    def half_then_full(number: int, data: bytes, place: int) -> int:
        if next(calls) < failing:
            return real(number, data, place)
        if len(data) > 1:
            return real(number, data[:1], place)
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "pwrite", half_then_full)
    with pytest.raises(Full):
        spool.append([arrival(b"<1>b\n", 10, aside=b"long")])
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    spool.append([arrival(b"<1>b\n", 10)])
    assert content(tmp_path) == b"<1>a\n<1>b\n"
    assert Spool(tmp_path).totals.told() == spool.totals.told()
