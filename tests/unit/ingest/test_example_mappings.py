# SPDX-License-Identifier: Apache-2.0
"""The mappings that the documentation gives as examples read logs of their kind as they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tocsin.core.settings import load_mapping
from tocsin.ingest.formats.mapped import Mapped
from tocsin.ingest.interface import ReadOptions, Sample
from tocsin.ingest.mapping_check import check_mapping
from tocsin.store.engine import Engine
from tocsin.testing import formats as contract

ROOT = Path(__file__).resolve().parents[3]
MAPPINGS = ROOT / "docs" / "mappings"
SAMPLES = ROOT / "tests" / "samples" / "example-mappings"
NAMES = sorted(path.stem for path in MAPPINGS.glob("*.toml"))


def case_of(name: str) -> contract.FormatCase:
    mapping = load_mapping(MAPPINGS / f"{name}.toml")
    content = (SAMPLES / f"{name}.sample").read_bytes()
    form, bare = Mapped(), ReadOptions(mapping=mapping)
    header = form.header(Sample(name, content, whole=True), bare)
    return contract.FormatCase(name, form, content, ReadOptions(mapping=mapping, header=header))


@pytest.mark.parametrize("name", NAMES)
def test_example_mapping_says_of_its_own_sample_what_it_should(name: str) -> None:
    path = MAPPINGS / f"{name}.toml"
    mapping = load_mapping(path)
    assert mapping.sample, "it does not test itself"
    check_mapping(mapping, path, None)


@pytest.mark.parametrize("name", NAMES)
def test_example_mapping_reads_each_record_as_written_down(name: str) -> None:
    expected = json.loads((SAMPLES / "expected.json").read_text("utf-8"))[name]
    case = case_of(name)
    with Engine(memory="256MiB") as engine:
        found = list(contract.plain_rows(case.rows(engine, case.content)))
    assert len(found) == len(expected)
    for number, (row, wanted) in enumerate(zip(found, expected, strict=True), start=1):
        assert {key: row.get(key) for key in wanted} == wanted, f"record {number}"


@pytest.mark.parametrize("name", NAMES)
def test_example_mapping_loses_no_record(name: str) -> None:
    contract.check_accounts_for_all(case_of(name))
    contract.check_leads_back(case_of(name))


def test_page_names_each_example() -> None:
    page = (ROOT / "docs" / "how-to" / "describe-a-log-without-code.md").read_text("utf-8")
    assert [name for name in NAMES if f"../mappings/{name}.toml" not in page] == []
