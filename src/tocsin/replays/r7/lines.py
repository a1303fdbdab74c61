# SPDX-License-Identifier: Apache-2.0
"""Puts acts into the software's own trace: a JSON object a line, with the file or files that were shown."""

from __future__ import annotations

import numpy as np

from tocsin.replays.chance import Bits, Ints, tokens
from tocsin.replays.days import DAY
from tocsin.replays.r7.acts import CHECK, DOCUMENT, FILE, LIST, LOGIN, LOGIN_FAILED, PAGE, Acts, World
from tocsin.replays.r7.size import PRACTICE
from tocsin.replays.stamps import iso_stamps
from tocsin.replays.text import Cells, constant, hexadecimal, join, only, words

STRANGER_HOST = "203.0.113.149"
MONITOR_HOST = "192.0.2.10"
_OPERATIONS = {
    LOGIN: "CONNEXION",
    LOGIN_FAILED: "CONNEXION",
    FILE: "DOSSIER",
    DOCUMENT: "DOCUMENT",
    LIST: "LISTE",
    CHECK: "ETAT",
}


def login(account: int) -> str:
    """Give the name of an account."""
    return f"pro{10_000 + account * 7}"


def address(index: int) -> str:
    """Give an address: the stranger's, then one a practice."""
    return STRANGER_HOST if index == 0 else f"198.{18 + (index >> 16)}.{index >> 8 & 255}.{index & 255}"


def trace_lines(world: World, acts: Acts, index: Ints) -> tuple[bytes, Ints]:
    """Write the lines of these acts."""
    part = acts[index]
    kind = part["kind"].astype(np.intp)
    checks = kind == CHECK
    practices = world.size.accounts // PRACTICE
    addresses = [address(at) for at in range(practices + 1)]
    return join(
        len(part),
        [
            b'{"instant":"',
            *iso_stamps(part["at"]),
            b'Z","operation":"',
            words([_OPERATIONS[at] for at in range(6)])[kind],
            b'","ip":"',
            words([*addresses, MONITOR_HOST])[np.where(checks, practices + 1, part["address"])],
            b'","resultat":"',
            words(["ok", "refuse"])[(kind == LOGIN_FAILED).astype(np.intp)],
            b'"',
            constant(b',"compte":"', ~checks),
            only(words([login(at) for at in range(world.size.accounts)])[part["account"]], ~checks),
            constant(b'","session":"', ~checks),
            only(hexadecimal(_sessions(part), 12), ~checks),
            constant(b'"', ~checks),
            *_shown(world, part),
            b"}\n",
        ],
    )


def _shown(world: World, part: Acts) -> list[Cells]:
    """One file, or a page of them."""
    is_one = (part["kind"] == FILE) | (part["kind"] == DOCUMENT)
    is_list = part["kind"] == LIST
    cells = [
        constant(b',"dossier":"', is_one),
        only(world.numbering.cells(part["row"]), is_one),
        constant(b'"', is_one),
        constant(b',"dossiers":["', is_list),
    ]
    for place in range(PAGE):
        cells += [
            only(world.numbering.cells(part["row"] + place), is_list),
            constant(b'"]' if place == PAGE - 1 else b'","', is_list),
        ]
    return cells


def _sessions(part: Acts) -> Bits:
    """One token a day for each account and person behind it."""
    mixed = (part["at"] // DAY * 1_000_003 + part["account"]) * 4 + part["who"]
    return tokens(mixed, 0x71A9)
