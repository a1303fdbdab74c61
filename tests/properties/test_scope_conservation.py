# SPDX-License-Identifier: Apache-2.0
"""The law of scope, for any small log and catalogue: in scope = disclosed + nothing shown + unresolved."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_case import rows_of
from tests.unit.scope.scenes import appointment, at, event, open_scene, person
from tocsin.core.errors import InputError
from tocsin.core.terms import Action, Certainty, CountIn, NothingShown
from tocsin.scope.run import run

OBJECTS = st.sampled_from(
    [
        None,
        "/card/P1",
        "/card/P2",
        "/card/P9",
        "/card/zz!",
        "/booking/A1",
        "/booking/A9",
        "/search",
        "/export/f",
        "/x",
    ]
)
IDS = st.sampled_from(["P1", "P2", "P3", "P9", "?", ""])
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "minute": st.integers(0, 4),
            "action": st.sampled_from([action.value for action in Action]),
            "object": OBJECTS,
            "outcome": st.sampled_from(["success", "failure", "unknown", None]),
            "account": st.sampled_from(["thief", "owner", None]),
            "session": st.sampled_from([None, "s"]),
            "person": st.none() | IDS,
            "persons": st.none() | st.lists(IDS, max_size=3),
            "record_type": st.sampled_from([None, "appointment", "letter"]),
            "record": st.sampled_from([None, "A1", "A9", ""]),
            "query": st.sampled_from(
                [None, "", "name=Smith", "name=Smith&page=1", "name=%FF", "page=x", "name=No"]
            ),
            "items": st.none() | st.integers(-1, 9),
            "retry_of": st.none() | st.integers(0, 5),
        }
    ),
    max_size=8,
)
SEARCH = (
    '[[shows]]\nobject = "/search"\ncategories = ["identity.name", "contact.phone"]\n'
    'parameters = { name = "query:name", page = { from = "query:page", default = "0" } }\n'
    "replay = 'select person from patients where family_name = $name order by birth_date"
    " limit 2 offset 2 * cast($page as integer)'\n"
)
RULES = st.lists(
    st.sampled_from(
        [
            '[[shows]]\nobject = "/card/{person}"\ncategories = ["identity.name"]\n',
            '[[shows]]\nobject = "/card/{person}"\ncategories = []\noutcome = "failure"\n',
            '[[shows]]\nobject = "/booking/{record:appointment}"\ncategories = ["appointment.date"]\n',
            '[[shows]]\nobject = "/booking/*"\ncategories = ["health.reason"]\nprotection = "encrypted"\n',
            '[[shows]]\nobject = "/export/{file}"\ncategories = ["identity.name"]\n',
            '[[shows]]\nobject = "/x"\ncategories = []\n',
            '[[shows]]\naction = "read"\ncategories = ["other"]\nsince = 2024-06-11T12:02:00Z\n',
            SEARCH,
        ]
    ),
    unique=True,
    max_size=5,
)
KNOWN = """
[[sources]]
name = "app"
[[registries]]
name = "patients"
paths = ["p.csv"]
[registries.columns]
person = "id"
family_name = "name"
birth_date = "born"
valid_from = "since"
valid_until = "until"
[[records]]
name = "appointment"
paths = ["a.csv"]
columns = { record = "id", person = "patient" }
[catalogue]
path = "catalogue.toml"
[[known]]
account = "thief"
[[known]]
session = "s"
verdict = "doubtful"
p = 0.3
"""
PEOPLE = [
    person("P1", family_name="Smith"),
    person("P2", family_name="Smith", valid_from=at(2)),
    person("P3", family_name="Smith", valid_until=at(3)),
]


def made(number: int, row: dict[str, object]) -> dict[str, object]:
    columns = {name: value for name, value in row.items() if name != "minute"}
    retry_of = columns.pop("retry_of")
    return {
        **event(number, **columns),
        "occurred_at": at(float(str(row["minute"]))),
        "retry_of": None if retry_of == number else retry_of,
    }


@settings(max_examples=14)
@given(rows=EVENTS, rules=RULES, together=st.booleans())
def test_every_event_in_scope_has_exactly_one_fate(
    rows: list[dict[str, object]], rules: list[str], together: bool
) -> None:
    catalogue = "".join(rule + ("together = true\n" if together else "") for rule in rules)
    events = [made(number, row) for number, row in enumerate(rows)]
    with tempfile.TemporaryDirectory() as folder:
        scene = open_scene(
            Path(folder),
            settings=KNOWN,
            catalogue=catalogue,
            events=events,
            registry=PEOPLE,
            records=[appointment("A1", "P1")],
        )
        with scene as case:
            try:
                report = run(case)
            except InputError as error:
                if error.code not in ("ambiguous_catalogue", "catalogue_matches_nothing"):
                    raise
                return
            tables = {
                name: rows_of(case, name) for name in ("judged", "disclosures", "nothing_shown", "unresolved")
            }
    in_scope = [row["event_id"] for row in tables["judged"]]
    fates = Counter({row["event_id"] for row in tables["disclosures"]})
    fates.update(row["event_id"] for row in tables["nothing_shown"])
    fates.update(row["event_id"] for row in tables["unresolved"])
    assert sorted(in_scope) == sorted(
        e["event_id"] for e in events if e["account"] == "thief" or e["session"] == "s"
    )
    assert fates == Counter(in_scope), "each event once"
    assert report.events == report.disclosed + report.nothing_shown + report.unresolved
    check_rows(tables)


def check_rows(tables: dict[str, list[dict[str, object]]]) -> None:
    """Rows say only what may be said, and each once."""
    verdicts = {row["event_id"]: row["verdict"] for row in tables["judged"]}
    keys = ("event_id", "registry", "person", "record_type", "record", "category")
    names = [tuple(row[key] for key in keys) for row in tables["disclosures"]]
    assert len(names) == len(set(names))
    for row in tables["disclosures"]:
        assert row["person"] is not None
        assert row["certainty"] in set(Certainty)
        assert row["count_in"] in {None, *CountIn}
        assert (row["count_in"] is None) == (row["protection"] == "encrypted")
        if row["count_in"] == "floor":
            assert verdicts[row["event_id"]] == "illegitimate"
            assert row["certainty"] in ("taken", "shown")
            assert row["category"] != "undetermined"
        assert row["exact"] is (row["certainty"] in ("taken", "shown")), "no collation is declared here"
    assert {row["reason"] for row in tables["nothing_shown"]} <= set(NothingShown)
    assert all(row["bound"] is None or int(str(row["bound"])) >= 0 for row in tables["unresolved"])
