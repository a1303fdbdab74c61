# SPDX-License-Identifier: Apache-2.0
"""A sealed case is watched, packed and detected on like any other, and leaves nothing of persons in clear."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from tests.unit.watch.platform import Platform, line, lines
from tocsin.core.errors import InputError
from tocsin.store.verify import verify_case
from tocsin.watch import packing

SEAL = """[seal]
recipients = ["{public}"]
key_file = "../key"
[[registries]]
name = "patients"
paths = ["patients-of.csv"]
local_id_identifying = true
columns = {{ person = "id", family_name = "name" }}
"""


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    private = PrivateKey.generate()
    (tmp_path / "key").write_bytes(base64.b64encode(bytes(private)))
    public = base64.b64encode(bytes(private.public_key)).decode()
    made = Platform(tmp_path / "case", SEAL.format(public=public))
    (made.folder / "patients-of.csv").write_text("id,name\n4711,Martin\n4712,Durand\n", "utf-8")
    return made


def test_sealed_case_is_watched_packed_and_detected_on(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST_STRETCHES", 2)
    platform.grow(line(0, "dr.gone", 4711) + line(1, "pat", 4712))
    alarms = platform.once()
    assert {(one["account"], one["reason"]) for one in alarms} == {
        ("dr.gone", "departed"),
        ("pat", "beyond_right"),
    }
    assert platform.states("read")[0]["detected"]
    for step in range(3):
        platform.grow(lines(range(100 * step, 100 * step + 40), "dr.a", 100 * step))
        alarms += platform.once()
    assert [one["account"] for one in alarms if one["reason"] == "burst"] == ["dr.a"]
    assert len(platform.said()) == 122
    parts = [*(platform.folder / "tables").rglob("*.parquet")]
    sealed = [path for path in parts if path.read_bytes()[:4] == b"PARE"]
    assert {"events", "findings", "registry", "session_people"} <= {
        path.relative_to(platform.folder / "tables").parts[0].removesuffix(".parquet") for path in sealed
    }
    assert verify_case(platform.folder).parts
    for path in (
        *parts,
        *(platform.folder / "watch").iterdir(),
        platform.folder / "journal" / "journal.jsonl",
    ):
        assert not any(name in path.read_bytes() for name in (b"4711", b"Martin", b"/patients/"))


def test_sealed_case_is_not_watched_without_its_key(platform: Platform) -> None:
    platform.grow(line(0, "dr.gone", 4711))
    platform.once()
    (platform.folder.parent / "key").unlink()
    with pytest.raises(InputError) as refused:
        platform.watcher(once=True).watch()
    assert refused.value.code in ("case_sealed", "no_file")
