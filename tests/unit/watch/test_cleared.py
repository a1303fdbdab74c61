# SPDX-License-Identifier: Apache-2.0
"""An account that a person holds legitimate raises no alarm, until something is new; the journal says so."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.watch.platform import NOON, Platform, line
from tocsin.cli.logs.watched import lines_of
from tocsin.core.words import words
from tocsin.journal import Journal
from tocsin.journal.chain import Entry
from tocsin.store.case import Case
from tocsin.watch.cleared import WITHHELD
from tocsin.watch.ledger import Ledger

HELD = """[[known]]
account = "dr.gone"
verdict = "legitimate"
decided_by = "CISO"
decided_at = 2025-11-14T12:30:00Z
"""
LATER = NOON + timedelta(days=40)


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    made = Platform(tmp_path / "case")
    made.weigh_no_whole()
    return made


def from_elsewhere(second: float, account: str, person: int) -> str:
    return line(second, account, person).replace("192.0.2.7", "198.51.100.9")


def hold(platform: Platform, text: str) -> None:
    with (platform.folder / "case.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def decide(platform: Platform, verdict: str, **body: str) -> Entry:
    with Case(platform.folder, by="CISO") as case:
        told = {"selectors": {"account": "dr.gone"}, "verdict": verdict, **body}
        return case.journal.append("detect:suspect:decided", told, by="CISO")  # type: ignore[arg-type]


def withheld(platform: Platform) -> list[Entry]:
    journal = Journal(platform.folder / "journal", read_only=True)
    return [entry for entry in journal.entries() if entry.kind == WITHHELD]


def test_account_held_legitimate_raises_no_alarm_and_the_journal_says_by_whose_word(
    platform: Platform,
) -> None:
    decision = decide(platform, "legitimate")
    platform.grow(line(0, "dr.gone", 7) + line(1, "pat", 3))
    assert [alarm["account"] for alarm in platform.once()] == ["pat"]
    platform.grow(line(60, "dr.gone", 8))
    assert platform.once() == []
    [entry] = withheld(platform)
    assert (entry.body["account"], entry.body["reason"]) == ("dr.gone", "departed")
    assert entry.body["decision"] == str(decision.number)
    [told] = platform.states("withheld")
    [line_told] = lines_of(words("en"), "withheld", told, "Europe/Paris")
    assert "CISO" in line_told
    assert re.search(r"from 14 November 2025 at \d\d:\d\d\)", line_told)


def test_new_address_of_an_account_held_legitimate_raises_the_alarm(platform: Platform) -> None:
    hold(platform, HELD)
    platform.grow(line(0, "dr.gone", 7))
    assert platform.once() == []
    platform.grow(from_elsewhere(3600, "dr.gone", 8))
    [alarm] = platform.once()
    assert (alarm["account"], alarm["events"]) == ("dr.gone", 1)


def test_verdict_that_is_over_keeps_nothing_back(platform: Platform) -> None:
    hold(platform, HELD + "until = 2025-12-01T00:00:00Z\n")
    platform.grow(line(0, "dr.gone", 7))
    assert platform.once() == []
    platform.grow(line(0, "dr.gone", 8, at=LATER))
    platform.clock.now += 41 * 86_400
    assert [alarm["account"] for alarm in platform.once()] == ["dr.gone"]


def test_word_against_the_account_is_stronger_than_one_for_it(platform: Platform) -> None:
    hold(platform, HELD)
    decide(platform, "illegitimate")
    platform.grow(line(0, "dr.gone", 7))
    assert [alarm["account"] for alarm in platform.once()] == ["dr.gone"]


def test_two_opposite_decisions_keep_nothing_back(platform: Platform) -> None:
    decide(platform, "illegitimate")
    decide(platform, "legitimate")
    platform.grow(line(0, "dr.gone", 7))
    assert [alarm["account"] for alarm in platform.once()] == ["dr.gone"]


def test_kill_between_the_journal_and_the_ledger_enters_it_once_and_tells_it(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(platform, HELD)
    platform.grow(line(0, "dr.gone", 7))
    with monkeypatch.context() as killed:
        killed.setattr(Ledger, "settle", die)
        with pytest.raises(KilledError):
            platform.once()
    assert len(withheld(platform)) == 1
    platform.grow(line(60, "dr.gone", 8))
    assert platform.once() == []
    assert len(withheld(platform)) == 1
    assert len(platform.states("withheld")) == 1
    platform.grow(line(0, "dr.gone", 8, at=LATER))
    platform.clock.now += 41 * 86_400
    assert platform.once() == []
    assert len(withheld(platform)) == 2


class KilledError(Exception):
    """Stands for SIGKILL."""


def die(*_args: object) -> None:
    raise KilledError
