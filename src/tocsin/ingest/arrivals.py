# SPDX-License-Identifier: Apache-2.0
"""From the index beside a file of `tocsin listen`: before when its times that carry no year were written.

RFC 3164 gives no year, but each message of the file has an instant of arrival. The limit rests on the first
alone, so that a file that grows keeps it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

SPAN: Final = timedelta(days=330)
"""From a file's first arrival to its last, at most: the rest of a year is for messages that waited."""

_TAIL: Final = 1 << 16


def year_limit(path: Path) -> datetime | None:
    """The instant before which the file's times are; null for a file that was not received.

    Null too for one that was filled over more than 330 days: its arrivals do not tell one year.
    """
    index = path.with_name(f"{path.stem}.index.jsonl")
    if path.suffix != ".log" or not index.is_file():
        return None
    with index.open("rb") as lines:
        first = _arrival(lines)
        if first is None:
            return None
        lines.seek(max(0, lines.seek(0, os.SEEK_END) - _TAIL))
        last = _arrival(reversed(lines.read().splitlines()))
    return first + SPAN if last is not None and first <= last < first + SPAN else None


def _arrival(lines: Iterable[bytes]) -> datetime | None:
    """Of the first of these lines that tells one; the first of an index, and one that a kill cut, do not."""
    for text in lines:
        try:
            line = json.loads(text)
            if isinstance(line, dict) and "arrived_at" in line:
                return datetime.fromisoformat(str(line["arrived_at"]))
        except ValueError:
            continue
    return None
