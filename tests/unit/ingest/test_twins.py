# SPDX-License-Identifier: Apache-2.0
"""One request in several chunks, files or runs: the same record is one event, another attempt is a retry."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.unit.ingest.scenes import GATEWAY, Scene, gateway_line, packed
from tocsin.ingest import reading, twins
from tocsin.ingest.lookup import texts_at
from tocsin.ingest.run import run
from tocsin.store.case import Case
from tocsin.store.query import load_query

MANY = "".join(gateway_line(n % 60, rid=f"r{n}", user="a", patient=f"P{n}") + "\n" for n in range(200))


def line(second: int, request: str, user: str = "x", **others: object) -> str:
    return gateway_line(second, rid=request, user=user, **others) + "\n"


def events(scene: Scene) -> list[tuple[object, ...]]:
    """(file, line, of which file and line it is a retry) of each event, in order of reading."""
    rows = scene.rows("events")
    places = {row["event_id"]: (row["file_number"], row["line_number"]) for row in rows}
    found = [(*places[row["event_id"]], places.get(row["retry_of"])) for row in rows]
    assert all(row["retry_of"] is None or row["retry_of"] in places for row in rows)
    return sorted(found)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "case", GATEWAY)


def test_same_record_in_two_files_is_one_event(scene: Scene) -> None:
    scene.write("logs/a.log", line(1, "r1") + line(2, "r2"))
    scene.write("logs/b.log", line(2, "r2") + line(3, "r3"))
    scene.ingest()
    assert events(scene) == [(0, 1, None), (0, 2, None), (1, 2, None)]
    assert scene.fates() == {"event": 3, "duplicate_record": 1}
    assert scene.ingest().is_current


def test_other_attempt_in_another_file_is_a_retry(scene: Scene) -> None:
    scene.write("logs/a.log", line(1, "r1"))
    scene.write("logs/b.log", line(2, "r1") + line(3, "r1"))
    scene.ingest()
    assert events(scene) == [(0, 1, None), (1, 1, (0, 1)), (1, 2, (0, 1))]


def test_request_that_two_acts_share_is_no_retry(scene: Scene) -> None:
    scene.write("logs/a.log", line(1, "r1", patient="P1"))
    scene.write("logs/b.log", line(2, "r1", patient="P2"))
    scene.ingest()
    assert events(scene) == [(0, 1, None), (1, 1, None)]


def test_records_without_a_request_are_never_duplicates(scene: Scene) -> None:
    scene.write("logs/a.log", gateway_line(1, user="x") + "\n" + gateway_line(9, user="x") + "\n")
    scene.write("logs/b.log", gateway_line(1, user="x") + "\n" + gateway_line(8, user="x") + "\n")
    scene.ingest()
    assert scene.fates() == {"event": 4}


def test_requests_of_two_sources_are_not_compared(tmp_path: Path) -> None:
    settings = GATEWAY + GATEWAY.replace('"gateway"', '"other"').replace("logs/*", "other/*")
    scene = Scene(tmp_path / "case", settings)
    scene.write("logs/a.log", line(1, "r1"))
    scene.write("other/b.log", line(1, "r1"))
    scene.ingest()
    assert scene.fates() == {"event": 2}


def test_new_file_repeats_a_committed_one(scene: Scene) -> None:
    scene.write("logs/a.log", line(5, "r1") + line(6, "r2"))
    scene.ingest()
    scene.write("logs/b.log", line(5, "r1") + line(7, "r2") + line(1, "r0"))
    scene.ingest()
    assert events(scene) == [(0, 1, None), (0, 2, None), (1, 2, (0, 2)), (1, 3, None)]
    assert scene.fates() == {"event": 4, "duplicate_record": 1}
    assert scene.ingest().is_current


def test_new_file_holds_the_first_attempt_of_a_committed_event(scene: Scene) -> None:
    scene.write("logs/a.log", line(5, "r1") + line(6, "r1"))
    scene.ingest()
    scene.write("logs/b.log", line(1, "r1"))
    scene.ingest()
    assert events(scene) == [(0, 1, (1, 1)), (0, 2, (1, 1)), (1, 1, None)]


def test_first_attempt_is_the_one_that_stands_when_a_duplicate_goes(scene: Scene) -> None:
    scene.write("logs/a.log", line(1, "r1") + line(7, "r7"))
    scene.write("logs/b.log", line(1, "r1") + line(2, "r1"))
    scene.ingest()
    assert events(scene) == [(0, 1, None), (0, 2, None), (1, 2, (0, 1))]


def test_equal_columns_without_equal_bytes_are_a_retry(scene: Scene) -> None:
    scene.write("logs/a.log", line(1, "r1"))
    scene.write("logs/b.log", line(1, "r1").replace('": "', '":"'))
    scene.ingest()
    assert scene.fates() == {"event": 2}
    assert sorted(str(row["retry_of"] is None) for row in scene.rows("events")) == ["False", "True"]


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")])
def test_order_in_which_files_come_does_not_matter(tmp_path: Path, order: tuple[str, ...]) -> None:
    contents = {
        "a": line(1, "r1") + line(2, "r2") + line(9, "r9"),
        "b": line(1, "r1") + line(3, "r2"),
        "c": line(4, "r2") + line(2, "r2") + line(5, "r5"),
    }

    def facts(scene: Scene) -> tuple[object, ...]:
        rows = scene.rows("events")
        at = {row["event_id"]: row["occurred_at"] for row in rows}
        return sorted(
            (row["occurred_at"], row["request"], at.get(row["retry_of"])) for row in rows
        ), scene.fates()

    whole = Scene(tmp_path / "whole", GATEWAY)
    for name, content in contents.items():
        whole.write(f"logs/{name}.log", content)
    whole.ingest()
    scene = Scene(tmp_path / "steps", GATEWAY)
    for name in order:
        scene.write(f"logs/{name}.log", contents[name])
        scene.ingest()
    assert facts(scene) == facts(whole)


def test_chunks_give_what_one_chunk_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repeated = MANY + "".join(MANY.splitlines(keepends=True)[50:90]) + line(59, "r7", "a", patient="P7")
    found = []
    for size in (96 << 20, 2_000):
        monkeypatch.setattr(reading, "CHUNK_BYTES", size)
        monkeypatch.setattr("tocsin.ingest.read.lines.BATCH_LINES", 10)
        scene = Scene(tmp_path / str(size), GATEWAY)
        scene.write("logs/a.log", repeated)
        scene.ingest()
        found.append((scene.rows("events"), scene.rows("accounting")))
    assert found[0] == found[1]
    assert [row["records"] for row in found[0][1]] == [201, 40]


def test_many_duplicates_are_compared_in_batches(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "BATCH_PLACES", 20)
    scene.write("logs/a.log", MANY)
    scene.write("logs/b.log", line(0, "first") + MANY)
    scene.ingest()
    assert scene.fates() == {"event": 201, "duplicate_record": 200}


def test_duplicate_of_an_unfinished_record_comes_back_when_that_record_goes_on(scene: Scene) -> None:
    unfinished = line(1, "r1", user="x").rstrip("\n")
    scene.write("logs/a.log", line(0, "r0") + unfinished)
    scene.write("logs/b.log", line(3, "r3") + unfinished + "\n")
    scene.ingest()
    assert scene.fates() == {"event": 3, "duplicate_record": 1}
    scene.write("logs/a.log", line(0, "r0") + unfinished + " \n")
    assert scene.ingest().files_read == 2
    assert scene.fates() == {"event": 4}
    assert events(scene) == [(0, 1, None), (0, 2, None), (1, 1, None), (1, 2, (0, 2))]
    assert scene.ingest().is_current


def test_retry_of_a_record_that_was_read_anew_is_looked_at_again(scene: Scene) -> None:
    scene.write("logs/a.log", line(0, "r0") + line(1, "r1").rstrip("}\n") + "}")
    scene.write("logs/b.log", line(3, "r3") + line(4, "r1"))
    scene.ingest()
    assert (1, 2, (0, 2)) in events(scene)
    scene.write("logs/a.log", line(0, "r0") + line(1, "r1").rstrip("\n") + "broken\n")
    scene.ingest()
    assert events(scene) == [(0, 1, None), (1, 1, None), (1, 2, None)]


def test_record_in_a_file_that_is_gone_is_not_taken_for_a_duplicate(scene: Scene) -> None:
    scene.write("logs/a.log", line(1, "r1"))
    scene.ingest()
    (scene.folder / "logs/a.log").unlink()
    scene.write("logs/b.log", line(2, "r2") + line(1, "r1"))
    report = scene.ingest()
    assert [code for code, _, _ in report.warnings] == ["unverified_duplicates"]
    assert scene.fates() == {"event": 3}
    assert (1, 2, (0, 1)) in events(scene)


def test_part_that_no_correction_touches_stays_as_it_is(scene: Scene) -> None:
    scene.write("logs/a.log", line(1, "r1") + MANY)
    scene.ingest()
    before = scene.parts()["events"]
    scene.write("logs/b.log", line(2, "r1") + line(9, "new"))
    scene.ingest()
    after = scene.parts()["events"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert before["parts"][0] in after["parts"]


def test_texts_are_found_where_their_records_stand(scene: Scene) -> None:
    scene.write("logs/a.log", MANY)
    scene.write("logs/b.log.gz", gzip.compress(line(3, "é").encode()))
    with Case(scene.folder, by="tests") as case:
        run(case)
        with case.engine("events") as engine:
            rows = engine.rows("select file_number, byte_offset, request from events")
        places = [(int(str(number)), int(str(offset)), 0) for number, offset, _ in rows]
        found = texts_at(case, places)
    assert len(found) == 201
    for (number, offset, request), place in zip(rows, places, strict=True):
        assert (number, offset, 0) == place
        assert f'"rid": "{request}"' in found[place] or request == "é"


@pytest.mark.parametrize("name", ["a!b.zip", "a.zip"])
def test_text_is_found_in_an_archive(scene: Scene, name: str) -> None:
    scene.write(f"logs/{name}", packed("zip", MANY.encode(), "in!side.log"))
    with Case(scene.folder, by="tests") as case:
        run(case)
        assert texts_at(case, [(0, 0, 0), (0, 1, 0), (7, 0, 0)]) == {(0, 0, 0): MANY.splitlines()[0]}


def test_text_is_not_shown_from_a_file_that_has_changed(scene: Scene) -> None:
    scene.write("logs/a.log", MANY)
    scene.ingest()
    scene.write("logs/a.log", MANY + line(1, "more"))
    with Case(scene.folder, by="tests") as case:
        assert len(texts_at(case, [(0, 0, 0)])) == 1
    scene.write("logs/a.log", MANY.replace("P7", "P8"))
    with Case(scene.folder, by="tests") as case:
        assert texts_at(case, [(0, 0, 0)]) == {}
    (scene.folder / "logs/a.log").unlink()
    with Case(scene.folder, by="tests") as case:
        assert texts_at(case, [(0, 0, 0)]) == {}


@pytest.mark.parametrize(
    "name", ["twin_requests", "alike_events", "dropped_events", "affected_parts", "corrected_events"]
)
def test_query_keeps_to_its_header(name: str) -> None:
    assert load_query("tocsin.ingest", name).sql
