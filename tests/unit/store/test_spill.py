# SPDX-License-Identifier: Apache-2.0
"""What queries spill goes where it may, goes when they end, and is cleared after a run that was killed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tocsin.core.errors import MachineError
from tocsin.store import spill
from tocsin.store.spill import clear_left, spill_folder


@pytest.fixture(autouse=True)
def memory_backed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for /dev/shm, so that the machine's own is left alone."""
    folder = tmp_path / "shm"
    folder.mkdir()
    monkeypatch.setattr(spill, "MEMORY_BACKED", folder)
    return folder


def test_spill_lies_beside_the_tables_and_goes(tmp_path: Path) -> None:
    with spill_folder(tmp_path / "tables", sealed=False) as folder:
        assert folder.parent == tmp_path / "tables"
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "spilled").write_text("x")
    assert not folder.exists()


def test_spill_of_a_sealed_case_lies_in_memory(tmp_path: Path, memory_backed: Path) -> None:
    with spill_folder(tmp_path / "tables", sealed=True) as folder:
        assert folder.parent == memory_backed
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_sealed_case_stops_when_there_is_no_memory_to_spill_to(tmp_path: Path, memory_backed: Path) -> None:
    memory_backed.rmdir()
    with pytest.raises(MachineError, match="memory-backed"), spill_folder(tmp_path, sealed=True):
        pass


@pytest.mark.parametrize("sealed", [False, True])
def test_spill_goes_when_the_work_fails(tmp_path: Path, sealed: bool) -> None:
    with pytest.raises(ValueError, match="x"), spill_folder(tmp_path, sealed=sealed) as folder:
        raise ValueError("x")
    assert not folder.exists()


def test_leavings_of_a_killed_run_are_cleared_and_work_that_goes_on_is_not(
    tmp_path: Path, memory_backed: Path
) -> None:
    left = tmp_path / ".spill-left"
    left.mkdir()
    (left / "identities").write_text("x")
    in_memory = memory_backed / f"tocsin-{os.getuid()}-left"
    in_memory.mkdir()
    others = memory_backed / "tocsin-of-another-user"
    others.mkdir()
    with spill_folder(tmp_path, sealed=False) as one, spill_folder(tmp_path, sealed=True) as other:
        (one / "spilled").write_text("x")
        clear_left(tmp_path)
        assert one.exists()
        assert other.exists()
    assert not left.exists()
    assert not in_memory.exists()
    assert others.exists()


def test_folder_is_made_again_when_another_run_clears_it_before_it_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = tempfile.mkdtemp
    made = []

    def make_and_lose(**kwargs: str) -> str:
        made.append(make(**kwargs))
        if len(made) == 1:
            clear_left(tmp_path)
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", make_and_lose)
    with spill_folder(tmp_path, sealed=False) as folder:
        assert str(folder) == made[1]
        assert folder.exists()
