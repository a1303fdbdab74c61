# SPDX-License-Identifier: Apache-2.0
"""Files that logs name: whom their copies disclose, how surely, and what stays unresolved."""

from __future__ import annotations

import os
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from tests.made_case import NOON, make_case, put, rows_of
from tests.unit.scope.scenes import HEAD, KNOWN, REGISTRY, event, person
from tocsin.core.errors import InputError, SettingsError
from tocsin.core.settings import load_case
from tocsin.link.run import run as link
from tocsin.scope.copies.run import read_copies
from tocsin.scope.run import run
from tocsin.store.case import Case

FILES = '[[files]]\nname = "share"\npaths = ["share"]\n'
RULE = """
[[shows]]
action = "{action}"
object = "/f/{{file}}"
categories = ["identity.name", "health.result"]
"""
HEADS = "nom;prenom;ne_le;nir;telephone\n"
ZOE = "Martin;Zoé;1984-12-03;284127511451100;0639980001\n"
PAUL = "Petit;Paul;1975-02-01;175027511451200;\n"


def before(path: Path, days: float = 10) -> None:
    """Give a file an age, against noon."""
    at = (NOON - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))


def scene(
    folder: Path,
    files: dict[str, str],
    *events: dict[str, object],
    settings: str = FILES,
    action: str = "download",
) -> Case:
    """Run scope and link over copies of these contents, ten days old."""
    for name, held in files.items():
        path = folder / "share" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(held, "utf-8")
        before(path)
    folder.mkdir(exist_ok=True)
    (folder / "catalogue.toml").write_text(RULE.format(action=action), "utf-8")
    case = make_case(folder, settings=HEAD + KNOWN + settings, events=list(events))
    with case:
        read_copies(case)
        run(case)
        link(case)
    return case


def fetch(number: int, path: str, **more: object) -> dict[str, object]:
    return event(number, action="download", object=path, **more)


def certainties(case: Case) -> set[tuple[object, object, object]]:
    """(event, category, certainty) of all persons."""
    return {(row["event_id"], row["category"], row["certainty"]) for row in rows_of(case, "disclosures")}


def reasons(case: Case) -> dict[object, tuple[object, object]]:
    return {row["event_id"]: (row["reason"], row["bound"]) for row in rows_of(case, "unresolved")}


def counted(case: Case, category: str) -> dict[object, int]:
    """Persons by the narrowest count."""
    rows = [row["count_in"] for row in rows_of(case, "exposure") if row["category"] == category]
    return {level: rows.count(level) for level in set(rows)}


def test_each_person_of_a_file_is_told_with_what_stands_in_their_own_row(tmp_path: Path) -> None:
    case = scene(tmp_path, {"a.csv": HEADS + ZOE + PAUL + ZOE}, fetch(1, "/f/a.csv"))
    assert counted(case, "identity.name") == {"floor": 2}
    assert counted(case, "contact.phone") == {"floor": 1}
    # The rule states results, and no column is known to hold them: told of both.
    assert counted(case, "health.result") == {"floor": 2}
    assert {row["certainty"] for row in rows_of(case, "disclosures")} == {"taken"}


def test_person_of_two_files_is_counted_once(tmp_path: Path) -> None:
    files = {"a.csv": HEADS + ZOE, "b.csv": HEADS + ZOE.replace("Zoé", "ZOE") + PAUL}
    case = scene(tmp_path, files, fetch(1, "/f/a.csv"), fetch(2, "/f/b.csv"))
    assert counted(case, "identity.name") == {"floor": 2}


def test_parent_and_child_under_one_number_are_two_persons(tmp_path: Path) -> None:
    child = ZOE.replace("Zoé", "Inès").replace("1984-12-03", "2015-06-01")
    case = scene(tmp_path, {"a.csv": HEADS + ZOE + child}, fetch(1, "/f/a.csv"))
    assert counted(case, "identity.name") == {"floor": 2}


def test_reading_of_a_page_is_shown_and_taken_when_all_bytes_left(tmp_path: Path) -> None:
    held = HEADS + ZOE
    size = len(held.encode())
    acts = [
        event(number, action="read", object="/f/a.csv", bytes=sent)
        for number, sent in ((1, None), (2, size), (3, 9))
    ]
    case = scene(tmp_path, {"a.csv": held}, *acts, action="read")
    told = {(number, certainty) for number, _, certainty in certainties(case)}
    assert told == {(1, "shown"), (2, "taken"), (3, "reachable")}


