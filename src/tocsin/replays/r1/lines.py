# SPDX-License-Identifier: Apache-2.0
"""The two logs of an act: the application's trace (JSON, UTC) and the gateway's (combined, Paris time).

The trace names the account; the gateway, which checks a token, does not.
"""

from __future__ import annotations

import numpy as np

from tocsin.replays.chance import Bits, Ints, tokens
from tocsin.replays.crowd import Numbering
from tocsin.replays.days import DAY
from tocsin.replays.r1.acts import LIST, NO_ROW, Acts, World
from tocsin.replays.stamps import apache_days, iso_stamps, seconds
from tocsin.replays.text import Cells, digits, hexadecimal, join, number, only, words

IDS = Numbering(b"b", 10_000_000, 89_999_999)
STRANGERS = ("203.0.113.141", "198.51.100.62", "2001:db8:71:9::e4")
_OPERATIONS = ("FICHE", "REMBOURSEMENTS", "CORRECTION", "CONTACT", "COURRIER", "LISTE", "CONNEXION")
_METHODS = ("GET", "GET", "GET", "GET", "GET", "GET", "POST")
_BEFORE = ("/api/beneficiaires/",) * 5 + ("/api/listes/mensuelle", "/api/session")
_AFTER = ("", "/remboursements", "/correction", "/contact", "/courrier", "", "")
_RESULTS = ("ok", "absent", "refuse", "en_cours", "ok", "")
_STATUSES = np.array([200, 404, 401, 200, 302, 503], dtype=np.int64)
_AGENT = b'"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"'
PARIS = 3_600_000


def addresses(world: World) -> Cells:
    """List the shops' addresses and, after them, the strangers'."""
    shops = [f"198.18.{at >> 8 & 255}.{at & 255}" for at in range(world.size.opticians)]
    return words([*shops, *STRANGERS])


def login(account: int) -> str:
    """Give an optician's account."""
    return f"opt-{10_000 + account * 7}"


def trace_lines(world: World, acts: Acts, index: Ints) -> tuple[bytes, Ints]:
    """Write the application's trace of these acts."""
    part = acts[index]
    page, reply = part["page"].astype(np.intp), part["reply"].astype(np.intp)
    listed = np.where(page == LIST, world.size.exported, -1)
    return join(
        len(part),
        [
            b'{"instant":"',
            *iso_stamps(part["at"]),
            b'Z","compte":"opt-',
            number(10_000 + part["account"] * 7, 6),
            b'","ip":"',
            addresses(world)[part["address"]],
            b'","session":"',
            hexadecimal(_sessions(part), 12),
            b'","operation":"',
            words(_OPERATIONS)[page],
            b'","chemin":"',
            *_path(part),
            b'","resultat":"',
            words(_RESULTS)[reply],
            words(["", '","lignes":'])[(page == LIST).astype(np.intp)],
            number(listed, 6),
            words(['"', ""])[(page == LIST).astype(np.intp)],
            b"}\n",
        ],
    )


def gateway_lines(world: World, acts: Acts, index: Ints) -> tuple[bytes, Ints]:
    """Write the gateway's lines of these acts."""
    part = acts[index]
    page = part["page"].astype(np.intp)
    local = part["at"] + PARIS
    return join(
        len(part),
        [
            addresses(world)[part["address"]],
            b" - - [",
            apache_days(local),
            b":",
            seconds(local),
            b' +0100] "',
            words(_METHODS)[page],
            b" ",
            *_path(part),
            b' HTTP/1.1" ',
            digits(_STATUSES[part["reply"].astype(np.intp)], 3),
            b" ",
            number(400 + part["row"] % 1_900, 5),
            b' "-" ' + _AGENT + b"\n",
        ],
    )


def _path(part: Acts) -> list[Cells]:
    page = part["page"].astype(np.intp)
    named = part["row"] != NO_ROW
    return [words(_BEFORE)[page], only(IDS.cells(np.maximum(part["row"], 0)), named), words(_AFTER)[page]]


def _sessions(part: Acts) -> Bits:
    """One session a day for each account and address."""
    mixed = (part["at"] // DAY * 1_000_003 + part["account"]) * 1_000_003 + part["address"]
    return tokens(mixed, 0x5BD1E995)
