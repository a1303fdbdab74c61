# SPDX-License-Identifier: Apache-2.0
"""Each controller gets its own count, list, sheet and letter; sealed where the case is; nothing twice."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_case import make_case
from tests.unit.declare.cases import NOW, copied, demo_folder, empty_case, golden_folder, report_of
from tocsin.core.errors import InputError
from tocsin.core.words import words
from tocsin.declare.controllers import split_by_controller
from tocsin.pipeline import write_report
from tocsin.store.case import Case
from tocsin.store.seal import CaseKey
from tocsin.store.split_files import folder_name, write_lists

FR = words("fr")


def index_of(case: Case) -> list[dict[str, str]]:
    with (case.folder / "declarations/controllers/1/index.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


BOTH = pytest.mark.parametrize(
    "folder",
    [pytest.param(golden_folder, id="golden"), pytest.param(demo_folder, id="R5", marks=pytest.mark.slow)],
)


@BOTH
def test_each_controller_has_the_count_of_the_report(folder: object, tmp_path: Path) -> None:
    source = folder()  # type: ignore[operator]
    with copied(source, tmp_path) as case:
        split = split_by_controller(case, NOW, FR)
        rows = {row["controller"]: (int(row["floor"]), int(row["best"])) for row in index_of(case)}
    report = report_of(source)
    told = {
        row["id"]: (row["persons"]["floor"], row["persons"]["best"])
        for row in report["controllers"]["largest"]
    }
    assert rows == told
    assert split.controllers == len(told)


def test_each_list_holds_its_own_persons_by_local_id(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        split_by_controller(case, NOW, FR)
        folder = case.folder / "declarations/controllers/1"
        lists = {}
        for row in index_of(case):
            with (folder / row["folder"] / "persons.csv").open(encoding="utf-8") as file:
                lists[row["controller"]] = {line["person"]: line["count_in"] for line in csv.DictReader(file)}
    assert lists["practice-1"].keys() & lists["practice-2"].keys() == set()
    assert lists["practice-1"]["P0001"] == "floor"
    assert lists["practice-2"]["P0020"] == "floor"
    assert "P0999" not in lists["practice-1"] | lists["practice-2"]


def test_persons_without_a_controller_are_counted_and_told(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        split = split_by_controller(case, NOW, FR)
    assert split.without == 1, "P0999 is in no registry"


def test_a_letter_says_the_controllers_own_number_and_what_nobody_can_share_out(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        split_by_controller(case, NOW, FR)
        letter = (case.folder / "declarations/controllers/1/practice-2/letter.txt").read_text("utf-8")
        page = (case.folder / "declarations/controllers/1/practice-2/sheet.html").read_text("utf-8")
    assert "Cabinet du Port" in letter
    assert "peut cacher 20 autres personnes au plus" in letter
    assert "P0020" not in letter
    assert "<script" not in page


def test_the_same_tables_are_not_split_twice(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        first = split_by_controller(case, NOW, FR)
        second = split_by_controller(case, NOW, FR)
    assert (first.is_new, second.is_new, second.folder) == (True, False, first.folder)


def test_lists_of_a_sealed_case_are_encrypted(tmp_path: Path) -> None:
    key = CaseKey.made()
    source = golden_folder()
    with copied(source, tmp_path) as case:
        pass
    with Case(tmp_path / "case", by="DPO", key=key) as case:
        split = split_by_controller(case, NOW, FR)
        folder = case.folder / "declarations/controllers/1/practice-1"
        names = sorted(path.name for path in folder.iterdir())
        with pytest.raises(OSError, match=r"(?i)crypt|magic|footer"):
            pq.read_table(folder / "persons.parquet")
        table = pq.read_table(folder / "persons.parquet", decryption_properties=key.decryption())
    assert split.sealed
    assert "persons.csv" not in names
    assert "P0001" in table.column("person").to_pylist()


def test_a_case_that_was_not_run_says_so(tmp_path: Path) -> None:
    with empty_case(tmp_path) as case, pytest.raises(InputError) as refused:
        split_by_controller(case, NOW, FR)
    assert refused.value.code == "not_run"


def test_a_case_without_controllers_says_so(tmp_path: Path) -> None:
    with make_case(tmp_path / "case", exposure=[], persons=[], disclosures=[]) as case:
        write_report(case)
        with pytest.raises(InputError) as refused:
            split_by_controller(case, NOW, FR)
        assert list((case.folder / "declarations").rglob("*.tmp")) == []
    assert refused.value.code == "no_controllers"


@given(st.lists(st.tuples(st.integers(0, 5), st.text(max_size=4)), max_size=60), st.integers(1, 9))
def test_lists_hold_every_row_once_however_batches_come(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str]], size: int
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    rows = sorted(rows)
    table = pa.table(
        {
            "controller": pa.array([f"c{number}" for number, _ in rows], pa.string()),
            "person": pa.array([person for _, person in rows], pa.string()),
        }
    )
    write_lists(folder, table.to_batches(max_chunksize=size), None)
    found = []
    for number in sorted({number for number, _ in rows}):
        with (folder / f"c{number}" / "persons.csv").open(encoding="utf-8", newline="") as file:
            found += [(number, line["person"]) for line in csv.DictReader(file)]
    assert found == [(number, person) for number, person in rows]


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_folder_is_a_plain_name_and_two_controllers_never_share_one(one: str, other: str) -> None:
    name = folder_name(one)
    assert name
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    assert not name.startswith(".")
    if one != other:
        assert name != folder_name(other)
