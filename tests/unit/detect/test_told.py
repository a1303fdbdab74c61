# SPDX-License-Identifier: Apache-2.0
"""What `tocsin detect` says: of a case where nothing was read, nothing of any account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.made_case import HEAD, make_case
from tests.unit.detect.small_platform import SOURCES, numbered, quiet_days
from tocsin.cli.main import cli

NOBODY = "No account is in alarm."
NOTHING = "No access of an account was read: this says nothing of any account."


def detect(folder: Path, *options: str) -> str:
    done = CliRunner().invoke(cli, ["detect", str(folder), "--by", "tests", "--lang", "en", *options])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize(
    ("days", "said", "unsaid"), [(0, NOTHING, NOBODY), (2, NOBODY, NOTHING)], ids=["nothing read", "quiet"]
)
def test_nobody_is_in_alarm_only_where_accesses_were_read(
    tmp_path: Path, days: int, said: str, unsaid: str
) -> None:
    (tmp_path / "case.toml").write_text(HEAD + SOURCES, "utf-8")
    with make_case(tmp_path, events=numbered(quiet_days(days))):
        pass
    told = detect(tmp_path)
    assert said in told
    assert unsaid not in told
    assert (json.loads(detect(tmp_path, "--json"))["result"]["accesses"] > 0) == (days > 0)
