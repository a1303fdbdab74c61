# SPDX-License-Identifier: Apache-2.0
"""The patients on the platform of R5: their numbers, their logins, and since when they have an account."""

from __future__ import annotations

from typing import Final

import numpy as np

from tocsin.replays.chance import Ints
from tocsin.replays.households import Households
from tocsin.replays.r5.clock import DAY, LOG_DAYS, LOG_FROM, instant, rhythm

NEW_ACCOUNT_EVERY: Final = 50
"""In one household of fifty, row 3 opens its account within the period."""

_FIRST_ACCOUNTS = instant("2014-01-01T00:00:00")
_ID_SPACE = 89_999_999


def local_id(row: Ints) -> Ints:
    """Give the number of a row's local id, `p` and eight digits."""
    return 10_000_000 + (row * 48_271_337 + 33_331) % _ID_SPACE


def login(holder: Ints) -> Ints:
    """Give the number of a holder's account, `u` and eight digits."""
    return 10_000_000 + (holder * 61_423_507 + 77_711) % _ID_SPACE


def opened_at(households: Households, holder: Ints) -> Ints:
    """Give the instant at which a holder opened its account, in milliseconds since 1970 in UTC."""
    within, home = holder & 7, holder >> 3
    late = (within == 3) & (home % NEW_ACCOUNT_EVERY == 7)
    day = home // NEW_ACCOUNT_EVERY % LOG_DAYS
    of_day = rhythm(0, DAY).at(households.chance.fraction("opened", holder))
    early = _FIRST_ACCOUNTS + households.chance.below("opened", holder, 2_300) * DAY
    return np.where(late, LOG_FROM + day * DAY, early) + of_day
