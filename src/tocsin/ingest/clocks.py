# SPDX-License-Identifier: Apache-2.0
"""Whether times go on as lines do: falls that last, and single events written late. Nothing is put in order.

A fall of a minute or less is the jitter of several threads that write one log.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

JITTER = 60_000_000
"""Microseconds."""

TWICE = "hour_twice"
BY_ORDER = "hour_by_order"
NO_SUCH_TIME = "no_such_time"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Numbers = npt.NDArray[np.int64]


def read_clock(rows: pa.Table) -> dict[str, object]:
    """What `file_clocks` says of a chunk's rows, its place aside."""
    is_event = pc.equal(rows.column("fate"), "event").to_numpy()
    events = np.flatnonzero(is_event)
    flagged = {flag: _flagged(rows, flag) & is_event for flag in (TWICE, BY_ORDER)}
    # Both passes of an hour that nothing tells apart are written as the later one.
    certain = np.flatnonzero(is_event & ~flagged[TWICE])
    times = rows.column("occurred_at").cast(pa.int64()).fill_null(0).to_numpy()
    falls, late = find_falls(times[certain])
    largest = int(falls[np.argmax(times[certain[falls - 1]] - times[certain[falls]])]) if len(falls) else None
    return {
        "events": len(events),
        "first_at": _instant(times[certain[0]]) if len(certain) else None,
        "last_at": _instant(times[certain[-1]]) if len(certain) else None,
        "steps_back": len(falls),
        "largest_us": None if largest is None else int(times[certain[largest - 1]] - times[certain[largest]]),
        "largest_line": None
        if largest is None
        else rows.column("line_number")[int(certain[largest])].as_py(),
        "late": len(late),
        "told_apart": int(flagged[BY_ORDER].sum()),
        "hour_twice": int(flagged[TWICE].sum()),
        "no_such_time": pc.sum(pc.equal(rows.column("reason"), NO_SUCH_TIME)).as_py() or 0,
    }


def find_falls(times: Numbers) -> tuple[Numbers, Numbers]:
    """Places behind a fall that lasts, and places of single late times, in a series of microseconds."""
    falls = np.flatnonzero(np.diff(times) < -JITTER) + 1
    following = np.minimum(falls + 1, len(times) - 1)
    comes_back = (following > falls) & (times[following] >= times[falls - 1] - JITTER)
    return falls[~comes_back], falls[comes_back]


def _flagged(rows: pa.Table, flag: str) -> npt.NDArray[np.bool_]:
    """Rows that bear a flag: nearly always none, which the values tell without looking at each row."""
    flags = rows.column("flags").combine_chunks()
    found = np.zeros(rows.num_rows, np.bool_)
    if not pc.any(pc.equal(pc.list_flatten(flags), flag)).as_py():
        return found
    parents = pc.list_parent_indices(flags).to_numpy()
    found[parents[pc.equal(pc.list_flatten(flags), flag).to_numpy(zero_copy_only=False)]] = True
    return found


def _instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=int(microseconds))
