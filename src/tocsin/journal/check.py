# SPDX-License-Identifier: Apache-2.0
"""Verifies a journal: standard library only, so that an inquiry can read all of it.

The steps, in order: (1) every line is an entry; (2) numbers run from 1 without holes; (3) each entry's
hash is that of its content; (4) each holds the hash of the one before; (5) the chain is at least as long
as HEAD says and has HEAD's hash at that place; (6) every head that was written elsewhere (`anchors`)
stands in the chain. Removing the tail together with HEAD and all anchors is not seen: hand the head to a
third party.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tocsin.core.errors import TamperedError, Where
from tocsin.core.words import _
from tocsin.journal.chain import GENESIS, Entry, parse_entry, read_head


def check_journal(folder: Path, anchors: Iterable[str] = ()) -> int:
    """Return the number of entries, or raise TamperedError with the first place that is wrong."""
    path = folder / "journal.jsonl"
    hashes = [GENESIS]
    for line_number, line in enumerate(_lines(path), start=1):
        hashes.append(_check_entry(path, line_number, line, hashes[-1]))
    _check_head(folder / "HEAD", hashes)
    known = set(hashes)
    for anchor in anchors:
        if anchor not in known:
            raise _tampered(_("The journal does not hold a head that was committed: its tail is cut."), path)
    return len(hashes) - 1


def _lines(path: Path) -> Iterator[bytes]:
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                raise _tampered(_("The last entry is cut."), path, number)
            yield line[:-1]


def _check_entry(path: Path, line_number: int, line: bytes, previous: str) -> str:
    try:
        entry: Entry = parse_entry(line)
        is_whole = entry.hash == entry.expected_hash() and entry.line().encode() == line
    except ValueError:
        raise _tampered(_("This line is not an entry."), path, line_number) from None
    if entry.number != line_number:
        raise _tampered(_("An entry is missing here, or stands twice."), path, line_number)
    if entry.previous != previous:
        raise _tampered(_("This entry does not follow the one before."), path, line_number)
    if not is_whole:
        raise _tampered(_("This entry was altered."), path, line_number)
    return entry.hash


def _check_head(path: Path, hashes: list[str]) -> None:
    if not path.exists():
        if len(hashes) > 2:
            raise _tampered(_("HEAD is missing."), path)
        return
    count, head = read_head(path)
    if not 0 <= count < len(hashes) or hashes[count] != head:
        raise _tampered(_("The journal is shorter than HEAD says, or not the same."), path)


def _tampered(what: str, path: Path, line: int | None = None) -> TamperedError:
    return TamperedError(what, do=_("Restore the journal from a copy."), where=Where(str(path), line))
