# SPDX-License-Identifier: Apache-2.0
"""The verbs that learn a catalogue and look outside, on the golden case: answers, codes, nobody named."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.conftest import GOLDEN
from tests.unit.cli.conftest import Tocsin

SHARE = 1 / 35
"""Of the golden case: one act of 35 is under no rule."""


def learned(tocsin: Tocsin, case: Path) -> str:
    answer = tocsin("catalogue", "learn", case, "--json", "--by", "tests")
    assert answer.code == 0
    [proposal] = answer.json["result"]["proposals"]
    assert answer.json["result"]["uncovered"] == {"events": 1, "share": SHARE}
    return str(proposal["rule"])


def test_uncovered_share_shrinks_as_printed_once_the_case_is_run_again(tocsin: Tocsin, case: Path) -> None:
    rule = learned(tocsin, case)
    before = tocsin("run", case, "--json", "--by", "tests").json["result"]["scope"]["uncovered"]
    signed = tocsin(
        "catalogue", "sign", case, rule, "--by", "A. Martin", "--why", "seen", "--shows-nothing", "--json"
    ).json["result"]
    after = tocsin("run", case, "--json", "--by", "tests").json["result"]["scope"]["uncovered"]
    assert (signed["before"], signed["after"]) == (before, after)
    assert (before["events"], after["events"]) == (1, 0)
    assert tocsin("recount", case, "--json", "--by", "tests").code == 0


def test_signature_needs_a_name(tocsin: Tocsin, case: Path) -> None:
    rule = learned(tocsin, case)
    answer = tocsin("catalogue", "sign", case, rule, "--why", "seen", "--shows-nothing", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, "no_signer")


def test_rejected_rule_is_told_and_not_proposed(tocsin: Tocsin, case: Path) -> None:
    rule = learned(tocsin, case)
    assert tocsin("catalogue", "reject", case, rule, "--by", "A. Martin", "--why", "no").code == 0
    again = tocsin("catalogue", "learn", case, "--json", "--by", "tests").json["result"]
    assert (again["proposals"], again["rejected"]) == ([], [rule])


def test_learning_is_told_in_both_languages(tocsin: Tocsin, case: Path) -> None:
    french = tocsin("catalogue", "learn", case, "--lang", "fr", "--by", "tests")
    assert "modèles de requêtes" in french.out
    assert "templates are 99" in tocsin("catalogue", "learn", case, "--lang", "en", "--by", "tests").out


def test_hunt_tells_seen_and_not_seen_with_the_marking(tocsin: Tocsin, case: Path, tmp_path: Path) -> None:
    listed = tmp_path / "listed.csv"
    listed.write_text("type,value,tlp\naccount,dr.lemoine,amber\nagent,wget/9,\n", "utf-8")
    answer = tocsin("hunt", case, "--indicators", listed, "--json", "--by", "tests")
    result = answer.json["result"]
    assert answer.code == 1
    assert result["tlp"] == "TLP:AMBER"
    assert result["counts"] == {"seen": 1, "partly_seen": 0, "not_seen": 1, "cannot_be_seen": 0}
    assert result["indicators"][0]["decide"][0].startswith("tocsin decide")
    assert answer.json["open_questions"][0]["code"] == "indicator_seen"
    said = tocsin("hunt", case, "--indicators", listed, "--lang", "fr", "--by", "tests")
    assert said.out.startswith("TLP:AMBER")


def test_hunt_refuses_another_version(tocsin: Tocsin, case: Path, tmp_path: Path) -> None:
    (tmp_path / "old.xml").write_text("<stix:STIX_Package/>", "utf-8")
    answer = tocsin("hunt", case, "--indicators", tmp_path / "old.xml", "--json", "--by", "tests")
    assert (answer.code, answer.json["error"]["code"]) == (2, "other_version")


def extract(target: Path, *numbers: int) -> Path:
    with (GOLDEN / "case/registry/patients.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for n, row in enumerate(csv.DictReader(file)) if n in numbers]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["patient_id", "nom", "date_naissance"])
        writer.writerows([row["patient_id"], row["birth_name"], row["birth_date"]] for row in rows)
    return target


def test_match_says_that_a_sample_exceeds_the_logs_and_names_nobody(
    tocsin: Tocsin, case: Path, tmp_path: Path
) -> None:
    sample = extract(tmp_path / "found.csv", *range(24))
    answer = tocsin("match", case, sample, "--json", "--by", "tests")
    [told] = answer.json["result"]["samples"]
    assert (answer.code, told["exceeds"]) == (1, True)
    assert answer.json["open_questions"][0]["code"] == "leak_exceeds_logs"
    assert "P0001" not in answer.out
    report = tocsin("run", case, "--json", "--by", "tests").json["result"]
    assert "proven" not in {claim["grade"] for claim in report["claims"]}
    assert "leak_exceeds_logs" in str(report["claims"])
    said = tocsin("match", case, sample, "--lang", "fr", "--by", "tests")
    assert "DÉPASSE" in said.out
    withdrawn = tocsin("match", case, "--withdraw", told["sha256"], "--why", "ours", "--json", "--by", "x")
    assert (withdrawn.code, withdrawn.json["result"]["exceeds"]) == (0, False)


def test_match_without_a_sample_or_with_a_bad_pair_is_refused(
    tocsin: Tocsin, case: Path, tmp_path: Path
) -> None:
    sample = extract(tmp_path / "found.csv", 1)
    assert tocsin("match", case, "--json").code == 2
    assert tocsin("match", case, sample, "--column", "ref", "--json").code == 2
    assert tocsin("match", case, tmp_path / "none.csv", "--json").json["error"]["code"] == "no_file"
