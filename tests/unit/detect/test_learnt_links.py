# SPDX-License-Identifier: Apache-2.0
"""Links learnt from the logs: whom colleagues open, and organisations with many persons in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.made_case import rows_of
from tests.unit.detect.directory import found
from tests.unit.detect.small_platform import detected, doctor, patient, quiet_days, read
from tocsin.detect.prepare import MOST_HOMES
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

View = tuple[int, int]
"""An actor and a person's number."""


@contextmanager
def learnt(
    organisations: Sequence[str | None], views: Sequence[View], explained: Sequence[View] = ()
) -> Iterator[Engine]:
    """The learnt links of a few first views; actor n is of the n-th organisation."""
    with Engine() as engine:
        actors = ", ".join(
            f"({n}, {'null' if name is None else repr(name)})" for n, name in enumerate(organisations)
        )
        engine.create(
            "actors",
            f"select actor, name::varchar as organisation from (values {actors}) as t(actor, name)",
        )
        rows = ", ".join(f"({actor}, {actor}, {number})" for actor, number in views)
        engine.create("first_views", f"select * from (values {rows}) as t(session, actor, number)")
        known = ", ".join(f"({actor}, {number})" for actor, number in (*explained, (-1, -1)))
        engine.create("explained_views", f"select * from (values {known}) as t(actor, number)")
        engine.create("homes", load_query("tocsin.detect", "homes"))
        chosen = {"first": 0, "last": len(organisations), "first_home": 0, "last_home": len(organisations)}
        for step in ("opened_persons", "unexplained_views", "strange_views"):
            query = load_query("tocsin.detect", step)
            engine.create(step, query, **{name: chosen[name] for name in query.binds})
        engine.create("home_ties", load_query("tocsin.detect", "home_ties"), most=MOST_HOMES, share=2**64 - 1)
        engine.create("distant_persons", load_query("tocsin.detect", "distant_persons"))
        yield engine


def ties(engine: Engine) -> int:
    return engine.count("select count(*) from home_ties")


def distant(engine: Engine, actor: int) -> list[tuple[object, ...]]:
    return engine.rows(
        "select number, is_tied from distant_persons where actor = $actor order by number", actor=actor
    )


SHARED = "select actor, number from strange_views where is_shared"

COMMON = [(actor, number) for actor in (0, 1) for number in range(1, 7)]
"""Six persons that the organisations of actors 0 and 1 both open."""

OTHERS = [(2, number) for number in range(100, 160)]


def test_person_is_shared_when_a_colleague_opens_them_later() -> None:
    with learnt(["A", "A", "B"], [(0, 1), (1, 1), (2, 1), (2, 2)]) as engine:
        assert engine.rows(f"{SHARED} order by actor") == [(0, 1), (1, 1)]


def test_accounts_without_organisation_are_nobodys_colleagues() -> None:
    with learnt([None, None], [(0, 1), (1, 1)]) as engine:
        assert engine.rows(SHARED) == []
        assert engine.count("select count(distinct home) from homes") == 2


def test_organisations_are_tied_when_they_have_many_persons_in_common() -> None:
    with learnt(["A", "B", "C"], COMMON + OTHERS) as engine:
        assert ties(engine) == 2
        assert distant(engine, 0) == [(number, True) for number in range(1, 7)]


def test_organisations_are_not_tied_by_four_persons() -> None:
    few = [(actor, number) for actor, number in COMMON if number < 5]
    with learnt(["A", "B", "C"], few + OTHERS) as engine:
        assert ties(engine) == 0
        assert distant(engine, 0) == [(number, False) for number in range(1, 5)]


def test_organisations_are_not_tied_when_chance_would_give_as_many() -> None:
    everybody = [(actor, number) for actor in (0, 1) for number in range(1, 40)]
    with learnt(["A", "B"], everybody) as engine:
        assert ties(engine) == 0


def test_person_whom_all_open_ties_nobody() -> None:
    organisations = [f"O{n}" for n in range(MOST_HOMES + 1)]
    views = [(actor, number) for actor in range(len(organisations)) for number in range(1, 9)]
    views += [(actor, 1000 + actor * 100 + n) for actor in range(len(organisations)) for n in range(60)]
    with learnt(organisations, views) as engine:
        assert ties(engine) == 0


def test_person_that_a_relation_or_a_colleague_explains_is_not_distant() -> None:
    with learnt(["A", "B", "C", "A"], [*COMMON, *OTHERS, (3, 2)], explained=[(0, 1)]) as engine:
        assert [number for number, _tied in distant(engine, 0)] == [3, 4, 5, 6]


def _visited(days: int = 20) -> list[dict[str, object]]:
    """A colleague of the same practice sees each doctor's patients too; nobody's relations are told."""
    return [
        read(number ^ 1, day, 300 + place * 3, patient(number, day * 7 + place))
        for number in range(40)
        for day in range(days)
        for place in range(4)
    ]


PRACTICES = [
    {"account": doctor(number), "role": "gp", "organisation": f"practice {number // 2}"}
    for number in range(40)
]


def test_thief_is_found_without_any_relation_when_colleagues_have_their_patients_in_common(
    tmp_path: Path,
) -> None:
    stolen = [
        read(3, day, 600 + place * 3, patient(10 + (day + place) % 25, day * 7 + place), device="pc3")
        for day in range(8, 18)
        for place in range(10)
    ]
    events = quiet_days() + _visited() + stolen
    with detected(tmp_path, events, accounts=PRACTICES) as (case, _report):
        first = found(case)[doctor(3)]
        assert first["rank"] == 1
        assert float(str(first["p"])) >= 0.5
        assert "no colleague of the same organisation" in str(first["reasons"])
        learnt_from = {str(row["about"]) for row in rows_of(case, "sight") if row["code"] == "explained"}
    assert "colleague" in learnt_from
