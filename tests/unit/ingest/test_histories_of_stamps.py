# SPDX-License-Identifier: Apache-2.0
"""What the rows of a table say of themselves (created, updated), held against what truly was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.ingest.past_worlds import (
    ADT,
    COPIES,
    END,
    EVERY,
    SETTINGS,
    World,
    as_csv,
    day,
    make_world,
    replayed,
)
from tests.unit.ingest.scenes import Scene
from tests.unit.ingest.test_histories import hold_against, instants, measured, rebuilt, states, told
from tocsin.core.errors import InputError

STAMPS = '[history.columns]\ncreated_at = "cree_le"\nupdated_at = "modifie_le"\n'
OF_EXTRACT = COPIES.replace("copies/*", "patients.csv") + STAMPS
TEN = range(0, 100, EVERY)
HEADER = ("ipp", "nom", "tel", "region", "cree_le", "modifie_le")


def stamped(world: World, at: datetime) -> str:
    """The registry as it was, with the dates that its own rows bear."""
    rows = []
    for person, state in sorted(world.at(at).items()):
        times = [since for since, told_of in world.past[person] if since <= at and told_of is not None]
        rows.append((person, *state.values(), times[0].isoformat(), times[-1].isoformat()))
    return as_csv(HEADER, rows)


def scene_of(folder: Path, world: World, settings: str, *copies: float) -> Scene:
    scene = Scene(folder / "case", SETTINGS + settings)
    scene.write("patients.csv", stamped(world, END))
    scene.write("adt/all.hl7", "".join(text for _at, text in sorted(world.messages)))
    for number in copies:
        scene.write(f"copies/patients-{day(number):%Y%m%dT%H%M%S}Z.csv", stamped(world, day(number)))
    return scene


def test_extract_alone_tells_who_was_not_there_yet_and_what_no_longer_changed(tmp_path: Path) -> None:
    world = make_world(seed=3, persons=14)
    scene = scene_of(tmp_path, world, OF_EXTRACT)
    rows = rebuilt(scene)
    assert measured(scene, "row") == {}
    present = world.at(END)
    for at in instants():
        truth, found = states(world, at), replayed(rows, at)
        assert not {person for person in found if person not in truth}
        for person in set(truth) & set(present):
            updated = world.past[person][-1][0]
            [row] = found[person]
            assert (row["doubts"] is None) == (at >= updated and at < END)
            assert row["doubts"] is not None or told(row) == truth[person]


def test_copies_with_their_rows_dates_know_more_and_nothing_false(tmp_path: Path) -> None:
    world = make_world(seed=3, persons=14)
    plain = hold_against(rebuilt(scene_of(tmp_path / "a", world, COPIES, *TEN)), world)
    scene = scene_of(tmp_path / "b", world, COPIES + STAMPS, *TEN)
    assert hold_against(rebuilt(scene), world) > plain
    # A copy is held out with its own rows' dates: those of the later copy alone tell of it.
    [(compared, _wrong, known, known_wrong, *_rest)] = [
        counts for copy, counts in measured(scene, "family_name").items() if "20250220" in copy
    ]
    assert 0 < known < compared
    assert known_wrong == 0


def test_rows_dates_take_nothing_from_what_messages_tell(tmp_path: Path) -> None:
    world = make_world(seed=3, persons=14)
    plain = hold_against(rebuilt(scene_of(tmp_path / "a", world, ADT, 0)), world)
    both = hold_against(rebuilt(scene_of(tmp_path / "b", world, ADT + OF_EXTRACT, 0)), world)
    assert both >= plain


def one(folder: Path, *rows: tuple[str, ...]) -> Scene:
    scene = Scene(folder / "case", SETTINGS + COPIES + STAMPS)
    scene.write("patients.csv", "ipp,nom,tel\nP1,X,5\n")
    scene.write("copies/p-20250301.csv", as_csv(HEADER, rows))
    return scene


def test_date_behind_the_copys_own_says_nothing(tmp_path: Path) -> None:
    rows = rebuilt(one(tmp_path, ("P1", "X", "5", "N", "2025-03-02", "2025-03-02")))
    [row] = replayed(rows, datetime(2025, 2, 1, tzinfo=UTC))["P1"]
    assert row["stands_in"]


def test_false_date_of_change_shows_in_the_measured_error(tmp_path: Path) -> None:
    scene = one(tmp_path, ("P1", "X", "5", "N", "2025-01-01", "2025-01-02"))
    scene.write("copies/p-20250201.csv", as_csv(HEADER, [("P1", "Y", "5", "N", "2025-01-01", "2025-01-02")]))
    scene.ingest()
    assert measured(scene, "family_name")["p-20250201.csv"][:4] == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (STAMPS.replace("modifie_le", "change_le"), "no_column"),
        (STAMPS.replace("modifie_le", "nom"), "no_date"),
    ],
)
def test_dates_that_cannot_be_read_are_refused(tmp_path: Path, settings: str, code: str) -> None:
    scene = one(tmp_path, ("P1", "X", "5", "N", "2025-01-01", "2025-01-02"))
    scene.settings(SETTINGS + COPIES + settings)
    with pytest.raises(InputError) as caught:
        scene.ingest()
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
