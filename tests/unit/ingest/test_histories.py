# SPDX-License-Identifier: Apache-2.0
"""Registries' pasts rebuilt from messages, copies and audit rows, held against what truly was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from tests.unit.ingest.hl7_writing import message, segment
from tests.unit.ingest.past_worlds import (
    ADT,
    AUDIT,
    COPIES,
    END,
    EVERY,
    SETTINGS,
    World,
    as_csv,
    copy_sqlite,
    day,
    make_world,
    past_scene,
    replayed,
)
from tests.unit.ingest.scenes import Scene, packed
from tocsin.core.errors import InputError, SettingsError
from tocsin.ingest.history.warnings import history_warnings
from tocsin.store.case import Case

Rows = Sequence[Mapping[str, object]]
OURS = {"nom": "family_name", "tel": "phone"}


def rebuilt(scene: Scene) -> Rows:
    scene.ingest()
    return list(scene.rows("registry"))


def states(world: World, at: datetime) -> dict[str, tuple[str | None, ...]]:
    return {p: tuple(state[name] or None for name in OURS) for p, state in world.at(at).items()}


def told(row: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(row[name] for name in OURS.values())


def instants() -> list[datetime]:
    return [day(number / 2 + 0.01) for number in range(-4, 200, 7)]


def hold_against(rows: Rows, world: World) -> float:
    """Each row without a doubt is the truth, each truth is among the rows; gives the share of the former."""
    known = everybody = 0
    for at in instants():
        truth, found = states(world, at), replayed(rows, at)
        for person, alike in found.items():
            sure = [row for row in alike if row["doubts"] is None]
            assert not sure or (len(alike) == 1 and told(sure[0]) == truth[person])
            known += len(sure)
        for person, state in truth.items():
            alike = found.get(person, [])
            assert alike
            assert state in map(told, alike) or any(row["stands_in"] for row in alike)
        everybody += len(truth)
    return known / everybody


@pytest.mark.parametrize(
    ("histories", "copies", "known"),
    [
        ([ADT], (), 0.6),
        ([COPIES], range(0, 100, EVERY), 0.8),
        ([ADT, AUDIT, COPIES], (0, 35), 0.95),
    ],
)
def test_past_is_what_truly_was_or_says_that_it_does_not_know(
    tmp_path: Path, histories: list[str], copies: Sequence[float], known: float
) -> None:
    world = make_world(seed=3)
    rows = rebuilt(past_scene(tmp_path, world, *histories, copies=copies))
    assert hold_against(rows, world) > known


def stretches(rows: Rows, person: str) -> list[tuple[datetime, datetime, bool]]:
    far = datetime.max.replace(tzinfo=UTC)
    return sorted(
        (
            row["valid_from"]
            if isinstance(row["valid_from"], datetime)
            else datetime.min.replace(tzinfo=UTC),
            row["valid_until"] if isinstance(row["valid_until"], datetime) else far,
            row["doubts"] is None,
        )
        for row in rows
        if row["person"] == person
    )


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 95), st.sampled_from(["nom", "tel"]), st.sampled_from(["A", "B", "C"]), st.booleans()
    ),
    max_size=6,
    unique_by=lambda change: change[0],
)


@tried(max_examples=6, deadline=None)
@given(
    changes=CHANGES,
    copies=st.sets(st.integers(0, 99), max_size=4),
    messages=st.booleans(),
)
def test_rows_of_a_past_leave_no_hole_and_overlap_only_in_doubt(
    changes: list[tuple[int, str, str, bool]], copies: set[int], messages: bool
) -> None:
    world = World()
    world.be("P1", day(-5), nom="A", tel="1", region="NORD")
    for at, name, value, _ in sorted(changes):
        world.change("P1", day(at + 0.5), **{name: value})
    histories = [ADT] * messages + [COPIES] * bool(copies) or [AUDIT]
    with TemporaryDirectory() as folder:
        scene = past_scene(Path(folder), world, *histories, copies=copies)
        if not world.audit and histories == [AUDIT]:
            scene.write(
                "audit.csv", "row,field,before,after,changed,op\nP1,tel,1,1,2025-02-01T00:00:00Z,update\n"
            )
        if messages and not world.messages:
            scene.write("adt/all.hl7", pid_message("P1", "A", "20250101000000+0000", phone="1"))
        rows = rebuilt(scene)
    found = stretches(rows, "P1")
    assert found[0][0] == datetime.min.replace(tzinfo=UTC)
    assert max(until for _, until, _ in found) == datetime.max.replace(tzinfo=UTC)
    reached, sure_until = found[0][0], found[0][0]
    for since, until, is_sure in found:
        assert since <= reached
        if is_sure:
            assert since >= sure_until
            sure_until = until
        reached = max(reached, until)


def pid_message(
    person: str, name: str, at: str, *, trigger: str = "A31", control: str = "1", phone: str = "5"
) -> str:
    told_of = segment("PID", _3=f"{person}^^^CHU^PI", _5=f"{name}^X^^^^^L", _13=phone)
    return message(f"ADT^{trigger}", told_of, at=at).replace("|1|P|", f"|{control}|P|", 1)


def merge_message(gone: str, into: str, at: str, control: str) -> str:
    told_of = [segment("PID", _3=f"{into}^^^CHU^PI", _5="X^X"), segment("MRG", _1=f"{gone}^^^CHU^PI")]
    return message("ADT^A40", *told_of, at=at).replace("|1|P|", f"|{control}|P|", 1)


def archive(folder: Path, *files: str | bytes, settings: str = SETTINGS + ADT, patients: str = "") -> Scene:
    scene = Scene(folder / "case", settings)
    scene.write("patients.csv", patients or "ipp,nom,tel\nP1,NEW,5\nP2,Y,6\n")
    for number, content in enumerate(files):
        scene.write(f"adt/{number}.hl7", content)
    return scene


def fates(scene: Scene) -> dict[tuple[object, object], object]:
    return {(row["fate"], row["reason"]): row["rows"] for row in scene.rows("history_facts")}


def names_at(scene: Scene, at: datetime) -> dict[str, object]:
    found = replayed(scene.rows("registry"), at)
    return {person: rows[0]["family_name"] for person, rows in found.items() if rows[0]["doubts"] is None}


def test_messages_count_in_the_order_of_their_events_when_they_arrive_out_of_order(tmp_path: Path) -> None:
    late = pid_message("P1", "NEW", "20250301120000", control="2")
    scene = archive(tmp_path, late + pid_message("P1", "OLD", "20250201120000"))
    scene.ingest()
    assert fates(scene) == {("told", "ADT^A31"): 2, ("odd", "out_of_order"): 1}
    assert names_at(scene, day(40))["P1"] == "OLD"
    assert names_at(scene, day(70))["P1"] == "NEW"


def test_message_is_told_once_when_its_control_id_and_content_stand_twice(tmp_path: Path) -> None:
    first = pid_message("P1", "NEW", "20250201120000")
    scene = archive(tmp_path, first, first + pid_message("P2", "Y", "20250202120000"))
    scene.ingest()
    assert fates(scene) == {
        ("told", "ADT^A31"): 2,
        ("not_told", "duplicate"): 1,
        ("odd", "control_id_twice"): 2,
    }


def test_merges_in_a_ring_end_nobody(tmp_path: Path) -> None:
    ring = merge_message("P1", "P2", "20250201120000", "1") + merge_message("P2", "P1", "20250202120000", "2")
    scene = archive(tmp_path, ring)
    scene.ingest()
    assert set(replayed(scene.rows("registry"), day(60))) == {"P1", "P2"}


def test_messages_in_batches_blocks_and_archives_are_read(tmp_path: Path) -> None:
    batch = "FHS|^~\\&|A\rBHS|^~\\&|A\r" + pid_message("P1", "OLD", "20250201120000") + "BTS|1\rFTS|1\r"
    framed = "\x0b" + pid_message("P1", "NEW", "20250301120000", control="2") + "\x1c\r"
    scene = archive(tmp_path, packed("gz", batch.encode()), framed)
    scene.ingest()
    assert names_at(scene, day(40))["P1"] == "OLD"


UNUSABLE = {
    "bad_encoding": pid_message("P1", "x", "20250201120000").replace("X^", "\xff^").encode("latin-1"),
    "no_person": pid_message("", "x", "20250201120000").encode(),
    "unknown_authority": pid_message("P1", "x", "20250201120000").replace("^^^CHU^", "^^^OTHER^").encode(),
    "no_time": pid_message("P1", "x", "yesterday").encode(),
    "broken": b"MSH|^~\\&|x\r",
}


def test_messages_that_cannot_be_used_are_set_aside_each_with_its_reason(tmp_path: Path) -> None:
    scene = archive(tmp_path, *UNUSABLE.values(), pid_message("P2", "Y", "20250202120000", control="9"))
    scene.ingest()
    found = {reason: rows for (fate, reason), rows in fates(scene).items() if fate == "set_aside"}
    assert found == dict.fromkeys(UNUSABLE, 1)
    with Case(scene.folder, by="tests") as case:
        said = {code for code, _text, _where in history_warnings(case)}
    assert said == {"history", "history_error"}


def test_value_taken_away_is_empty_and_an_empty_field_says_nothing(tmp_path: Path) -> None:
    told_of = segment("PID", _3="P1^^^CHU^PI", _13='""')
    scene = archive(
        tmp_path,
        pid_message("P1", "NEW", "20250201120000", phone="0102030405"),
        message("ADT^A31", told_of, at="20250301120000"),
        patients="ipp,nom,tel\nP1,NEW,\n",
    )
    scene.ingest()
    [row] = replayed(scene.rows("registry"), day(65))["P1"]
    assert (row["family_name"], row["phone"], row["doubts"]) == ("NEW", None, None)


def test_message_takes_the_spelling_of_the_copies_when_it_says_the_same(tmp_path: Path) -> None:
    scene = archive(
        tmp_path,
        pid_message("P1", "LE GOFF", "20250201120000", phone="+33 1 02 03 04 05"),
        patients="ipp,nom,tel\nP1,Le Goff,01 02 03 04 05\n",
    )
    scene.ingest()
    [row] = replayed(scene.rows("registry"), day(40))["P1"]
    assert (row["family_name"], row["phone"], row["doubts"]) == ("Le Goff", "01 02 03 04 05", None)


def test_backup_that_is_a_database_is_a_copy(tmp_path: Path) -> None:
    world = make_world(seed=3, persons=10)
    scene = past_scene(tmp_path, world, COPIES.replace("copies/*", "copies/*.db"))
    for number in range(0, 100, EVERY):
        copy_sqlite(world, day(number), scene.folder / f"copies/base-{day(number):%Y-%m-%d_%H-%M}Z.db")
    assert hold_against(rebuilt(scene), world) > 0.7


def test_one_file_holds_several_copies_when_a_column_dates_them(tmp_path: Path) -> None:
    dated = COPIES + '[history.columns]\ncopied_at = "dump"\n'
    scene = archive(tmp_path, settings=SETTINGS + dated)
    rows = [
        ("P1", "OLD", "5", "2025-02-01"),
        ("P1", "NEW", "5", "2025-03-01"),
        ("P2", "Y", "6", "2025-03-01"),
    ]
    scene.write("copies/all.csv", as_csv(("ipp", "nom", "tel", "dump"), rows))
    scene.ingest()
    found = replayed(scene.rows("registry"), datetime(2025, 2, 15, tzinfo=UTC))
    assert {row["family_name"] for row in found["P1"]} == {"OLD", "NEW"}
    assert [row["doubts"] for row in found["P2"]] == [["family_name", "person", "phone"]]


def measured(scene: Scene, column: str) -> dict[str, tuple[int, ...]]:
    names = ("compared", "wrong", "known", "known_wrong", "missing", "extra")
    return {
        str(row["copy"]): tuple(int(str(row[name])) for name in names)
        for row in scene.rows("history_errors")
        if row["column"] == column
    }


def test_error_is_what_a_copy_held_out_shows(tmp_path: Path) -> None:
    scene = archive(
        tmp_path,
        pid_message("P1", "OLD", "20250201120000") + pid_message("P9", "Z", "20250202120000", control="2"),
        settings=SETTINGS + ADT + COPIES,
    )
    scene.write("copies/p-20250301.csv", "ipp,nom,tel\nP1,NEW,5\nP2,Y,6\n")
    scene.ingest()
    extract, copy = "patients", "p-20250301.csv"
    # P1 is told OLD and copied NEW; P9 is told of and stands in no copy; P2 stands in both copies alone.
    assert measured(scene, "row")[copy] == (3, 2, 1, 0, 0, 1)
    assert measured(scene, "family_name")[copy] == (2, 1, 1, 0, 0, 0)
    assert measured(scene, "present")[copy][4:] == (0, 1)
    assert measured(scene, "row")[extract][:2] == (2, 0)


COPY = "ipp,nom,tel\nP1,X,5\n"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("copies/patients.csv", COPY, "no_date"),
        ("copies/20250101-20250201.csv", COPY, "no_date"),
        ("copies/p-20250101.csv", COPY + "P1,Y,6\n", "local_id_twice"),
        ("copies/p-20250101.csv", COPY + ",Y,6\n", "no_key"),
        ("copies/p-20250101.csv", "ipp,tel\nP1,5\n", "no_column"),
        ("copies/p-20250101.db", b"SQLite format 3\x00" + b"x" * 200, "unreadable"),
    ],
)
def test_copy_that_cannot_be_trusted_is_refused(
    tmp_path: Path, name: str, content: str | bytes, code: str
) -> None:
    scene = archive(tmp_path, settings=SETTINGS + COPIES)
    scene.write(name, content)
    with pytest.raises(InputError) as caught:
        scene.ingest()
    assert (caught.value.code, caught.value.exit_code) == (code, 2)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (SETTINGS + ADT.replace('of = "patients"', 'of = "patient"'), "unknown_name"),
        (SETTINGS.replace("as_of", "x-as_of") + ADT, "no_date"),
        (SETTINGS + 'valid_from = "since"\n' + ADT, "two_histories"),
        (SETTINGS + COPIES + "dated = '('\n", "bad_pattern"),
        (SETTINGS + AUDIT.replace('\nold = "before"', ""), "no_key"),
        (SETTINGS + AUDIT.replace("\nold =", "\nolder ="), "unknown_key"),
        (SETTINGS + ADT + "tell = []\n", "unknown_key"),
    ],
)
def test_settings_that_tell_no_past_are_refused(tmp_path: Path, settings: str, code: str) -> None:
    scene = archive(tmp_path, pid_message("P1", "X", "20250201120000"), settings=settings)
    with pytest.raises((SettingsError, InputError)) as caught:
        scene.ingest()
    assert caught.value.code == code


def test_extract_older_than_the_window_knows_nothing_after_its_date(tmp_path: Path) -> None:
    world = make_world(seed=3, persons=5)
    rows = rebuilt(past_scene(tmp_path, world, COPIES, copies=(0,)))
    later = replayed(rows, END + timedelta(days=1))
    assert later
    assert all(row["stands_in"] for alike in later.values() for row in alike)
