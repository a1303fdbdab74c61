# SPDX-License-Identifier: Apache-2.0
"""Times without a year have that of their arrival, where the receiver wrote when that was."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.unit.ingest.scenes import Scene
from tocsin.ingest.arrivals import year_limit

SETTINGS = """[[sources]]
name = "sso"
format = "lemonldap"
zone = "Europe/Paris"
period = { from = 2031-01-01, until = 2031-12-31 }
[sources.listen]
udp = "127.0.0.1:5514"
"""
SAID = "<86>{} sso1 LLNG[1]: [notice] User dr.martin successfully authenticated at level 1\n"
FOLDER = "evidence/received/sso"


def index_of(*arrivals: str, tail: str = "") -> str:
    carried = json.dumps({"carried": {}, "totals": {}, "aside_bytes": 0})
    lines = [json.dumps({"connection": "c", "arrived_at": at, "from": 0, "until": 1}) for at in arrivals]
    return "\n".join([carried, *lines]) + "\n" + tail


def times_of(folder: Path, *said: str, settings: str = SETTINGS, arrivals: tuple[str, ...]) -> list[str]:
    scene = Scene(folder, settings)
    scene.write(f"{FOLDER}/messages-000001.log", "".join(SAID.format(time) for time in said))
    scene.write(f"{FOLDER}/messages-000001.index.jsonl", index_of(*arrivals))
    scene.ingest()
    return [f"{row['occurred_at']:%Y-%m-%dT%H:%M}" for row in scene.rows("events")]


def test_year_is_that_of_the_arrival_over_new_year_too(tmp_path: Path) -> None:
    arrivals = ("2026-12-31T22:59:00.000000Z", "2027-01-01T11:00:00.000000Z")
    found = times_of(tmp_path, "Dec 31 23:58:00", "Jan  1 12:00:00", arrivals=arrivals)
    assert found == ["2026-12-31T22:58", "2027-01-01T11:00"]


def test_message_that_waited_on_its_way_has_the_year_before(tmp_path: Path) -> None:
    found = times_of(tmp_path, "Dec 28 10:00:00", arrivals=("2027-01-05T00:00:00.000000Z",))
    assert found == ["2026-12-28T09:00"]


def test_what_a_person_says_holds_over_the_arrival(tmp_path: Path) -> None:
    settings = SETTINGS.replace("zone =", "before = 2020-01-01T00:00:00Z\nzone =")
    found = times_of(
        tmp_path, "Dec 28 10:00:00", settings=settings, arrivals=("2027-01-05T00:00:00.000000Z",)
    )
    assert found == ["2019-12-28T09:00"]


def test_file_that_grows_is_not_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "messages-000001.log"
    index = tmp_path / "messages-000001.index.jsonl"
    index.write_text(index_of("2027-01-05T00:00:00.000000Z"), "utf-8")
    before = year_limit(path)
    index.write_text(
        index_of("2027-01-05T00:00:00.000000Z", "2027-02-05T00:00:00.000000Z", tail='{"arri'), "utf-8"
    )
    assert year_limit(path) == before == datetime.fromisoformat("2027-12-01T00:00:00+00:00")


@pytest.mark.parametrize(
    "arrivals",
    [
        (),
        ("2026-01-05T00:00:00.000000Z", "2027-01-04T00:00:00.000000Z"),
        ("2026-01-05T00:00:00.000000Z", "2025-12-04T00:00:00.000000Z"),
    ],
    ids=["nothing arrived", "nearly a year", "clock set back"],
)
def test_arrivals_that_tell_no_year_are_not_believed(tmp_path: Path, arrivals: tuple[str, ...]) -> None:
    (tmp_path / "messages-000001.index.jsonl").write_text(index_of(*arrivals), "utf-8")
    assert year_limit(tmp_path / "messages-000001.log") is None


def test_file_that_was_not_received_has_no_limit(tmp_path: Path) -> None:
    assert year_limit(tmp_path / "auth.log") is None
