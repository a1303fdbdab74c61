# SPDX-License-Identifier: Apache-2.0
"""Small R5 cases, written once for all tests of a run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.unit.replays.plain_reading import PlainCase
from tocsin.replays.r5.replay import R5

SCALE = 0.001


@dataclass(frozen=True)
class Written:
    """A case, read plainly, and its truth."""

    case: PlainCase
    truth: Path
    figures: dict[str, Any]


def write(folder: Path, variant: str) -> Written:
    R5().write(folder / "case", SCALE, folder / "truth", variant)
    figures = json.loads((folder / "truth" / "truth.json").read_text("utf-8"))
    return Written(PlainCase(folder / "case"), folder / "truth", figures)


@pytest.fixture(scope="session")
def patient_account(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(tmp_path_factory.mktemp("patient-account"), "patient-account")


@pytest.fixture(scope="session")
def stolen_client(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(tmp_path_factory.mktemp("stolen-client"), "stolen-client")


@pytest.fixture(scope="session", params=["patient-account", "stolen-client"])
def either(request: pytest.FixtureRequest) -> Written:
    written: Written = request.getfixturevalue(request.param.replace("-", "_"))
    return written
