# SPDX-License-Identifier: Apache-2.0
"""What holds for a recount whatever the log says: the sums, the order of counts, the order of lines."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.recount.small_case import KNOWN, Line, act, write_case
from tocsin.recount import Recount, recount, report
from tocsin.recount.values import Table

TIMES = st.sampled_from(["08:59:59.999999", "09:00:00", "09:30:00", "09:59:59", "10:00:00", "?"])
OBJECTS = st.sampled_from(
    [
        "/card/P1",
        "/card/P2",
        "/card/P9",
        "/visit/V1",
        "/visit/V3",
        "/visit/V9",
        "/help/a",
        "/export/f",
        "/else",
        None,
    ]
)
ACTIONS = st.sampled_from(["read", "list", "export", "update", "login"])


def holds_one_rule(line: dict[str, object]) -> bool:
    """A list of the help would be of two rules, at which a recount rightly stops."""
    return (line.get("action"), line.get("object")) != ("list", "/help/a")


LINES = st.one_of(
    st.sampled_from(["", "{", "null", '{"at": "2024-03-01T09:30:00Z", "account": "th']),
    st.builds(
        act,
        TIMES,
        action=ACTIONS,
        object=OBJECTS,
        account=st.sampled_from(["thief", "nurse", None]),
        outcome=st.sampled_from(["ok", "ko", "timeout", None]),
        persons=st.sampled_from([None, ["P1"], ["P2", "P3"], ["P4", "P4", "P5"]]),
        items=st.sampled_from([None, 0, 5]),
        sequence=st.sampled_from([None, 1, 2, 5, 9]),
        request=st.sampled_from([None, None, "r1", "r2"]),
    ).filter(holds_one_rule),
)
VERDICTS = st.sampled_from(["", 'verdict = "doubtful"\np = 0.8\n', 'verdict = "doubtful"\np = 0.2\n'])


def recount_lines(lines: list[Line], verdict: str) -> Recount:
    with tempfile.TemporaryDirectory() as folder:
        return recount(write_case(Path(folder), lines, known=KNOWN + verdict))


@settings(max_examples=150)
@given(st.lists(LINES, max_size=12), VERDICTS)
def test_every_record_and_every_event_in_scope_ends_in_one_place(lines: list[Line], verdict: str) -> None:
    recounted = recount_lines(lines, verdict)
    assert recounted.sources[0].records == len(lines)
    scope = cast(dict[str, int], report(recounted)["scope"])
    assert scope["events"] == scope["disclosed"] + scope["nothing_shown"] + scope["unresolved"]


@settings(max_examples=150)
@given(st.lists(LINES, max_size=12), VERDICTS)
def test_floor_is_at_most_best_and_best_at_most_ceiling(lines: list[Line], verdict: str) -> None:
    figures = report(recount_lines(lines, verdict))
    categories = cast(dict[str, dict[str, Table]], figures["categories"])
    counts = list(cast(dict[str, Table], figures["counts"]).values())
    counts += [category["persons"] for category in categories.values()]
    counts += [cast(dict[str, Table], figures["modifications"])["records"]]
    for one in counts:
        ceiling = cast(int | None, one["ceiling"])
        assert cast(int, one["floor"]) <= cast(int, one["best"])
        assert ceiling is None or cast(int, one["best"]) <= ceiling


@settings(max_examples=100)
@given(st.lists(LINES, max_size=10).flatmap(lambda lines: st.tuples(st.just(lines), st.permutations(lines))))
def test_counts_do_not_depend_on_the_order_of_lines_without_numbers(
    both: tuple[list[Line], list[Line]],
) -> None:
    bare = [[unnumbered(line) for line in lines] for lines in both]
    first, second = (report(recount_lines(lines, "")) for lines in bare)
    assert {**first, "accounting": None} == {**second, "accounting": None}


def unnumbered(line: Line) -> Line:
    """Without what depends on order: the node's numbers, and the request that makes a later line a retry."""
    return (
        line
        if isinstance(line, str)
        else {key: line[key] for key in line if key not in ("sequence", "request")}
    )
