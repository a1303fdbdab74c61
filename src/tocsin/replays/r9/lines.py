# SPDX-License-Identifier: Apache-2.0
"""Puts acts into the service's own trace: a JSON object a line, with the insured that were shown."""

from __future__ import annotations

import numpy as np

from tocsin.replays.chance import Bits, Ints, tokens
from tocsin.replays.days import DAY
from tocsin.replays.r9.acts import FILE, LIST, PAGE, PARTNER, STRANGER, Acts, World
from tocsin.replays.stamps import iso_stamps
from tocsin.replays.text import Cells, constant, hexadecimal, join, only, words

STRANGER_HOST = "203.0.113.71"
_OPERATIONS = words(["CONNEXION", "FICHE", "PAGE"])


def login(account: int) -> str:
    """Give the name of an account."""
    return "part-garde-a-domicile" if account == PARTNER else f"agent{1_000 + account * 3}"


def trace_lines(world: World, acts: Acts, index: Ints) -> tuple[bytes, Ints]:
    """Write the lines of these acts."""
    part = acts[index]
    kind = part["kind"].astype(np.intp)
    accounts = range(world.size.accounts)
    addresses = [f"198.18.{at >> 8}.{at & 255}" for at in accounts] + [STRANGER_HOST]
    return join(
        len(part),
        [
            b'{"horodatage":"',
            *iso_stamps(part["at"]),
            b'Z","acte":"',
            _OPERATIONS[kind],
            b'","adresse":"',
            words(addresses)[np.where(part["who"] == STRANGER, len(accounts), part["account"])],
            b'","resultat":"ok","compte":"',
            words([login(at) for at in accounts])[part["account"]],
            b'","jeton":"',
            hexadecimal(_sessions(part), 12),
            b'"',
            *_shown(world, part),
            b"}\n",
        ],
    )


def _shown(world: World, part: Acts) -> list[Cells]:
    """One insured, or a page of them; the last page is shorter."""
    is_one, is_page = part["kind"] == FILE, part["kind"] == LIST
    numbering = world.people.numbering
    cells = [
        constant(b',"assure":"', is_one),
        only(numbering.cells(world.pages[part["place"]]), is_one),
        constant(b'"', is_one),
        constant(b',"assures":["', is_page),
    ]
    for at in range(PAGE if is_page.any() else 0):
        here = is_page & (part["place"] + at < world.taken)
        if at:
            cells.append(constant(b'","', here))
        cells.append(
            only(numbering.cells(world.pages[np.minimum(part["place"] + at, world.taken - 1)]), here)
        )
    return [*cells, constant(b'"]', is_page)]


def _sessions(part: Acts) -> Bits:
    """One token a day for each account and person behind it."""
    mixed = (part["at"] // DAY * 1_000_003 + part["account"]) * 2 + part["who"]
    return tokens(mixed, 0x51C3)
