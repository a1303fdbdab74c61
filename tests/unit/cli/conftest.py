# SPDX-License-Identifier: Apache-2.0
"""The command line as a user has it, in this process; and the golden case, run once for all tests."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import GOLDEN
from tocsin.cli.main import run_command


@dataclass(frozen=True)
class Answer:
    """What a verb said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on standard output."""
        lines = self.out.splitlines()
        assert len(lines) == 1, self.out[:2000]
        told: dict[str, Any] = json.loads(lines[0])
        return told


Tocsin = Callable[..., Answer]


@pytest.fixture
def tocsin(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Tocsin:
    """Runs one verb."""
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str | Path, typed: str = "") -> Answer:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        capfd.readouterr()
        code = run_command([str(argument) for argument in arguments])
        sys.stdout.flush()
        told = capfd.readouterr()
        return Answer(code, told.out, told.err)

    return run


@pytest.fixture(scope="session")
def golden_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden case, run to the end; for reading only."""
    folder = tmp_path_factory.mktemp("golden") / "case"
    shutil.copytree(GOLDEN / "case", folder)
    assert run_command(["run", str(folder), "--by", "tests", "--json"]) in (0, 1)
    return folder


@pytest.fixture
def case(golden_run: Path, tmp_path: Path) -> Path:
    """A copy of it to write to."""
    return Path(shutil.copytree(golden_run, tmp_path / "case"))
