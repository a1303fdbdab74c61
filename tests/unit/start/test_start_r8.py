# SPDX-License-Identifier: Apache-2.0
"""R8 settled by following the screen: from the files alone to figures that equal the truth."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.unit.start.conftest import Followed, Practice, Start
from tocsin.core.settings import load_case
from tocsin.replays.figures import agree, find_figure
from tocsin.replays.r8.expected import expect


def report_of(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "report" / "report.json").read_text("utf-8"))
    return told


def differing(folder: Path, truth: dict[str, Any]) -> list[str]:
    """Figures that are not the expected ones; claims are those of the case that the replay writes."""
    report = report_of(folder)
    asked = [e for e in expect(truth) if not e.figure.startswith("claims.no:health.document")]
    return [e.figure for e in asked if not agree(e.value, find_figure(report, e.figure))]


def test_counts_equal_the_truth_when_one_follows_the_screen(followed: Followed, practice: Practice) -> None:
    said = followed.said
    assert differing(followed.case, practice.truth) == []
    assert said.code in (0, 1)
    assert said.err == ""
    for word in ("Compris", "portail", "72 heures", "Que faire maintenant", "tocsin run"):
        assert word in said.out


def test_claims_are_proven_when_somebody_has_checked_the_pages(
    start: Start, followed: Followed, practice: Practice, tmp_path: Path
) -> None:
    start(tmp_path / "unchecked", [*practice.answers()[:-1], "non"])
    grades = [
        {claim["id"]: claim["grade"] for claim in report_of(folder)["claims"]}
        for folder in (followed.case, tmp_path / "unchecked")
    ]
    assert grades[0]["no:finance.bank"] == "proven"
    assert grades[1]["no:finance.bank"] == "not_observed"


def test_settings_written_are_those_answered(followed: Followed) -> None:
    settings = load_case(followed.case / "case.toml")
    assert settings.case.organisation == "practice"
    assert settings.case.became_aware_by == "Secrétariat"
    assert settings.case.became_aware_at is not None
    assert settings.case.became_aware_at.isoformat() == "2025-11-14T07:40:00+00:00"
    assert [source.name for source in settings.sources] == ["portail"]
    [known] = settings.known
    assert (known.account, known.split, known.decided_by) == ("dr.lemoine", False, "Secrétariat")
    assert settings.registries[0].columns["person"] == "N° dossier"
    assert settings.accounts[0].columns["active_until"] == "Départ le"
    assert "#" in (followed.case / "case.toml").read_text("utf-8")


@pytest.mark.parametrize("answered", [7, 17])
def test_what_was_answered_is_kept_when_the_input_ends(
    start: Start, practice: Practice, tmp_path: Path, answered: int
) -> None:
    answers, case = practice.answers(), tmp_path / "case"
    first = start(case, answers[:answered])
    assert first.code == 1
    assert "Rien n’est perdu" in first.out
    assert not (case / "case.toml").exists()
    start(case, answers[answered:])
    assert differing(case, practice.truth) == []


@pytest.mark.slow
def test_leaving_and_coming_back_after_each_question_changes_nothing(
    start: Start, followed: Followed, practice: Practice, tmp_path: Path
) -> None:
    for answer in practice.answers():
        start(tmp_path / "case", [answer])
    for name in ("catalogue.toml", "case.toml"):
        often, once = ((folder / name).read_text("utf-8") for folder in (tmp_path / "case", followed.case))
        assert often == once


def test_a_case_that_stands_is_never_overwritten(start: Start, practice: Practice, tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    (case / "case.toml").write_text("mine", "utf-8")
    said = start(case, practice.answers())
    assert said.code == 2
    assert "tocsin run" in said.err
    assert (case / "case.toml").read_text("utf-8") == "mine"


def test_one_object_and_nothing_else_stands_on_standard_output_when_a_program_asks(
    start: Start, practice: Practice, tmp_path: Path
) -> None:
    said = start(tmp_path / "case", practice.answers(), "--json")
    told = json.loads(said.out)
    assert told["verb"] == "start"
    assert told["result"]["counts"]["persons"]["best"] == practice.truth["persons"]
    assert {one["code"] for one in told["result"]["missing"]} == {"old_list", "no_custody"}
    assert "1. Qui êtes-vous" in said.err


def test_nobody_is_said_to_be_unconcerned_when_there_is_no_log(
    start: Start, practice: Practice, tmp_path: Path
) -> None:
    said = start(tmp_path / "case", [*practice.answers()[:6], "je ne sais pas"])
    assert said.code == 1
    assert "pas encore de journaux" in said.words
    assert not (tmp_path / "case" / "report").exists()
    load_case(tmp_path / "case" / "case.toml")


def test_an_unknown_account_goes_on_to_the_end(start: Start, practice: Practice, tmp_path: Path) -> None:
    answers = [*practice.answers()[:7], "je ne sais pas", "je ne sais pas", "je ne sais pas"]
    said = start(tmp_path / "case", answers)
    assert said.code == 1
    assert "Cela ne veut pas dire que personne n’est concerné" in said.words


def test_what_each_missing_input_would_add_is_measured(
    start: Start, practice: Practice, tmp_path: Path
) -> None:
    account = practice.truth["account"]
    unknown = ["je ne sais pas"] * 12
    said = start(
        tmp_path / "case", [*practice.answers()[:7], account, "nsp", "", "", "non", *unknown], lang="fr"
    )
    assert "pages que personne n’a décrites" in said.words
    assert f"pour {practice.truth['local_ids']} numéros différents" in said.words
    report = report_of(tmp_path / "case")
    assert report["counts"]["persons"]["floor"] == 0
    assert report["counts"]["persons"]["ceiling"] is None


def test_a_list_in_the_old_windows_encoding_is_read_from_a_copy(
    start: Start, practice: Practice, tmp_path: Path
) -> None:
    old = tmp_path / "patients.csv"
    old.write_bytes(practice.patients.read_text("utf-8-sig").encode("cp1252", "replace"))
    answers = [str(old) if answer == str(practice.patients) else answer for answer in practice.answers()]
    said = start(tmp_path / "case", answers)
    assert "ancien codage de Windows" in said.words
    copy = tmp_path / "case" / "lists" / "patients.csv"
    assert copy.stat().st_mode & 0o077 == 0
    assert report_of(tmp_path / "case")["counts"]["persons"]["floor"] == practice.truth["persons"]


def test_no_name_of_a_patient_is_shown_or_kept_in_the_answers(followed: Followed, practice: Practice) -> None:
    said = followed.said
    rows = practice.patients.read_text("utf-8-sig").splitlines()[1:]
    kept = (followed.case / "start.toml").read_text("utf-8")
    numbers = [row.split(";")[5] for row in rows[:50]]
    assert any(numbers)
    for row, nir in zip(rows, numbers, strict=False):
        assert not nir or (nir not in said.out and nir not in kept)
        assert row.split(";")[1] + ";" not in said.out


def test_a_terminal_is_served_as_a_pipe_is_and_an_interruption_loses_nothing(
    practice: Practice, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    answers = practice.answers()
    cut = in_terminal(case, answers[:8], interrupt=True)
    assert "Rien n’est perdu" in cut
    told = in_terminal(case, answers[8:])
    assert "Reprise là où vous en étiez : 8 réponses" in " ".join(told.split())
    assert differing(case, practice.truth) == []


def in_terminal(case: Path, lines: list[str], *, interrupt: bool = False) -> str:
    """Type the lines in a pseudo-terminal, each when a prompt stands there; all that the screen showed."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "tocsin", "start", str(case), "--lang", "fr", "--no-open"]
    with subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, start_new_session=True
    ) as run:
        os.close(follower)
        shown, waiting = "", list(lines)
        end = time.monotonic() + 50
        while time.monotonic() < end:
            if select.select([leader], [], [], 0.2)[0]:
                try:
                    piece = os.read(leader, 65536).decode("utf-8", "replace")
                except OSError:
                    break
                shown += piece
            elif shown.endswith("> ") and waiting:
                os.write(leader, f"{waiting.pop(0)}\n".encode())
            elif shown.endswith("> ") and interrupt:
                run.send_signal(2)
                interrupt = False
            elif run.poll() is not None:
                break
        run.wait(timeout=20)
        os.close(leader)
    return shown.replace("\r", "")
