# SPDX-License-Identifier: Apache-2.0
"""The verb `declare`: what it answers in words and as one object, and with which exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Tocsin


def test_declare_drafts_every_form_of_an_empty_case_at_once(tocsin: Tocsin, tmp_path: Path) -> None:
    case = tmp_path / "new"
    assert tocsin("init", case, "--by", "DPO").code == 0
    answer = tocsin("declare", case, "--by", "DPO", "--json")
    assert answer.code == 1, "somebody must still answer"
    told = answer.json["result"]
    assert len(told["forms"]) == 10
    assert all(one["is_new"] for one in told["forms"])
    assert "3.3.number" in told["waiting"]
    assert (case / "declarations/cnil/1/fr.html").is_file()


def test_declare_says_who_must_answer_and_that_nothing_was_sent(tocsin: Tocsin, case: Path) -> None:
    answer = tocsin("declare", case, "--form", "cnil", "--lang", "fr", "--by", "DPO")
    assert answer.code == 1
    assert "Notification à la CNIL" in answer.out
    assert "responsable de la sécurité (RSSI)" in answer.out
    assert "[3.1.late_reasons]" in answer.out
    assert "Rien n’a été envoyé." in answer.out


def test_fields_tell_their_value_and_their_source(tocsin: Tocsin, case: Path) -> None:
    out = tocsin("declare", case, "fields", "--form", "cnil", "--lang", "en").out
    assert "Number of data subjects [3.3.number]: 17 (from the facts)" in out
    fields = tocsin("declare", case, "fields", "--json").json["result"]["fields"]
    [number] = [field for field in fields if field["id"] == "3.3.number"]
    assert number["evidence"][0]["kind"] in ("figure", "report")


def test_an_answer_may_come_from_standard_input(tocsin: Tocsin, case: Path) -> None:
    arguments = ("declare", case, "answer", "4.3.taken", "-", "--why", "team log", "--by", "CISO", "--json")
    answer = tocsin(*arguments, typed="Accounts closed.\nTokens revoked.")
    assert answer.code == 0
    assert answer.json["result"]["value"] == "Accounts closed.\nTokens revoked."
    fields = tocsin("declare", case, "fields", "--json").json["result"]["fields"]
    [taken] = [field for field in fields if field["id"] == "4.3.taken"]
    assert (taken["by"], taken["origin"]) == ("CISO", "answer")


def test_choose_moves_the_declared_number_of_the_report(tocsin: Tocsin, case: Path) -> None:
    answer = tocsin(
        "declare", case, "choose", "--basis", "ceiling", "--why", "the inquiry goes on", "--by", "DPO"
    )
    assert answer.code == 0
    assert '"basis": "ceiling"' in (case / "report/report.json").read_text("utf-8")
    run = tocsin("run", case, "--json", "--by", "DPO").json["result"]
    assert run["declared"]["persons"] == {"value": 39, "certainty": "approximate", "basis": "ceiling"}
    lines = tocsin("trace", case, "declared.persons.value", "--json").json["result"]["lines"]
    ceiling = tocsin("trace", case, "counts.persons.ceiling", "--json").json["result"]["lines"]
    assert lines == ceiling


def test_a_receipt_is_recorded_with_its_clock(tocsin: Tocsin, case: Path) -> None:
    tocsin("declare", case, "--form", "cnil", "--by", "DPO")
    answer = tocsin(
        "declare", case, "receipt", "cnil", "--number", "2024-77", "--at", "2024-06-12T10:00:00+02:00",
        "--by", "DPO", "--json",
    )  # fmt: skip
    assert answer.code == 0
    assert answer.json["result"]["clock"] == "gdpr-33-initial"


def test_controllers_writes_a_pack_each(tocsin: Tocsin, case: Path) -> None:
    told = tocsin("declare", case, "controllers", "--json", "--by", "DPO").json["result"]
    assert told["controllers"] == 2
    assert (case / told["folder"] / "practice-1" / "letter.html").is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ("drafts",),
        ("answer", "2.1.name"),
        ("answer", "2.1.nam", "x", "--why", "y"),
        ("answer", "2.1.name", "x"),
        ("choose", "--why", "y"),
        ("choose", "--basis", "most", "--why", "y"),
        ("receipt", "cnil"),
        ("receipt", "cnil", "--number", "1", "--at", "2024-06-12T10:00:00"),
        ("receipt", "cnil", "--number", "1", "--at", "2024-06-12T10:00:00Z"),
        ("draft", "--form", "cnill"),
        ("draft", "--form", "cnil", "--kind", "final"),
        ("draft", "cnil"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_one_message_and_exit_2(tocsin: Tocsin, case: Path, arguments: tuple[str, ...]) -> None:
    before = (case / "journal" / "journal.jsonl").read_bytes()
    answer = tocsin("declare", case, *arguments, "--by", "DPO")
    assert answer.code == 2
    assert len(answer.err.strip().splitlines()) == 1
    assert (case / "journal" / "journal.jsonl").read_bytes() == before
