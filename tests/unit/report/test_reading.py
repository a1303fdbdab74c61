# SPDX-License-Identifier: Apache-2.0
"""A report is read with every part optional, and refused when a part is not what it should be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.report.sample import golden_report
from tocsin.core.errors import InputError
from tocsin.report.reading import read_report


def test_report_reads_whole() -> None:
    read = read_report(golden_report())
    assert read.counts["persons"].ceiling == 39
    assert read.accounting[0].gaps[0].since == datetime(2024, 6, 11, 5, 30, tzinfo=UTC)
    assert read.period is not None
    assert read.period.until == datetime(2024, 6, 11, 10, tzinfo=UTC)
    assert read.scope is not None
    assert read.scope.adds_up
    assert all(source.adds_up for source in read.accounting)


def test_report_reads_when_every_part_is_missing() -> None:
    read = read_report({})
    assert (read.case, read.counts, read.scope, read.zone) == ("", {}, None, "Europe/Paris")
    assert not read.secrecy.sealed


def test_report_keeps_reading_when_it_has_parts_of_a_later_version() -> None:
    assert read_report({"case": "R5", "outages": [{"service": "x"}]}).case == "R5"


def test_extra_adds_to_the_report() -> None:
    assert read_report(golden_report(), {"secrecy": {"sealed": True}}).secrecy.sealed


@pytest.mark.parametrize("name", ["records", "events", "set_aside", "non_events"])
def test_source_does_not_add_up_when_one_record_is_lost(name) -> None:
    report = golden_report()
    report["accounting"][0][name] += 1
    assert not read_report(report).accounting[0].adds_up


def test_source_does_not_add_up_when_the_reasons_do_not() -> None:
    report = golden_report()
    report["accounting"][0]["reasons"]["blank"] += 1
    assert not read_report(report).accounting[0].adds_up


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": {"persons": {"floor": "twelve"}}},
        {"period": {"from": "yesterday"}},
        {"accounting": {}},
        {"accounts": [{"account": None}]},
        {"zone": "Europe/Nowhere"},
        {"zone": "../../etc/passwd"},
    ],
)
def test_report_is_refused_when_a_part_is_not_what_it_should_be(wrong) -> None:
    with pytest.raises(InputError):
        read_report(wrong)
