# SPDX-License-Identifier: Apache-2.0
"""Relations are read as they come; what is odd is counted, and never stops anything."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from tests.made_case import HEAD, rows_of
from tocsin.core.errors import InputError, SettingsError
from tocsin.ingest.relation_warnings import relation_warnings
from tocsin.ingest.run import run
from tocsin.store.case import Case

REGISTRY = """
[[registries]]
name = "patients"
paths = ["patients.csv"]
columns = { person = "id" }

[[accounts]]
paths = ["accounts.csv"]
columns = { account = "login", professional_id = "rpps", organisation = "finess" }
"""
SPAN = '{ account = "login", person = "patient", from = "from", until = "until" }'


def case_of(
    folder: Path, rows: str, columns: str = SPAN, more: str = "", name: str = "relations.csv"
) -> Case:
    """A case with one registry (P1 to P3), one directory (dr.a, dr.b) and these relations."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "patients.csv").write_text("id\nP1\nP2\nP3\n", "utf-8")
    (folder / "accounts.csv").write_text("login,rpps,finess\ndr.a,1,F1\ndr.b,2,F1\n", "utf-8")
    (folder / name).write_text(rows, "utf-8")
    relations = f'\n[[relations]]\nname = "agenda"\npaths = ["{name}"]\ncolumns = {columns}\n{more}\n'
    (folder / "case.toml").write_text(HEAD + REGISTRY + relations, "utf-8")
    case = Case(folder, by="tests")
    try:
        run(case)
    except BaseException:
        case.close()
        raise
    return case


def facts(case: Case) -> dict[str, int]:
    return {str(row["fact"]): int(str(row["rows"])) for row in rows_of(case, "relation_facts")}


def test_relation_is_read_with_its_period_and_its_registry(tmp_path: Path) -> None:
    rows = "login,patient,from,until\ndr.a,P1,2024-06-01T08:00:00Z,2024-06-02T08:00:00Z\n"
    with case_of(tmp_path, rows) as case:
        [row] = rows_of(case, "relations")
    assert row == {
        "relations": "agenda",
        "account": "dr.a",
        "professional_id": None,
        "organisation": None,
        "registry": "patients",
        "person": "P1",
        "from_at": datetime(2024, 6, 1, 8, tzinfo=UTC),
        "until_at": datetime(2024, 6, 2, 8, tzinfo=UTC),
        "kind": "agenda",
    }


def test_single_instant_explains_days_before_and_after_it(tmp_path: Path) -> None:
    rows = "login,patient,at\ndr.a,P1,2024-06-11T08:00:00Z\n"
    columns = '{ account = "login", person = "patient", from = "at" }'
    with case_of(tmp_path, rows, columns, "days_around = 10") as case:
        [row] = rows_of(case, "relations")
    at = datetime(2024, 6, 11, 8, tzinfo=UTC)
    assert (row["from_at"], row["until_at"]) == (at - timedelta(days=10), at + timedelta(days=10))


def test_relation_without_a_date_always_holds(tmp_path: Path) -> None:
    rows = "login,patient,from,until\ndr.a,P1,,\n"
    with case_of(tmp_path, rows) as case:
        [row] = rows_of(case, "relations")
    assert (row["from_at"], row["until_at"]) == (None, None)


def test_json_lines_are_read_as_csv_is(tmp_path: Path) -> None:
    rows = json.dumps({"login": "dr.a", "patient": "P1", "from": "2024-06-01T08:00:00Z", "until": None})
    with case_of(tmp_path, rows + "\n", name="relations.jsonl") as case:
        assert facts(case) == {"read": 1, "kept": 1}


@pytest.mark.parametrize(
    ("row", "fate"),
    [
        ("dr.a,,2024-06-01,", "no_person"),
        (",P1,2024-06-01,", "nobody"),
        ("dr.a,P1,soon,", "no_date"),
        ("dr.a,P1,2024-06-02,2024-06-01", "backwards"),
        ("dr.a,P1,2024-06-01,2024-06-01", "backwards"),
    ],
)
def test_row_that_cannot_be_used_is_left_out_and_counted(tmp_path: Path, row: str, fate: str) -> None:
    with case_of(tmp_path, f"login,patient,from,until\n{row}\n") as case:
        assert facts(case) == {"read": 1, fate: 1}
        assert rows_of(case, "relations") == []
        [(code, text, name)] = relation_warnings(case)
    assert (code, name) == ("relations", "agenda")
    assert text[1] == {"rows": 1}


