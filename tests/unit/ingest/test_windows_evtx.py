# SPDX-License-Identifier: Apache-2.0
"""A Windows event log in a case: recognised, read, and a copy of it is not counted twice."""

from __future__ import annotations

from pathlib import Path

from tests.unit.ingest.evtx_writing import log_of, sample
from tests.unit.ingest.scenes import Scene

SOURCE = '[[sources]]\nname = "security"\npaths = ["*.evtx"]\n'


def test_log_is_recognised_and_read_into_a_case(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case", SOURCE)
    scene.write("a.evtx", log_of(*sample()))
    scene.ingest()
    events = sorted(scene.rows("events"), key=lambda event: str(event["occurred_at"]))
    told = [(event["action"], event["account"]) for event in events]
    assert told == [
        ("login", "hélène.durand"),
        ("login_failed", "administrateur"),
        ("logout", "hélène.durand"),
    ]


def test_record_kept_in_two_files_is_one_event(tmp_path: Path) -> None:
    first, second = sample()
    scene = Scene(tmp_path / "case", SOURCE)
    scene.write("a.evtx", log_of(first))
    scene.write("b.evtx", log_of(first, second))
    scene.ingest()
    assert len(scene.rows("events")) == 3
