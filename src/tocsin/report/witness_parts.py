# SPDX-License-Identifier: Apache-2.0
"""What the report says of acts that several logs tell of, and of the clocks that they were told by."""

from __future__ import annotations

from typing import Final

from tocsin.report.figures import Sheet

FILES_LISTED: Final = 50


def put_witnesses(sheet: Sheet) -> None:
    """witnesses: acts with several witnesses, by pair of sources, and what could not be joined."""
    part = sheet.ask_one("witness_sums")
    part["pairs"] = sheet.ask("witness_pairs")
    part["unjoined"] = sheet.ask("unjoined_events")
    sheet.put("witnesses", part, "witness_sums")
    sheet.enter("witnesses.pairs", part["pairs"], "witness_pairs")
    sheet.enter("witnesses.unjoined", part["unjoined"], "unjoined_events")


def put_clocks(sheet: Sheet) -> None:
    """clocks: how far sources stand apart, files whose times go back, hours that happened twice."""
    queries = {"near_boundary": "near_sums", "hours_twice": "hours_twice"}
    lists = {"skews": "clock_skews", "files": "file_times"}
    sheet.parts["clocks"] = {
        "skews": sheet.ask("clock_skews"),
        **{key: sheet.ask_one(name) for key, name in queries.items()},
        "files": sheet.ask("file_times", most=FILES_LISTED),
    }
    for key, name in (*queries.items(), *lists.items()):
        sheet.enter(f"clocks.{key}", sheet.parts["clocks"][key], name)
