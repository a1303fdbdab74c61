# SPDX-License-Identifier: Apache-2.0
"""The demonstration: an incident found without being told, decided, and counted as it was written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Tocsin


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "r5"


def test_demonstration_ends_with_every_figure_as_expected(tocsin: Tocsin, written: Path) -> None:
    answer = tocsin("demo", "R5", "--scale", "0.001", "--to", written, "--json", "--by", "RSSI")
    assert answer.code == 0, answer.err
    told = answer.json
    assert (told["verb"], told["exit"]) == ("demo", 0)
    assert told["result"] == json.loads((written / "case/report/report.json").read_text("utf-8"))
    assert told["result"]["counts"]["persons"]["floor"] > 0
    assert (written / "case/report/report.html").exists()
    assert "detect:suspect:decided" in (written / "case/journal/journal.jsonl").read_text("utf-8")

    again = tocsin("demo", "R5", "--keep", "--to", written, "--lang", "en")
    assert again.code == 0
    assert "Expected and found" in again.out
    assert "✗" not in again.out

    refused = tocsin("demo", "R5", "--to", written, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "case_exists")


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "11", "x"])
def test_scale_that_is_none_is_refused(tocsin: Tocsin, tmp_path: Path, scale: str) -> None:
    answer = tocsin("demo", "R5", "--scale", scale, "--to", tmp_path / "r5", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, "usage")
    assert not (tmp_path / "r5").exists()
