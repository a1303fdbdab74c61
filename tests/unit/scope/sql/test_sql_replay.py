# SPDX-License-Identifier: Apache-2.0
"""What statements of each kind show: views, ciphertext, cursors, totals, and what is not run again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.made_case import rows_of
from tests.unit.scope.scenes import (
    HEAD,
    KNOWN,
    RECORDS,
    REGISTRY,
    appointment,
    at,
    event,
    open_scene,
    person,
    reasons,
    run_scene,
    values,
)
from tocsin.core.errors import InputError
from tocsin.recount.catalogue import read_catalogue
from tocsin.recount.errors import CannotRecount
from tocsin.scope.run import run
from tocsin.store.case import Case

CATALOGUE = """
[[databases]]
name = "base"
collation = "binary"
decrypts = ["pgp_sym_decrypt"]
[databases.tables]
patient = "registry:patients"
visit = "records:appointment"
ward = "nobody"
[databases.columns]
"patient.phone" = ["contact.phone"]
"patient.age" = ["identity.age"]
"patient.secret" = { categories = ["id.nir"], encrypted = true }
"visit.reason" = ["health.reason"]
[[databases.views]]
name = "v_card"
definition = "select id, name from patient"
[[databases.views]]
name = "v_card"
since = 2024-06-11T12:30:00Z
definition = "select id, name, phone from patient"
[[databases.views]]
name = "card_of"
arguments = ["who"]
definition = "select name, phone from patient where id = $who"
[[shows]]
source = "app"
database = "base"
categories = []
"""
N, P, A, L, R = "identity.name", "contact.phone", "identity.age", "id.local", "health.reason"
ALL = {"P1", "P2", "P3"}
SHOWN: Sequence[tuple[str, set[str], set[str]]] = (
    ("select name, phone from patient where id = 'P1'", {"P1"}, {N, P}),
    ("select phone from patient where id = 'P2'", set(), set()),
    ("select * from v_card where id = 'P1'", {"P1"}, {L, N}),
    ("select * from card_of('P3')", {"P3"}, {N, P}),
    ("select pgp_sym_decrypt(secret, 'k') from patient where id = 'P1'", {"P1"}, {"id.nir"}),
    ("COPY patient (id) TO '/tmp/x'", ALL, {L}),
    ("copy (select name from patient where age > 35) to stdout", {"P2", "P3"}, {N}),
    ("prepare q as select name from patient where id = 'P3'", {"P3"}, {N}),
    ("table patient;", ALL, {L, N, P, A, "id.nir"}),
    ("select id, sum(age) from patient group by id", ALL, {L}),
    ("select string_agg(name, ',') from patient", ALL, {N}),
    ("select name, row_number() over (order by age) from patient", ALL, {N}),
    ("select name, (select count(*) from visit v where v.patient = p.id) from patient p", ALL, {N}),
    ("select p.name from visit v right join patient p on v.patient = p.id where v.id is null", {"P3"}, {N}),
    ("select name, reason from patient join visit on patient = patient.id", {"P1", "P2"}, {N, R}),
    ("select x.n from (select name as n from patient order by age limit 1) x", ALL, {N}),
    ("select * from (select name from patient order by age desc) q limit 1", {"P3"}, {N}),
    ("select name from patient order by 1 fetch first 2 rows only", {"P2", "P3"}, {N}),
    ("select name from patient where age = 30 or id in (select patient from visit)", {"P1", "P2"}, {N}),
    ("declare c cursor for select name from patient", ALL, {N}),
    (
        "select name from patient p where id in (select coalesce(patient, p.id) from visit)",
        {"P1", "P2"},
        {N},
    ),
)
POSSIBLE = {15, 19}
UNRESOLVED: Sequence[tuple[str, str, int | None]] = (
    ("selec name from patient", "sql_not_parsed", 3),
    ("select name from staff", "table_unknown", None),
    ("select name, wages from patient", "column_unknown", 3),
    ("select name from patient where f(name) = 'x'", "function_unknown", 3),
    ("select pg_read_file('/etc/passwd'), name from patient", "function_unknown", 3),
    ("select * from read_csv('/etc/passwd')", "function_unknown", None),
    ("select name from patient where age = 'x'", "bad_parameter", 3),
    ("select name from patient where id = $1", "missing_parameter", 3),
    ("select name from patient where secret = 'abc'", "ciphertext", 3),
    (
        "select name from patient where id in (select patient from visit order by id limit 1)",
        "nested_limit",
        3,
    ),
    ("select p.name from patient p, ward w where w.id = p.id", "table_without_rows", 3),
    ("select name from patient tablesample system (10)", "clause_unknown", 3),
    ("select name, wages from patient limit 2", "column_unknown", 2),
    ("with recursive r as (select id from patient) select * from r", "recursive", 3),
    ("delete from patient", "not_a_query", 3),
)
NOTHING = (
    ("select count(*) from patient where name = 'Smith'", "aggregate"),
    ("select city, avg(age) from (select practice as city, age from patient) q group by city", "aggregate"),
    ("select exists (select 1 from patient where id = 'P1')", "aggregate"),
    ("select label from ward", "rule"),
    ("select name from patient where name = 'Zorro'", "empty"),
)


def registry() -> list[dict[str, object]]:
    return [
        patient("P1", "Smith", "01", 30, valid_until=at(60)),
        patient("P1", "Smyth", "02", 30, valid_from=at(60)),
        patient("P2", "Jones", None, 40),
        patient("P3", "Adams", "03", 50),
    ]


def patient(name: str, family: str, phone: str | None, age: int, **more: object) -> dict[str, object]:
    original = json.dumps({"phone": phone, "age": age, "secret": "s"})
    return person(name, family_name=family, original=original, birth_date=None, **more)


def visits() -> list[dict[str, object]]:
    return [
        appointment(f"A{n}", f"P{n}", original=json.dumps({"reason": reason}))
        for n, reason in ((1, "cough"), (2, "burn"))
    ]


def ask(folder: Path, *statements: str | dict[str, object]) -> Case:
    """A case whose log has these statements, a minute apart."""
    events = [
        event(n, **({"query": one} if isinstance(one, str) else one)) for n, one in enumerate(statements, 1)
    ]
    return run_scene(folder, catalogue=CATALOGUE, events=events, registry=registry(), records=visits())[1]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Case:
    texts = [str(one[0]) for one in (*SHOWN, *UNRESOLVED, *NOTHING)]
    return ask(tmp_path_factory.mktemp("sql"), *texts)


def test_statement_shows_the_persons_and_columns_of_its_rows(asked: Case) -> None:
    rows = rows_of(asked, "disclosures")
    for number, (text, persons, categories) in enumerate(SHOWN, 1):
        own = [row for row in rows if row["event_id"] == number]
        assert ({row["person"] for row in own}, {row["category"] for row in own}) == (
            persons,
            categories,
        ), text
        wanted = "reachable" if number - 1 in POSSIBLE else "reconstructed"
        assert {row["certainty"] for row in own} <= {wanted}, text


def test_statement_that_is_not_run_again_is_unresolved_with_its_bound(asked: Case) -> None:
    found = {row["event_id"]: (row["reason"], row["bound"]) for row in rows_of(asked, "unresolved")}
    for number, (text, reason, bound) in enumerate(UNRESOLVED, len(SHOWN) + 1):
        assert found[number] == (reason, bound), text


def test_statement_that_shows_nobody_says_why(asked: Case) -> None:
    found = reasons(asked, "nothing_shown")
    for number, (text, reason) in enumerate(NOTHING, len(SHOWN) + len(UNRESOLVED) + 1):
        assert found[number] == reason, text


def test_total_is_listed_with_the_fewest_persons_behind_it(asked: Case) -> None:
    listed = values(asked, "derived", "results", "least_persons", "small_groups")
    assert listed == [(1, 1, 1), (1, 3, 1), (1, None, 0)]


def test_template_is_listed_without_the_values_of_its_statements(asked: Case) -> None:
    rows = rows_of(asked, "statements")
    assert not any("Smith" in str(row["template"]) for row in rows)
    assert sum(int(str(row["events"])) for row in rows) == len(SHOWN) + len(UNRESOLVED) + len(NOTHING)


def test_ciphertext_is_encrypted_and_a_view_is_the_one_of_its_time(tmp_path: Path) -> None:
    case = ask(
        tmp_path,
        "select secret from patient where id = 'P1'",
        "select * from v_card where id = 'P3'",
        {"query": "select * from v_card where id = 'P3'", "occurred_at": at(45)},
        {"query": "select name from patient where id = $1", "detail": '{"parameters": "P2"}'},
        {"query": "select name from patient where id = 'P1'", "items": 4},
        {"query": "declare c cursor for select name from patient", "items": 3},
        {"query": "select name from patient", "flags": ["truncated"]},
        {"query": None, "items": 7},
    )
    rows = rows_of(case, "disclosures")
    assert {(r["person"], r["category"], r["protection"]) for r in rows if r["event_id"] == 1} == {
        ("P1", "id.nir", "encrypted")
    }
    assert [{r["category"] for r in rows if r["event_id"] == n} for n in (2, 3)] == [{L, N}, {L, N, P}]
    assert [r["person"] for r in rows if r["event_id"] == 4] == ["P2"]
    assert [(r["exact"], r["count_in"]) for r in rows if r["event_id"] == 5] == [(False, "best")]
    assert {r["certainty"] for r in rows if r["event_id"] == 6} == {"reconstructed"}
    assert values(case, "replay_checks", "event_id", "verdict") == [(5, "contradicted"), (6, "narrowed")]
    assert values(case, "unresolved", "event_id", "reason", "bound") == [
        (7, "statement_cut", 3),
        (8, "statement_missing", 3),
    ]


@pytest.mark.parametrize(
    ("statement", "described", "graded"),
    [
        # Not run: it may have shown any column, whether the catalogue or the case file describes it.
        ("select name, wages from patient limit 1", True, ("unassessable", "unassessable")),
        # Run: what nobody described may be anything.
        ("select age from patient where id = 'P1'", False, ("unassessable", "unassessable")),
        ("select age from patient where id = 'P1'", True, ("proven", "proven")),
    ],
)
def test_nothing_is_proven_of_columns_that_a_statement_may_have_shown(
    tmp_path: Path, statement: str, described: bool, graded: tuple[str, str]
) -> None:
    told = CATALOGUE if described else CATALOGUE.replace("identity.age", "undetermined")
    claims = '[claims]\nnone = ["identity.name", "finance.bank"]\n'
    _, case = run_scene(
        tmp_path,
        catalogue='signed_by = "dpo"\n' + told,
        settings=HEAD + REGISTRY + RECORDS + KNOWN + claims,
        events=[event(1, query=statement)],
        registry=registry(),
        records=visits(),
    )
    grades = dict(values(case, "claims", "claim", "grade"))
    assert (grades["no:identity.name"], grades["no:finance.bank"]) == graded
    if "wages" in statement:
        assert values(case, "unresolved", "reason", "bound", "categories") == [("column_unknown", 1, None)]
    catalogued = {category for rule in case.catalogue.shows for category in rule.categories}
    assert {N, L, "identity.birth_date", P} <= catalogued, "the case file explains some columns"


@pytest.mark.parametrize(
    ("dialect", "statement", "expected"),
    [
        ("mysql", 'select name from patient where name = "SMITH" # who', {"P1"}),
        ("mysql", "select name from patient order by age limit 1, 1", {"P2"}),
        ("mysql", "select name into outfile '/tmp/x' from patient where id = 'P3'", {"P3"}),
        ("tsql", "select top 1 [name] from patient with (nolock) order by age desc", {"P3"}),
        ("oracle", "select name from patient where id = :1 and rownum <= 5", {"P2"}),
    ],
)
def test_statement_is_read_in_its_dialect(
    tmp_path: Path, dialect: str, statement: str, expected: set[str]
) -> None:
    catalogue = CATALOGUE.replace('name = "base"', f'name = "base"\ndialect = "{dialect}"', 1)
    logged = event(1, query=statement, detail='{"parameters": " #1(2):P2"}')
    _, case = run_scene(tmp_path, catalogue=catalogue, events=[logged], registry=registry(), records=visits())
    assert {row["person"] for row in rows_of(case, "disclosures")} == expected


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('patient = "registry:patients"', 'patient = "registry:doctors"'),
        ('"visit.reason" = ["health.reason"]', '"stay.reason" = ["health.reason"]'),
        ('"visit.reason" = ["health.reason"]', '"visit.reason" = ["health.reasons"]'),
        ('\ndatabase = "base"', '\ndatabase = "bases"'),
        ('\ndatabase = "base"', '\ndatabase = "base"\nreplay = "select person from patients"'),
    ],
    ids=["no_registry", "no_table", "no_category", "no_database", "database_and_replay"],
)
def test_catalogue_with_a_wrong_database_is_refused(tmp_path: Path, wrong: str, right: str) -> None:
    settings = HEAD + REGISTRY + RECORDS + KNOWN
    with (
        pytest.raises(InputError),
        open_scene(
            tmp_path, catalogue=CATALOGUE.replace(wrong, right), settings=settings, events=[event(1)]
        ) as case,
    ):
        run(case)


def test_recount_refuses_a_case_whose_statements_are_run_again(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text(CATALOGUE, "utf-8")
    with pytest.raises(CannotRecount, match="statements of a database"):
        read_catalogue(path)


def test_whole_numbers_of_a_csv_sort_as_numbers(tmp_path: Path) -> None:
    rows = [
        person(f"P{n}", family_name="Smith", original=json.dumps({"age": age}))
        for n, age in ((1, "9"), (2, "50"), (3, "100"))
    ]
    asked = event(1, query="select name from patient order by age desc limit 1")
    _, case = run_scene(tmp_path, catalogue=CATALOGUE, events=[asked], registry=rows)
    assert {row["person"] for row in rows_of(case, "disclosures")} == {"P3"}
