# SPDX-License-Identifier: Apache-2.0
"""Who acts at the gateway: patients' accounts, practices' staff, connected software; and from where.

Addresses are of the ranges kept for documentation (IPv6) and for benchmarks (IPv4): nobody's.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from tocsin.replays.chance import Chance, Ints
from tocsin.replays.text import Cells, words

NO_ONE, PATIENT, STAFF, SOFTWARE = range(4)
"""Kinds of actor; the actor's number is that of its account."""

STAFF_EACH = 3
"""Accounts of staff in each practice."""

PRACTICE_WEB = 3
FIRST_CONNECTED = 4
_APPS = ("web", "ios", "android", "practice-web")

AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/83.0.4103.116 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:78.0) Gecko/20100101 Firefox/78.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) Version/13.1.1 Safari/605.1.15",
    "rendez-vous/3.12 (iPhone; iOS 13.5.1)",
    "rendez-vous/3.11 (iPhone; iOS 12.4.7)",
    "rendez-vous/3.12 (Android 10; SM-A505FN)",
    'rendez-vous/3.10 (Android 8.0; \\"Redmi\\" 5)',
    "agenda-connect/2.4 (java/11.0.7)",
    "python-requests/2.24.0",
)
CONNECTOR_AGENT = 7
SCRIPT_AGENT = 8
_AGENTS_OF_APP = ((0, 1, 2), (3, 4), (5, 6), (0, 1))

SHARED_ADDRESSES = 1 << 17
SUSPECT_ADDRESSES = ("2001:db8:5ca1:77::d1", "203.0.113.77")
_FIRST_SUSPECT = SHARED_ADDRESSES
_FIRST_SOFTWARE = _FIRST_SUSPECT + len(SUSPECT_ADDRESSES)
_MOST_SOFTWARE = 120


def staff_number(staff: Ints) -> Ints:
    """Give the number of a staff account, `pro-` and up to six digits."""
    return 100_000 + (staff * 7_177 + 313) % 89_989


def software_of(practice: Ints, software: int) -> Ints:
    """Give the connected software that serves a connected practice, as the number of its account."""
    return 101 + practice % software


def clients(software: int) -> list[str]:
    """List the applications that call the gateway, the connected software from FIRST_CONNECTED on."""
    return [*_APPS, *(client_of(number) for number in range(101, 101 + software))]


def client_of(account: int) -> str:
    """Give the client id of the software with this account number."""
    return f"agenda-connect-{account}"


def app_of(chance: Chance, holder: Ints) -> Ints:
    """Give the application by which a patient comes."""
    return chance.below("app", holder, 3)


def agent_of(chance: Chance, actor: Ints, app: Ints) -> Ints:
    """Give an actor's user agent, that of its application."""
    draw = chance.below("agent", actor, 6)
    choices = [np.array(of)[draw % len(of)] for of in _AGENTS_OF_APP]
    return np.select([app == at for at in range(len(_APPS))], choices, CONNECTOR_AGENT)


def home_of(chance: Chance, actor: Ints) -> Ints:
    """Give the address from which a person mostly comes."""
    return chance.below("home", actor, SHARED_ADDRESSES)


def suspect_address(which: int) -> int:
    """Give an address that nobody else uses."""
    return _FIRST_SUSPECT + which


def software_address(account: Ints) -> Ints:
    """Give the address of a connected software's own servers."""
    return _FIRST_SOFTWARE + account % _MOST_SOFTWARE


@cache
def addresses(upper: bool) -> Cells:
    """List all addresses; one node of the gateway writes IPv6 in capitals, as some software does."""
    mask = (1 << 16) - 1
    drawn = Chance(0).bits("addresses", np.arange(SHARED_ADDRESSES, dtype=np.int64)).tolist()
    shared = [_address(at, bits >> 16 & mask, bits >> 32 & mask) for at, bits in enumerate(drawn)]
    software = [f"198.51.100.{10 + at}" for at in range(_MOST_SOFTWARE)]
    every = [*shared, *SUSPECT_ADDRESSES, *software]
    return words([text.upper() for text in every] if upper else every)


def _address(at: int, first: int, second: int) -> str:
    if at % 2:
        return f"2001:db8:{first | 0x1000:x}:{second:x}::{at & 0xFFF:x}"
    return f"198.{18 + (at >> 16 & 1)}.{at >> 8 & 255}.{at & 255}"
