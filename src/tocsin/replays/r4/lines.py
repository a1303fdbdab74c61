# SPDX-License-Identifier: Apache-2.0
"""Puts acts into the words of an Apache log (combined, with the account), Paris time."""

from __future__ import annotations

import numpy as np

from tocsin.replays.chance import Ints
from tocsin.replays.r4.acts import ABSENT, CARD, CONTACT, RIGHTS, SCRIPT, Acts, World
from tocsin.replays.r4.people import NUMBERINGS
from tocsin.replays.stamps import apache_days, seconds
from tocsin.replays.text import digits, join, number, only, words

SUMMER = 7_200_000
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/139.0.0.0 Safari/537.36",
)
"""Of professionals; of the script."""

_BEFORE = ("/dossiers/", "/dossiers/", "/dossiers/", "/connexion", "/connexion", "/dossiers/", "/aide")
_AFTER = ("", "/contacts", "/droits", "", "", "", "")
_METHODS = ("GET", "GET", "GET", "POST", "POST", "GET", "GET")
_STATUSES = np.array([200, 200, 200, 302, 401, 404, 200], dtype=np.int64)
_SCRIPT_ADDRESSES = ("203.0.113.14", "203.0.113.190", "198.51.100.7")


def login(account: int) -> str:
    """Give a professional's account."""
    return f"pro{810_000 + account * 13}"


def service_lines(world: World, acts: Acts, index: Ints) -> tuple[bytes, Ints]:
    """Write the lines of one agency's acts."""
    part = acts[index]
    page, local = part["page"].astype(np.intp), part["at"] + SUMMER
    agency = int(part["agency"][0])
    named = np.isin(part["page"], (CARD, CONTACT, RIGHTS, ABSENT))
    homes = [f"198.18.{at >> 8 & 255}.{at & 255}" for at in range(world.size.accounts + 10)]
    address = np.where(
        part["who"] == SCRIPT, len(homes) + part["account"] % len(_SCRIPT_ADDRESSES), part["account"]
    )
    return join(
        len(part),
        [
            words([*homes, *_SCRIPT_ADDRESSES])[address],
            b" - pro",
            number(810_000 + part["account"] * 13, 7),
            b" [",
            apache_days(local),
            b":",
            seconds(local),
            b' +0200] "',
            words(_METHODS)[page],
            b" ",
            words(_BEFORE)[page],
            only(NUMBERINGS[agency].cells(_row(part)), named),
            words(_AFTER)[page],
            b' HTTP/1.1" ',
            digits(_STATUSES[page], 3),
            b" ",
            number(900 + part["row"] % 2_700, 5),
            b' "-" "',
            words(AGENTS)[part["who"].astype(np.intp)],
            b'"\n',
        ],
    )


def _row(part: Acts) -> Ints:
    """Of an absent file, a number that no registry has: far beyond all rows."""
    rows: Ints = np.where(part["page"] == ABSENT, part["row"] + 7_000_000, part["row"])
    return rows
