# SPDX-License-Identifier: Apache-2.0
"""Logs grow, are rotated, compressed, copied and cut: each record is read once, a second run does nothing."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from pathlib import Path

import pytest

from tests.unit.ingest.scenes import GATEWAY, WEB, Scene, gateway_line, packed, web_line, web_log
from tocsin.core.errors import InputError
from tocsin.ingest import parallel, reading
from tocsin.ingest import run as stage
from tocsin.ingest.run import IngestReport

LARGE = web_log(2_000)
"""More than the sample that a file is recognised by."""


def said(scene: Scene) -> list[tuple[object, object]]:
    return sorted((row["occurred_at"], row["object"]) for row in scene.rows("events"))


def files(scene: Scene) -> list[tuple[object, object, object]]:
    return [(row["file_number"], row["path"], row["duplicate"]) for row in scene.rows("files")]


def codes(report: IngestReport) -> list[tuple[str, str]]:
    return [(code, path) for code, _, path in report.warnings]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "case")


def test_second_run_does_nothing(scene: Scene) -> None:
    scene.write("logs/a.log", web_log(5))
    scene.write("logs/empty.log", "")
    first = scene.ingest()
    before = scene.current()
    second = scene.ingest()
    assert (first.is_current, first.files_read, first.records) == (False, 2, 5)
    assert second == IngestReport(is_current=True, files_read=0, records=0)
    assert scene.current() == before


@pytest.mark.parametrize("kind", ["plain", "gz", "zst", "zip"])
@pytest.mark.parametrize("body", [web_log(5), LARGE], ids=["small", "large"])
def test_grown_file_is_continued(scene: Scene, kind: str, body: str) -> None:
    scene.write("logs/a.log", packed(kind, body.encode()))
    scene.ingest()
    ids = {row["event_id"] for row in scene.rows("events")}
    scene.write("logs/a.log", packed(kind, (body + web_log(3, start=5_000)).encode()))
    assert scene.ingest().records == 3
    path = "logs/a.log!a.log" if kind == "zip" else "logs/a.log"
    assert files(scene) == [(0, path, False)]
    assert ids < {row["event_id"] for row in scene.rows("events")}
    assert scene.fates() == {"event": body.count("\n") + 3}


def test_file_grown_within_its_last_line_is_read_anew(scene: Scene) -> None:
    whole = web_log(4)
    scene.write("logs/a.log", whole[:-30])
    scene.ingest()
    scene.write("logs/a.log", whole)
    assert scene.ingest().records == 4
    again = Scene(scene.folder.parent / "again")
    again.write("logs/a.log", whole)
    again.ingest()
    assert scene.rows("events") == again.rows("events")
    assert scene.fates() == again.fates()


def test_empty_file_that_grows_keeps_its_number(scene: Scene) -> None:
    scene.write("logs/a.log", "")
    scene.ingest()
    scene.write("logs/a.log", web_log(2))
    scene.ingest()
    assert files(scene) == [(0, "logs/a.log", False)]
    assert scene.fates() == {"event": 2}


def test_rotated_and_compressed_file_is_known_by_its_content(scene: Scene) -> None:
    scene.write("logs/a.log", LARGE)
    scene.ingest()
    scene.write("logs/a.log.1.gz", gzip.compress(LARGE.encode()))
    scene.write("logs/a.log", web_log(3, start=3_000))
    report = scene.ingest()
    assert report.records == 3
    assert codes(report) == []
    assert files(scene) == [(0, "logs/a.log.1.gz", False), (1, "logs/a.log", False)]
    assert scene.ingest().is_current


def test_file_rotated_after_it_grew_is_continued(scene: Scene) -> None:
    scene.write("logs/a.log", web_log(5))
    scene.ingest()
    scene.write("logs/a.log.1", web_log(7))
    scene.write("logs/a.log", web_log(2, start=100))
    assert scene.ingest().records == 4
    assert files(scene) == [(0, "logs/a.log.1", False), (1, "logs/a.log", False)]
    assert scene.fates() == {"event": 9}


@pytest.mark.parametrize("body", [web_log(5), LARGE], ids=["small", "large"])
def test_same_content_twice_is_listed_and_read_once(scene: Scene, body: str) -> None:
    scene.write("logs/a.log", body)
    scene.write("logs/b.log.gz", gzip.compress(body.encode()))
    assert scene.ingest().records == body.count("\n")
    assert files(scene) == [(0, "logs/a.log", False), (0, "logs/b.log.gz", True)]
    scene.write("logs/c.log", body)
    assert scene.ingest().records == 0
    assert files(scene)[2] == (0, "logs/c.log", True)
    assert scene.ingest().is_current


@pytest.mark.parametrize("cut", [1, 100, 70_000, len(LARGE) - 1])
def test_truncated_copy_is_listed_and_not_read(scene: Scene, cut: int) -> None:
    scene.write("logs/whole.log", LARGE)
    scene.write("logs/a-copy.log", LARGE[:cut])
    scene.ingest()
    assert files(scene) == [(0, "logs/a-copy.log", True), (0, "logs/whole.log", False)] or files(scene) == [
        (0, "logs/whole.log", False),
        (0, "logs/a-copy.log", True),
    ]
    assert scene.fates() == {"event": 2_000}
    assert scene.ingest().is_current


def test_truncated_copy_that_comes_later_is_listed_and_not_read(scene: Scene) -> None:
    scene.write("logs/whole.log", LARGE)
    scene.ingest()
    scene.write("logs/copy.log", LARGE[:70_001])
    assert scene.ingest().records == 0
    assert (0, "logs/copy.log", True) in files(scene)
    assert scene.ingest().is_current


def test_whole_file_that_comes_after_its_truncated_copy_continues_it(scene: Scene) -> None:
    scene.write("logs/copy.log", LARGE[:70_001])
    scene.ingest()
    scene.write("logs/whole.log", LARGE)
    scene.ingest()
    assert files(scene) == [(0, "logs/whole.log", False), (0, "logs/copy.log", True)]
    assert scene.fates() == {"event": 2_000}
    assert scene.ingest().is_current


def test_chain_of_copies_is_read_once(scene: Scene) -> None:
    for name, lines in (("a", 3), ("b", 5), ("c", 2_000), ("d", 5), ("e", 2_000)):
        scene.write(f"logs/{name}.log", web_log(lines))
    scene.ingest()
    assert scene.fates() == {"event": 2_000}
    assert [row for row in files(scene) if not row[2]] == [(0, "logs/c.log", False)]


def test_two_files_that_grow_apart_from_one_are_both_read(scene: Scene) -> None:
    scene.write("logs/a.log", web_log(3))
    scene.ingest()
    scene.write("logs/a.log", web_log(3) + web_log(1, start=50))
    scene.write("logs/b.log", web_log(3) + web_log(1, start=60))
    report = scene.ingest()
    assert codes(report) == [("forked", "logs/b.log")]
    again = Scene(scene.folder.parent / "again")
    for name in ("a", "b"):
        again.write(f"logs/{name}.log", (scene.folder / f"logs/{name}.log").read_bytes())
    again.ingest()
    assert said(scene) == said(again)
    assert scene.ingest().is_current


def test_changed_file_is_new_and_what_was_read_stands(scene: Scene) -> None:
    scene.write("logs/a.log", web_log(5))
    scene.ingest()
    scene.write("logs/a.log", web_log(2, start=500))
    report = scene.ingest()
    assert codes(report) == [("file_changed", "logs/a.log")]
    assert files(scene) == [(0, "logs/a.log", False), (1, "logs/a.log", False)]
    assert scene.fates() == {"event": 7}
    assert scene.ingest().is_current


def test_file_that_is_gone_stands(scene: Scene) -> None:
    scene.write("logs/a.log", web_log(5))
    scene.write("logs/b.log", web_log(2, start=50))
    scene.ingest()
    (scene.folder / "logs/a.log").unlink()
    assert scene.ingest().is_current
    assert scene.fates() == {"event": 7}
    scene.write("logs/c.log", web_log(1, start=90))
    scene.ingest()
    assert scene.fates() == {"event": 8}
    assert (0, "logs/a.log", False) in files(scene)


def test_number_of_a_source_that_is_gone_is_never_given_again(scene: Scene) -> None:
    two = WEB + '[[sources]]\nname = "web2"\npaths = ["other/*"]\nformat = "web-access"\n'
    scene.settings(two)
    scene.write("logs/a.log", web_log(5))
    scene.write("other/b.log", web_log(2, start=50))
    scene.ingest()
    scene.settings(WEB)
    scene.ingest()
    assert scene.fates() == {"event": 5}
    assert files(scene) == [(0, "logs/a.log", False)]
    scene.settings(two)
    scene.ingest()
    assert files(scene) == [(0, "logs/a.log", False), (2, "other/b.log", False)]
    assert scene.fates() == {"event": 7}


def test_changed_mapping_reads_every_file_of_its_source_anew(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case", GATEWAY)
    scene.write("logs/a.log", gateway_line(1, user="x", who="y") + "\n")
    scene.write("logs/b.log", gateway_line(2, user="x", who="y") + "\n")
    scene.ingest()
    (scene.folder / "logs/b.log").unlink()
    mapping = (scene.folder / "gateway.toml").read_text().replace('"$.user"', '"$.who"')
    scene.write("gateway.toml", mapping)
    report = scene.ingest()
    assert report.files_read == 1
    assert codes(report) == [("stale_options", "logs/b.log")]
    assert [(row["file_number"], row["account"]) for row in scene.rows("events")] == [(1, "x"), (0, "y")]


def test_changed_zone_reads_anew(scene: Scene) -> None:
    scene.write("logs/a.log", web_log(5))
    scene.ingest()
    scene.settings(WEB + 'zone = "Europe/Paris"\n')
    assert scene.ingest().files_read == 1


def test_files_are_numbered_by_source_first_event_and_path(scene: Scene) -> None:
    scene.write("logs/c.log", web_log(2, start=10))
    scene.write("logs/b.log", web_log(2, start=50))
    scene.write("logs/a.log", web_log(2, start=50, agent="other"))
    scene.write("logs/0.log", "")
    scene.ingest()
    assert [path for _, path, _ in files(scene)] == [f"logs/{name}.log" for name in ("c", "a", "b", "0")]


def test_case_that_is_moved_is_still_current(scene: Scene) -> None:
    scene.write("logs/a.log", web_log(5))
    scene.ingest()
    moved = scene.folder.rename(scene.folder.parent / "moved")
    assert Scene(moved).ingest().is_current


def test_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        scene = Scene(tmp_path / name)
        scene.write("logs/a.log", LARGE)
        scene.write("logs/b.log", web_log(50, start=9_000))
        scene.ingest()
        found.append(scene.parts())
    assert found[0] == found[1]


def test_small_chunks_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = []
    for size in (96 << 20, 4_000):
        monkeypatch.setattr(reading, "CHUNK_BYTES", size)
        monkeypatch.setattr("tocsin.ingest.read.lines.BATCH_LINES", 20)
        scene = Scene(tmp_path / str(size))
        scene.write("logs/a.log", LARGE)
        scene.ingest()
        rows.append((scene.rows("events"), scene.rows("accounting")))
    assert rows[0] == rows[1]


def test_one_thread_gives_the_same_bytes_as_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK_BYTES", 4_000)
    monkeypatch.setattr("tocsin.ingest.read.lines.BATCH_LINES", 20)
    found = []
    for threads in (1, 4):
        monkeypatch.setattr(os, "cpu_count", lambda threads=threads: threads)
        monkeypatch.setattr(parallel, "MOST_WORKERS", threads)
        scene = Scene(tmp_path / str(threads))
        scene.write("logs/a.log", web_log(1_000))
        scene.write("logs/b.log", web_log(500, start=700, agent="other"))
        scene.ingest()
        found.append(scene.parts())
    assert found[0] == found[1]


def test_file_replaced_while_it_is_continued_is_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.write("logs/a.log", web_log(5))
    scene.ingest()
    scene.write("logs/a.log", web_log(9))
    before = scene.current()
    read_all = stage.read_all

    def replace_then_read(*args: object) -> object:
        scene.write("logs/a.log", web_log(9, start=100))
        return read_all(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(stage, "read_all", replace_then_read)
    with pytest.raises(InputError) as caught:
        scene.ingest()
    assert caught.value.code == "file_changed"
    assert scene.current() == before


def test_evidence_lists_what_was_read_and_keeps_what_is_gone(scene: Scene) -> None:
    scene.write("logs/a.log", web_log(5))
    scene.write("logs/b.log", web_line(900) + "\n")
    scene.ingest()
    (scene.folder / "logs/a.log").unlink()
    scene.write("logs/c.log", web_line(901) + "\n")
    scene.ingest()
    listed = json.loads((scene.folder / "evidence/inputs.json").read_text())
    assert [entry["path"] for entry in listed] == ["logs/a.log", "logs/b.log", "logs/c.log"]
    assert listed[0]["sha256"] == hashlib.sha256(web_log(5).encode()).hexdigest()
