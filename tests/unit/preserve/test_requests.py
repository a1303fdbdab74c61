# SPDX-License-Identifier: Apache-2.0
"""Requests and what came of them: recorded once each, told by their fold, refused when they cannot be so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_case import make_case
from tocsin.core.errors import InputError
from tocsin.core.terms import Custody
from tocsin.core.words import words
from tocsin.journal import Entry, check_journal
from tocsin.preserve.phrases import unknown_kind_sentence
from tocsin.preserve.record import record_asked, record_custody, record_receipt, record_refusal
from tocsin.preserve.requests import ANSWERED, ASKED, REFUSED, Status, fold
from tocsin.preserve.run import look
from tocsin.store.case import Case

NOW = datetime(2026, 11, 21, 23, tzinfo=UTC)
DUE = NOW + timedelta(hours=48)
LATER = DUE + timedelta(hours=1)
SOURCES = '\n[[sources]]\nname = "gateway"\npaths = ["logs/*.log"]\n'


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with make_case(tmp_path / "case", settings=SOURCES) as made:
        yield made


def status_of(case: Case, subject: str, now: datetime = NOW) -> Status:
    return fold(case.journal.entries()).exchanges[subject].status(now)


def ask(case: Case, subject: str = "host") -> None:
    record_asked(case, [subject], to_whom="Acme", at=NOW, due=DUE)


def receive(case: Case, subject: str = "host", **given: object) -> Entry:
    return record_receipt(
        case,
        subject,
        from_whom="Acme",
        at=NOW,
        digests=given.get("digests", ["a" * 64]),  # type: ignore[arg-type]
        files=given.get("files", []),  # type: ignore[arg-type]
        note="",
    )


def test_request_is_asked_then_overdue_when_nobody_answers(case: Case) -> None:
    ask(case)
    assert status_of(case, "host") is Status.ASKED
    assert status_of(case, "host", LATER) is Status.OVERDUE


def test_request_is_answered_by_a_receipt_and_asked_again_by_a_new_letter(case: Case) -> None:
    ask(case)
    receive(case)
    assert status_of(case, "host", LATER) is Status.ANSWERED
    ask(case)
    assert status_of(case, "host", LATER) is Status.OVERDUE
    assert len(fold(case.journal.entries()).exchanges["host"].receipts) == 1


def test_refusal_is_kept_until_an_answer_comes(case: Case) -> None:
    ask(case)
    record_refusal(case, "host", from_whom="Acme", at=NOW, why="no such log")
    assert status_of(case, "host", LATER) is Status.REFUSED
    receive(case)
    assert status_of(case, "host") is Status.ANSWERED


def test_receipt_holds_the_hash_of_the_file_that_came(case: Case, tmp_path: Path) -> None:
    came = tmp_path / "host.log"
    came.write_bytes(b"a line\n")
    digest = hashlib.sha256(b"a line\n").hexdigest()
    entry = receive(case, digests=[digest.upper()], files=[came])
    assert entry.body["sha256"] == entry.body["seen"] == [digest]
    assert entry.body["bytes"] == 7


def test_receipt_is_refused_when_the_file_is_not_the_one_announced(case: Case, tmp_path: Path) -> None:
    came = tmp_path / "host.log"
    came.write_bytes(b"another line\n")
    with pytest.raises(InputError) as refused:
        receive(case, files=[came])
    assert refused.value.code == "wrong_digest"
    assert not fold(case.journal.entries()).exchanges


@pytest.mark.parametrize("digest", ["", "abc", "g" * 64, "a" * 63, "a" * 65])
def test_receipt_is_refused_when_its_hash_is_none(case: Case, digest: str) -> None:
    with pytest.raises(InputError) as refused:
        receive(case, digests=[digest])
    assert refused.value.code == "bad_digest"


def test_receipt_is_refused_without_any_hash(case: Case) -> None:
    with pytest.raises(InputError):
        receive(case, digests=[])


def test_subject_that_is_unknown_is_refused_with_the_nearest_name(case: Case) -> None:
    with pytest.raises(InputError) as refused:
        ask(case, "gatewya")
    assert "gateway" in refused.value.do


def test_answer_due_before_it_was_asked_for_is_refused(case: Case) -> None:
    with pytest.raises(InputError):
        record_asked(case, ["host"], to_whom="Acme", at=NOW, due=NOW)


def test_custody_that_was_answered_is_told_and_its_last_word_stands(case: Case) -> None:
    for custody in (Custody.SAME_HOST, Custody.OUTSIDE):
        record_custody(case, "gateway", custody=custody, from_whom="Acme", at=NOW, why="write-only")
    assert fold(case.journal.entries()).custody["gateway"].custody == "outside"


def test_every_word_is_in_a_sound_journal(case: Case) -> None:
    ask(case)
    receive(case)
    assert check_journal(case.folder / "journal") > 2


def _entry(number: int, kind: str) -> Entry:
    at = (NOW + timedelta(minutes=number)).isoformat()
    body = {
        "subject": "host",
        "to_whom": "Acme",
        "from_whom": "Acme",
        "at": at,
        "due": DUE.isoformat(),
        "why": "no",
        "sha256": ["a" * 64],
    }
    return Entry(number, at, "tests", kind, body, "", "")  # type: ignore[arg-type]


@given(st.lists(st.sampled_from((ASKED, ANSWERED, REFUSED)), min_size=1, max_size=12))
def test_status_is_that_of_the_last_word(kinds: list[str]) -> None:
    entries = [_entry(number, kind) for number, kind in enumerate(kinds, start=1)]
    exchange = fold(entries).exchanges["host"]
    last = {ASKED: Status.OVERDUE, ANSWERED: Status.ANSWERED, REFUSED: Status.REFUSED}[kinds[-1]]
    assert exchange.status(LATER) is last
    assert len(exchange.receipts) == kinds.count(ANSWERED)


@pytest.mark.parametrize(("more", "said"), [("", "gateway"), ('kind = "gateway"\n', "")])
def test_source_of_which_nothing_tells_the_kind_is_said_beside_what_is_lacking(
    tmp_path: Path, more: str, said: str
) -> None:
    with make_case(tmp_path / "case", settings=SOURCES + more) as case:
        state = look(case, NOW)
    sentence = unknown_kind_sentence(words("en"), state.of_unknown_kind)
    assert sentence.startswith(f"Nothing tells which of these logs this is: {said}." if said else "")
    assert bool(sentence) is bool(said)
    assert [need.is_lacking for need in state.needs if need.kind == "gateway"] == [bool(said)]
