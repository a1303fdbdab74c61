# SPDX-License-Identifier: Apache-2.0
"""What is raised, how soon, how often, and what an alarm says."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.watch.platform import NOON, Platform, line, lines
from tocsin.cli.main import run_command
from tocsin.watch import batch as batches
from tocsin.watch.alarms import Alarm
from tocsin.watch.batch import Batches
from tocsin.watch.glimpse import glimpse
from tocsin.watch.ledger import Ledger


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(tmp_path / "case")


def test_burst_is_alarmed_within_a_minute_of_log_time_and_a_hundred_patients(platform: Platform) -> None:
    """A thief reads a patient a second; the log is looked at once before and once behind the limit."""
    platform.weigh_no_whole()
    watcher = platform.watcher()
    platform.grow(lines(range(0, 60, 20), "dr.b") + lines(range(105, 134), "dr.a", 105))
    watcher.look()
    assert platform.states("alarm") == []
    platform.grow(lines(range(134, 139), "dr.a", 134))
    platform.clock.now += 5
    watcher.look()
    [alarm] = platform.states("alarm")
    assert (alarm["account"], alarm["reason"]) == ("dr.a", "burst")
    assert float(str(alarm["delay_s"])) <= 60
    assert alarm["persons"] == 34
    assert alarm["words"] == {
        "fr": "30 patients en 1 min ; la limite pour cette profession est de 30.",
        "en": "30 patients within 1 min; the limit for this profession is 30.",
    }


def test_slow_burst_is_alarmed_at_the_hundredth_patient_whatever_the_hour(platform: Platform) -> None:
    """One patient every thirty seconds, across the turn of the hour; each batch ends with one."""
    platform.weigh_no_whole()
    platform.grow(lines(range(0, 95 * 30, 30), "dr.a"))
    assert platform.once() == []
    platform.grow(lines(range(95 * 30, 110 * 30, 30), "dr.a", 95))
    [alarm] = platform.once()
    assert (alarm["reason"], alarm["persons"], alarm["first_at"]) == (
        "burst",
        110,
        "2025-11-14T12:00:00.000000Z",
    )
    assert alarm["last_at"] == "2025-11-14T12:49:30.000000Z"


def test_account_that_was_ended_and_one_beyond_its_right_are_alarmed_once_each(platform: Platform) -> None:
    platform.grow(line(0, "dr.gone", 7) + line(1, "pat", 1) + line(2, "pat", 2) + line(3, "pat", 3))
    alarms = platform.once()
    assert {(a["account"], a["reason"]) for a in alarms} == {("dr.gone", "departed"), ("pat", "beyond_right")}
    platform.grow(line(60, "dr.gone", 8) + line(61, "pat", 4))
    assert platform.once() == []
    platform.grow(line(0, "dr.gone", 9, at=NOON + timedelta(days=40)))
    platform.clock.now += 41 * 86_400
    [again] = platform.once()
    assert (again["account"], again["reason"]) == ("dr.gone", "departed")
    assert again["alarm"] not in {a["alarm"] for a in alarms}


def test_alarm_names_events_and_figures_and_nobody(
    platform: Platform, capfd: pytest.CaptureFixture[str]
) -> None:
    platform.weigh_no_whole()
    platform.grow(line(0, "dr.gone", 4_711) + line(5, "dr.gone", 4_712) + line(9, "dr.a", 4_713))
    assert run_command(["watch", str(platform.folder), "--once", "--json"]) == 1
    told = [json.loads(text) for text in capfd.readouterr().out.splitlines()]
    assert all(one["verb"] == "watch" and one["case"] == str(platform.folder) for one in told)
    [alarm] = [one["result"] for one in told if one["result"]["state"] == "alarm"]
    events = {event for event, _at in platform.rows("events", "event_id", "occurred_at")}
    assert set(alarm["event_ids"]) <= events
    assert (alarm["events"], alarm["persons"], len(alarm["event_ids"])) == (2, 2, 2)
    assert (alarm["log_at"], alarm["delay_s"]) == ("2025-11-14T12:00:09.000000Z", 9.0)
    assert not any(number in json.dumps(told) for number in ("4711", "4712", "4713"))
    ledger = (platform.folder / "watch" / "ledger.sqlite").read_bytes()
    assert b"4711" not in ledger


def test_kill_between_the_commit_of_events_and_their_weighing_loses_no_alarm(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.weigh_no_whole()
    platform.grow(line(0, "dr.gone", 7))
    monkeypatch.setattr(batches, "weigh", _killed)
    with pytest.raises(KeyboardInterrupt):
        platform.once()
    assert len(platform.said()) == 1
    monkeypatch.undo()
    [alarm] = platform.once()
    assert alarm["account"] == "dr.gone"


def test_kill_before_an_alarm_was_told_tells_it_then(platform: Platform) -> None:
    platform.weigh_no_whole()
    platform.grow(line(0, "dr.gone", 7))
    ledger = Ledger(platform.folder)
    batches_alone = Batches(platform.folder, "tests", ledger, ["stdout"], platform.clock)
    seen = glimpse(platform.watcher()._settings.sources, platform.folder, platform.clock.now)
    [raised] = batches_alone.run(seen).alarms
    ledger.close()
    assert [told["alarm"] for told in platform.once()] == [raised.alarm]
    assert platform.once() == []


def test_alarm_is_the_same_read_again() -> None:
    alarm = Alarm(
        "id",
        "case",
        "é\n",
        "burst",
        None,
        {"fr": "é"},
        "a",
        "b",
        "c",
        "d",
        1.5,
        events=2,
        persons=3,
        event_ids=[4],
    )
    assert Alarm.from_text(alarm.text()) == alarm


def _killed(*_given: object) -> None:
    raise KeyboardInterrupt
