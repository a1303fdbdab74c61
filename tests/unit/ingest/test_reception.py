# SPDX-License-Identifier: Apache-2.0
"""Gaps of a received source: what was dropped is counted, who waits for us loses nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tocsin.core.settings.inputs import ListenSettings, SourceSettings
from tocsin.ingest.reception import reception_gaps

SOURCE = SourceSettings(name="app", listen=ListenSettings(udp=":514"))
PERIOD = {"from": "2026-01-02T03:04:05.000000Z", "until": "2026-01-02T03:05:05.000000Z"}


def write_diary(folder: Path, *lines: dict[str, object]) -> Path:
    diary = folder / "evidence" / "received" / "app" / "reception.jsonl"
    diary.parent.mkdir(parents=True)
    diary.write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"what": "down", "fr')
    return folder


def test_reception_gaps_count_what_the_kernel_dropped(tmp_path: Path) -> None:
    folder = write_diary(tmp_path, {"what": "dropped", **PERIOD, "missing": 7})
    (gap,) = reception_gaps([SOURCE], folder)
    assert (gap["source"], gap["kind"], gap["missing"]) == ("app", "reception", 7)
    assert str(gap["from_at"]) == "2026-01-02 03:04:05+00:00"


@pytest.mark.parametrize(
    ("datagrams", "cut", "gaps"),
    [(True, 0, 1), (False, 2, 1), (False, 0, 0)],
    ids=["udp", "cut", "they wait"],
)
def test_reception_gaps_are_where_nobody_listened_and_something_may_be_lost(
    tmp_path: Path, datagrams: bool, cut: int, gaps: int
) -> None:
    down = {"what": "down", **PERIOD, "datagrams": datagrams, "connections_cut": cut}
    assert len(reception_gaps([SOURCE], write_diary(tmp_path, down))) == gaps


def test_reception_gaps_are_none_of_a_source_that_was_never_received(tmp_path: Path) -> None:
    assert reception_gaps([SOURCE, SourceSettings(name="files", paths=["x"])], tmp_path) == []
