# SPDX-License-Identifier: Apache-2.0
"""`script/new` begins a format that keeps the contract as it stands, and touches nothing that is there."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from tocsin.ingest.described.description import load_description
from tocsin.ingest.described.form import DescribedFormat
from tocsin.testing import formats as contract

SCRIPT = Path(__file__).resolve().parents[2] / "script" / "new.py"


@pytest.fixture
def new_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[Path]]:
    made = cast("Callable[[str], list[Path]]", runpy.run_path(str(SCRIPT))["new_format"])
    places = {"ROOT": tmp_path, "DESCRIPTIONS": tmp_path / "described", "SAMPLES": tmp_path / "samples"}
    for name, place in places.items():
        monkeypatch.setitem(made.__globals__, name, place)  # type: ignore[attr-defined]
    return made


def test_new_format_keeps_the_contract(new_format: Callable[[str], list[Path]], tmp_path: Path) -> None:
    new_format("my-log")
    path = tmp_path / "described" / "my-log.toml"
    form = DescribedFormat(load_description(path, path.with_suffix(".sql")))
    samples = tmp_path / "samples" / "my-log"
    contract.check_presented(form, samples)
    contract.check_refuses_neighbours(form, samples)
    contract.check_sniffs_anything(form)
    contract.check_reads_as_expected(form, samples)
    contract.check_damage_is_seen(form, samples)
    for case in contract.cases_of(form, samples):
        contract.check_accounts_for_all(case)
        contract.check_leads_back(case)
        contract.check_survives_cuts(case)
        contract.check_survives_bytes(case)
        contract.check_same_twice(case)


def test_new_format_is_refused_when_it_is_there(
    new_format: Callable[[str], list[Path]], tmp_path: Path
) -> None:
    new_format("my-log")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(SystemExit, match="already there"):
        new_format("my-log")
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "arguments", [[], ["format"], ["format", "My Log"], ["format", "../x"], ["verb", "x"]]
)
def test_what_is_no_name_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main = cast("Callable[[list[str]], int]", runpy.run_path(str(SCRIPT))["main"])
    assert main(arguments) == 2
    assert "script/new" in capsys.readouterr().err
