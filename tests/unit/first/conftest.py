# SPDX-License-Identifier: Apache-2.0
"""The command line, as the tests of the verbs have it; and a look taken without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.unit.cli.conftest import tocsin
from tests.unit.first.scenes import Act, write_log
from tocsin.first.asked import AskedLook
from tocsin.first.facts import Look
from tocsin.first.look import take_look
from tocsin.ingest.standalone import Asked, read_files

__all__ = ["tocsin"]

Looking = Callable[..., Look]


@pytest.fixture
def look(tmp_path: Path) -> Looking:
    """Takes a look at accounts in a log made of these acts."""

    def taken(
        acts: list[Act], *accounts: str, since: datetime | None = None, until: datetime | None = None
    ) -> Look:
        log, _, mapping = write_log(tmp_path, acts)
        asked = AskedLook(accounts, since, until)
        with read_files([Path(log)], Asked(mapping=Path(mapping), apart=True), by="tests") as (case, _):
            return take_look(case, asked)

    return taken
