# SPDX-License-Identifier: Apache-2.0
"""Writes the portal's log as nginx does in combined format: a file a day, all but the last compressed.

One line is cut short, as a power cut leaves it; it is nobody's fault and must be accounted for.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from tocsin.replays.r8.acts import Act
from tocsin.replays.r8.size import LOG_UNTIL, PARIS

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CUT_AT = datetime(2025, 11, 12, 13, 2, 11, tzinfo=PARIS)
_CUT = '192.168.1.30 - secretariat1 [12/Nov/2025:13:02:11 +0100] "GET /patie'


@dataclass(frozen=True, slots=True)
class Accounting:
    """What the product must count in the log."""

    files: int
    events: int
    set_aside: int
    first_at: datetime
    last_at: datetime


def write_logs(folder: Path, acts: Iterable[Act]) -> Accounting:
    """Write all days under `folder`, in order of time."""
    folder.mkdir(parents=True)
    ordered = sorted(acts, key=lambda act: act.at)
    days = [(day, list(of_day)) for day, of_day in groupby(ordered, key=lambda act: act.at.date())]
    for day, of_day in days:
        lines = [_line(act) for act in of_day]
        if day == _CUT_AT.date():
            lines.insert(sum(act.at < _CUT_AT for act in of_day), _CUT)
        text = ("\n".join(lines) + "\n").encode()
        name = f"portail-{day:%Y%m%d}.log"
        if day == LOG_UNTIL.date():
            (folder / name).write_bytes(text)
        else:
            (folder / f"{name}.gz").write_bytes(gzip.compress(text, 6, mtime=0))
    return Accounting(len(days), len(ordered), 1, ordered[0].at, ordered[-1].at)


def _line(act: Act) -> str:
    at = f"{act.at.day:02d}/{_MONTHS[act.at.month - 1]}/{act.at:%Y:%H:%M:%S} +0100"
    return (
        f"{act.address} - {act.login} [{at}] "
        f'"{act.method} {act.path} HTTP/1.1" {act.status} {act.size} "-" "{act.agent}"'
    )
