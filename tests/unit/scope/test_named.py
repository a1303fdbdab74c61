# SPDX-License-Identifier: Apache-2.0
"""Whom an access names: placeholders, the event's own columns, records; and ids that are no ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scope.scenes import (
    HEAD,
    KNOWN,
    RECORDS,
    REGISTRY,
    appointment,
    at,
    event,
    person,
    persons,
    reasons,
    run_scene,
    shown,
    values,
)

OWN = '[[shows]]\naction = "read"\nobject = "/own"\ncategories = ["identity.name"]\n'
BOOKING = '[[shows]]\nobject = "/booking/{record:appointment}"\ncategories = ["appointment.date"]\n'
PEOPLE = [person("P01"), person("P02"), person("P03")]


def test_rule_without_placeholder_discloses_the_persons_of_the_event(tmp_path: Path) -> None:
    events = [
        event(1, object="/own", person="P01"),
        event(2, object="/own", persons=["P02", "P03", "P02"]),
        event(3, object="/own", person="P01", persons=["P02"]),
    ]
    _, case = run_scene(tmp_path, catalogue=OWN, events=events, registry=PEOPLE)
    assert persons(case) == {1: {"P01"}, 2: {"P02", "P03"}, 3: {"P01", "P02"}}


def test_placeholder_holds_over_the_columns_of_the_event(tmp_path: Path) -> None:
    rule = '[[shows]]\nobject = "/card/{person}/**"\ncategories = ["identity.name"]\n'
    _, case = run_scene(
        tmp_path, catalogue=rule, events=[event(1, object="/card/P01/a/b", person="P02")], registry=PEOPLE
    )
    assert persons(case) == {1: {"P01"}}


def test_placeholder_within_a_segment_is_extracted(tmp_path: Path) -> None:
    rule = '[[shows]]\nobject = "/**/scan-{person}.pdf"\ncategories = ["health.document"]\n'
    _, case = run_scene(
        tmp_path, catalogue=rule, events=[event(1, object="/a/b/scan-P02.pdf")], registry=PEOPLE
    )
    assert persons(case) == {1: {"P02"}}


def test_record_leads_to_its_person(tmp_path: Path) -> None:
    events = [event(1, object="/booking/A1"), event(2, object="/own", record_type="appointment", record="A1")]
    _, case = run_scene(
        tmp_path, catalogue=BOOKING + OWN, events=events, registry=PEOPLE, records=[appointment("A1", "P01")]
    )
    assert shown(case) == {
        (1, "P01", "A1", "appointment.date", "shown"),
        (2, "P01", "A1", "identity.name", "shown"),
    }


def test_person_named_beside_the_record_is_told_once(tmp_path: Path) -> None:
    own = {"object": "/own", "record_type": "appointment", "record": "A1"}
    events = [event(1, person="P01", **own), event(2, person="P02", **own)]
    _, case = run_scene(
        tmp_path, catalogue=OWN, events=events, registry=PEOPLE, records=[appointment("A1", "P01")]
    )
    assert shown(case) == {
        (1, "P01", "A1", "identity.name", "shown"),
        (2, "P01", "A1", "identity.name", "shown"),
        (2, "P02", None, "identity.name", "shown"),
    }


def test_record_that_no_table_knows_goes_with_the_persons_named(tmp_path: Path) -> None:
    events = [event(1, object="/own", person="P01", record_type="letter", record="L7")]
    _, case = run_scene(tmp_path, catalogue=OWN, events=events, registry=PEOPLE)
    assert values(case, "disclosures", "person", "record_type", "record") == [("P01", "letter", "L7")]


@pytest.mark.parametrize("records", [[], [appointment("A9", None)]])
def test_record_whose_person_nobody_tells_is_unresolved(
    tmp_path: Path, records: list[dict[str, object]]
) -> None:
    _, case = run_scene(
        tmp_path, catalogue=BOOKING, events=[event(1, object="/booking/A9")], registry=PEOPLE, records=records
    )
    assert values(case, "unresolved", "reason", "bound", "categories", "record_type") == [
        ("unknown_record", 1, ["appointment.date"], "appointment")
    ]


def test_record_is_read_as_of_the_event(tmp_path: Path) -> None:
    records = [
        appointment("A1", "P01", valid_until=at(2), at=at(100)),
        appointment("A1", "P02", valid_from=at(2), at=at(200)),
    ]
    _, case = run_scene(
        tmp_path,
        catalogue=BOOKING,
        events=[event(1, object="/booking/A1"), event(2, object="/booking/A1")],
        registry=PEOPLE,
        records=records,
    )
    assert values(case, "disclosures", "event_id", "person", "data_from") == [
        (1, "P01", at(100)),
        (2, "P02", at(200)),
    ]


def test_record_that_held_at_another_time_leads_to_its_nearest_person(tmp_path: Path) -> None:
    records = [
        appointment("A1", "P01", valid_from=at(-90), valid_until=at(-60)),
        appointment("A1", "P02", valid_from=at(-50), valid_until=at(-40)),
        appointment("A1", "P03", valid_from=at(10)),
    ]
    _, case = run_scene(
        tmp_path, catalogue=BOOKING, events=[event(1, object="/booking/A1")], registry=PEOPLE, records=records
    )
    assert persons(case) == {1: {"P02"}}


def test_absent_id_of_the_registrys_shape_is_a_person_without_controller(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path,
        events=[event(1, object="/card/P99")],
        registry=[person("P01", controller="a"), person("P02", controller="b")],
        controllers=[{"controller": "a"}, {"controller": "b"}],
    )
    assert set(values(case, "disclosures", "person", "controller", "count_in")) == {("P99", None, "floor")}


@pytest.mark.parametrize("named", ["me", "P-99", "P1234567890", "P0é", "p99"])
def test_absent_id_of_another_shape_is_unresolved(tmp_path: Path, named: str) -> None:
    _, case = run_scene(tmp_path, events=[event(1, object=f"/card/{named}")], registry=PEOPLE)
    assert values(case, "unresolved", "reason", "bound") == [("not_an_identifier", 1)]


def test_pattern_of_the_registry_decides_what_an_id_is(tmp_path: Path) -> None:
    settings = (
        HEAD
        + REGISTRY.replace("[registries.columns]", 'person_pattern = "P[0-9]+"\n[registries.columns]')
        + KNOWN
    )
    events = [event(1, object="/card/P1234567890"), event(2, object="/card/X01")]
    _, case = run_scene(tmp_path, settings=settings, events=events, registry=PEOPLE)
    assert persons(case) == {1: {"P1234567890"}}
    assert reasons(case, "unresolved") == {2: "not_an_identifier"}


def test_event_that_names_a_person_and_a_senseless_id_is_disclosed_and_leaves_a_doubt(tmp_path: Path) -> None:
    report, case = run_scene(
        tmp_path, catalogue=OWN, events=[event(1, object="/own", persons=["P01", "?", "!"])], registry=PEOPLE
    )
    assert persons(case) == {1: {"P01"}}
    assert values(case, "unresolved", "event_id") == []
    assert values(case, "doubts", "kind", "source", "byte_offset", "item", "names") == [
        ("partial", "app", 1, 0, 2)
    ]
    assert (report.disclosed, report.unresolved) == (1, 0)


def test_empty_ids_name_nobody(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path,
        catalogue=OWN,
        events=[event(1, object="/own", person="", persons=["", None], record="")],
        registry=PEOPLE,
    )
    assert reasons(case, "unresolved") == {1: "unknown_content"}


SECOND = REGISTRY.replace('"patients"', '"staff"').replace('["app", "web"]', '["web"]')


def test_registry_follows_the_rule_then_the_source(tmp_path: Path) -> None:
    rules = OWN + OWN.replace("/own", "/staff").replace("[[shows]]", '[[shows]]\nregistry = "staff"')
    first = REGISTRY.replace('["app", "web"]', '["app"]')
    events = [
        event(1, object="/own", person="P01"),
        event(2, object="/own", person="P01", source="web"),
        event(3, object="/staff", person="P01"),
    ]
    people = [person("P01"), {"registry": "staff", "person": "P01"}]
    _, case = run_scene(
        tmp_path, catalogue=rules, settings=HEAD + first + SECOND + KNOWN, events=events, registry=people
    )
    assert values(case, "disclosures", "event_id", "registry") == [
        (1, "patients"),
        (2, "staff"),
        (3, "staff"),
    ]


def test_registry_follows_the_assigning_authority_when_a_source_has_several(tmp_path: Path) -> None:
    first = REGISTRY.replace("[registries.columns]", 'domain = "1.2.3"\n[registries.columns]')
    second = SECOND.replace("[registries.columns]", 'domain = "4.5.6"\n[registries.columns]')
    events = [
        event(1, source="web", object="/own", person="P01", person_domain="4.5.6"),
        event(2, source="web", object="/own", person="P01"),
    ]
    people = [person("P01"), {"registry": "staff", "person": "P01"}]
    _, case = run_scene(
        tmp_path, catalogue=OWN, settings=HEAD + first + second + KNOWN, events=events, registry=people
    )
    assert values(case, "disclosures", "event_id", "registry") == [(1, "staff")]
    assert values(case, "unresolved", "reason", "bound") == [("unknown_registry", 1)]


def test_absent_id_is_not_in_the_floor_when_there_are_several_registries(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path,
        settings=HEAD + REGISTRY + SECOND.replace('["web"]', "[]") + KNOWN,
        catalogue=OWN,
        events=[event(1, object="/own", person="P01"), event(2, object="/own", person="P09")],
        registry=PEOPLE,
    )
    assert values(case, "disclosures", "person", "count_in") == [("P01", "floor"), ("P09", "best")]


def test_ids_are_kept_when_the_case_has_no_registry(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path, settings=HEAD + KNOWN, catalogue=OWN, events=[event(1, object="/own", person="P01")]
    )
    assert values(case, "disclosures", "registry", "person", "count_in") == [("none", "P01", "floor")]


def test_controller_is_the_records_then_the_rows_then_the_sources(tmp_path: Path) -> None:
    settings = (HEAD + REGISTRY + RECORDS + KNOWN).replace(
        'name = "app"', 'name = "app"\ncontroller = "of-app"'
    )
    people = [person("P01", controller="of-row"), person("P02")]
    records = [
        appointment("A1", "P01", controller="of-record"),
        appointment("A2", "P01"),
        appointment("A3", "P02"),
    ]
    _, case = run_scene(
        tmp_path,
        settings=settings,
        catalogue=BOOKING,
        events=[event(n, object=f"/booking/A{n}") for n in (1, 2, 3)],
        registry=people,
        records=records,
    )
    assert values(case, "disclosures", "controller") == [("of-record",), ("of-row",), ("of-app",)]


def test_only_controller_answers_where_nothing_else_tells(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path, events=[event(1, object="/card/P01")], registry=PEOPLE, controllers=[{"controller": "us"}]
    )
    assert {row[0] for row in values(case, "disclosures", "controller")} == {"us"}


def test_controller_is_that_of_the_day(tmp_path: Path) -> None:
    people = [
        person("P01", controller="old", valid_until=at(2)),
        person("P01", controller="new", valid_from=at(2)),
    ]
    _, case = run_scene(
        tmp_path,
        catalogue=OWN,
        events=[event(1, object="/own", person="P01"), event(2, object="/own", person="P01")],
        registry=people,
    )
    assert values(case, "disclosures", "controller") == [("old",), ("new",)]


def test_data_period_is_the_rules_else_the_records(tmp_path: Path) -> None:
    period = BOOKING + "data_period = { from = 2020-01-01, until = 2022-01-01 }\n"
    rules = period + BOOKING.replace("/booking", "/visit")
    _, case = run_scene(
        tmp_path,
        catalogue=rules,
        events=[event(1, object="/booking/A1"), event(2, object="/visit/A1")],
        registry=PEOPLE,
        records=[appointment("A1", "P01", at=at(0))],
    )
    [(first, end), (since, until)] = values(case, "disclosures", "data_from", "data_until")
    assert (first.year, end.year) == (2020, 2022)
    assert (until - since).total_seconds() == 1e-6
