# SPDX-License-Identifier: Apache-2.0
"""The sheet: which accounts, what the logs say of them, where else they may act, and who may sign what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.made_case import NOON, make_case, put
from tocsin.contain.activity import nearest_accounts
from tocsin.contain.connectors.by_hand import STEPS, ByHand
from tocsin.contain.interface import Holds, Phase, Target
from tocsin.contain.phrases import consequence_lines
from tocsin.contain.record import (
    choose_account,
    record_added,
    record_check,
    record_done,
    record_emergency,
    record_undo,
)
from tocsin.contain.run import AccountSheet, load_connectors, look
from tocsin.contain.sheet import write_sheets
from tocsin.contain.texts import texts
from tocsin.core.errors import InputError
from tocsin.core.words import words
from tocsin.journal import check_journal
from tocsin.journal.containment import Status
from tocsin.store.case import Case

HOUR = timedelta(hours=1)
KNOWN = '[[known]]\naccount = "dr.x"\n'


def event(number: int, account: str, hours: float = 0, **more: object) -> dict[str, object]:
    return {
        "event_id": number,
        "source": "gateway",
        "account": account,
        "occurred_at": NOON + hours * HOUR,
        "outcome": "success",
        "action": "read",
        **more,
    }


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with make_case(tmp_path / "case", settings=KNOWN) as made:
        yield made


def sheet_of(case: Case, account: str = "dr.x") -> AccountSheet:
    return next(sheet for sheet in look(case) if sheet.account == account)


def act(case: Case, by: str) -> Case:
    case.by = by
    return case


def do(case: Case, step: str, by: str = "Anne", at: datetime = NOON) -> None:
    record_done(act(case, by), sheet_of(case), step, at=at, note="", nothing_there=False)


def check(case: Case, step: str, by: str = "Marc", at: datetime = NOON, *, holds: bool = True) -> None:
    record_check(act(case, by), sheet_of(case), step, at=at, note="", holds=holds)


def both(case: Case, *steps: str) -> None:
    for step in steps:
        do(case, step)
        check(case, step)


CUT = [step.code for step in STEPS if step.phase is Phase.CUT]
BACK = [step.code for step in STEPS if step.phase is Phase.BACK]


def test_account_held_suspect_is_on_the_sheet_before_any_log_is_read(case: Case) -> None:
    sheet = sheet_of(case)
    assert [line.step.code for line in sheet.lines] == [*CUT, *BACK]
    assert sheet.needs_person
    assert sheet.log_end is None


def test_account_named_by_somebody_stays_on_the_sheet(case: Case) -> None:
    record_added(case, "dr.y")
    assert [sheet.account for sheet in look(case)] == ["dr.x", "dr.y"]
    assert sheet_of(case, "dr.y").suspicion is None


def test_account_that_a_person_clears_leaves_the_sheet_unless_somebody_acted_on_it(case: Case) -> None:
    body = {"selectors": {"account": "dr.x"}, "verdict": "legitimate", "why": "w", "p": None}
    case.journal.append("detect:suspect:decided", body, by="DPO")  # type: ignore[arg-type]
    assert look(case) == []
    record_added(case, "dr.x")
    assert [sheet.account for sheet in look(case)] == ["dr.x"]


def test_account_judged_by_its_address_is_on_the_sheet(case: Case) -> None:
    put(
        case,
        events=[event(1, "dr.z")],
        judged=[{"event_id": 1, "suspect_id": 1, "verdict": "illegitimate", "p": 1.0}],
    )
    assert [sheet.account for sheet in look(case)] == ["dr.x", "dr.z"]


def test_account_is_contained_when_every_cut_is_checked_by_another(case: Case) -> None:
    both(case, *CUT[:-1])
    assert sheet_of(case).needs_person
    both(case, CUT[-1])
    assert not sheet_of(case).needs_person


def test_check_is_refused_to_whoever_did_it_whatever_the_spelling(case: Case) -> None:
    do(case, "sign_in", by="Zoé Roy")
    with pytest.raises(InputError) as refused:
        check(case, "sign_in", by="zoe  ROY")
    assert refused.value.code == "same_person"
    assert sheet_of(case).state.step("sign_in").status is Status.DONE


@pytest.mark.parametrize("by", ["", "  ", "--"])
def test_act_is_refused_when_nobody_is_named(case: Case, by: str) -> None:
    with pytest.raises(InputError) as refused:
        do(case, "sign_in", by=by)
    assert refused.value.code == "no_name"


def test_check_is_refused_before_it_is_done_and_when_it_is_older(case: Case) -> None:
    with pytest.raises(InputError):
        check(case, "sign_in")
    do(case, "sign_in")
    with pytest.raises(InputError) as refused:
        check(case, "sign_in", at=NOON - HOUR)
    assert refused.value.code == "check_before_done"


def test_undo_is_refused_of_what_is_open(case: Case) -> None:
    with pytest.raises(InputError):
        record_undo(act(case, "Anne"), sheet_of(case), "sign_in", at=NOON, why="why")


def test_step_and_account_that_are_unknown_are_refused_with_the_nearest(case: Case) -> None:
    with pytest.raises(InputError) as refused:
        do(case, "sesions")
    assert "sessions" in refused.value.do
    with pytest.raises(InputError) as refused:
        choose_account(look(case), "dr.xx")
    assert "dr.x" in refused.value.do


def test_account_may_be_left_out_when_there_is_only_one(case: Case) -> None:
    assert choose_account(look(case), None).account == "dr.x"
    record_added(case, "dr.y")
    with pytest.raises(InputError):
        choose_account(look(case), None)


def test_undoing_opens_an_account_again_until_the_way_back_is_checked(case: Case) -> None:
    both(case, *CUT)
    record_undo(act(case, "Anne"), sheet_of(case), "sign_in", at=NOON, why="back to work")
    assert "sign_in" in [line.step.code for line in sheet_of(case).open_lines]
    both(case, *BACK)
    sheet = sheet_of(case)
    assert sheet.is_back
    assert not sheet.needs_person


def test_step_that_did_not_hold_is_not_lifted_by_the_way_back(case: Case) -> None:
    both(case, *CUT, *BACK)
    do(case, "sessions")
    check(case, "sessions", holds=False)
    assert [line.step.code for line in sheet_of(case).open_lines] == ["sessions"]


def test_way_back_waits_for_nobody_until_it_has_begun(case: Case) -> None:
    both(case, *CUT)
    do(case, "identity")
    assert [line.step.code for line in sheet_of(case).open_lines] == BACK


def test_emergency_opens_a_step_that_two_persons_close(case: Case) -> None:
    both(case, *CUT)
    record_emergency(
        act(case, "Anne"), sheet_of(case), at=NOON, decided_by="Anne", why="ward", until=NOON + HOUR
    )
    assert sheet_of(case).open_emergencies == ["emergency-1"]
    both(case, "emergency-1")
    assert not sheet_of(case).needs_person


def test_logs_tell_that_an_account_still_acts_after_it_was_cut(case: Case) -> None:
    put(
        case,
        events=[
            event(1, "dr.x", -1),
            event(2, "dr.x", 1),
            event(3, "dr.x", 2, outcome="failure"),
            event(4, "dr.x", 3, action="logout"),
            event(5, "dr.x", 4, outcome=None),
            event(6, "dr.a", 5),
        ],
    )
    both(case, *CUT)
    sheet = sheet_of(case)
    assert sheet.acts_since_cut == 2
    assert sheet.last_since_cut == NOON + 4 * HOUR
    assert sheet.needs_person


def test_account_is_said_to_act_when_it_acted_in_the_last_hour_of_the_logs(case: Case) -> None:
    english = words("en")
    put(case, events=[event(1, "dr.x"), event(2, "dr.a", 0.5)])
    assert "still acting" in consequence_lines(english, sheet_of(case), "UTC")[0]
    put(case, events=[event(1, "dr.x"), event(2, "dr.a", 2)])
    assert "go on without it" in consequence_lines(english, sheet_of(case), "UTC")[0]
    put(case, events=[event(2, "dr.a", 2)])
    assert "take it that it still acts" in consequence_lines(english, sheet_of(case), "UTC")[0]


def test_refused_attempts_after_the_cut_are_no_access(case: Case) -> None:
    put(case, events=[event(1, "dr.x", 1, outcome="failure")])
    both(case, *CUT)
    assert not sheet_of(case).needs_person


def test_other_accounts_of_the_professional_are_found_in_logs_and_directory(case: Case) -> None:
    put(
        case,
        events=[
            event(1, "dr.x", professional_id="810001234567"),
            event(2, "x.portal", 2, source="portal", professional_id="10001234567"),
            event(3, "dr.other", professional_id="10009999999"),
            event(4, "dr.none"),
        ],
        accounts=[
            {"account": "x.clinic", "professional_id": "10001234567", "organisation": "750000001"},
            {"account": "dr.none", "professional_id": None},
        ],
    )
    sheet = sheet_of(case)
    assert sheet.professional_ids == ("10001234567",)
    assert [one.account for one in sheet.siblings] == ["x.clinic", "x.portal"]
    portal = sheet.siblings[1]
    assert (portal.sources, portal.events, portal.last_at) == (("portal",), 1, NOON + 2 * HOUR)
    assert sheet.siblings[0].events == 0


def test_other_account_of_the_same_person_is_found(case: Case) -> None:
    put(case, accounts=[{"account": "dr.x", "person": "P1"}, {"account": "u1", "person": "P1"}])
    assert [one.account for one in sheet_of(case).siblings] == ["u1"]


def test_nearest_names_are_offered_for_one_that_never_appears(case: Case) -> None:
    put(case, events=[event(1, "dr.lemoine"), event(2, "dr.martin"), event(3, "zz")])
    assert nearest_accounts(case, "dr.lemoin")[0] == "dr.lemoine"
    assert nearest_accounts(case, "lemoine") == ["dr.lemoine"]


def test_by_hand_never_says_that_it_did_something() -> None:
    hand, target = ByHand(), Target("dr.x")
    step = hand.plan(target)[0]
    outcomes = [hand.do(step, target, key="k"), hand.verify(step, target), hand.undo(step, target, key="k")]
    assert {one.holds for one in [*outcomes, *hand.state(target).values()]} == {Holds.ASK_A_PERSON}


def test_by_hand_is_registered_and_comes_last(case: Case) -> None:
    assert load_connectors(case)[-1].name == "by_hand"


def test_target_does_not_show_whom_it_is_about() -> None:
    assert "dr.x" not in repr(Target("dr.x", ("10001234567",), ("y",)))


def test_sheet_is_written_in_both_languages_and_escapes_names(tmp_path: Path) -> None:
    settings = '[[known]]\naccount = "dr<b>.x\\u202e"\n'
    with make_case(tmp_path / "case", settings=settings) as case:
        pages = write_sheets(case.settings, look(case), NOON, tmp_path / "to", case.folder)
    assert [page.name for page in pages] == ["sheet-fr.html", "sheet-en.html"]
    for page in pages:
        text = page.read_text("utf-8")
        assert "dr&lt;b&gt;.x\\u202e" in text
        assert "\u202e" not in text
        assert text.count('class="step open"') == len(STEPS)
        assert "default-src 'none'" in text
    text = (tmp_path / "to" / "sheet-fr.txt").read_text("utf-8")
    assert "\\x0a" not in text
    assert max(len(line) for line in text.splitlines()) <= 90
    assert "Faire la même feuille" in " ".join((tmp_path / "to" / "sheet-fr.txt").read_text("utf-8").split())


def test_sheet_shows_what_the_journal_holds(case: Case, tmp_path: Path) -> None:
    record_done(act(case, "Anne Le Gall"), sheet_of(case), "keys", at=NOON, note="", nothing_there=True)
    page, _ = write_sheets(case.settings, look(case), NOON, tmp_path / "to", case.folder)
    text = page.read_text("utf-8")
    assert "Anne Le Gall" in text
    assert "rien à couper" in text
    assert text.count('class="step done"') == 1


def test_every_word_is_in_a_sound_journal(case: Case) -> None:
    both(case, *CUT)
    assert check_journal(case.folder / "journal") >= 2 * len(CUT)


def test_texts_of_both_languages_know_every_step() -> None:
    french, english = texts("fr"), texts("en")
    assert list(french.steps) == list(english.steps) == [step.code for step in STEPS]
    assert list(french.sheet) == list(english.sheet)
    for said in (french, english):
        for step in said.steps.values():
            assert all((step.title, step.where, step.question, step.who, step.proof, step.undo))


def test_french_has_its_own_spaces_and_apostrophes() -> None:
    said = texts("fr")
    sentences = [
        text for step in said.steps.values() for text in (step.title, step.where, step.question, step.undo)
    ]
    for text in said.sheet.values():
        sentences += text if isinstance(text, list) else [text]
    for sentence in sentences:
        assert not any(wrong in sentence for wrong in (" ;", " !", " ?", " :", "« ", " »", "'", "...")), (
            sentence
        )
