# SPDX-License-Identifier: Apache-2.0
"""Requests become templates: what varies gives way to a token by measure, what is fixed stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.learn.scenes import COVERED, asked_for, learn_from, open_learning, templates_of
from tests.unit.scope.scenes import event
from tocsin.core.errors import InputError
from tocsin.learn.templates import heavy_templates
from tocsin.scope.run import run as run_scope
from tocsin.store.patterns import compile_object


def test_id_of_a_registry_becomes_a_person_and_of_records_a_record(tmp_path: Path) -> None:
    events = asked_for("/v1/patients/P001/card", "/v1/patients/P002/card", "/v1/appointments/100")
    with open_learning(tmp_path, events) as case:
        learned = learn_from(case)
    assert templates_of(learned) == {
        "/v1/patients/{person}/card": 2,
        "/v1/appointments/{record:appointment}": 1,
    }
    [person] = learned.templates[0].measured
    assert (person.hits, person.values, person.candidate) == (2, 2, "person:patients")


@pytest.mark.parametrize(
    "varying",
    [
        "12",
        "0b7e9a52-1f5e-4c9c-8b52-6a1f43f0a001",
        "deadbeef01",
        "QWxhZGRpbjpvcGVuIHNlc2FtZQ1x",
        "c.dupont@example.org",
        "Nom1",
        "a*b",
        "{x}",
        "esc\x1b[2J",
    ],
)
def test_value_that_no_table_knows_becomes_one_segment(tmp_path: Path, varying: str) -> None:
    with open_learning(tmp_path, asked_for(f"/v1/things/{varying}/open")) as case:
        learned = learn_from(case)
    assert list(templates_of(learned)) == ["/v1/things/*/open"]


@pytest.mark.parametrize("fixed", ["card", "v1", "oauth2", "pièces", "Patient", "$everything", "app.css"])
def test_word_stays_as_it_is(tmp_path: Path, fixed: str) -> None:
    with open_learning(tmp_path, asked_for(f"/api/{fixed}/x")) as case:
        assert list(templates_of(learn_from(case))) == [f"/api/{fixed}/x"]


def test_guesses_that_were_refused_do_not_hide_what_the_ids_are(tmp_path: Path) -> None:
    guessed = [
        {**event(100 + n, object=f"/v1/patients/P{n:03}/card"), "outcome": "failure"} for n in range(500, 560)
    ]
    with open_learning(tmp_path, [*asked_for("/v1/patients/P001/card"), *guessed]) as case:
        learned = learn_from(case)
    [one] = learned.templates
    assert (one.template, one.events, one.open) == ("/v1/patients/{person}/card", 61, 1)


def test_ids_that_two_tables_know_alike_are_left_to_a_person_unless_the_path_names_one(
    tmp_path: Path,
) -> None:
    events = asked_for("/things/100", "/appointment/100", "/things/200", "/appointment/200")
    case = open_learning(tmp_path, events)
    with case:
        with case.stage("twice", "registry") as stage:
            stage.write("registry", "select * replace (person[-1:] || '00' as person) from registry")
            stage.commit("twice")
        learned = learn_from(case)
    assert templates_of(learned) == {"/things/*": 2, "/appointment/{record:appointment}": 2}


def test_many_words_of_which_none_stands_out_are_values(tmp_path: Path) -> None:
    words = ["".join(pair) for pair in [("ab"[n % 2] * 3, chr(97 + n % 26), "xyz"[n % 3]) for n in range(78)]]
    with open_learning(tmp_path, asked_for(*(f"/page/{word}" for word in words))) as case:
        assert templates_of(learn_from(case)) == {"/page/*": 78}


def test_many_words_of_which_few_weigh_most_stay(tmp_path: Path) -> None:
    heavy = ["/api/list"] * 2000
    with open_learning(tmp_path, asked_for(*heavy, *(f"/api/w{chr(97 + n)}q" for n in range(26)))) as case:
        assert len(templates_of(learn_from(case))) == 27


def test_file_that_is_fetched_is_a_file(tmp_path: Path) -> None:
    with open_learning(tmp_path, asked_for("/exports/juin.csv", action="export")) as case:
        assert list(templates_of(learn_from(case))) == ["/exports/{file}"]


def test_path_deeper_than_is_walked_ends_in_a_tail(tmp_path: Path) -> None:
    with open_learning(tmp_path, asked_for("/a" * 40)) as case:
        [template] = templates_of(learn_from(case))
    assert template is not None
    assert template.endswith("/a/**")


def test_access_without_an_object_is_told_by_its_type(tmp_path: Path) -> None:
    events = [event(1, object_type="Patient", person="P001"), event(2, object_type="Patient", person="P002")]
    with open_learning(tmp_path, events) as case:
        [one] = learn_from(case).templates
    assert (one.template, one.object_type, one.ids, one.names_own) == (None, "Patient", 2, 2)


def test_weights_are_those_of_the_acts(tmp_path: Path) -> None:
    events = asked_for(*["/v1/patients/P001/card"] * 99, "/v1/help", bytes=10)
    events[0]["bytes"] = 1000
    with open_learning(tmp_path, events, catalogue=COVERED) as case:
        learned = learn_from(case)
    card, aid = learned.templates
    assert (card.events, card.uncovered, card.ids, card.samples, card.bytes_median) == (99, 0, 1, 1, 10)
    assert (aid.events, aid.uncovered) == (1, 1)
    assert learned.heavy == 1
    assert heavy_templates(learned.templates, 1.0) == 2


def test_uncovered_is_what_scope_counts(tmp_path: Path) -> None:
    events = [
        *asked_for("/v1/patients/P001/card", "/x", "/y/1", "/y/2"),
        event(10, action="login"),
        event(11, object="/y/3", outcome="failure"),
        event(12, object="/y/4", account="other"),
    ]
    with open_learning(tmp_path, events, catalogue=COVERED) as case:
        report = run_scope(case)
        learned = learn_from(case)
    assert learned.scope == "judged"
    assert (learned.coverage.events, learned.coverage.uncovered) == (report.events, report.uncovered)
    assert sum(one.uncovered for one in learned.templates) == report.uncovered == 3


def test_account_is_looked_at_before_anybody_is_suspect(tmp_path: Path) -> None:
    events = [*asked_for("/x", "/y"), event(9, object="/z", account="other")]
    with open_learning(tmp_path, events, known="") as case:
        assert templates_of(learn_from(case)) == {"/x": 1, "/y": 1, "/z": 1}
        assert templates_of(learn_from(case, account="other")) == {"/z": 1}


def test_account_that_never_acts_is_refused(tmp_path: Path) -> None:
    with open_learning(tmp_path, asked_for("/x")) as case, pytest.raises(InputError) as refused:
        learn_from(case, account="nobody")
    assert refused.value.code == "no_such_account"


@settings(max_examples=5)
@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=8))
def test_every_act_has_one_template_that_matches_it(
    tmp_path_factory: pytest.TempPathFactory, paths: list[str]
) -> None:
    """A law of conservation: no act is lost, and each falls under the pattern made of it."""
    objects = ["/" + path for path in paths]
    with open_learning(tmp_path_factory.mktemp("paths"), asked_for(*objects)) as case:
        learned = learn_from(case)
    assert sum(one.events for one in learned.templates) == len(objects)
    assert learned.left.uncovered == 0
    for one in learned.templates:
        assert one.template is not None
        compile_object(one.template)
