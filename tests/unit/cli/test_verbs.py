# SPDX-License-Identifier: Apache-2.0
"""Every verb on the golden case: what it answers, in words and as one object, and with which exit code."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import click
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from tests.conftest import GOLDEN
from tests.unit.cli.conftest import Tocsin
from tocsin.cli.main import VERBS, cli
from tocsin.core.settings import load_case, load_catalogue
from tocsin.core.tables import TABLES

WRITING = {"run", "ingest", "detect", "scope", "link", "init", "decide", "table", "person", "trace"}
WRITING |= {"catalogue learn", "catalogue sign", "catalogue reject", "hunt", "match"}
WRITING |= {"recount", "demo", "first", "start", "declare", "case restore", "collect"}
WRITING |= {f"clocks {deed}" for deed in ("anchor", "met", "withdraw", "term", "capacity")}
WRITING |= {f"contain {deed}" for deed in ("done", "check", "undo", "emergency")}
WRITING |= {f"preserve {deed}" for deed in ("letters", "asked", "receipt", "refused", "custody")}
WRITING |= {f"notify {deed}" for deed in ("recipients", "preview", "release", "send", "status", "public")}
WRITING |= {f"notify {deed}" for deed in ("publish", "copy", "sheet", "packs", "access", "answers", "plan")}
WRITING |= {"notify seed", "notify partners"}
WRITING |= {"ask", "answer"}
WRITING |= {"severity set", "severity conclude", "listen", "watch"}


def verbs() -> list[tuple[str, click.Command]]:
    found = []
    for name in VERBS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        if isinstance(command, click.Group):
            found += [(f"{name} {sub}", one) for sub, one in command.commands.items()]
        else:
            found.append((name, command))
    return found


@pytest.mark.parametrize(("name", "command"), verbs(), ids=[name for name, _ in verbs()])
def test_verb_explains_itself_with_an_example(tocsin: Tocsin, name: str, command: click.Command) -> None:
    answer = tocsin(*name.split(), "--help")
    assert answer.code == 0
    # A verb that works on one case names it before what is to be done: `tocsin clocks my-case anchor`.
    assert re.search("tocsin " + r"( \S+)? ".join(name.split()) + r"\b", answer.out.split("Example:")[1])
    options = {option for param in command.params for option in param.opts}
    assert {"--json", "--lang"} <= options
    assert ("--by" in options) is (name in WRITING)
    undocumented = [
        p.name for p in command.params if isinstance(p, click.Option) and not (p.help or p.hidden)
    ]
    assert not undocumented


def assert_answer(told: dict[str, object], verb: str, code: int, case: Path | None) -> None:
    assert list(told) == ["verb", "case", "exit", "warnings", "open_questions", "result"]
    assert (told["verb"], told["exit"]) == (verb, code)
    assert told["case"] == (None if case is None else str(case))


def test_run_answers_with_the_report_and_changes_nothing_the_second_time(tocsin: Tocsin, case: Path) -> None:
    tables = {p: p.read_bytes() for p in (case / "tables").rglob("*") if p.is_file()}
    answer = tocsin("run", case, "--json", "--by", "DPO")
    assert_answer(answer.json, "run", 1, case)
    report = answer.json["result"]
    assert report["counts"]["persons"]["floor"] == 12
    assert report == json.loads((case / "report" / "report.json").read_text("utf-8"))
    assert answer.json["open_questions"] == report["open_questions"]
    assert {p: p.read_bytes() for p in (case / "tables").rglob("*") if p.is_file()} == tables


def test_run_tells_the_result_in_words(tocsin: Tocsin, case: Path) -> None:
    french, english = tocsin("run", case, "--lang", "fr"), tocsin("run", case, "--lang", "en")
    assert french.code == english.code == 1
    assert "Le rapport" in french.out
    assert "The report" in english.out
    assert str(case / "report" / "report.html") in english.out


def test_stages_run_one_by_one_give_the_same_tables(tocsin: Tocsin, golden_run: Path, tmp_case) -> None:
    folder = tmp_case("staged", detect=True)
    ingested = tocsin("ingest", folder, "--json")
    assert_answer(ingested.json, "ingest", 0, folder)
    assert {row["source"]: row["records"] for row in ingested.json["result"]["accounting"]} == {
        "gateway": 43,
        "web": 15,
    }
    for verb in ("detect", "scope", "link"):
        answer = tocsin(verb, folder, "--json")
        assert_answer(answer.json, verb, 0, folder)
    assert answer.json["result"]["rows"]["persons"] > 0
    for name in ("persons.parquet", "claims.parquet", "suspects.parquet"):
        if (folder / "tables" / name).exists():
            assert (folder / "tables" / name).read_bytes() == (golden_run / "tables" / name).read_bytes()


def test_read_accounts_for_every_record_and_writes_events(tocsin: Tocsin, tmp_path: Path) -> None:
    log = GOLDEN / "case" / "logs" / "access.log"
    target = tmp_path / "events.parquet"
    answer = tocsin("read", log, "--to", target, "--json")
    # One of fifteen was set aside: more than anybody lets pass unseen.
    assert_answer(answer.json, "read", 1, None)
    [row] = answer.json["result"]["accounting"]
    assert (row["records"], row["events"], row["set_aside"], row["non_events"]) == (15, 13, 1, 1)
    assert row["reasons"] == {"blank": 1}
    assert pq.read_table(target).num_rows == 13


def test_read_takes_a_mapping_for_a_log_of_ones_own(tocsin: Tocsin) -> None:
    case = GOLDEN / "case"
    answer = tocsin(
        "read",
        case / "logs/gateway-20240611.ndjson.gz",
        "--mapping",
        case / "mappings/gateway.toml",
        "--json",
    )
    [row] = answer.json["result"]["accounting"]
    assert (row["records"], row["events"]) == (43, 38)


def test_formats_are_listed_and_one_is_recognised(tocsin: Tocsin) -> None:
    listed = tocsin("formats", "--json").json["result"]["formats"]
    assert {"web-access", "mapped"} <= {row["format"] for row in listed}
    [best, *_] = tocsin("formats", GOLDEN / "case/logs/access.log", "--json").json["result"]["formats"]
    assert best["format"] == "web-access"
    assert 0.5 < best["confidence"] <= 1
    assert tocsin("formats").out


def test_first_says_what_one_account_did(tocsin: Tocsin) -> None:
    answer = tocsin("first", GOLDEN / "case/logs/access.log", "--account", "dr.lemoine", "--json")
    [found] = answer.json["result"]["accounts"]
    assert (found["totals"]["events"], found["may_still_act"]) == (4, True)
    assert {"sessions", "places", "siblings", "requests", "persons"} <= set(found)
    assert "accounting" in answer.json["result"]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", ["case", "été 2024", 'odd "name" \\ back', "tab\there", "東京"])
def test_case_made_by_init_loads(tocsin: Tocsin, tmp_path: Path, lang: str, name: str) -> None:
    folder = tmp_path / name
    answer = tocsin("init", folder, "--lang", lang, "--by", "RSSI", "--json")
    assert_answer(answer.json, "init", 0, folder)
    assert load_case(folder / "case.toml").case.id
    assert load_catalogue(folder / "catalogue.toml") is not None
    assert tocsin("journal", folder, "check").code == 0
    assert tocsin("init", folder, "--json").json["error"]["code"] == "case_exists"


def test_init_leaves_a_catalogue_that_is_there(tocsin: Tocsin, tmp_path: Path) -> None:
    (tmp_path / "catalogue.toml").write_text("# mine\n")
    assert tocsin("init", tmp_path).code == 0
    assert (tmp_path / "catalogue.toml").read_text() == "# mine\n"


def test_new_case_without_a_source_runs(tocsin: Tocsin, tmp_path: Path) -> None:
    tocsin("init", tmp_path / "new")
    assert tocsin("run", tmp_path / "new", "--json").code in (0, 1)


def test_table_is_written_in_each_kind(tocsin: Tocsin, case: Path, tmp_path: Path) -> None:
    expected = len((GOLDEN / "expected" / "persons.csv").read_text("utf-8").splitlines()) - 1
    for kind in ("csv", "parquet", "xlsx"):
        target = tmp_path / f"persons.{kind}"
        answer = tocsin("table", case, "persons", "--to", target, "--json")
        assert_answer(answer.json, "table", 0, case)
        assert answer.json["result"] == {"table": "persons", "rows": expected, "path": str(target)}
    with (tmp_path / "persons.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == expected == pq.read_table(tmp_path / "persons.parquet").num_rows
    sheet = load_workbook(tmp_path / "persons.xlsx").active
    assert sheet is not None
    assert sheet.max_row == expected + 1
    assert [cell.value for cell in next(sheet.iter_rows())] == list(rows[0])
    assert not list(tmp_path.glob(".*.tmp"))


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_empty_table_is_written_with_its_columns(
    tocsin: Tocsin, case: Path, tmp_path: Path, kind: str
) -> None:
    target = tmp_path / f"accounts.{kind}"
    assert tocsin("table", case, "accounts", "--to", target).code == 0
    if kind == "parquet":
        assert pq.read_schema(target).names == list(TABLES["accounts"].column_names)


@pytest.mark.parametrize(
    ("name", "file", "code"), [("evnts", "a.csv", "no_table"), ("events", "a.doc", "unknown_kind")]
)
def test_table_or_kind_that_does_not_exist_is_refused(
    tocsin: Tocsin, case: Path, tmp_path: Path, name: str, file: str, code: str
) -> None:
    answer = tocsin("table", case, name, "--to", tmp_path / file, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, code)


@pytest.mark.parametrize(
    ("local", "typed", "is_shown"),
    [("patients:P0001", "", True), ("patients:-", "P0001\n", True), ("patients:P0026", "", False)],
)
def test_person_is_told_what_was_shown_of_them(
    tocsin: Tocsin, case: Path, local: str, typed: str, is_shown: bool
) -> None:
    answer = tocsin("person", case, "--local", local, "--json", typed=typed)
    assert_answer(answer.json, "person", 0, case)
    assert bool(answer.json["result"]["disclosures"]) is is_shown
    assert (answer.json["result"]["absence"] is None) is is_shown
    entry = json.loads((case / "journal/journal.jsonl").read_text("utf-8").splitlines()[-1])
    assert entry["kind"] == "report:person:read"
    assert "P00" not in json.dumps(entry["body"])


def test_persons_who_share_a_number_are_told_apart(tocsin: Tocsin, case: Path) -> None:
    with (case / "registry/patients.csv").open(encoding="utf-8") as file:
        by_number: dict[str, set[str]] = {}
        for row in csv.DictReader(file):
            if row["nss"]:
                by_number.setdefault(row["nss"], set()).add(row["patient_id"])
    number, family = max(by_number.items(), key=lambda pair: len(pair[1]))
    assert len(family) > 2
    answer = tocsin("person", case, "--nir", "-", "--json", typed=f"{number[:3]} {number[3:]}\n")
    persons = answer.json["result"]["persons"]
    assert len({one["person_id"] for one in persons}) == len(family)
    assert number not in (case / "journal/journal.jsonl").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--nir", "261041499100140"], "identifier_argument"),
        ([], "usage"),
        (["--local", "P0001"], "usage"),
        (["--local", "nobody:P0001"], "no_registry"),
        (["--local", "patients:ZZZ"], "no_such_person"),
        (["--nir", "-"], "no_such_person"),
    ],
)
def test_person_that_cannot_be_looked_up_is_refused_without_repeating_it(
    tocsin: Tocsin, case: Path, arguments: list[str], code: str
) -> None:
    answer = tocsin("person", case, *arguments, "--json", typed="199019999999999\n")
    assert (answer.code, answer.json["error"]["code"]) == (2, code)
    assert "261041499100140" not in answer.out + answer.err
    assert "199019999999999" not in answer.out + answer.err


def test_figure_leads_to_the_lines_of_its_logs(tocsin: Tocsin, case: Path) -> None:
    answer = tocsin("trace", case, "counts.persons.floor", "--limit", "5", "--json")
    assert_answer(answer.json, "trace", 0, case)
    lines = answer.json["result"]["lines"]
    assert 0 < len(lines) <= 5
    for line in lines:
        assert set(line) == {"file", "line_number", "byte_offset", "text"}
        assert line["text"]
    assert tocsin("trace", case, "no.such.figure", "--json").code == 2


def test_second_count_agrees_with_the_report(tocsin: Tocsin, case: Path) -> None:
    answer = tocsin("recount", case, "--json")
    assert_answer(answer.json, "recount", 0, case)
    assert answer.json["result"]["differ"] == []
    assert len(answer.json["result"]["figures"]) > 50
    refused = tocsin("recount", case, "--max-records", "3", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "cannot_recount")


def test_journal_is_checked_and_exported(tocsin: Tocsin, case: Path, tmp_path: Path) -> None:
    checked = tocsin("journal", case, "check", "--json")
    assert_answer(checked.json, "journal", 0, case)
    content = (case / "journal/journal.jsonl").read_text("utf-8")
    assert checked.json["result"]["entries"] == len(content.splitlines())
    assert checked.json["result"]["parts"] > 10
    assert tocsin("journal", case, "export").out == content
    assert tocsin("journal", case, "export", "--to", tmp_path / "j").code == 0
    assert (tmp_path / "j").read_text("utf-8") == content
    exported = tocsin("journal", case, "export", "--json").json["result"]["journal"]
    assert [entry["number"] for entry in exported] == list(range(1, len(exported) + 1))


@pytest.mark.parametrize("what", ["altered", "removed", "cut", "emptied", "gone", "table", "current"])
def test_falsified_case_is_told_with_exit_code_one(tocsin: Tocsin, case: Path, what: str) -> None:
    path = case / "journal" / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    if what == "altered":
        path.write_bytes(b"".join(lines).replace(b'"by":"tests"', b'"by":"other"', 1))
    elif what == "removed":
        path.write_bytes(b"".join(lines[:1] + lines[2:]))
    elif what == "cut":
        path.write_bytes(b"".join(lines[:-1]))
        (case / "journal" / "HEAD").write_text(f"{len(lines) - 1} {json.loads(lines[-2])['hash']}\n")
    elif what == "emptied":
        path.write_bytes(b"")
    elif what == "gone":
        path.unlink()
        (case / "journal" / "HEAD").unlink()
    elif what == "table":
        with (case / "tables" / "claims.parquet").open("ab") as file:
            file.write(b"x")
    else:
        current = case / "tables" / "CURRENT"
        current.write_text(current.read_text("utf-8").replace('"rows": 1', '"rows": 7', 1), "utf-8")
    answer = tocsin("journal", case, "check", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (1, "tampered")
    assert answer.json["error"]["do"]
    assert tocsin("journal", case, "check").code == 1


def test_decision_changes_the_counts_of_the_next_run(tocsin: Tocsin, case: Path) -> None:
    before = tocsin("run", case, "--json").json["result"]["counts"]["persons"]
    decided = tocsin(
        "decide", case, "--account", "dr.lemoine", "--verdict", "legitimate", "--by", "DPO",
        "--why", "Il était de garde, voir le registre ; « l'astreinte »", "--json",
    )  # fmt: skip
    assert_answer(decided.json, "decide", 0, case)
    after = tocsin("run", case, "--json").json["result"]["counts"]["persons"]
    assert after["floor"] < before["floor"]
    assert tocsin("journal", case, "check").code == 0
    [entry] = [
        json.loads(line)
        for line in (case / "journal/journal.jsonl").read_text("utf-8").splitlines()
        if '"detect:suspect:decided"' in line
    ]
    assert entry["by"] == "DPO"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "usage"),
        (["--account", "a", "--from", "yesterday"], "bad_instant"),
        (["--account", "a", "--from", "2020-07-21T09:00:00"], "no_zone"),
        (["--account", "a", "--p", "1.5"], "usage"),
        (["--account", "a", "--p", "nan"], "usage"),
        (
            ["--account", "a", "--from", "2020-07-21T09:00:00Z", "--until", "2020-07-21T08:00:00Z"],
            "empty_period",
        ),
    ],
)
def test_decision_that_means_nothing_is_refused_and_not_recorded(
    tocsin: Tocsin, case: Path, arguments: list[str], code: str
) -> None:
    before = (case / "journal/journal.jsonl").read_bytes()
    answer = tocsin("decide", case, *arguments, "--verdict", "doubtful", "--why", "x", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, code)
    assert (case / "journal/journal.jsonl").read_bytes() == before


def test_key_pair_is_made_once(tocsin: Tocsin, tmp_path: Path) -> None:
    answer = tocsin("case", "keygen", tmp_path / "dpo.key", "--json")
    assert_answer(answer.json, "case keygen", 0, None)
    assert len(answer.json["result"]["recipient"]) == 44
    assert tocsin("case", "keygen", tmp_path / "dpo.key", "--json").json["error"]["code"] == "file_exists"
    assert tocsin("case", "keygen", tmp_path / "other.key").out.startswith('recipients = ["')
