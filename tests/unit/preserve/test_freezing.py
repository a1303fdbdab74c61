# SPDX-License-Identifier: Apache-2.0
"""What the case holds is copied whole; what changed since it was read is said; nothing is overwritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.made_case import make_case
from tocsin.core.errors import InputError
from tocsin.preserve.freezing import FileState, freeze
from tocsin.preserve.record import record_copies
from tocsin.preserve.requests import fold
from tocsin.store.case import Case

SOURCES = """
[[sources]]
name = "gateway"
paths = ["logs/gateway-*.log"]
[[sources]]
name = "odd/name"
paths = ["logs/[1].log", "logs/nothing-*.log"]
"""


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    logs = tmp_path / "case" / "logs"
    logs.mkdir(parents=True)
    for name in ("gateway-1.log", "gateway-2.log", "[1].log"):
        (logs / name).write_bytes(f"a line of {name}\n".encode())
    with make_case(tmp_path / "case", settings=SOURCES) as made:
        yield made


def read_as(case: Case, path: str, content: bytes) -> None:
    """As if ingestion had read that content there."""
    target = case.folder / "evidence" / "inputs.json"
    target.parent.mkdir(exist_ok=True)
    listed = json.loads(target.read_text()) if target.exists() else []
    digest = hashlib.sha256(content).hexdigest()
    target.write_text(json.dumps([*listed, {"path": path, "bytes": len(content), "sha256": digest}]))


def states(case: Case, folder: Path) -> dict[str, FileState]:
    return {file.path: file.state for file in freeze(case, folder).files}


def test_every_file_of_every_source_is_copied_under_its_source(case: Case, tmp_path: Path) -> None:
    found = freeze(case, tmp_path / "copies")
    assert sorted(file.copy for file in found.files) == [
        "gateway/logs/gateway-1.log",
        "gateway/logs/gateway-2.log",
        "odd%2Fname/logs/[1].log",
    ]
    for file in found.files:
        content = (tmp_path / "copies" / file.copy).read_bytes()
        assert content == (case.folder / file.path).read_bytes()
        assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert len((tmp_path / "copies" / "SHA256SUMS").read_text().splitlines()) == 3


def test_file_is_compared_with_what_was_read_of_it(case: Case, tmp_path: Path) -> None:
    whole = (case.folder / "logs/gateway-1.log").read_bytes()
    read_as(case, "logs/gateway-1.log", whole)
    read_as(case, "logs/gateway-2.log", b"a li")
    read_as(case, "logs/[1].log", b"anything else, and longer than the file itself")
    assert states(case, tmp_path / "copies") == {
        "logs/gateway-1.log": FileState.SAME,
        "logs/gateway-2.log": FileState.GROWN,
        "logs/[1].log": FileState.CHANGED,
    }


def test_file_never_read_is_copied_and_said(case: Case, tmp_path: Path) -> None:
    assert set(states(case, tmp_path / "copies").values()) == {FileState.NOT_READ}


def test_second_copy_finds_the_first(case: Case, tmp_path: Path) -> None:
    first, second = freeze(case, tmp_path / "copies"), freeze(case, tmp_path / "copies")
    assert all(file.was_there for file in second.files)
    assert first.sums_sha256 == second.sums_sha256


def test_copies_among_the_sources_are_refused(case: Case) -> None:
    with pytest.raises(InputError) as refused:
        freeze(case, case.folder / "logs")
    assert refused.value.code == "copy_among_sources"


def test_file_that_cannot_be_read_does_not_stop_the_others(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def refuse(path: Path, *arguments: object, **named: object) -> object:
        if path.name == "gateway-1.log" and path.is_relative_to(case.folder):
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    found = freeze(case, tmp_path / "copies")
    assert [one.path for one in found.failed] == ["logs/gateway-1.log"]
    assert len(found.files) == 2
    record_copies(case, found)
    assert set(fold(case.journal.entries()).copies) == {"odd/name"}


def test_link_out_of_the_case_is_copied_by_its_content(case: Case, tmp_path: Path) -> None:
    outside = tmp_path / "var.log"
    outside.write_bytes(b"elsewhere\n")
    (case.folder / "logs" / "gateway-3.log").symlink_to(outside)
    found = {file.path: file for file in freeze(case, tmp_path / "copies").files}
    copy = tmp_path / "copies" / found["logs/gateway-3.log"].copy
    assert copy.read_bytes() == b"elsewhere\n"
    assert not copy.is_symlink()


def test_list_of_evidence_that_is_broken_is_told(case: Case, tmp_path: Path) -> None:
    read_as(case, "logs/gateway-1.log", b"")
    (case.folder / "evidence" / "inputs.json").write_text("{")
    with pytest.raises(InputError):
        freeze(case, tmp_path / "copies")
