# SPDX-License-Identifier: Apache-2.0
"""Floor, best and ceiling: who is counted, once, in which; and what cannot be counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_case import NOON, with_key
from tests.unit.report_figures.made_scope import event, gap, persons_of, report_of, set_aside, shown
from tocsin.core.errors import InputError, MachineError
from tocsin.report.counts import declare
from tocsin.report.figures import Row, check_levels

ONE, TWO, THREE = event(1), event(2), event(3, "web")
INS = with_key("2870714994007")


def test_persons_are_counted_once_when_several_events_disclose_them(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE, TWO, THREE],
        disclosures=[
            shown(ONE, "p1"),
            shown(TWO, "p1", certainty="reachable"),
            shown(TWO, "p2", certainty="reconstructed"),
            shown(THREE, "p3", certainty="reachable"),
        ],
    )
    assert persons_of(report) == (1, 2, 3)
    assert report["certainties"] == {"shown": 1, "reconstructed": 1, "reachable": 1}
    assert report["declared"]["persons"] == {"value": 2, "certainty": "approximate", "basis": "best"}


def test_persons_of_two_local_ids_are_one_when_linkage_says_so(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE],
        registry=[{"registry": "a", "person": one, "ins": INS} for one in ("p1", "p2")],
        disclosures=[shown(ONE, "p1"), shown(ONE, "p2")],
    )
    assert persons_of(report) == (1, 1, 1)
    assert report["declared"]["persons"]["certainty"] == "exact"


def test_persons_of_a_probable_merge_are_two_only_in_the_ceiling(tmp_path: Path) -> None:
    same = {"registry": "a", "nir": INS, "birth_date": ONE["occurred_at"].date()}
    report = report_of(
        tmp_path,
        events=[ONE],
        registry=[
            same | {"person": "p1", "given_names": "Jean"},
            same | {"person": "p2", "given_names": "Jean Luc"},
        ],
        disclosures=[shown(ONE, "p1"), shown(ONE, "p2")],
    )
    assert persons_of(report) == (1, 1, 2)


def test_persons_are_unreadable_when_only_encrypted_data_were_shown(tmp_path: Path) -> None:
    hidden = {"protection": "encrypted", "count_in": None}
    report = report_of(
        tmp_path,
        events=[ONE],
        disclosures=[
            shown(ONE, "p1", "health.reason", **hidden),
            shown(ONE, "p2", "health.reason", **hidden),
            shown(ONE, "p2"),
        ],
    )
    assert persons_of(report) == (1, 1, 1)
    assert report["unreadable"] == {"persons": 1}
    row = report["categories"]["health.reason"]
    assert (row["persons"]["ceiling"], row["protection"], row["first_at"]) == (0, ["encrypted"], None)


def test_test_identities_are_in_no_count(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE],
        registry=[{"registry": "a", "person": "p1", "ins": INS, "ins_oid": "1.2.250.1.213.1.4.10"}],
        disclosures=[shown(ONE, "p1", record_type="appointment", record="A1")],
    )
    assert persons_of(report) == (0, 0, 0)
    assert report["counts"]["records:appointment"]["ceiling"] == 0
    assert (report["test_identities"], report["unreadable"]["persons"]) == (1, 0)


def test_persons_outside_the_registry_are_counted_and_said(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE],
        registry=[{"registry": "a", "person": "p1", "nir": "170017510112313"}],
        disclosures=[shown(ONE, "p1"), shown(ONE, "p9")],
    )
    assert persons_of(report) == (2, 2, 2)
    assert (report["not_in_registry"], report["false_keys"]) == (1, 1)


def test_persons_outside_their_registry_are_not_in_the_floor_when_there_are_several(tmp_path: Path) -> None:
    other = '[[registries]]\nname = "b"\npaths = ["b.csv"]\n[registries.columns]\nperson = "id"\n'
    report = report_of(
        tmp_path,
        settings=other,
        events=[ONE],
        registry=[{"registry": "a", "person": "p1"}],
        disclosures=[shown(ONE, "p1"), shown(ONE, "p9")],
    )
    assert persons_of(report) == (1, 2, 2)


def test_a_record_of_nobody_known_may_be_one_more_person_in_the_ceiling(tmp_path: Path) -> None:
    of = {"record_type": "appointment", "record": "A1"}
    report = report_of(
        tmp_path,
        events=[ONE],
        disclosures=[shown(ONE, "p1"), shown(ONE, None, **of), shown(ONE, None, "contact.phone", **of)],
    )
    assert persons_of(report) == (1, 1, 2)
    assert report["counts"]["records:appointment"] == {"floor": 1, "best": 1, "ceiling": 1}
    assert report["categories"]["contact.phone"]["persons"] == {"floor": 0, "best": 0, "ceiling": 1}
    assert {"code": "records_without_person", "values": {"records": 1}} in report["open_questions"]


def test_categories_hold_those_of_the_catalogue_and_those_disclosed(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE, TWO],
        disclosures=[
            shown(ONE, "p1", "undetermined", "reconstructed"),
            shown(TWO, "p1", data_from=ONE["occurred_at"]),
        ],
    )
    assert list(report["categories"]) == ["contact.phone", "identity.name", "undetermined"]
    assert report["categories"]["contact.phone"]["persons"] == {"floor": 0, "best": 0, "ceiling": 0}
    name = report["categories"]["identity.name"]
    assert (name["first_at"], name["data_from"]) == (
        "2024-06-11T12:02:00.000000Z",
        "2024-06-11T12:01:00.000000Z",
    )


def test_controllers_are_counted_and_the_largest_come_first(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE],
        controllers=[{"controller": "k2", "name": "Two"}],
        disclosures=[
            shown(ONE, "p1", controller="k1"),
            shown(ONE, "p1", controller="k2"),
            shown(ONE, "p2", certainty="reconstructed", controller="k2"),
            shown(ONE, "p3", certainty="reachable", controller="k3"),
        ],
    )
    assert report["controllers"] == {
        "count": 2,
        "largest": [
            {"id": "k2", "name": "Two", "persons": {"floor": 1, "best": 2}},
            {"id": "k1", "name": None, "persons": {"floor": 1, "best": 1}},
        ],
    }


def test_modifications_are_distinct_records(tmp_path: Path) -> None:
    change = {"record_type": "appointment", "action": "update"}
    report = report_of(
        tmp_path,
        events=[ONE, TWO],
        modifications=[
            change | {"event_id": ONE["event_id"], "record": "A1", "count_in": "floor"},
            change | {"event_id": TWO["event_id"], "record": "A1", "count_in": "floor"},
            change | {"event_id": TWO["event_id"], "record": "A2", "count_in": "ceiling"},
        ],
    )
    assert report["modifications"]["records"] == {"floor": 1, "best": 1, "ceiling": 2, "untold": []}


def test_changes_that_nothing_names_are_told_beside_their_count(tmp_path: Path) -> None:
    out = [event(1, action="update"), event(2, action="update", outcome="failure"), event(3, action="other")]
    report = report_of(tmp_path, events=out, doubts=[gap(3)], uncovered=[{"event_id": out[2]["event_id"]}])
    told = {"floor": 0, "best": 0, "ceiling": 0, "untold": ["gap", "uncovered", "unnamed_change"]}
    assert report["modifications"]["records"] == told


def test_files_and_accounts_are_counted_by_verdict(tmp_path: Path) -> None:
    out = [
        event(1, action="export", object="/a"),
        event(2, action="download", file_name="b", outcome="unknown"),
        event(3, action="download", file_name="c", account="dr.b"),
        event(4, action="download", file_name="d", outcome="failure"),
        event(5, account=None),
    ]
    verdicts = [("illegitimate", 1.0), ("illegitimate", 1.0), ("doubtful", 0.6), ("illegitimate", 1.0)]
    judged = [
        {"event_id": one["event_id"], "suspect_id": 1, "verdict": verdict, "p": p}
        for one, (verdict, p) in zip(out, [*verdicts, ("doubtful", None)], strict=True)
    ]
    report = report_of(tmp_path, events=out, judged=judged)
    assert report["counts"]["files"] == {"floor": 1, "best": 2, "ceiling": 3}
    assert report["counts"]["accounts"] == {"floor": 1, "best": 2, "ceiling": 2}


ANYBODY: Row = {"suspect_id": 2, "address": "192.0.2.9", "verdict": "doubtful", "origin": "known"}


def accounts_of(folder: Path, *suspects: Row, doubts: list[Row]) -> Row:
    """One account acted, held illegitimate; `dr.z` of the suspects was never seen."""
    named = [{"suspect_id": 1, "account": name, "verdict": "illegitimate"} for name in ("dr.a", "dr.z")]
    numbered = [one | {"suspect_id": at} for at, one in enumerate([*named, *suspects])]
    report = report_of(folder, events=[event(1)], suspects=numbered, doubts=doubts)
    return dict(report["counts"]["accounts"])


def test_accounts_that_only_what_is_missing_may_tell_are_in_the_ceiling_alone(tmp_path: Path) -> None:
    assert accounts_of(tmp_path / "all", ANYBODY, doubts=[]) == {"floor": 1, "best": 1, "ceiling": 1}
    gone = [gap(3), set_aside(900, None)]
    assert accounts_of(tmp_path / "named", doubts=gone) == {"floor": 1, "best": 1, "ceiling": 2}
    anybody = accounts_of(tmp_path / "any", ANYBODY, doubts=gone)
    assert anybody == {"floor": 1, "best": 1, "ceiling": 2 + 3 + 1}
    assert accounts_of(tmp_path / "hole", ANYBODY, doubts=[gap(None)])["ceiling"] is None


def test_missing_records_outside_an_address_period_are_nobodys_account(tmp_path: Path) -> None:
    elsewhere = [ANYBODY | {"until_at": NOON}, ANYBODY | {"source": "web"}]
    assert accounts_of(tmp_path, *elsewhere, doubts=[gap(3)])["ceiling"] == 2


def test_files_that_no_log_line_names_are_in_the_ceiling_alone(tmp_path: Path) -> None:
    """A download without a name, a record that was not read, and records that are missing: one file each."""
    out = [event(1, action="export", object="/a"), event(2, action="download")]
    judged = [
        {"event_id": one["event_id"], "suspect_id": 1, "verdict": "illegitimate", "p": 1.0} for one in out
    ]
    doubts = [set_aside(3, 1), gap(5)]
    report = report_of(tmp_path / "a", events=out, judged=judged, doubts=doubts)
    assert report["counts"]["files"] == {"floor": 1, "best": 1, "ceiling": 1 + 1 + 1 + 5}
    report = report_of(tmp_path / "b", events=out, judged=judged, doubts=[gap(None)])
    assert report["counts"]["files"] == {"floor": 1, "best": 1, "ceiling": None}


def test_a_share_counts_the_records_made_within_its_period(tmp_path: Path) -> None:
    share = (
        '[[shares]]\nunit = "records:appointment"\n'
        "of = { from = 2024-06-11T12:01:00Z, until = 2024-06-11T12:03:00Z }\n"
    )
    records = [
        {"record_type": "appointment", "record": f"A{at}", "created": event(at)["occurred_at"]}
        for at in range(5)
    ]
    of = [{"record_type": "appointment", "record": f"A{at}"} for at in range(5)]
    report = report_of(
        tmp_path,
        settings=share,
        events=[ONE],
        records=[*records, records[1]],
        disclosures=[shown(ONE, "p1", **one) for one in of[:2]]
        + [shown(ONE, "p1", certainty="reachable", **of[2])],
    )
    assert report["shares"] == [{"unit": "records:appointment", "count": 1, "total": 2, "share": 0.5}]


def test_a_share_of_what_the_case_has_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a kind of record"):
        report_of(tmp_path, settings='[[shares]]\nunit = "records:stay"\nof = {}\n')


@pytest.mark.parametrize(
    ("floor", "best", "ceiling", "certainty"),
    [
        (3, 3, 3, "exact"),
        (3, 4, 4, "approximate"),
        (3, 3, None, "approximate"),
        (0, 0, None, "cannot_be_determined"),
        (0, 0, 0, "exact"),
    ],
)
def test_the_declared_number_is_the_best_and_says_how_sure(
    floor: int, best: int, ceiling: int | None, certainty: str
) -> None:
    count = {"floor": floor, "best": best, "ceiling": ceiling}
    assert declare(count) == {"value": best, "certainty": certainty, "basis": "best"}


@pytest.mark.parametrize(("floor", "best", "ceiling"), [(2, 1, 3), (1, 2, 1), (2, 1, None)])
def test_counts_out_of_order_are_an_error_of_ours(floor: int, best: int, ceiling: int | None) -> None:
    with pytest.raises(MachineError, match="not in order"):
        check_levels("persons", {"floor": floor, "best": best, "ceiling": ceiling})
