# SPDX-License-Identifier: Apache-2.0
"""Which files are one log: a file and its rotations, told by folder and by name without dates and numbers.

`/logs/access.log`, `access.log.1` and `access.log.2.gz` are `/logs/access.log`; `gw-2024-06-11.ndjson` and
`gw-2024-06-12.ndjson` are `gw.ndjson`. Only used to say where each log ends; nothing is counted by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

import pyarrow as pa

_PACKED = re.compile(r"\.(gz|zst|bz2|xz|zip)$", re.IGNORECASE)
_NUMBERS = re.compile(r"[-._]?\d[\d\-_.:TZ]*(?=\.|$|[-_])")


def series_of(path: str) -> str:
    """The log that a file belongs to; `path` as `files` has it."""
    holder, mark, member = path.partition("!")
    name = PurePosixPath(member or holder)
    plain = _PACKED.sub("", name.name)
    stem = _NUMBERS.sub("", plain).strip("-._") or plain
    folder = PurePosixPath(holder).parent
    return str(folder / (f"{PurePosixPath(holder).name}{mark}{stem}" if mark else stem))


def series_table(files: Iterable[tuple[int, str]]) -> pa.Table:
    """`file_series`: file_number and series; a series is told without the folders that all share."""
    rows = list(files)
    names = [series_of(path) for _, path in rows]
    short = _without_shared_folder(names)
    return pa.table(
        {
            "file_number": pa.array([number for number, _ in rows], pa.int64()),
            "series": pa.array(short, pa.string()),
        }
    )


def _without_shared_folder(names: list[str]) -> list[str]:
    folders = {PurePosixPath(name).parent for name in names}
    if len(folders) == 1:
        return [PurePosixPath(name).name for name in names]
    return names
