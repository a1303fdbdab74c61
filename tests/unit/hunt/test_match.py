# SPDX-License-Identifier: Apache-2.0
"""Samples made by the test, which knows whom they hold and where they come from; compared exactly."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.made_case import rows_of, with_key
from tests.unit.scope.scenes import HEAD, RECORDS, REGISTRY, appointment, at, event, open_scene, person
from tocsin.cli.inquiry.matched import matched_lines, matched_result
from tocsin.core.errors import InputError
from tocsin.core.words import words
from tocsin.hunt.matching import Match, match_sample, withdraw_sample
from tocsin.link.run import run as run_link
from tocsin.recount.comparison import compare
from tocsin.report.assemble import assemble
from tocsin.scope.run import run as run_scope
from tocsin.store.case import Case

RULES = """
signed_by = "A. Martin"

[[shows]]
action = "read"
object = "/card/{person}"
categories = ["identity.name", "identity.birth_date", "contact.phone", "id.nir"]

[[shows]]
action = "read"
object = "/name/{person}"
categories = ["identity.name"]

[[shows]]
action = "read"
object = "/visit/{record:appointment}"
categories = ["appointment.date"]
"""
CLAIM = '[claims]\nnone = ["finance.bank"]\n[[known]]\naccount = "thief"\nfrom = 2024-01-01T00:00:00Z\n'


def whom(number: int) -> dict[str, object]:
    """The person of that number, all different but for what twins and namesakes share."""
    return {
        "family_name": f"Nom {'abcdefghij'[number]}",
        "given_names": f"Prenom {'abcdefghij'[number]}",
        "birth_date": date(1980, 1, number + 1),
        "nir": with_key(f"18001991{number:05}"),
        "phone": f"+3319900000{number}",
    }


PEOPLE = [person(f"P{n:03}", **whom(n)) for n in range(8)]
CARDS = [event(n + 1, object=f"/card/P{n:03}") for n in range(4)]


def opened(folder: Path, events: Iterable[dict[str, object]] = CARDS, **tables: object) -> Case:
    case = open_scene(
        folder,
        catalogue=RULES,
        settings=HEAD + REGISTRY + RECORDS + CLAIM,
        events=list(events),
        registry=tables.pop("registry", PEOPLE),  # type: ignore[arg-type]
        records=[appointment(f"A-{n}", f"P{n:03}") for n in range(8)],
        **tables,  # type: ignore[arg-type]
    )
    run_scope(case)
    run_link(case)
    return case


def sample(folder: Path, rows: Iterable[Iterable[object]], *, name: str = "found.csv") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter="\t" if name.endswith("tsv") else ",").writerows(rows)
    (folder / name).write_text(text.getvalue(), "utf-8")
    return folder / name


def cells(number: int, *names: str) -> list[object]:
    row = {"patient_id": f"P{number:03}", "rdv": f"A-{number}", **whom(number)}
    return [row[name] for name in names]


FULL = ("patient_id", "family_name", "given_names", "birth_date", "phone")


def matched(folder: Path, header: Iterable[str], numbers: Iterable[int], **more: object) -> Match:
    names = tuple(header)
    path = sample(folder, [names, *(cells(n, *names) for n in numbers)])
    with opened(folder / "case", **more) as case:  # type: ignore[arg-type]
        return match_sample(case, path, {})


def grade(case: Case) -> object:
    [claim] = rows_of(case, "claims")
    return claim["grade"]


def test_sample_that_the_logs_explain_does_not_exceed_them(tmp_path: Path) -> None:
    found = matched(tmp_path, FULL, range(4))
    assert (found.rows.identified, found.rows.persons, found.rows.shown, found.rows.beyond) == (4, 4, 4, 0)
    assert found.found_by == {"local_id": 4}
    assert not found.exceeds
    best = found.origins[0]
    assert (best.kind, best.share, best.all_persons) == ("view", (1.0, 1.0), 4)
    assert best.name.startswith("1: ")
    assert best.in_order == 1.0
    assert (best.first_at, best.last_at) == (at(1), at(4))


def test_view_that_shows_less_explains_fewer_columns(tmp_path: Path) -> None:
    events = [*CARDS, *(event(10 + n, object=f"/name/P{n:03}") for n in range(8))]
    found = matched(tmp_path, FULL, range(4), events=events)
    shares = {one.name.split(":")[0]: one.share for one in found.origins if one.kind == "view"}
    assert shares == {"1": (1.0, 1.0), "2": (1.0, 3 / 5)}
    assert found.origins[1].missing == ("contact.phone", "identity.birth_date")


def test_person_whom_no_access_shows_exceeds_the_logs(tmp_path: Path) -> None:
    found = matched(tmp_path, FULL, range(6))
    assert (found.rows.shown, found.rows.beyond, found.elsewhere) == (4, 2, 0)
    assert found.exceeds
    assert found.origins[-1].kind == "registry"
    assert found.origins[-1].share == (1.0, 1.0)


def test_person_whom_another_account_read_is_told_apart(tmp_path: Path) -> None:
    events = [
        *CARDS,
        event(20, object="/card/P004", account="dr.y"),
        event(21, object="/visit/A-5", account="dr.y"),
        event(22, object="/x", persons=["P006"], account="dr.z"),
        event(23, object="/card/P007", account="dr.z", outcome="failure"),
    ]
    found = matched(tmp_path, FULL, range(8), events=events)
    assert (found.rows.beyond, found.elsewhere) == (4, 3)
    assert found.elsewhere_accounts == (("dr.y", 2, 2), ("dr.z", 1, 1))


def test_category_that_no_access_showed_exceeds_the_logs(tmp_path: Path) -> None:
    path = sample(tmp_path, [("patient_id", "iban"), ("P000", "FR76"), ("P001", "FR77"), ("P002", "")])
    with opened(tmp_path / "case") as case:
        found = match_sample(case, path, {})
    assert found.beyond_categories == {"finance.bank": (2, 2)}
    assert found.exceeds


def test_what_was_proven_falls_until_the_sample_is_explained_or_withdrawn(tmp_path: Path) -> None:
    path = sample(tmp_path, [FULL, *(cells(n, *FULL) for n in range(6))])
    with opened(tmp_path / "case") as case:
        assert grade(case) == "proven"
        found = match_sample(case, path, {})
        run_scope(case)
        assert grade(case) == "unassessable"
        assert "leak_exceeds_logs" in str(rows_of(case, "claims")[0]["basis"])
        withdraw_sample(case, found.sha256[:12], "a list of our own, for a test")
        run_scope(case)
        assert grade(case) == "proven"
        with pytest.raises(InputError):
            withdraw_sample(case, "0" * 64, "never seen")


def test_counts_have_no_ceiling_while_a_sample_exceeds_the_logs(tmp_path: Path) -> None:
    path = sample(tmp_path, [FULL, *(cells(n, *FULL) for n in range(6))])
    with opened(tmp_path / "case") as case:
        before = assemble(case)
        found = match_sample(case, path, {})
        report = assemble(case)
        persons = report["counts"]["persons"]
        assert (persons["ceiling"], persons["ceiling_reason"]) == (None, "leak_exceeds_logs")
        assert persons["best"] == before["counts"]["persons"]["best"]
        assert {row["persons"]["ceiling"] for row in report["categories"].values()} == {None}
        [asked] = [one for one in report["open_questions"] if one["code"] == "leak_exceeds_logs"]
        assert asked["values"] == {"samples": 1, "persons": 2, "categories": []}
        ours = {
            key: before["counts"]["persons"][key] for key in ("floor", "best", "ceiling", "ceiling_reason")
        }
        recounted = {"counts": {"persons": ours}, "categories": before["categories"]}
        found_by_recount = [one.path for one in compare(recounted, report)]
        assert found_by_recount == []
        withdraw_sample(case, found.sha256[:12], "a list of our own, for a test")
        assert assemble(case)["counts"] == before["counts"]


def test_persons_are_listed_in_a_table_of_their_own_and_nowhere_else(tmp_path: Path) -> None:
    path = sample(tmp_path, [FULL, *(cells(n, *FULL) for n in (0, 5))])
    with opened(tmp_path / "case") as case:
        found = match_sample(case, path, {})
        match_sample(case, path, {})
        listed = [(r["row"], r["key"], r["count_in"]) for r in rows_of(case, "sample_persons")]
        assert sorted(listed, key=str) == [(1, "local_id", "floor"), (2, "local_id", None)]
        assert len(rows_of(case, "samples")) == 1
        journal = case.journal.path.read_text("utf-8")
    told = "\n".join(matched_lines(words("fr"), found, "case")) + json.dumps(matched_result(found)) + journal
    for value in ("P000", "Nom a", "Prenom", "1800199", "+3319900"):
        assert value not in told
    assert "Nom" not in repr(found)


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("nir", "birth_date"), "nir_birth"),
        (("family_name", "given_names", "birth_date"), "name_birth"),
        (("rdv", "phone"), "record"),
    ],
)
def test_persons_are_found_by_the_keys_that_there_are(
    tmp_path: Path, names: tuple[str, ...], key: str
) -> None:
    found = matched(tmp_path, names, range(4))
    assert found.found_by == {key: 4}
    assert found.rows.persons == 4


def test_twins_are_told_apart_by_their_given_name_or_not_at_all(tmp_path: Path) -> None:
    twin = {**whom(0), "given_names": "Autre"}
    registry = [*PEOPLE, person("P900", **twin)]
    (tmp_path / "1").mkdir()
    without = matched(tmp_path / "1", ("nir", "birth_date"), [0], registry=registry)
    assert (without.rows.identified, without.rows.ambiguous) == (0, 1)
    assert "ambiguous_rows" in without.limits
    (tmp_path / "2").mkdir()
    named = matched(tmp_path / "2", ("nir", "birth_date", "given_names"), [0], registry=registry)
    assert (named.rows.identified, named.rows.ambiguous) == (1, 0)


def test_stranger_is_counted_and_explains_nothing(tmp_path: Path) -> None:
    path = sample(tmp_path, [FULL, cells(0, *FULL), ["X9", "Inconnu", "Nul", "1950-01-01", "0100000000"]])
    with opened(tmp_path / "case") as case:
        found = match_sample(case, path, {})
    assert (found.rows.identified, found.rows.unknown, found.exceeds) == (1, 1, False)


@pytest.mark.parametrize("name", ["found.csv", "found.tsv", "found.jsonl", "found.parquet"])
def test_sample_is_read_in_every_kind_of_file(tmp_path: Path, name: str) -> None:
    rows = [dict(zip(FULL, map(str, cells(n, *FULL)), strict=True)) for n in range(4)]
    path = tmp_path / name
    if name.endswith("jsonl"):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    elif name.endswith("parquet"):
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        sample(tmp_path, [FULL, *(row.values() for row in rows)], name=name)
    with opened(tmp_path / "case") as case:
        found = match_sample(case, path, {})
    assert (found.rows.persons, found.rows.shown, found.sample.has_header) == (4, 4, True)


def test_sample_without_a_header_loses_no_row_and_shows_no_name(tmp_path: Path) -> None:
    path = sample(tmp_path, [cells(n, *FULL) for n in range(4)])
    with opened(tmp_path / "case") as case:
        found = match_sample(case, path, {})
    assert not found.sample.has_header
    assert found.sample.rows == found.rows.identified == 4
    assert found.sample.names[0] == "column1"
    assert [column.ours for column in found.columns] == [
        "person",
        "family_name",
        "given_names",
        "birth_date",
        "phone",
    ]


def test_latin_one_and_rows_of_other_lengths_are_read_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "found.csv"
    path.write_bytes("patient_id,prénom\nP000,Zoé\nP001\nP002,Zoé,more\n".encode("latin-1"))
    with opened(tmp_path / "case") as case:
        found = match_sample(case, path, {})
    assert found.sample.names == ("patient_id", "prénom")
    assert (found.sample.rows, found.sample.longer_rows, found.rows.persons) == (3, 1, 3)


@pytest.mark.parametrize(
    ("name", "values", "limits"),
    [
        ("phone", [whom(n)["phone"] for n in range(3)], {"no_key", "one_column", "unknown_rows"}),
        ("patient_id", ["P000", "P001"], {"one_column"}),
        ("xyzzy", ["foo", "bar"], {"no_key", "one_column", "unknown_rows", "unknown_columns"}),
    ],
)
def test_sample_with_one_column_says_what_cannot_be_told(
    tmp_path: Path, name: str, values: list[str], limits: set[str]
) -> None:
    path = sample(tmp_path, [[name], *([value] for value in values)])
    with opened(tmp_path / "case") as case:
        found = match_sample(case, path, {})
    assert set(found.limits) == limits
    assert not found.exceeds
    assert matched_lines(words("fr"), found, "case")


def test_person_confirms_what_a_column_is(tmp_path: Path) -> None:
    path = sample(tmp_path, [("ref", "what"), ("P000", "x"), ("P005", "y")])
    with opened(tmp_path / "case") as case:
        found = match_sample(case, path, {"ref": "person", "what": "health.reason"})
        assert [column.basis for column in found.columns] == ["confirmed", "confirmed"]
        assert found.beyond_categories == {"health.reason": (1, 1)}
        for wrong in ({"nope": "person"}, {"ref": "nope"}):
            with pytest.raises(InputError):
                match_sample(case, path, wrong)


def test_name_that_its_values_contradict_is_not_believed(tmp_path: Path) -> None:
    path = sample(tmp_path, [("patient_id", "birth_date"), ("P000", "blue"), ("P001", "green")])
    with opened(tmp_path / "case") as case:
        found = match_sample(case, path, {})
    assert found.columns[1].basis == "contradicted"
    assert found.columns[1].category is None


def test_moment_of_the_registry_is_that_of_the_version_that_agrees(tmp_path: Path) -> None:
    now = {**whom(0), "phone": "+33188888888"}
    registry = [
        person("P000", **whom(0), valid_until=at(0)),
        person("P000", **now, valid_from=at(0), valid_until=at(60)),
        person("P001", **whom(1), valid_from=at(-60), valid_until=at(30)),
    ]
    rows = [("patient_id", "phone"), ("P000", "+33188888888"), ("P001", whom(1)["phone"])]
    path = sample(tmp_path, rows)
    with opened(tmp_path / "case", registry=registry) as case:
        moment = match_sample(case, path, {}).moment
    assert moment is not None
    assert (moment.from_at, moment.until_at, moment.is_one) == (at(0), at(30), True)
    assert moment.agreement == {"phone": (2, 2)}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty"),
        ("a.parquet", b"PAR1 no", "unreadable"),
        ("a.jsonl", b"{", "unreadable"),
        ("a.csv", ("c," * 400).encode() + b"\n1\n", "too_many_columns"),
    ],
)
def test_file_that_is_no_table_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with opened(tmp_path / "case") as case, pytest.raises(InputError) as refused:
        match_sample(case, tmp_path / name, {})
    assert refused.value.code == code


def test_case_that_was_not_run_is_refused(tmp_path: Path) -> None:
    path = sample(tmp_path, [("a",), ("b",)])
    with open_scene(tmp_path / "case", events=CARDS) as case, pytest.raises(InputError) as refused:
        match_sample(case, path, {})
    assert refused.value.code == "not_linked"


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(alphabet='a1,;\t"\n\r@é', max_size=80).map(str.encode))
def test_any_bytes_are_matched_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "found.csv").write_bytes(content)
    with opened(folder / "case", CARDS[:1]) as case:
        try:
            found = match_sample(case, folder / "found.csv", {})
        except InputError:
            return
        rows = found.rows
        assert rows.identified + rows.ambiguous + rows.unknown == found.sample.rows