def test_cancelled_rows_are_left_out_and_counted_whatever_their_case(tmp_path: Path) -> None:
    columns = '{ account = "login", person = "patient", status = "state" }'
    rows = "login,patient,state\ndr.a,P1,honoured\ndr.a,P2,CANCELLED \ndr.b,P3,\ndr.b,P1,moved\n"
    with case_of(tmp_path, rows, columns, 'cancelled = ["cancelled", "Moved"]') as case:
        assert {row["person"] for row in rows_of(case, "relations")} == {"P1", "P3"}
        assert facts(case)["cancelled"] == 2
        assert facts(case)["read"] == facts(case)["kept"] + facts(case)["cancelled"] == 4
        [said] = [text for _code, text, _where in relation_warnings(case) if "cancelled" in text[0]]
        assert said[1] == {"rows": 2}
    text = (tmp_path / "case.toml").read_text("utf-8")
    (tmp_path / "case.toml").write_text(text.replace(', "Moved"', ""), "utf-8")
    with Case(tmp_path, by="tests") as case:
        run(case)
        assert facts(case)["cancelled"] == 1


def test_row_that_holds_is_kept_beside_its_cancelled_copy(tmp_path: Path) -> None:
    columns = '{ account = "login", person = "patient", status = "state" }'
    rows = "login,patient,state\ndr.a,P1,no\ndr.a,P1,yes\ndr.a,P1,no\n"
    with case_of(tmp_path, rows, columns, 'cancelled = ["no"]') as case:
        assert facts(case)["kept"] == 1
        assert facts(case)["cancelled"] == 2
        assert "twice" not in facts(case)


def test_cancelled_values_without_a_status_column_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="column status"):
        case_of(
            tmp_path,
            "login,patient\ndr.a,P1\n",
            '{ account = "login", person = "patient" }',
            'cancelled = ["no"]',
        )


def test_row_that_stands_twice_counts_once(tmp_path: Path) -> None:
    row = "dr.a,P1,2024-06-01,2024-06-02\n"
    with case_of(tmp_path, "login,patient,from,until\n" + row * 3) as case:
        assert facts(case) == {"read": 3, "kept": 1, "twice": 2}


def test_overlapping_periods_are_counted_and_kept(tmp_path: Path) -> None:
    rows = "dr.a,P1,2024-06-01,2024-06-05\ndr.a,P1,2024-06-04,2024-06-09\ndr.a,P1,2024-06-09,2024-06-10\n"
    with case_of(tmp_path, "login,patient,from,until\n" + rows) as case:
        assert facts(case) == {"read": 3, "kept": 3, "overlapping": 1}


def test_unknown_person_and_account_are_counted_and_kept(tmp_path: Path) -> None:
    rows = "dr.a,P9,2024-06-01,\ndr.zz,P1,2024-06-01,\n"
    with case_of(tmp_path, "login,patient,from,until\n" + rows) as case:
        assert facts(case) == {"read": 2, "kept": 2, "unknown_person": 1, "unknown_account": 1}


def test_professional_and_organisation_are_looked_for_in_the_directory(tmp_path: Path) -> None:
    columns = '{ professional_id = "rpps", organisation = "finess", person = "patient" }'
    rows = "rpps,finess,patient\n1,,P1\n9,,P1\n,F1,P2\n,F9,P2\n"
    with case_of(tmp_path, rows, columns) as case:
        assert facts(case) == {"read": 4, "kept": 4, "unknown_account": 2}


def test_columns_that_say_nobody_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="who treats"):
        case_of(tmp_path, "patient\nP1\n", '{ person = "patient" }')


def test_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column"):
        case_of(tmp_path, "login,patient\ndr.a,P1\n")


def test_relations_are_read_anew_when_their_file_changes(tmp_path: Path) -> None:
    head = "login,patient,from,until\n"
    with case_of(tmp_path, head + "dr.a,P1,,\n") as case:
        assert run(case).is_current
        (tmp_path / "relations.csv").write_text(head + "dr.a,P2,,\ndr.a,P3,,\n", "utf-8")
        assert not run(case).is_current
        assert facts(case)["kept"] == 2


CELLS = st.tuples(
    st.sampled_from(["dr.a", "dr.zz", ""]),
    st.sampled_from(["P1", "P9", ""]),
    st.sampled_from(["2024-06-01", "2024-06-03", "", "x"]),
    st.sampled_from(["2024-06-02", "2024-06-04", "", "x"]),
)


@tried(max_examples=10, deadline=None)
@given(st.lists(CELLS, max_size=12))
def test_every_row_read_is_kept_or_left_out_for_one_reason(cells: list[tuple[str, str, str, str]]) -> None:
    rows = "".join(",".join(row) + "\n" for row in cells)
    with TemporaryDirectory() as name, case_of(Path(name), "login,patient,from,until\n" + rows) as case:
        counted = facts(case)
        left_out = sum(
            counted.get(fact, 0) for fact in ("no_person", "nobody", "no_date", "backwards", "twice")
        )
        assert counted.get("read", 0) == len(cells) == counted.get("kept", 0) + left_out
        assert len(rows_of(case, "relations")) == counted.get("kept", 0)
