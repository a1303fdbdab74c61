# SPDX-License-Identifier: Apache-2.0
"""The picture of time: every act in its column, within the frame, the end of the logs in sight."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.first.conftest import Looking
from tests.unit.first.scenes import MORNING, Act, random_acts
from tocsin.first.look import COLUMNS
from tocsin.first.picture import draw_picture

MINUTE = timedelta(minutes=1)


def test_picture_stands_within_its_frame_and_shows_the_highest_column_whole(look: Looking) -> None:
    found = look(random_acts(8), "dr.a")
    [account] = found.accounts
    picture = draw_picture(found, account)
    assert picture is not None
    assert len(account.pace) <= COLUMNS + 1
    assert sum(row.success + row.failure + row.unknown for row in account.pace) == account.totals.events
    for block in picture.blocks:
        assert 0 <= block.x <= block.x + block.width <= 100.2
        assert block.y >= 0
        assert block.y + block.height <= 100.01
    assert min(block.y for block in picture.blocks) < 0.01


def test_picture_shows_the_time_after_the_last_record(look: Looking) -> None:
    acts = [Act(MORNING, "dr.x"), Act(MORNING + 20 * MINUTE, "dr.x")]
    found = look(acts, "dr.x")
    picture = draw_picture(found, found.accounts[0])
    assert picture is not None
    [after] = picture.bands
    assert after.kind == "after"
    assert round(after.x + after.width) == 100


def test_there_is_no_picture_when_all_acts_stand_in_one_column(look: Looking) -> None:
    found = look([Act(MORNING, "dr.x")], "dr.x")
    assert draw_picture(found, found.accounts[0]) is None
