# SPDX-License-Identifier: Apache-2.0
"""A journal takes what it can hold, refuses the rest, and stays fast when it is long."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import pytest

from tocsin.core.errors import InputError, TamperedError
from tocsin.journal import Journal, check_journal
from tocsin.journal.chain import GENESIS


def test_empty_journal_is_whole(tmp_path: Path) -> None:
    assert Journal(tmp_path).head == GENESIS
    assert check_journal(tmp_path) == 0


def test_each_entry_holds_the_hash_of_the_one_before(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    one = journal.append("a:b:c", {"n": 1}, by="CISO")
    other = journal.append("a:b:c", {"n": 2}, by="CISO")
    assert (one.previous, other.previous) == (GENESIS, one.hash)
    assert (one.number, other.number) == (1, 2)
    assert one.at.endswith("+00:00")


@pytest.mark.parametrize(
    "why", ["line\u2028separator", "tab\tand\nline", "nul\x00", "é東京", '"quoted"', "\x85"]
)
def test_text_of_any_kind_is_one_line(tmp_path: Path, why: str) -> None:
    Journal(tmp_path).append("a:b:c", {"why": why}, by=why)
    assert check_journal(tmp_path) == 1
    [entry] = Journal(tmp_path).entries()
    assert (entry.body["why"], entry.by) == (why, why)


@pytest.mark.parametrize("value", ["half \ud800", float("nan"), float("inf")])
def test_value_that_no_journal_can_hold_is_refused_and_nothing_is_written(tmp_path: Path, value) -> None:
    journal = Journal(tmp_path)
    journal.append("a:b:c", {}, by="CISO")
    with pytest.raises(InputError):
        journal.append("a:b:c", {"value": value}, by="CISO")
    assert check_journal(tmp_path) == 1
    journal.append("a:b:c", {}, by="CISO")
    assert check_journal(tmp_path) == 2


def test_entry_that_could_not_be_brought_to_the_disk_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    journal.append("a:b:c", {}, by="CISO")
    before = journal.path.read_bytes()

    def refuse(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space"):
            journal.append("a:b:c", {"n": 2}, by="CISO")
    assert journal.path.read_bytes() == before
    journal.append("a:b:c", {"n": 3}, by="CISO")
    assert check_journal(tmp_path) == 2


def test_entry_of_which_the_disk_took_a_part_leaves_no_trace(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append("a:b:c", {}, by="CISO")
    before = journal.path.read_bytes()
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, usual[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            journal.append("a:b:c", {"n": 2}, by="CISO")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert journal.path.read_bytes() == before
    journal.append("a:b:c", {"n": 3}, by="CISO")
    assert check_journal(tmp_path) == 2


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"[]", b"null", b"[" * 20_000, b'{"number":1}', b"\xff", b"7" * 5000,
     b'{"at":"","body":null,"by":"","hash":"","kind":"","number":1,"previous":""}',
     b'{"at":"","body":{},"by":"","hash":"","kind":"","number":true,"previous":""}'],
)  # fmt: skip
def test_line_that_is_no_entry_is_told(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "journal.jsonl").write_bytes(line + b"\n")
    with pytest.raises(TamperedError):
        check_journal(tmp_path)
    with pytest.raises(TamperedError):
        Journal(tmp_path)


@pytest.mark.parametrize("content", [b"", b"x", b"1", b"1 2 3", b"\xff\xff", b"-1 0"])
def test_head_that_is_not_readable_is_told(tmp_path: Path, content: bytes) -> None:
    Journal(tmp_path).append("a:b:c", {}, by="CISO")
    (tmp_path / "HEAD").write_bytes(content)
    with pytest.raises(TamperedError):
        check_journal(tmp_path)
    with pytest.raises(TamperedError):
        Journal(tmp_path)


def test_missing_head_of_a_long_journal_is_told(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for _ in range(3):
        journal.append("a:b:c", {}, by="CISO")
    (tmp_path / "HEAD").unlink()
    with pytest.raises(TamperedError, match="HEAD is missing"):
        check_journal(tmp_path)
    with pytest.raises(TamperedError, match="HEAD is missing"):
        Journal(tmp_path)


def test_long_lines_are_read_backwards_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for size in (10, 200_000, 65_536, 1):
        journal.append("a:b:c", {"text": "x" * size}, by="CISO")
    assert [len(str(e.body["text"])) for e in Journal(tmp_path).newest_first()] == [1, 65_536, 200_000, 10]


def test_journal_of_ten_thousand_entries_is_opened_at_once_and_checked_in_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    journal = Journal(tmp_path)
    for number in range(10_000):
        journal.append("report:person:read", {"person_id": number}, by="DPO")
    started = time.process_time()
    assert Journal(tmp_path).head == journal.head
    opened = time.process_time() - started
    assert check_journal(tmp_path, [journal.head]) == 10_000
    assert opened < 0.05
    assert time.process_time() - started < 5
