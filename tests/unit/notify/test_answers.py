# SPDX-License-Identifier: Apache-2.0
"""What persons answer changes whom to write to, never who is concerned; nothing doubled, nothing lost."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_case import put, rows_of
from tests.unit.notify.scenes import Sink, email_settings, exposed, person, sink, told_case
from tests.unit.notify.test_notify_sending import opener, released, send, told
from tocsin.cli.main import cli, run_command
from tocsin.core.errors import InputError
from tocsin.journal.notice_answers import TAKEN
from tocsin.notify.answer_rows import read_answers
from tocsin.notify.answers import Taken, close_answer, open_answers, take_in_answers
from tocsin.notify.delivery import send_all
from tocsin.notify.outbox import Outbox
from tocsin.notify.waves import release
from tocsin.report.assemble import assemble
from tocsin.store.case import Case

NOW = datetime(2026, 6, 20, tzinfo=UTC)
HEAD = "registry;person;answer;at;by;name;email;address"


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Sink]:
    (tmp_path / "case").mkdir()
    with sink(tmp_path / "case" / "mail.log") as held:
        yield held


def row(number: int, answer: str, *, name: str = "", email: str = "", address: str = "") -> str:
    return f"patients;P{number:06};{answer};2026-06-12;centre;{name};{email};{address}"


def answered(folder: Path, *rows: str, head: str = HEAD) -> Taken:
    with Case(folder, by="centre") as case, closing(Outbox.open(folder)) as outbox:
        taken, read = take_in_answers(case, outbox, "\n".join([head, *rows]).encode(), NOW)
        assert not read.faults
        return taken


def asked_in_report(case: Case) -> list[object]:
    """What the report's open questions say of wrong persons."""
    return [one["values"] for one in assemble(case)["open_questions"] if one["code"] == "not_me_open"]


def next_wave(folder: Path) -> dict[str, int]:
    with Case(folder, by="DPO") as case:
        return release(case, why="answers", named="DPO").reasons


def test_who_moved_gets_one_further_letter_at_the_new_address(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1, email=None), person(2)], relay.port)
    send_all(opener(folder), ("email",))
    moved = [row(1, "moved", address="9 rue Neuve, 44000 Nantes"), row(2, "moved", email="new@example.org")]
    assert answered(folder, *moved) == Taken(2, 2, 0, {"moved": 2}, 1, 2)
    assert told(folder).to_release_again == 2
    assert next_wave(folder) == {"route": 2}
    send_all(opener(folder), ("email",))
    assert relay.mailboxes() == ["p2@example.com", "new@example.org"]
    with Case(folder, by="DPO") as case:
        with pytest.raises(InputError, match="nobody to tell"):
            release(case, why="again", named="DPO")
        assert rows_of(case, "recipients")[0]["lines"] == ["ANNE DURAND1", "9 rue Neuve", "44000 NANTES"]
    found = told(folder)
    assert (found.to_inform, found.to_release_again, found.under_way) == (2, 0, {"queued": 1})


def test_answer_taken_in_twice_counts_once(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1)], relay.port)
    answered(folder, row(1, "moved", email="old@example.org"))
    rows = [row(1, "moved", email="new@example.org"), row(1, "moved", email="new@example.org")]
    assert answered(folder, *rows) == Taken(2, 1, 1, {"moved": 1}, 2, 2)
    assert answered(folder, *rows) == Taken(2, 0, 2, {})
    with Case(folder, by="DPO") as case:
        assert len(rows_of(case, "answers")) == 2
        [_first, entry] = [one for one in case.journal.entries() if one.kind == TAKEN]
        assert (entry.by, entry.body["answers"]) == ("centre", {"moved": 1})
        assert "new@example.org" not in str(entry.body)
        assert "P000001" not in str(entry.body)
    assert next_wave(folder) == {"route": 1}
    send(folder)
    assert relay.mailboxes() == ["new@example.org"]  # the last answer holds


