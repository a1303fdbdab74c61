# SPDX-License-Identifier: Apache-2.0
"""The spool keeps what it acknowledged, and only that, whatever happened in between."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.interface import Page
from tocsin.collect.spool import Spool
from tocsin.core.errors import InputError, MachineError, TamperedError

NAMES = ["records.ndjson", "a/b.log.gz", "../../x", ".hidden", "é" * 300, "a%2Fb"]


def lines(first: int, count: int) -> bytes:
    return b"".join(b'{"id":%d}\n' % number for number in range(first, first + count))


def opened(folder: Path) -> Spool:
    spool = Spool(folder, "app")
    spool.begin("q", "sqlite:///x")
    return spool


def content(folder: Path) -> dict[str, bytes]:
    place = folder / "evidence" / "collected" / "app"
    return {path.name: path.read_bytes() for path in sorted(place.iterdir())} if place.exists() else {}


PAGES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 3), st.binary(max_size=40), st.booleans()), max_size=12
)


@given(PAGES)
def test_spool_holds_what_was_acknowledged_when_every_append_may_be_cut(
    pages: list[tuple[str, int, bytes, bool]],
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        held: dict[str, bytes] = {}
        for number, (file, count, torn, reopened) in enumerate(pages):
            spool = opened(folder)
            records = lines(number * 10, count)
            spool.append(Page(records, f"p{number}", count, file))
            held[file] = held.get(file, b"") + records
            if reopened:
                # A kill between the bytes and the ledger's line leaves bytes that nobody acknowledged.
                with next(iter((folder / "evidence" / "collected" / "app").iterdir())).open("ab") as tail:
                    tail.write(torn)
                with (folder / "evidence" / "positions" / "app.jsonl").open("ab") as tail:
                    tail.write(b'{"file": "x", "st')
        spool = Spool(folder, "app")
        assert spool.ledger.position == (f"p{len(pages) - 1}" if pages else None)
        assert sorted(content(folder).values()) == sorted(held.values())
        assert spool.sizes() == {file: len(records) for file, records in held.items()}
        assert b"".join(spool.lines(lambda _position: False)).count(b"\n") == sum(p[1] for p in pages)
        assert not spool.foreign()


def test_spool_stays_in_its_folder_when_names_lead_out_of_it(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    for name in NAMES:
        spool.append(Page(b"x\n", name, 1, name))
    assert len(content(tmp_path)) == len(NAMES)
    assert all(not name.startswith(".") and len(name) < 256 for name in content(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"evidence"}


def test_spool_names_a_source_that_leads_elsewhere_within_the_case(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "../../x")
    spool.begin("q", "p")
    spool.append(Page(b"x\n", "1", 1))
    assert spool.folder.is_relative_to(tmp_path / "evidence" / "collected")


def test_spool_gives_the_lines_from_a_position_on(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    for number in range(4):
        spool.append(Page(lines(number * 2, 2), str(number), 2))
    found = b"".join(Spool(tmp_path, "app").lines(lambda position: int(position) < 2))
    assert found == lines(4, 4)


def test_spool_is_refused_when_it_is_shorter_than_was_acknowledged(tmp_path: Path) -> None:
    opened(tmp_path).append(Page(lines(0, 5), "1", 5))
    [path] = (tmp_path / "evidence" / "collected" / "app").iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(TamperedError):
        Spool(tmp_path, "app")


def test_spool_is_refused_when_its_last_page_was_altered(tmp_path: Path) -> None:
    opened(tmp_path).append(Page(lines(0, 5), "1", 5))
    [path] = (tmp_path / "evidence" / "collected" / "app").iterdir()
    path.write_bytes(path.read_bytes().replace(b"4", b"5"))
    with pytest.raises(TamperedError):
        Spool(tmp_path, "app").check_last()


def test_spool_is_refused_when_its_ledger_is_gone(tmp_path: Path) -> None:
    opened(tmp_path).append(Page(lines(0, 5), "1", 5))
    (tmp_path / "evidence" / "positions" / "app.jsonl").unlink()
    with pytest.raises(TamperedError):
        Spool(tmp_path, "app")


def test_spool_is_refused_when_a_line_of_its_ledger_is_none(tmp_path: Path) -> None:
    opened(tmp_path).append(Page(lines(0, 5), "1", 5))
    path = tmp_path / "evidence" / "positions" / "app.jsonl"
    path.write_bytes(b"{}\n" + path.read_bytes())
    with pytest.raises(TamperedError):
        Spool(tmp_path, "app")


def test_spool_refuses_another_question_when_records_stand(tmp_path: Path) -> None:
    opened(tmp_path).append(Page(lines(0, 5), "1", 5))
    with pytest.raises(InputError) as told:
        Spool(tmp_path, "app").begin("another", "sqlite:///x")
    assert told.value.code == "question_changed"


def test_spool_takes_another_question_when_nothing_stands(tmp_path: Path) -> None:
    opened(tmp_path)
    Spool(tmp_path, "app").begin("another", "sqlite:///x")


def test_spool_keeps_nothing_of_a_page_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = opened(tmp_path)
    spool.append(Page(lines(0, 5), "1", 5))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("tocsin.collect.ledger.os.fsync", full)
        with pytest.raises(MachineError) as told:
            spool.append(Page(lines(5, 5), "2", 5))
    assert told.value.code == "disk_full"
    assert content(tmp_path)["records.ndjson"] == lines(0, 5)
    again = Spool(tmp_path, "app")
    again.append(Page(lines(5, 5), "2", 5))
    assert content(tmp_path)["records.ndjson"] == lines(0, 10)


def test_spool_tells_a_file_that_is_not_its_own(tmp_path: Path) -> None:
    opened(tmp_path).append(Page(lines(0, 5), "1", 5))
    stray = tmp_path / "evidence" / "collected" / "app" / "stray"
    stray.write_bytes(b"x")
    assert Spool(tmp_path, "app").foreign() == [stray]


def test_spool_is_readable_for_its_owner_alone(tmp_path: Path) -> None:
    opened(tmp_path).append(Page(lines(0, 5), "1", 5))
    [path] = (tmp_path / "evidence" / "collected" / "app").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
