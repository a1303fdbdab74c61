# SPDX-License-Identifier: Apache-2.0
"""A commit cut at any place: the old generation or the new one stands whole, and the next run goes on.

The folder is copied as it lies on the disk at the n-th system call of a commit, and opened again there.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from tests.made_case import put, rows_of
from tests.unit.store.committed import (
    AFTER,
    BEFORE,
    NEW,
    OLD,
    assert_whole,
    bytes_of,
    make_old,
    standing,
    write_new,
)
from tocsin.core.errors import TamperedError
from tocsin.journal import check_journal
from tocsin.store.case import Case

CALLS = ("replace", "fsync", "unlink", "rmdir", "mkdir", "open", "ftruncate")


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where something is brought to the disk is a place to stop at; the disk itself is not tested."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


class Crash(BaseException):
    """The machine stops here."""


class Breaker:
    """Stops at the n-th call of the system, before it or after it; keeps the folder as it lies then."""

    def __init__(
        self, folder: Path, image: Path, at: int, *, after: bool, error: type[BaseException]
    ) -> None:
        self.folder, self.image, self.at, self.after, self.error = folder, image, at, after, error
        self.calls = 0

    def around(self, real: object) -> object:
        def call(*args: object, **kwargs: object) -> object:
            self.calls += 1
            now = self.calls == self.at
            if now and not self.after:
                self.stop()
            try:
                return real(*args, **kwargs)  # type: ignore[operator]
            finally:
                if now and self.after:
                    self.stop()

        return call

    def stop(self) -> None:
        self.calls += 10_000  # what is cleared up on the way out is not counted, nor in the image
        shutil.copytree(self.folder, self.image)
        raise self.error


def crash_at(
    folder: Path, at: int, *, after: bool = False, error: type[BaseException] = Crash
) -> tuple[Path, bool]:
    """Cut a second commit at its n-th call; the image of the disk, and whether there was such a call."""
    make_old(folder)
    image = folder.with_name("image")
    breaker = Breaker(folder, image, at, after=after, error=error)
    with pytest.MonkeyPatch.context() as patch, Case(folder, by="tests") as case:
        for name in CALLS:
            patch.setattr(os, name, breaker.around(getattr(os, name)))
        try:
            put(case, **NEW)
        except error:
            return image, True
    return folder, False


def calls_of_a_commit(folder: Path) -> int:
    """How many places there are to stop at."""
    make_old(folder)
    breaker = Breaker(folder, folder, 0, after=False, error=Crash)
    with pytest.MonkeyPatch.context() as patch, Case(folder, by="tests") as case:
        for name in CALLS:
            patch.setattr(os, name, breaker.around(getattr(os, name)))
        put(case, **NEW)
    return breaker.calls


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_commit_stands_whole_or_not_at_all_when_it_is_cut_anywhere(tmp_path: Path, after: bool) -> None:
    make_old(tmp_path / "whole")
    write_new(tmp_path / "whole")
    whole = bytes_of(tmp_path / "whole" / "tables")
    places = calls_of_a_commit(tmp_path / "counted")
    assert places > 15
    seen = []
    for at in range(1, places + 1):
        image, stopped = crash_at(tmp_path / f"{at}" / "case", at, after=after)
        assert stopped
        found = assert_whole(image)
        seen.append(found == AFTER)
        if at % 8 == 0:
            write_new(image)
            assert bytes_of(image / "tables") == whole
    assert seen == sorted(seen), "what stood once does not fall again"
    assert {True, False} == set(seen)


def test_case_goes_on_when_a_commit_failed_in_the_same_process(tmp_path: Path) -> None:
    for at in range(1, calls_of_a_commit(tmp_path / "counted") + 1, 3):
        folder = tmp_path / f"{at}"
        make_old(folder)
        with Case(folder, by="tests") as case:
            breaker = Breaker(folder, tmp_path / f"image-{at}", at, after=False, error=OSError)
            with pytest.MonkeyPatch.context() as patch:
                for name in CALLS:
                    patch.setattr(os, name, breaker.around(getattr(os, name)))
                # A call may have failed where nothing hangs on it: a folder that is there already.
                with suppress(OSError):
                    put(case, **NEW)
            put(case, claims=NEW["claims"])
            assert rows_of(case, "claims")[0]["grade"] == "proven"
            assert standing(case)["judged"] in (BEFORE["judged"], AFTER["judged"])
        with Case(folder, by="tests") as case:
            case.generations.verify(case.generation)
        check_journal(folder / "journal")


def test_unfinished_commit_is_completed_when_all_its_parts_are_there(tmp_path: Path) -> None:
    image = appended_image(tmp_path)
    assert assert_whole(image) == AFTER


def test_unfinished_commit_is_voided_when_a_part_is_lost(tmp_path: Path) -> None:
    image = appended_image(tmp_path)
    [lost] = (image / "tables" / ".staging" / "judged").iterdir()
    lost.unlink()
    assert assert_whole(image) == BEFORE
    entries = (image / "journal" / "journal.jsonl").read_text("utf-8").splitlines()
    assert '"store:generation:voided"' in entries[-1]
    write_new(image)
    assert assert_whole(image) == AFTER


def test_unfinished_commit_is_voided_when_a_part_is_not_what_was_written(tmp_path: Path) -> None:
    image = appended_image(tmp_path)
    [altered] = (image / "tables" / ".staging" / "judged").iterdir()
    altered.write_bytes(altered.read_bytes()[:-1] + b"?")
    assert assert_whole(image) == BEFORE


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.5, 0.99])
def test_torn_entry_counts_for_nothing(tmp_path: Path, kept: float) -> None:
    image = appended_image(tmp_path)
    journal = image / "journal" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    torn = lines[-1][: int(kept * (len(lines[-1]) - 1))]
    journal.write_bytes(b"".join(lines[:-1]) + torn)
    before = (image / "journal" / "HEAD").read_bytes()
    assert assert_whole(image) == BEFORE
    assert (image / "journal" / "HEAD").read_bytes() == before


def test_case_opens_when_head_is_one_entry_behind(tmp_path: Path) -> None:
    image = appended_image(tmp_path)
    assert (image / "journal" / "HEAD").read_text("utf-8").startswith("1 ")
    assert assert_whole(image) == AFTER
    assert (image / "journal" / "HEAD").read_text("utf-8").startswith("2 ")


def test_case_is_refused_when_the_tail_of_its_journal_was_cut(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    make_old(folder)
    write_new(folder)
    journal = folder / "journal" / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole.splitlines(keepends=True)[0])
    with pytest.raises(TamperedError):
        Case(folder, by="tests")
    assert journal.read_bytes() != whole
    journal.write_bytes(whole)
    assert assert_whole(folder) == AFTER


def test_case_is_refused_and_left_alone_when_its_journal_lost_its_last_line_end(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    make_old(folder)
    write_new(folder)
    journal = folder / "journal" / "journal.jsonl"
    cut = journal.read_bytes()[:-1]
    journal.write_bytes(cut)
    with pytest.raises(TamperedError):
        Case(folder, by="tests")
    assert journal.read_bytes() == cut


@pytest.mark.parametrize("key", ["generation", "code", "journal_head", "tables"])
def test_case_is_refused_when_current_is_not_what_the_journal_says(tmp_path: Path, key: str) -> None:
    make_old(tmp_path)
    current = tmp_path / "tables" / "CURRENT"
    text = current.read_text("utf-8")
    wrong = {"generation": ('"generation": 1', '"generation": 7'), "code": ('"code": "', '"code": "x')}
    wrong["journal_head"] = ('"journal_head": "', '"journal_head": "0')
    wrong["tables"] = ('"rows": 1', '"rows": 2')
    current.write_text(text.replace(*wrong[key]), "utf-8")
    assert current.read_text("utf-8") != text
    with pytest.raises(TamperedError, match="CURRENT is not what the journal says"):
        Case(tmp_path, by="tests")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"7", b'{"tables": 3}', b"\xff\xfe", b"[" * 9999])
def test_case_is_refused_when_current_is_not_readable(tmp_path: Path, content: bytes) -> None:
    make_old(tmp_path)
    (tmp_path / "tables" / "CURRENT").write_bytes(content)
    with pytest.raises(TamperedError, match="CURRENT is not readable"):
        Case(tmp_path, by="tests")


def test_case_starts_anew_when_current_is_removed_and_a_part_was_altered(tmp_path: Path) -> None:
    make_old(tmp_path)
    (tmp_path / "tables" / "controllers.parquet").write_bytes(b"altered")
    (tmp_path / "tables" / "CURRENT").unlink()
    with Case(tmp_path, by="tests") as case:
        assert case.generation.number == 0
        put(case, **OLD)
    assert assert_whole(tmp_path) == BEFORE


def test_case_comes_back_when_current_alone_was_removed(tmp_path: Path) -> None:
    make_old(tmp_path)
    (tmp_path / "tables" / "CURRENT").unlink()
    assert assert_whole(tmp_path) == BEFORE


def appended_image(tmp_path: Path) -> Path:
    """The disk as a second commit leaves it just after its entry is in the journal."""
    folder = tmp_path / "case"
    make_old(folder)
    image = tmp_path / "image"
    with pytest.MonkeyPatch.context() as patch, Case(folder, by="tests") as case:

        def stop() -> None:
            shutil.copytree(folder, image)
            raise Crash

        patch.setattr(case.journal, "_write_head", stop)
        with pytest.raises(Crash):
            put(case, **NEW)
    return image