def test_wrong_person_is_a_question_and_changes_no_count(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1), person(2)], relay.port)
    send(folder)
    with Case(folder, by="DPO") as case:
        before = case.digest_of("exposure", "persons", "registry")
    answered(folder, row(1, "not_me"))
    with Case(folder, by="DPO") as case:
        assert case.digest_of("exposure", "persons", "registry") == before
        assert [(one.number, one.answer, one.files) for one in open_answers(case)] == [
            (1, "not_me", ("patients:P000001",))
        ]
        assert asked_in_report(case) == [{"answers": 1, "persons": 1}]
    found = told(folder)
    assert (found.to_inform, found.delivered, found.failed) == (2, 1, 1)
    with Case(folder, by="DPO") as case:
        with pytest.raises(InputError, match="nobody to tell"):
            release(case, why="nothing is known yet", named="DPO")
        close_answer(case, 1, "The mailbox was a namesake's; put right in the registry")
        assert not asked_in_report(case)
        put(case, registry=[person(1, email="right@example.org"), person(2)])
    assert next_wave(folder) == {"held_back": 1}
    send(folder)
    assert relay.mailboxes()[-1] == "right@example.org"
    assert (told(folder).delivered, told(folder).is_closed) == (2, True)


def test_guardian_named_by_an_answer_is_written_to_about_the_person(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1)], relay.port)
    answered(folder, row(1, "guardian", name="Paul Martin", email="paul@example.org"))
    assert told(folder).failed == 1
    send(folder)
    assert not relay.taken
    assert next_wave(folder) == {"route": 1}
    send(folder)
    assert relay.mailboxes() == ["paul@example.org"]
    with Case(folder, by="DPO") as case:
        [held] = rows_of(case, "recipients")
    assert (held["addressee"], held["reason"], held["name"]) == (
        "representative",
        "representative",
        "Anne Durand1",
    )


@pytest.mark.parametrize(("answer", "reason"), [("deceased", "deceased"), ("do_not_write", "asked_not_to")])
def test_nothing_more_is_written_to_the_dead_and_to_who_refuses(
    tmp_path: Path, relay: Sink, answer: str, reason: str
) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1), person(2)], relay.port)
    answered(folder, row(1, answer))
    send(folder)
    assert relay.mailboxes() == ["p2@example.com"]
    found = told(folder)
    assert (found.delivered, found.suppressed, found.is_closed) == (1, 1, True)
    with closing(Outbox.open(folder)) as outbox:
        assert ("email", "suppressed", reason, 1) in outbox.reasons()
    with Case(folder, by="DPO") as case:
        put(case, exposure=[*exposed(1, "identity.name", "id.nir"), *exposed(2)])
        assert release(case, why="facts", named="DPO").channels == {"suppressed": 1}


def test_representative_was_told_already_when_a_death_is_reported(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    rows = [person(1, guardian="P000002"), person(2, email="guardian@example.com")]
    released(folder, rows, relay.port, exposure=exposed(1))
    send(folder)
    answered(folder, row(1, "deceased"))
    assert (told(folder).delivered, told(folder).suppressed) == (1, 0)


def test_code_read_out_on_the_phone_finds_the_person(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1), person(2)], relay.port)
    with Case(folder, by="DPO") as case:
        code = next(str(one["code"]) for one in rows_of(case, "notices") if one["person_id"] == 2)
    typed = f"{code[:4]} {code[4:8].lower()}-{code[8:]}"
    answered(folder, f"{typed};wants_list;2026-06-12T10:00+02:00;centre", head="code;answer;at;by")
    with Case(folder, by="DPO") as case:
        assert [one.files for one in open_answers(case)] == [("patients:P000002",)]
        close_answer(case, 1, "Answered")
        assert not open_answers(case)


