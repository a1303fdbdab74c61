# SPDX-License-Identifier: Apache-2.0
"""Encrypted copies of inputs: what was read comes back, byte by byte, to who holds the key; else nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.ingest.scenes import WEB, Scene
from tests.unit.store.test_seal import seal_settings
from tocsin.core.errors import InputError
from tocsin.ingest.run import run
from tocsin.store import copies
from tocsin.store.case import Case
from tocsin.store.copies import MAGIC, PIECE, copy_path, keep_copy, open_copy, restore_copy
from tocsin.store.seal import KEY_VARIABLE, CaseKey, make_key_pair

LINE = '10.0.0.1 - dr.synthetique [21/Jul/2020:09:00:00 +0000] "GET /p/1 HTTP/1.1" 200 5\n'
COPIED = WEB + "copy = true\n"


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    private = tmp_path / "dpo.key"
    public = make_key_pair(private)
    monkeypatch.setenv(KEY_VARIABLE, str(private))
    scene = Scene(tmp_path / "case", COPIED + seal_settings(public))
    scene.write("logs/a.log", LINE * 3)
    return scene


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def ingest(scene: Scene) -> None:
    with Case(scene.folder, by="test") as case:
        run(case)


def test_copy_gives_the_log_back_when_the_log_is_gone(scene: Scene, tmp_path: Path) -> None:
    ingest(scene)
    [entry] = json.loads((scene.folder / "evidence" / "inputs.json").read_text("utf-8"))
    copy = scene.folder / entry["copy"]
    assert b"synthetique" not in copy.read_bytes()
    (scene.folder / "logs" / "a.log").unlink()
    with Case(scene.folder, by="test", read_only=True) as case:
        size = restore_copy(case, entry["sha256"], tmp_path / "back.log")
    assert (tmp_path / "back.log").read_text("utf-8") == LINE * 3
    assert size == len(LINE) * 3


def test_copy_is_kept_once_when_nothing_changed_and_again_when_the_file_grew(scene: Scene) -> None:
    ingest(scene)
    ingest(scene)
    assert len(list((scene.folder / "evidence" / "copies").iterdir())) == 1
    scene.write("logs/a.log", LINE * 4)
    ingest(scene)
    assert len(list((scene.folder / "evidence" / "copies").iterdir())) == 2


def test_copy_is_refused_when_the_case_has_no_key(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case", COPIED)
    scene.write("logs/a.log", LINE)
    with pytest.raises(InputError) as refused:
        ingest(scene)
    assert refused.value.code == "copy_without_key"
    assert not (scene.folder / "tables" / "CURRENT").exists()


def test_copy_is_refused_when_the_file_changes_meanwhile(tmp_path: Path) -> None:
    original = tmp_path / "a.log"
    original.write_bytes(b"after")
    with pytest.raises(InputError) as refused:
        keep_copy(tmp_path, original, digest_of(b"before"), CaseKey.made())
    assert refused.value.code == "file_changed"
    assert list((tmp_path / "evidence" / "copies").iterdir()) == []


@pytest.mark.parametrize("size", [0, 1, 1_000, 1_001, 3_000])
def test_copy_holds_every_byte_whatever_the_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(copies, "PIECE", 1_000)
    monkeypatch.setattr(copies, "_SEALED_PIECE", 1_000 + copies._SEALED_PIECE - PIECE)
    content = bytes(range(256)) * 12
    original = tmp_path / "a.bin"
    original.write_bytes(content[:size])
    key = CaseKey.made()
    copy = keep_copy(tmp_path, original, digest_of(content[:size]), key)
    assert b"".join(open_copy(copy, key)) == content[:size]


@given(at=st.integers(0, 200), by=st.integers(1, 255), cut=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_copy_that_was_altered_or_cut_never_opens(tmp_path: Path, at: int, by: int, cut: bool) -> None:
    original = tmp_path / "a.bin"
    original.write_bytes(b"x" * 150)
    key = CaseKey.made()
    copy = keep_copy(tmp_path, original, digest_of(b"x" * 150), key)
    sealed = bytearray(copy.read_bytes())
    at %= len(sealed)
    if cut:
        del sealed[at:]
    else:
        sealed[at] ^= by
    copy.write_bytes(sealed)
    with pytest.raises(InputError) as refused:
        b"".join(open_copy(copy, key))
    assert refused.value.code == "copy_altered"
    copy.unlink()


def test_copy_does_not_open_when_something_was_added_or_the_key_is_another(tmp_path: Path) -> None:
    original = tmp_path / "a.bin"
    original.write_bytes(b"x")
    key = CaseKey.made()
    copy = keep_copy(tmp_path, original, digest_of(b"x"), key)
    assert copy.read_bytes().startswith(MAGIC)
    with pytest.raises(InputError):
        b"".join(open_copy(copy, CaseKey.made()))
    copy.write_bytes(copy.read_bytes() + b"y")
    with pytest.raises(InputError):
        b"".join(open_copy(copy, key))


@pytest.mark.parametrize("digest", ["", "../../case.toml", "0" * 64])
def test_nothing_is_restored_when_there_is_no_such_copy(scene: Scene, tmp_path: Path, digest: str) -> None:
    ingest(scene)
    with Case(scene.folder, by="test", read_only=True) as case, pytest.raises(InputError) as refused:
        restore_copy(case, digest, tmp_path / "back")
    assert refused.value.code == "no_copy"
    assert not copy_path(scene.folder, "0" * 64).exists()
    assert not (tmp_path / "back").exists()
