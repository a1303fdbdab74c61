# SPDX-License-Identifier: Apache-2.0
"""A log or a list that holds nothing is told, by its name: silence would read as an absence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.ingest.scenes import GATEWAY, Scene, gateway_line
from tocsin.cli.main import cli

LISTS = """
[[registries]]
name = "patients"
paths = ["patients.csv"]
columns = { person = "id" }
[[relations]]
name = "care"
paths = ["care.csv"]
columns = { account = "login", person = "id", from = "at" }
[[accounts]]
paths = ["accounts.csv"]
columns = { account = "login" }
"""


def warned(folder: Path) -> set[tuple[str, str]]:
    result = CliRunner().invoke(cli, ["ingest", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    return {(one["code"], str(one["where"])) for one in json.loads(result.stdout)["warnings"]}


@pytest.mark.parametrize("content", [b"", gzip.compress(b""), b" \n\n"], ids=["plain", "gz", "blank"])
def test_source_without_an_event_is_told(tmp_path: Path, content: bytes) -> None:
    scene = Scene(tmp_path, GATEWAY)
    scene.write("logs/a", content)
    assert {code for code, _ in warned(tmp_path)} == {"empty_source"}
    scene.write("logs/a", gateway_line(1, user="a") + "\n")
    assert "empty_source" not in {code for code, _ in warned(tmp_path)}


def test_lists_of_only_a_header_are_told(tmp_path: Path) -> None:
    scene = Scene(tmp_path, GATEWAY + LISTS)
    scene.write("logs/a", gateway_line(1, user="a") + "\n")
    scene.write("patients.csv", "id\n")
    scene.write("care.csv", "login,id,at\n")
    scene.write("accounts.csv", "login\n")
    told = {where for code, where in warned(tmp_path) if code == "empty_table"}
    assert len(told) == 3
    assert all(any(name in where for where in told) for name in ("patients", "care", "[[accounts]]"))
