# SPDX-License-Identifier: Apache-2.0
"""A copy is the file, whole, or it has no name: whatever happens in the middle."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.core.errors import InputError, MachineError
from tocsin.preserve import copying
from tocsin.preserve.copying import copy_verified
from tocsin.preserve.sums import read_sums, write_sums

LINES = b"".join(b"%d a line of a log\n" % number for number in range(200_000))


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_copy_is_the_file_and_its_hash(tmp_path: Path) -> None:
    source = tmp_path / "access.log"
    source.write_bytes(LINES)
    found = copy_verified(source, tmp_path / "copies" / "access.log", head=1000)
    assert found.target.read_bytes() == LINES
    assert (found.bytes, found.sha256) == (len(LINES), digest(LINES))
    assert found.head_sha256 == digest(LINES[:1000])
    assert [path.name for path in found.target.parent.iterdir()] == ["access.log"]


@given(
    st.binary(max_size=3000),
    st.integers(0, 3000),
    st.binary(max_size=50),
    st.integers(0, 3000),
    st.integers(1, 700),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_copy_goes_on_from_any_half_way_point(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, held: int, wrong: bytes, head: int, block: int
) -> None:
    folder = tmp_path_factory.mktemp("copy")
    source, target = folder / "log", folder / "to" / "log"
    source.write_bytes(content)
    target.parent.mkdir()
    (target.parent / ".log.part").write_bytes(content[:held] + wrong)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(copying, "BLOCK", block)
        found = copy_verified(source, target, head=head)
    assert found.target.read_bytes() == content
    assert found.sha256 == digest(content)
    assert found.head_sha256 == (digest(content[:head]) if head <= len(content) else None)


def test_interrupted_copy_leaves_no_half_file_under_the_final_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "log", tmp_path / "to" / "log"
    source.write_bytes(LINES)

    def stop(_n: int) -> None:
        if (target.parent / ".log.part").stat().st_size:
            raise KeyboardInterrupt

    monkeypatch.setattr(copying, "BLOCK", 1000)
    with pytest.raises(KeyboardInterrupt):
        copy_verified(source, target, told=stop)
    assert not target.exists()
    assert 0 < (target.parent / ".log.part").stat().st_size < len(LINES)
    assert copy_verified(source, target).target.read_bytes() == LINES


def test_copy_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    source, target = tmp_path / "log", tmp_path / "to" / "log"
    source.write_bytes(LINES)
    copy_verified(source, target)
    before = target.stat().st_ino
    assert copy_verified(source, target, head=7).was_there
    assert target.stat().st_ino == before


def test_copy_never_overwrites_another_version(tmp_path: Path) -> None:
    source, target = tmp_path / "log", tmp_path / "to" / "log"
    source.write_bytes(b"first\n")
    copy_verified(source, target)
    source.write_bytes(b"other\n")
    second = copy_verified(source, target)
    assert target.read_bytes() == b"first\n"
    assert second.target.name == f"log~{digest(b'other' + chr(10).encode())[:12]}"
    assert second.target.read_bytes() == b"other\n"


def test_copy_that_reads_back_otherwise_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "log", tmp_path / "to" / "log"
    source.write_bytes(LINES)
    monkeypatch.setattr(copying, "sha256_of_file", lambda _path: "0" * 64)
    with pytest.raises(MachineError):
        copy_verified(source, target)
    assert list(target.parent.iterdir()) == []


def test_file_that_shrinks_under_the_copy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "log", tmp_path / "to" / "log"
    source.write_bytes(LINES)
    monkeypatch.setattr(copying, "BLOCK", 1000)

    def cut(_n: int) -> None:
        source.write_bytes(b"")

    with pytest.raises(InputError):
        copy_verified(source, target, told=cut)
    assert not target.exists()


def test_sums_are_read_by_sha256sum_whatever_the_name(tmp_path: Path) -> None:
    names = ["a.log", "with space.log", "back\\slash.log", "line\nend.log", "é.log"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    digests = {name: digest(name.encode()) for name in names}
    write_sums(tmp_path, digests)
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert read_sums(tmp_path) == digests


@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1), st.just("0" * 64)
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_sums_written_are_the_sums_read(
    tmp_path_factory: pytest.TempPathFactory, held: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("sums")
    write_sums(folder, held)
    assert read_sums(folder) == held


def test_sums_of_an_earlier_copy_are_kept(tmp_path: Path) -> None:
    write_sums(tmp_path, {"a": "1" * 64})
    write_sums(tmp_path, {"b": "2" * 64})
    assert list(read_sums(tmp_path)) == ["a", "b"]
