# SPDX-License-Identifier: Apache-2.0
"""What every installed format keeps, built-in or not, on its samples in tests/samples/<name>/."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.core.settings import load_mapping
from tocsin.ingest.interface import ReadOptions
from tocsin.ingest.recognise import known_formats
from tocsin.testing import formats as contract
from tocsin.testing.formats import FormatCase, cases_of

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
FORMATS = known_formats()
RECOGNISED = sorted(set(FORMATS) - {"mapped"})
FIRST = {"atna-audit-message", "caddy-json", "fhir-audit-event", "nginx-json", "traefik-json", "web-access"}
"""Formats whose records are compared one by one by tests of their own."""


def cases() -> list[FormatCase]:
    found = [case for name in RECOGNISED for case in cases_of(FORMATS[name], SAMPLES / name)]
    for path in sorted((SAMPLES / "mapped").glob("*.toml")):
        options = ReadOptions(mapping=load_mapping(path))
        content = path.with_suffix(".sample").read_bytes()
        found.append(FormatCase(f"mapped/{path.stem}", FORMATS["mapped"], content, options))
    return found


each_case = pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
each_format = pytest.mark.parametrize("name", RECOGNISED)


@each_format
def test_format_has_samples_and_says_how_they_were_made(name: str) -> None:
    contract.check_presented(FORMATS[name], SAMPLES / name)


@each_format
def test_format_is_recognised_alone(name: str) -> None:
    contract.check_recognised(FORMATS[name], SAMPLES / name)


@each_format
def test_format_refuses_its_neighbours(name: str) -> None:
    contract.check_refuses_neighbours(FORMATS[name], SAMPLES / name)


@each_format
def test_format_sniffs_anything(name: str) -> None:
    contract.check_sniffs_anything(FORMATS[name])


@pytest.mark.parametrize("name", sorted(set(RECOGNISED) - FIRST))
def test_format_reads_each_record_as_written_down(name: str) -> None:
    contract.check_reads_as_expected(FORMATS[name], SAMPLES / name)


@pytest.mark.parametrize("name", sorted(set(RECOGNISED) - FIRST))
def test_format_sees_damage(name: str) -> None:
    contract.check_damage_is_seen(FORMATS[name], SAMPLES / name)


@each_case
def test_every_record_has_one_fate(case: FormatCase) -> None:
    contract.check_accounts_for_all(case)


@each_case
def test_every_offset_leads_back_to_its_record(case: FormatCase) -> None:
    contract.check_leads_back(case)


@each_case
def test_log_cut_at_any_byte_is_read_up_to_there(case: FormatCase) -> None:
    contract.check_survives_cuts(case)


@each_case
def test_bytes_that_are_no_text_lose_no_record(case: FormatCase) -> None:
    contract.check_survives_bytes(case)


@each_case
def test_log_is_read_the_same_twice(case: FormatCase) -> None:
    contract.check_same_twice(case)
