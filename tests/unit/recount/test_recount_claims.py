# SPDX-License-Identifier: Apache-2.0
"""Changes, contradicted claims and shares."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from tests.unit.recount.small_case import CATALOGUE, Line, act, card, write_case
from tocsin.recount import recount, report
from tocsin.recount.values import Table

CLAIMS = """
[claims]
none = ["identity.name", "health.reason"]
none_from = { visit = ["site", "partner"] }
no_change = ["visit"]
protected = ["health.reason"]
[[shares]]
unit = "records:visit"
of = { from = 2024-02-01T00:00:00Z, until = 2024-03-01T00:00:00Z }
by = "created"
"""
SEALED = (
    CATALOGUE
    + """
[[shows]]
source = "app"
action = "read"
object = "/reason/{record:visit}"
categories = ["health.reason"]
protection = "encrypted"
"""
)


def contradicted(folder: Path, *lines: Line) -> set[object]:
    claims = cast(
        list[Table], report(recount(write_case(folder, lines, more=CLAIMS, catalogue=SEALED)))["claims"]
    )
    return {one["id"] for one in claims if one["contradicted"]}


def test_claim_stands_when_nothing_was_read(tmp_path: Path) -> None:
    assert contradicted(tmp_path, act(action="login")) == set()


def test_category_contradicts_when_it_was_shown(tmp_path: Path) -> None:
    assert contradicted(tmp_path, card("P1")) == {"no:identity.name"}


def test_category_contradicts_when_the_outcome_is_unknown(tmp_path: Path) -> None:
    assert contradicted(tmp_path, card("P1", outcome="timeout")) == {"no:identity.name"}


def test_encrypted_category_contradicts_its_absence_but_not_its_protection(tmp_path: Path) -> None:
    assert contradicted(tmp_path, act(object="/reason/V1")) == {"no:health.reason", "no_from:visit:site"}


def test_origin_contradicts_when_one_of_its_records_was_shown(tmp_path: Path) -> None:
    assert contradicted(tmp_path, act(object="/visit/V2")) == {"no_from:visit:partner"}


def test_change_contradicts_when_it_succeeded(tmp_path: Path) -> None:
    update = act(action="update", object="/help/x", record_type="visit", record="V1")
    assert contradicted(tmp_path, update) == {"no_change:visit"}
    assert contradicted(tmp_path, update | {"outcome": "timeout"}) == set()
    assert contradicted(tmp_path, update | {"outcome": "ko"}) == set()


def test_changes_are_counted_by_distinct_record(tmp_path: Path) -> None:
    update = act(action="update", object="/help/x", record_type="visit", record="V1")
    lines = [
        update,
        update,
        update | {"record": "V2", "outcome": "?"},
        update | {"record": "V3", "account": "nurse"},
    ]
    assert report(recount(write_case(tmp_path, lines)))["modifications"] == {
        "records": {"floor": 1, "best": 1, "ceiling": 2}
    }


def test_share_is_of_records_whose_date_lies_in_the_period(tmp_path: Path) -> None:
    lines = [act(object="/visit/V2"), act(object="/visit/V3")]
    assert report(recount(write_case(tmp_path, lines, more=CLAIMS)))["shares"] == [
        {"unit": "records:visit", "count": 1, "total": 2, "share": 0.5}
    ]
