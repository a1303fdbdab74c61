# SPDX-License-Identifier: Apache-2.0
"""Three logs of acts that the test knows: with drops, retries, reused ids, skew, drift and clock steps.

Acts are found where ids are there, none is joined wrongly, sums close, and no count falls below the truth.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_case import rows_of
from tests.unit.scope.scenes import at, event, open_scene, person
from tests.unit.scope.test_witnesses import CARD_OF_APP, SOURCES
from tocsin.core.errors import InputError
from tocsin.scope.run import run

LOGS = ("proxy", "app", "db")
PEOPLE = [f"P{n}" for n in range(1, 5)]


@dataclass(frozen=True)
class Act:
    """One request as it was."""

    number: int
    person: str
    request: str | None
    logs: tuple[str, ...]
    retries: int
    minute: int
    failed: bool

    def lines(self, clocks: dict[str, float], step: int) -> list[dict[str, object]]:
        """What each log that kept it says, by its own clock."""
        return [line for name in self.logs for line in self._of_log(name, clocks[name], step)]

    def _of_log(self, name: str, skew: float, step: int) -> list[dict[str, object]]:
        base = (LOGS.index(name) + 1) << 40 | self.number * 10
        back = 60 if name == "app" and self.minute >= step else 0
        moment = at(self.minute - back) + timedelta(seconds=skew * (1 + self.minute / 500))
        told = {"proxy": f"/api/card/{self.person}", "app": f"/card/{self.person}", "db": "card"}
        first = event(
            self.number,
            event_id=base,
            file_number=base >> 40,
            source=name,
            occurred_at=moment,
            request=self.request,
            address="192.0.2.1",
            object=told[name],
            outcome="failure" if self.failed else "success",
        )
        again = {
            **first,
            "event_id": base + 1,
            "retry_of": base,
            "occurred_at": moment + timedelta(seconds=1),
        }
        return [first, again][: 1 + (self.retries if name == "proxy" else 0)]


@dataclass
class World:
    """Every act, and what the logs say of them."""

    acts: list[Act]
    lines: list[dict[str, object]]
    act_of: dict[object, int] = field(default_factory=dict)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(["own", "own", "own", "shared", "none"]),
        st.sets(st.sampled_from(LOGS), min_size=1),
        st.integers(0, 1),
        st.integers(1, 400),
        st.booleans(),
    ),
    max_size=9,
)


def world_of(
    drawn: list[tuple[str, str, set[str], int, int, bool]], skews: dict[str, float], step: int
) -> World:
    acts = [
        Act(
            number,
            who,
            {"own": f"r{number}", "shared": "again", "none": None}[kind],
            # One who sends an id again cannot make each log lose another line.
            LOGS if kind == "shared" else tuple(name for name in LOGS if name in logs),
            retries if kind == "own" else 0,
            minute,
            failed,
        )
        for number, (who, kind, logs, retries, minute, failed) in enumerate(drawn, start=1)
    ]
    world = World(acts, [])
    for act in acts:
        for line in act.lines(skews, step):
            world.lines.append(line)
            world.act_of[line["event_id"]] = act.number
    return world


@settings(max_examples=10, deadline=None)
@given(
    drawn=ACTS,
    skews=st.fixed_dictionaries({name: st.sampled_from([0.0, 0.4, -3.0, 90.0, 3600.0]) for name in LOGS}),
    step=st.sampled_from([10_000, 200]),
)
def test_acts_are_found_and_no_count_falls_below_the_truth(
    drawn: list[tuple[str, str, set[str], int, int, bool]], skews: dict[str, float], step: int
) -> None:
    world = world_of(drawn, skews, step)
    with tempfile.TemporaryDirectory() as folder:
        scene = open_scene(
            Path(folder),
            settings=SOURCES.replace("{app}", "same-host"),
            catalogue=CARD_OF_APP,
            events=world.lines,
            registry=[person(name) for name in PEOPLE],
        )
        with scene as case:
            try:
                report = run(case)
            except InputError as error:
                if error.code != "catalogue_matches_nothing":
                    raise
                return
            tables = {
                name: rows_of(case, name)
                for name in ("witnesses", "disclosures", "unresolved", "nothing_shown")
            }
    assert report.events == len(world.lines) == report.disclosed + report.nothing_shown + report.unresolved
    check_acts(world, tables["witnesses"])
    check_counts(world, tables)


def check_acts(world: World, witnesses: list[dict[str, object]]) -> None:
    """Each act found is one act of the truth, and every act with an id of its own is found."""
    found: dict[object, set[int]] = {}
    for row in witnesses:
        found.setdefault(row["act_id"], set()).add(world.act_of[row["event_id"]])
    assert all(len(numbers) == 1 for numbers in found.values()), "never two acts in one"
    joined = [number for numbers in found.values() for number in numbers]
    assert len(joined) == len(set(joined)), "never one act in two"
    shared = [act for act in world.acts if act.request == "again"]
    lone = {act.number for act in shared} if len(shared) == 1 else set()
    several = {a.number for a in world.acts if a.request not in (None, "again") and len(a.logs) > 1}
    assert several | lone <= set(joined)


def check_counts(world: World, tables: dict[str, list[dict[str, object]]]) -> None:
    """Of each act that showed somebody, the person is disclosed, or one of its lines is unresolved still."""
    shown: dict[int, set[object]] = {}
    for row in tables["disclosures"]:
        shown.setdefault(world.act_of[row["event_id"]], set()).add(row["person"])
    unresolved = {world.act_of[row["event_id"]] for row in tables["unresolved"]}
    for act in world.acts:
        if not act.failed:
            assert act.person in shown.get(act.number, set()) or act.number in unresolved
    for row in tables["nothing_shown"]:
        act = world.acts[world.act_of[row["event_id"]] - 1]
        assert row["reason"] != "witness" or act.person in shown[act.number]