def test_part_of_a_file_is_possible_only(tmp_path: Path) -> None:
    case = scene(tmp_path, {"a.csv": HEADS + ZOE + PAUL}, fetch(1, "/f/a.csv", bytes=60))
    assert counted(case, "identity.name") == {"ceiling": 2}


def test_row_that_names_nobody_adds_to_the_ceiling_alone(tmp_path: Path) -> None:
    case = scene(tmp_path, {"a.csv": HEADS + ZOE + ";;;;0639980002\n"}, fetch(1, "/f/a.csv"))
    assert counted(case, "contact.phone") == {"floor": 1, "ceiling": 1}
    assert [row["unnamed"] for row in rows_of(case, "file_copies")] == [1]


def test_file_changed_since_is_unresolved_unless_its_size_is_the_same(tmp_path: Path) -> None:
    held = HEADS + ZOE
    (tmp_path / "share").mkdir(parents=True)
    (tmp_path / "share" / "new.csv").write_text(held, "utf-8")
    before(tmp_path / "share" / "new.csv", days=-3)
    acts = [
        fetch(1, "/f/new.csv"),
        fetch(2, "/f/new.csv", bytes=12),
        fetch(3, "/f/new.csv", bytes=len(held.encode())),
    ]
    case = scene(tmp_path, {}, *acts)
    assert reasons(case) == {1: ("file_changed", None), 2: ("file_changed", None)}
    assert {number for number, _, _ in certainties(case)} == {3}


