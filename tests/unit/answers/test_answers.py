# SPDX-License-Identifier: Apache-2.0
""" "Was this you?": which sessions are asked about, what the paper shows, what an answer becomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.answers.made import split_case
from tocsin.answers.choose import choose_questions, record_questions
from tocsin.answers.dossier import read_dossiers, write_dossiers
from tocsin.answers.pages import write_questions
from tocsin.answers.record import Recorded, notice_costs, record_answer, record_cut
from tocsin.answers.state import read_standings
from tocsin.answers.texts import texts
from tocsin.answers.told import read_lines
from tocsin.core.errors import InputError
from tocsin.core.terms import Origin, Verdict
from tocsin.journal.answers import ANSWERED, HEARD, Answer, Channel, Said, contradicts, weigh
from tocsin.scope.suspects import gather_suspects, read_decision
from tocsin.store.case import Case

AT = datetime(2024, 7, 1, 9, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with split_case(tmp_path) as opened:
        yield opened


def said(case: Case, session: str, what: Said, **options: object) -> Recorded:
    given_ = {"question": None, "is_sure": True, "channel": Channel.PAPER, "answered_by": "Dr Roy", "at": AT}
    return record_answer(case, session=session, said=what, **{**given_, **options})  # type: ignore[arg-type]


def test_session_that_settles_most_persons_is_asked_first_and_none_twice_over(case: Case) -> None:
    asked = choose_questions(case, sessions=5)
    # s3 shows nobody whom s1 does not: it is not asked about.
    assert [(one.number, one.session_id) for one in asked] == [(1, "s1"), (2, "s2")]
    assert asked[0].expected is not None
    assert 2 < asked[0].expected <= 3


def test_owner_is_asked_no_more_than_so_many(case: Case) -> None:
    assert [one.session_id for one in choose_questions(case, sessions=1)] == ["s1"]
    assert choose_questions(case, sessions=5, account="nobody") == []


def test_question_keeps_its_number_and_is_journalled_once(case: Case) -> None:
    assert record_questions(case, choose_questions(case, sessions=1)) == 1
    again = choose_questions(case, sessions=5)
    assert [(one.number, one.session_id, one.expected is None) for one in again] == [
        (1, "s1", True),
        (2, "s2", False),
    ]
    assert record_questions(case, again) == 1
    said(case, "s1", Said.MINE)
    # Whom s1 no longer settles, s3 may: it is asked now.
    assert [(one.number, one.session_id) for one in choose_questions(case, sessions=5)] == [
        (2, "s2"),
        (3, "s3"),
    ]


def test_paper_opens_with_its_purpose_and_names_no_patient(case: Case, tmp_path: Path) -> None:
    questions = choose_questions(case, sessions=5)
    pages = write_questions(case.settings, questions, AT, tmp_path / "q", tmp_path)
    assert [page.name for page in pages] == ["questions-fr.html", "questions-en.html"]
    for page in pages:
        for path in (page, page.with_suffix(".txt")):
            text = path.read_text("utf-8")
            assert not any(person in text for person in ("p1", "p2", "p3", "p4", "secret-patient"))
            assert "0.9" not in text  # what we think of a session would lead the answer
    french = " ".join(pages[0].with_suffix(".txt").read_text("utf-8").split())
    assert french.index("À quoi servira votre réponse") < french.index("Question 1")
    assert "Le 11 juin 2024, de 14 h 00 à 14 h 20" in french
    assert "3 dossiers de patients ouverts, 1 recherche, rien n’a été écrit" in french


def test_reasons_lead_to_lines_of_the_logs(case: Case) -> None:
    assert read_lines(case, choose_questions(case, sessions=1)) == {1: "portal.log:1", 2: "portal.log:2"}


def test_sure_answer_is_a_suspect_of_origin_answer(case: Case) -> None:
    for session, what, verdict, p in (
        ("s1", Said.NOT_MINE, Verdict.ILLEGITIMATE, 1.0),
        ("s2", Said.MINE, Verdict.LEGITIMATE, 0.0),
    ):
        suspect = read_decision(said(case, session, what).entry)
        assert suspect is not None
        assert (suspect.origin, suspect.verdict, suspect.p) == (Origin.ANSWER, verdict, p)
        assert suspect.selectors == {"account": "dr.x", "session_id": session}
        assert suspect.narrowness == 3


@pytest.mark.parametrize(
    "options",
    [{"is_sure": False}, {"channel": Channel.MESSAGE}, {"is_sure": False, "channel": Channel.MESSAGE}],
)
def test_unsure_answer_or_one_by_message_is_no_verdict(case: Case, options: dict[str, object]) -> None:
    entry = said(case, "s1", Said.NOT_MINE, **options).entry
    assert entry.kind == HEARD
    assert read_decision(entry) is None


def test_contradicting_answers_are_listed_and_the_session_stays_doubtful(case: Case) -> None:
    said(case, "s1", Said.MINE)
    second = said(case, "s1", Said.NOT_MINE, answered_by="Nurse Petit")
    assert [one.answered_by for one in second.against] == ["Dr Roy"]
    suspect = read_decision(second.entry)
    assert suspect is not None
    assert (suspect.verdict, suspect.p) == (Verdict.DOUBTFUL, None)
    [standing] = read_standings(case)
    assert (standing.state, len(standing.answers)) == ("contradicted", 2)


def test_correction_takes_the_place_of_what_the_same_person_said(case: Case) -> None:
    said(case, "s1", Said.MINE)
    corrected = said(case, "s1", Said.NOT_MINE, answered_by="dr  roy", corrects=True)
    assert (corrected.entry.kind, corrected.against) == (ANSWERED, ())
    [standing] = read_standings(case)
    assert (standing.state, standing.answers[0].said) == ("settled", Said.NOT_MINE)


ROY, PETIT = {"answered_by": "Dr Roy"}, {"answered_by": "Nurse Petit"}


@pytest.mark.parametrize(
    ("told", "verdicts"),
    [
        # Taken back by one who is no longer sure: nobody holds the session for the owner's any more.
        ([(Said.MINE, ROY), (Said.UNKNOWN, ROY | {"corrects": True})], set()),
        ([(Said.NOT_MINE, ROY), (Said.MINE, ROY | {"corrects": True, "is_sure": False})], set()),
        ([(Said.MINE, ROY), (Said.NOT_MINE, PETIT)], {("doubtful", None)}),
        # Of two who contradicted one another, one is left.
        (
            [(Said.MINE, ROY), (Said.NOT_MINE, PETIT), (Said.UNKNOWN, ROY | {"corrects": True})],
            {("illegitimate", 1.0)},
        ),
        ([(Said.NOT_MINE, ROY), (Said.MINE, ROY | {"corrects": True})], {("legitimate", 0.0)}),
    ],
)
def test_answer_that_was_taken_back_is_no_verdict(
    case: Case, told: list[tuple[Said, dict[str, object]]], verdicts: set[tuple[str, float | None]]
) -> None:
    for what, options in told:
        said(case, "s1", what, **options)
    held = gather_suspects(case.settings, case.journal.entries(), [])
    assert {(one.verdict.value, one.p) for one in held if one.origin is Origin.ANSWER} == verdicts


@pytest.mark.parametrize(
    ("session", "question", "by", "code"),
    [
        ("nowhere", None, "Dr Roy", "unknown_session"),
        (None, 7, "Dr Roy", "unknown_question"),
        ("s1", None, " ", "no_name"),
    ],
)
def test_answer_about_nothing_or_by_nobody_is_refused(
    case: Case, session: str | None, question: int | None, by: str, code: str
) -> None:
    with pytest.raises(InputError) as refused:
        said(case, session, Said.MINE, question=question, answered_by=by)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_costs_say_whom_a_threshold_misses(case: Case) -> None:
    low, high = notice_costs(case, [0.05, 0.5])
    assert (low.letters, low.kept_off, low.missed) == (4, 1, 0.0)
    assert (high.letters, high.kept_off, high.missed) == (3, 2, 0.4)
    assert low.useless > high.useless


def test_cut_is_journalled_with_its_count_and_reason(case: Case) -> None:
    entry, cost = record_cut(case, 0.5, "board of May")
    assert (entry.body["persons"], entry.body["why"], cost.letters) == (2, "board of May", 3)
    with pytest.raises(InputError):
        record_cut(case, 0.5, "  ")


def test_dossier_attests_lists_acts_and_other_accounts_and_names_no_patient(
    case: Case, tmp_path: Path
) -> None:
    [dossier] = read_dossiers(case)
    assert [(act.record, act.is_sure) for act in dossier.acts] == [("rx-1", True), ("rx-2", False)]
    assert dossier.elsewhere == (("x.roy", "gp", "clinic"),)
    french, english = write_dossiers(case.settings, [dossier], AT, tmp_path / "d")
    text = french.with_suffix(".txt").read_text("utf-8")
    assert "Attestation d’usurpation" in text
    assert "prescription rx-1 (certain) – portal, portal.log:1" in " ".join(text.split())
    assert "Votre compte a été utilisé par un tiers" in text
    assert "secret-patient" not in text + english.read_text("utf-8")


def test_act_of_a_session_that_is_the_owners_is_none_of_somebody_else(case: Case) -> None:
    [dossier] = read_dossiers(case)
    assert "rx-4" not in [act.record for act in dossier.acts], "doubtful, but in a session that is excluded"


def test_dossier_does_not_assert_what_is_not_established(case: Case, tmp_path: Path) -> None:
    [dossier] = read_dossiers(case)
    [page, _english] = write_dossiers(case.settings, [replace(dossier, sure_events=0)], AT, tmp_path / "d")
    text = page.with_suffix(".txt").read_text("utf-8")
    assert "Votre compte a pu être utilisé par un tiers" in text
    assert "Actes qui n’étaient peut-être pas les vôtres" in text
    assert "atteste que" not in text


def test_both_languages_say_the_same_things() -> None:
    french, english = texts("fr").words, texts("en").words
    assert set(french) == set(english)
    assert {k for k, v in french.items() if isinstance(v, list)} == {
        k for k, v in english.items() if isinstance(v, list)
    }


def one(what: Said, *, sure: bool, channel: Channel) -> Answer:
    return Answer(1, "a", "s", what, sure, channel, "x", "2024", "y")


@given(
    st.lists(
        st.builds(one, st.sampled_from(Said), sure=st.booleans(), channel=st.sampled_from(Channel)),
        max_size=5,
    )
)
@settings(deadline=None)
def test_hard_answers_outweigh_others_and_cancel_one_another(answers: list[Answer]) -> None:
    hard = {answer.said for answer in answers if answer.is_hard}
    weight = weigh(answers)
    assert (abs(weight) == float("inf")) is (len(hard) == 1)
    if len(hard) > 1:
        assert weight == 0.0
        assert contradicts(answers)
    mirrored = {Said.MINE: Said.NOT_MINE, Said.NOT_MINE: Said.MINE, Said.UNKNOWN: Said.UNKNOWN}
    turned = [one(mirrored[a.said], sure=a.is_sure, channel=a.channel) for a in answers]
    assert weigh(turned) == pytest.approx(-weight)
