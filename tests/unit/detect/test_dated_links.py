# SPDX-License-Identifier: Apache-2.0
"""A relation explains that somebody is seen while it holds, with its beginning and without its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.made_case import make_case
from tests.unit.detect.directory import card
from tests.unit.detect.small_platform import START
from tocsin.detect.prepare import READS, prepare_sessions

SEEN = START + timedelta(days=3)
HOUR = timedelta(hours=1)


def explained(folder: Path, *periods: tuple[datetime | None, datetime | None]) -> int:
    """First views that relations of these periods explain, of one."""
    event = card(1, "dr", "P1", source="portal", person="P1", occurred_at=SEEN)
    relations = [
        {"relations": "stays", "account": "dr", "person": "P1", "from_at": begin, "until_at": end}
        for begin, end in periods
    ]
    with make_case(folder, events=[event], relations=relations) as case, case.engine(*READS) as engine:
        prepare_sessions(case, engine)
        return engine.count("select views from explained_counts where template is null")


@pytest.mark.parametrize(
    ("begin", "end", "holds"),
    [
        (None, None, True),
        (SEEN, None, True),
        (SEEN + HOUR, None, False),
        (None, SEEN + HOUR, True),
        (None, SEEN, False),
        (SEEN - HOUR, SEEN + HOUR, True),
        (SEEN - 2 * HOUR, SEEN - HOUR, False),
    ],
)
def test_relation_explains_while_it_holds(
    tmp_path: Path, begin: datetime | None, end: datetime | None, holds: bool
) -> None:
    assert explained(tmp_path, (begin, end)) == holds


def test_person_whom_several_relations_explain_is_explained_once(tmp_path: Path) -> None:
    later = (SEEN + HOUR, None)
    assert explained(tmp_path, (None, None), (SEEN, None), (None, SEEN + HOUR), later) == 1