def test_as_of_stands_for_the_age_of_copies(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir(parents=True)
    (tmp_path / "share" / "new.csv").write_text(HEADS + ZOE, "utf-8")
    before(tmp_path / "share" / "new.csv", days=-3)
    settings = FILES + "as_of = 2024-01-01T00:00:00Z\n"
    case = scene(tmp_path, {}, fetch(1, "/f/new.csv"), settings=settings)
    assert counted(case, "identity.name") == {"floor": 1}


def test_longest_common_path_tells_which_copy(tmp_path: Path) -> None:
    files = {"a/list.csv": HEADS + ZOE, "b/list.csv": HEADS + PAUL + ZOE}
    case = scene(tmp_path, files, fetch(1, "/f/list.csv", file_name="srv/b/list.csv"))
    assert counted(case, "identity.name") == {"floor": 2}


def test_two_copies_that_fit_equally_leave_it_unresolved_with_the_larger_as_bound(tmp_path: Path) -> None:
    files = {"a/list.csv": HEADS + ZOE, "b/list.csv": HEADS + PAUL + ZOE}
    case = scene(tmp_path, files, fetch(1, "/f/list.csv"))
    assert reasons(case) == {1: ("file_ambiguous", 2)}


def test_two_copies_of_one_content_are_one(tmp_path: Path) -> None:
    files = {"a/list.csv": HEADS + ZOE, "b/list.csv": HEADS + ZOE}
    case = scene(tmp_path, files, fetch(1, "/f/list.csv"))
    assert counted(case, "identity.name") == {"floor": 1}


def test_size_in_the_log_tells_which_version_left(tmp_path: Path) -> None:
    files = {"a/list.csv": HEADS + ZOE, "b/list.csv": HEADS + PAUL + ZOE}
    case = scene(tmp_path, files, fetch(1, "/f/list.csv", bytes=len(files["b/list.csv"].encode())))
    assert counted(case, "identity.name") == {"floor": 2}


@pytest.mark.parametrize("path", ["/f/pack.zip", "/f/list.csv"])
def test_archive_and_member_are_both_found(tmp_path: Path, path: str) -> None:
    (tmp_path / "share").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "share" / "pack.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("in/list.csv", (2024, 1, 1, 0, 0, 0)), HEADS + ZOE)
        archive.writestr(zipfile.ZipInfo("in/other.csv", (2024, 1, 1, 0, 0, 0)), HEADS + PAUL)
    case = scene(tmp_path, {}, fetch(1, path))
    assert counted(case, "identity.name") == {"floor": 2 if path.endswith("zip") else 1}


def test_copy_that_cannot_be_read_to_its_end_is_unresolved(tmp_path: Path) -> None:
    case = scene(tmp_path, {"a.csv": HEADS + ZOE + "Petit\n"}, fetch(1, "/f/a.csv"))
    assert reasons(case) == {1: ("file_unreadable", None)}
    assert [row["unreadable"] for row in rows_of(case, "file_copies")] == ["ragged"]


def test_file_that_is_not_there_stays_of_unknown_content(tmp_path: Path) -> None:
    case = scene(tmp_path, {"a.csv": HEADS + ZOE}, fetch(1, "/f/z.csv", items=4), fetch(2, "/f/a.csv"))
    assert reasons(case) == {1: ("unknown_content", 4)}


def test_file_without_a_person_shows_nothing(tmp_path: Path) -> None:
    case = scene(tmp_path, {"a.csv": "produit;stock\ngants;12\n"}, fetch(1, "/f/a.csv"))
    assert [row["reason"] for row in rows_of(case, "nothing_shown")] == ["empty"]


def test_source_that_does_not_name_these_files_is_not_answered(tmp_path: Path) -> None:
    settings = FILES + 'sources = ["web"]\n'
    case = scene(tmp_path, {"a.csv": HEADS + ZOE}, fetch(1, "/f/a.csv"), settings=settings)
    assert reasons(case) == {1: ("unknown_content", None)}


def test_local_ids_of_a_registry_lead_to_its_persons(tmp_path: Path) -> None:
    settings = REGISTRY + FILES + 'registry = "patients"\n[files.columns]\nperson = "dossier"\n'
    (tmp_path / "share").mkdir(parents=True)
    (tmp_path / "share" / "a.csv").write_text("dossier;resultat\nP1;negatif\nP1;positif\n", "utf-8")
    before(tmp_path / "share" / "a.csv")
    (tmp_path / "catalogue.toml").write_text(RULE.format(action="download"), "utf-8")
    case = make_case(
        tmp_path,
        settings=HEAD + KNOWN + settings,
        events=[fetch(1, "/f/a.csv")],
        registry=[person("P1"), person("P2")],
    )
    with case:
        read_copies(case)
        run(case)
    assert {(row["registry"], row["person"]) for row in rows_of(case, "disclosures")} == {("patients", "P1")}
    assert {row["registry"] for row in rows_of(case, "registry")} == {"patients"}


def test_what_a_person_confirmed_of_a_column_is_remembered_for_each_file(tmp_path: Path) -> None:
    heads, settings = "nom;prenom;ne_le;obs;resultat\n", '[files.categories]\nobs = "health.result"\n'
    files = {
        "a.csv": heads + "Martin;Zoé;1984-12-03;x;\nPetit;Paul;1975-02-01;;1\n",
        "b.csv": heads + "Lopez;Ana;1990-05-05;x;\n",
    }
    acts = (fetch(1, "/f/a.csv"), fetch(2, "/f/b.csv"))
    case = scene(tmp_path, files, *acts, settings=FILES + settings + 'resultat = "none"\n')
    assert counted(case, "identity.name") == {"floor": 3}
    assert counted(case, "health.result") == {"floor": 2}


def test_reading_again_changes_nothing_and_survives_a_second_ingestion(tmp_path: Path) -> None:
    rows = rows_of(scene(tmp_path, {"a.csv": HEADS + ZOE}, fetch(1, "/f/a.csv")), "registry")
    with Case(tmp_path, by="tests") as case:
        number = case.generation.number
        read_copies(case)
        assert case.generation.number == number
        put(case, registry=[])
        read_copies(case)
        assert rows_of(case, "registry") == rows


def test_a_path_that_names_nothing_is_refused(tmp_path: Path) -> None:
    with make_case(tmp_path, settings=FILES) as case, pytest.raises(InputError) as error:
        read_copies(case)
    assert error.value.code == "no_file"


def test_registry_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text('[case]\nid = "x"\n' + FILES + 'registry = "patient"\n', "utf-8")
    with pytest.raises(SettingsError):
        load_case(tmp_path / "case.toml")
