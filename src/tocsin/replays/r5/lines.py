# SPDX-License-Identifier: Apache-2.0
"""Puts acts into the gateway's words: one JSON object a line, in the order of its own fields.

The account and the client stand before the path, so that a line cut in its path still says who acted.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

import numpy as np

from tocsin.replays.chance import Flags, Ints
from tocsin.replays.households import NOBODY, Households
from tocsin.replays.r5.accounts import local_id
from tocsin.replays.r5.actors import AGENTS, addresses, clients
from tocsin.replays.r5.acts import AVAILABILITIES, OPERATIONS, PATHS, REPLIES, Acts
from tocsin.replays.r5.clock import DAY, iso
from tocsin.replays.stamps import milliseconds, seconds
from tocsin.replays.text import Cells, digits, hexadecimal, join, number, only, words

NODES = tuple(f"gw-0{at}" for at in range(1, 7))
_SHOUTING = 3
"""The node that writes addresses in capitals."""

AT_ONCE = 50_000
"""Lines written at once; an extra line that copies another stands in the same lot."""

_ACTORS = words(["null", '"u', '"pro-', '"sw-'])
_QUERIES = words([f',"query":"motive={at % 5}&days={7 * (1 + at // 5)}&q=kin%C3%A9"' for at in range(20)])
_REFUSED_BYTES = 120


@dataclass(frozen=True, slots=True)
class Lines:
    """A day's acts in order, each with the node that wrote it and that node's count."""

    acts: Acts
    node: Ints
    sequence: Ints


@dataclass(frozen=True, slots=True)
class Extra:
    """A line that is no act, before the act at `before`."""

    before: int
    text: bytes = b""
    copies: int = -1
    """Position of the act whose line is written again."""

    cuts: bool = False
    """The line that follows, cut in its path."""


def heartbeat(at: int, node: int) -> bytes:
    """Write a node's sign of life; it has no count."""
    up = at // 1_000 % 10_000_000
    return f'{{"time":"{iso(at)}","node":"{NODES[node]}","kind":"heartbeat","up":{up}}}\n'.encode()


def write_lines(
    file: BinaryIO, lines: Lines, extras: list[Extra], households: Households, software: int
) -> None:
    """Write a day, compressed fast rather than small."""
    packer = zlib.compressobj(level=1, wbits=31)
    for first in range(0, len(lines.acts), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        lot = Lines(lines.acts[part], lines.node[part], lines.sequence[part])
        text, lengths = _text(lot, households, software)
        inside = [extra for extra in extras if first <= extra.before < first + AT_ONCE]
        for piece in _spliced(text, lengths, inside, first):
            file.write(packer.compress(piece))
    file.write(packer.flush())


def _spliced(text: bytes, lengths: Ints, extras: Iterable[Extra], first: int) -> Iterator[bytes]:
    ends = np.concatenate([[0], np.cumsum(lengths)])
    done = 0
    for extra in extras:
        here = int(ends[extra.before - first])
        yield text[done:here]
        done = here
        if extra.cuts:
            yield text[here : text.index(b'"path":"', here) + 14] + b"\n"
        elif extra.copies >= 0:
            start, end = ends[extra.copies - first : extra.copies - first + 2]
            yield text[start:end]
        else:
            yield extra.text
    yield text[done:]


def _text(lines: Lines, households: Households, software: int) -> tuple[bytes, Ints]:
    acts, node = lines.acts, lines.node
    since = int(acts["at"][0]) // DAY * DAY
    named = acts["kind"] > 0
    session = acts["session"] > 0
    paths = _paths()
    return join(
        len(acts),
        [
            f'{{"time":"{iso(since)[:11]}'.encode(),
            seconds(acts["at"]),
            b".",
            milliseconds(acts["at"]),
            b'Z","node":"',
            words(NODES)[node],
            b'","seq":',
            number(lines.sequence, 9),
            b',"kind":"access","rid":"',
            hexadecimal(acts["request"]),
            b'","account":',
            _ACTORS[acts["kind"]],
            number(np.where(named, acts["actor"], -1), 8),
            _quote(named),
            b',"client":"',
            words(clients(software))[acts["app"]],
            b'","session":',
            words(["null", '"s'])[session.astype(np.intp)],
            only(hexadecimal(acts["session"], 12), session),
            _quote(session),
            b',"ip":"',
            _addresses(acts, node),
            b'","op":"',
            words(OPERATIONS)[acts["operation"]],
            b'","path":"',
            paths[0][acts["path"]],
            number(acts["number"], 9),
            paths[1][acts["path"]],
            b'"',
            only(_QUERIES[acts["request"] % np.uint64(20)], acts["path"] == AVAILABILITIES),
            b',"status":',
            digits(_statuses()[acts["reply"]], 3),
            b',"result":"',
            words([word for _, word in REPLIES])[acts["reply"]],
            b'"',
            *_items(acts),
            *_subjects(acts, households),
            b',"bytes":',
            number(_sizes(acts), 6),
            b',"ua":"',
            words(AGENTS)[acts["agent"]],
            b'"}\n',
        ],
    )


@lru_cache
def _paths() -> tuple[Cells, Cells]:
    return words([before for before, _ in PATHS]), words([after for _, after in PATHS])


@lru_cache
def _statuses() -> Ints:
    return np.array([status for status, _ in REPLIES], dtype=np.int64)


def _quote(where: Flags) -> Cells:
    return only(np.full((len(where), 1), ord('"'), dtype=np.uint8), where)


def _addresses(acts: Acts, node: Ints) -> Cells:
    written: Cells = addresses(upper=False)[acts["address"]]
    loud = node == _SHOUTING
    written[loud] = addresses(upper=True)[acts["address"][loud]]
    return written


def _items(acts: Acts) -> list[Cells]:
    counted = acts["items"] >= 0
    return [words(["", ',"items":'])[counted.astype(np.intp)], number(acts["items"].astype(np.int64), 3)]


def _subjects(acts: Acts, households: Households) -> list[Cells]:
    """Name the family in a list of one's own appointments."""
    holder = acts["listed"]
    listed = np.flatnonzero(holder != NOBODY)
    cells: list[Cells] = []
    first, second = households.dependants(holder[listed])
    for opening, row in ((b',"subjects":["p', holder[listed]), (b',"p', first), (b',"p', second)):
        text = _subject(opening, row)
        wide = np.zeros((len(acts), text.shape[1]), dtype=np.uint8)
        wide[listed] = text
        cells.append(wide)
    closing = np.zeros((len(acts), 1), dtype=np.uint8)
    closing[listed] = ord("]")
    return [*cells, closing]


def _subject(opening: bytes, row: Ints) -> Cells:
    there = row != NOBODY
    start = np.broadcast_to(np.frombuffer(opening, dtype=np.uint8), (len(row), len(opening)))
    return only(
        np.hstack([start, digits(local_id(row), 8), np.full((len(row), 1), ord('"'), dtype=np.uint8)]), there
    )


def _sizes(acts: Acts) -> Ints:
    drawn = (acts["request"] % np.uint64(1_531)).astype(np.int64)
    return _REFUSED_BYTES + np.where(acts["reply"] < 2, 700 + drawn, drawn % 64)
