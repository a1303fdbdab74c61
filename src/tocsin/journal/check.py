# SPDX-License-Identifier: Apache-2.0
"""Verifies a journal: standard library only, so that an inquiry can read all of it.

The steps, in order: (1) every line is an entry; (2) numbers run from 1 without holes; (3) each entry's
hash is that of its content; (4) each holds the hash of the one before; (5) the chain is at least as long
as HEAD says and has HEAD's hash at that place; (6) every head that was written elsewhere (`anchors`)
stands in the chain. Removing the tail together with HEAD and all anchors is not seen: hand the head to a
third party.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tocsin.core.errors import TamperedError, Where
from tocsin.journal.chain import GENESIS, Entry, parse_entry


def check_journal(folder: Path, anchors: Iterable[str] = ()) -> int:
    """Return the number of entries, or raise TamperedError with the first place that is wrong."""
    path = folder / "journal.jsonl"
    hashes = [GENESIS]
    for line_number, line in enumerate(_lines(path), start=1):
        hashes.append(_check_entry(path, line_number, line, hashes[-1]))
    _check_head(folder / "HEAD", hashes)
    for anchor in anchors:
        if anchor not in hashes:
            raise TamperedError(
                "The journal does not hold a head that was committed: its tail is cut.", where=path
            )
    return len(hashes) - 1


def _lines(path: Path) -> Iterable[str]:
    if not path.exists():
        return
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        raise TamperedError("The last entry is cut.", where=path)
    yield from content.decode("utf-8", "replace").splitlines()


def _check_entry(path: Path, line_number: int, line: str, previous: str) -> str:
    where = Where(str(path), line_number)
    try:
        entry: Entry = parse_entry(line)
    except (ValueError, KeyError, TypeError):
        raise TamperedError("This line is not an entry.", where=where) from None
    if entry.number != line_number:
        raise TamperedError(f"Entry {line_number} is missing.", where=where)
    if entry.previous != previous:
        raise TamperedError("This entry does not follow the one before.", where=where)
    if entry.hash != entry.expected_hash() or entry.line() != line:
        raise TamperedError("This entry was altered.", where=where)
    return entry.hash


def _check_head(path: Path, hashes: list[str]) -> None:
    if not path.exists():
        if len(hashes) > 2:
            raise TamperedError("HEAD is missing.", where=path)
        return
    try:
        count_text, head = path.read_text("utf-8").split()
        count = int(count_text)
    except ValueError:
        raise TamperedError("HEAD is not readable.", where=path) from None
    if count >= len(hashes) or hashes[count] != head:
        raise TamperedError("The journal is shorter than HEAD says, or not the same.", where=path)
