# SPDX-License-Identifier: Apache-2.0
"""The files of R8, and a person who answers from a list."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tocsin.cli.main import run_command
from tocsin.replays.r8.replay import R8

SCALE = 0.02


@dataclass(frozen=True)
class Practice:
    """What such a practice has: logs, two lists; and, apart, the truth."""

    folder: Path
    truth: dict[str, Any]

    @property
    def logs(self) -> Path:
        return self.folder / "journaux"

    @property
    def patients(self) -> Path:
        return self.folder / "listes" / "patients.csv"

    @property
    def accounts(self) -> Path:
        return self.folder / "listes" / "comptes.csv"

    def answers(self) -> list[str]:
        """What somebody types who follows the screen; Enter where what is proposed is right."""
        return [
            "Secrétariat",
            "Dossiers ouverts la nuit",
            "14/11/2025 8h40",
            "",  # noticed by
            "1",
            "Maison de santé de Bourg-Neuf",
            str(self.logs),
            self.truth["account"],
            str(self.accounts),
            "",  # its columns
            "",  # from
            "",  # until
            "non",
            str(self.patients),
            "",  # its columns
            "",  # pages that show nothing
            "",  # the card
            "",  # consultations
            "",  # documents
            "oui",
        ]


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    """The files alone: neither settings nor truth are beside them."""
    home = tmp_path_factory.mktemp("r8")
    R8().write(home / "case", SCALE, home / "truth")
    for name in ("journaux", "listes"):
        shutil.copytree(home / "case" / name, home / "files" / name)
    truth = json.loads((home / "truth" / "truth.json").read_text("utf-8"))
    shutil.rmtree(home / "case")
    return Practice(home / "files", truth)


@dataclass(frozen=True)
class Said:
    """What `tocsin start` did with some lines."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What was said, however its lines were cut."""
        return " ".join(self.out.split())


Start = Callable[..., Said]


def run_start(folder: Path, lines: list[str], *options: str, lang: str = "fr") -> Said:
    """Run `tocsin start FOLDER` with lines on standard input."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    before = sys.stdin
    sys.stdin = io.StringIO("".join(f"{line}\n" for line in lines))
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = run_command(["start", str(folder), "--lang", lang, "--by", "tests", *options])
    finally:
        sys.stdin = before
    return Said(code, *(told.buffer.getvalue().decode() for told in (out, err)))


@pytest.fixture
def start() -> Start:
    """Runs `tocsin start`."""
    return run_start


@dataclass(frozen=True)
class Followed:
    """A case made by following the screen to the end; for reading only."""

    case: Path
    said: Said


@pytest.fixture(scope="session")
def followed(practice: Practice, tmp_path_factory: pytest.TempPathFactory) -> Followed:
    case = tmp_path_factory.mktemp("followed") / "case"
    return Followed(case, run_start(case, practice.answers()))