BAD = {
    "patients;P000001;sorry;2026-06-12;centre;;;": "unknown_answer",
    "patients;P000001;deceased;yesterday;centre;;;": "no_instant",
    "patients;P000001;deceased;2030-01-01;centre;;;": "in_the_future",
    "patients;P000001;deceased;2026-06-12;;;;": "nobody_took_it",
    "patients;P999999;deceased;2026-06-12;centre;;;": "nobody_of_this_case",
    "patients;;deceased;2026-06-12;centre;;;": "not_one_person",
    "patients;P000001;moved;2026-06-12;centre;;;": "no_new_way",
    "patients;P000001;moved;2026-06-12;centre;;a@@b;": "email_malformed",
    "patients;P000001;moved;2026-06-12;centre;;;9 rue Neuve": "address_no_postcode",
    "patients;P000001;guardian;2026-06-12;centre;;a@example.org;": "no_name",
    "patients;P000001;guardian;2026-06-12;centre;=cmd();a@example.org;": "formula",
    "patients;P000001;deceased;2026-06-12;centre;;": "cells_do_not_fit",
    f"patients;P000001;guardian;2026-06-12;centre;{'x' * 401};a@example.org;": "too_long",
}


def invoked(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["notify", str(folder), "answers", "--lang", "en", *arguments])


def test_one_wrong_row_keeps_the_whole_file_out_and_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "case"
    told_case(folder, [person(1)], settings=email_settings(1)).close()
    rows = [row(1, "do_not_write"), *BAD]
    typed = io.BytesIO("\n".join([HEAD, *rows]).encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(typed))
    asked = ["notify", str(folder), "answers", "--lang", "en", "--from", "-"]
    assert run_command([*asked, "--faults", str(tmp_path / "f.csv")]) == 2
    said = capsys.readouterr()
    assert "Nothing was taken in. Wrong rows: 13." in said.err
    assert "P000001" not in said.out + said.err
    listed = (tmp_path / "f.csv").read_text("utf-8").split()[1:]
    assert listed == [f"{number};{code}" for number, code in enumerate(BAD.values(), start=2)]
    with Case(folder, by="DPO") as case:
        assert not case.has("answers")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"answer;at\nx;y\n", "no_column"),
        (b"answer;at;by;note\n", "unknown_column"),
        (b"answer;at;by;code;code\n", "unknown_column"),
        (b"\xff\xfe", "not_utf8"),
        (b'answer;at;by;code\n"open;2026-01-01;x;y\n', "no_csv"),
    ],
)
def test_file_that_is_none_of_ours_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_answers(content, "Europe/Paris", NOW)
    assert refused.value.code == code


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_by_row(text: str) -> None:
    """Every row is either read or wrong; none is lost, and nothing but an InputError is raised."""
    content = f"{HEAD}\n{row(1, 'deceased')}\n".encode() + text.encode("utf-8", "surrogatepass")
    try:
        read = read_answers(content, "Europe/Paris", NOW)
    except InputError:
        return
    numbers = [*(one.number for one in read.rows), *read.faults]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert 1 in [one.number for one in read.rows]


def test_verb_tells_what_waits_and_exits_1_until_it_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    told_case(folder, [person(1)], settings=email_settings(1)).close()
    (tmp_path / "calls.csv").write_text("\n".join([HEAD, row(1, "not_me"), row(1, "wants_list")]), "utf-8")
    done = invoked(
        folder, "--from", str(tmp_path / "calls.csv"), "--to", str(tmp_path / "open.csv"), "--json"
    )
    told = json.loads(done.stdout)
    assert (done.exit_code, told["result"]["taken"]) == (1, 2)
    assert [one["code"] for one in told["open_questions"]] == ["answer_not_me", "answer_wants_list"]
    assert "P000001" not in done.output
    written = (tmp_path / "open.csv").read_text("utf-8")
    assert "patients:P000001" in written
    assert "not_me;2026-06-12T00:00:00+02:00;" in written, "the day that was written down"
    assert invoked(folder, "--close", "1", "--why", "Parted").exit_code == 1
    assert invoked(folder, "--close", "2", "--why", "Answered").exit_code == 0
    with Case(folder, by="DPO") as case, pytest.raises(InputError, match="No open answer has the number 2"):
        close_answer(case, 2, "again")
