# SPDX-License-Identifier: Apache-2.0
"""Whatever is done to a journal afterwards, a byte or a line, its check tells.

The last head is kept elsewhere too (in CURRENT): with it no cut of the tail passes, not even one that puts
HEAD right.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tocsin.core.errors import TamperedError
from tocsin.journal import Journal, check_journal

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
BODIES = st.dictionaries(TEXT, TEXT | st.integers() | st.booleans() | st.none() | st.floats(0, 1), max_size=3)
ENTRIES = st.lists(st.tuples(TEXT, BODIES, TEXT), min_size=1, max_size=6)


@contextmanager
def a_journal(entries: list[tuple[str, dict[str, object], str]]) -> Iterator[tuple[Path, str]]:
    """A folder with these entries, and its head as it was committed."""
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        journal = Journal(Path(name))
        for kind, body, by in entries:
            journal.append(kind, body, by=by)  # type: ignore[arg-type]
        assert check_journal(Path(name), [journal.head]) == len(entries)
        yield Path(name), journal.head


def assert_told(folder: Path, head: str) -> None:
    with pytest.raises(TamperedError) as caught:
        check_journal(folder, [head])
    assert caught.value.exit_code == 1
    assert caught.value.do


def lines_of(folder: Path) -> list[bytes]:
    return (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)


def write_lines(folder: Path, lines: list[bytes]) -> None:
    (folder / "journal.jsonl").write_bytes(b"".join(lines))


def put_head_right(folder: Path) -> None:
    """As a careful forger would: HEAD repeats whatever the last line claims."""
    lines = lines_of(folder)
    last = lines[-1].decode("utf-8", "replace") if lines else ""
    claimed = last.split('"hash":"')[-1][:64] if lines else "0" * 64
    (folder / "HEAD").write_text(f"{len(lines)} {claimed}\n", "utf-8")


@given(ENTRIES, st.data())
def test_change_of_one_byte_is_told(entries, data) -> None:
    with a_journal(entries) as (folder, head):
        content = bytearray((folder / "journal.jsonl").read_bytes())
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
        (folder / "journal.jsonl").write_bytes(content)
        assert_told(folder, head)


@given(ENTRIES, st.data(), st.booleans())
def test_removal_of_lines_is_told(entries, data, forged) -> None:
    with a_journal(entries) as (folder, head):
        lines = lines_of(folder)
        kept = data.draw(st.lists(st.sampled_from(range(len(lines))), unique=True, max_size=len(lines) - 1))
        write_lines(folder, [lines[n] for n in sorted(kept)])
        if forged:
            put_head_right(folder)
        assert_told(folder, head)


@given(ENTRIES, st.data())
def test_another_order_is_told(entries, data) -> None:
    with a_journal(entries) as (folder, head):
        lines = lines_of(folder)
        order = data.draw(st.permutations(range(len(lines))))
        assume(list(order) != sorted(order))
        write_lines(folder, [lines[n] for n in order])
        put_head_right(folder)
        assert_told(folder, head)


@given(ENTRIES, st.data(), st.booleans())
def test_truncation_is_told(entries, data, forged) -> None:
    with a_journal(entries) as (folder, head):
        content = (folder / "journal.jsonl").read_bytes()
        (folder / "journal.jsonl").write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
        if forged:
            put_head_right(folder)
        assert_told(folder, head)


@given(ENTRIES, st.data(), st.binary(max_size=30))
def test_insertion_of_a_line_is_told(entries, data, made_up) -> None:
    with a_journal(entries) as (folder, head):
        lines = lines_of(folder)
        inserted = data.draw(st.sampled_from([*lines, made_up.replace(b"\n", b"") + b"\n"]))
        at = data.draw(st.integers(0, len(lines)))
        write_lines(folder, [*lines[:at], inserted, *lines[at:]])
        assert_told(folder, head)


@given(ENTRIES, ENTRIES)
def test_another_chain_that_is_whole_in_itself_is_told(entries, others) -> None:
    with a_journal(entries) as (_folder, head), a_journal(others) as (other, _head):
        assert_told(other, head)


@given(ENTRIES, st.data())
def test_altered_head_is_told(entries, data) -> None:
    with a_journal(entries) as (folder, head):
        content = bytearray((folder / "HEAD").read_bytes())
        at = data.draw(st.integers(0, len(content) - 2))
        content[at] = data.draw(
            st.sampled_from(b"0123456789abcdefg").filter(lambda byte: byte != content[at])
        )
        (folder / "HEAD").write_bytes(content)
        if (folder / "HEAD").read_text("utf-8").split() == f"{len(entries)} {head}".split():
            return  # 1 and 01 are one number
        assert_told(folder, head)


@given(ENTRIES)
def test_entries_come_back_as_they_were_appended_in_both_directions(entries) -> None:
    with a_journal(entries) as (folder, head):
        opened = Journal(folder)
        assert opened.head == head
        forwards = list(opened.entries())
        assert [(e.kind, dict(e.body), e.by) for e in forwards] == [(k, dict(b), w) for k, b, w in entries]
        assert list(opened.newest_first()) == forwards[::-1]
