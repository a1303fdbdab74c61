# SPDX-License-Identifier: Apache-2.0
"""What a wave costs, channel by channel, from the prices of case.toml; what has no price is not nought.

A letter weighs its sheets and its envelope; its postage is that of the first weight that it does not exceed.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import msgspec

from tocsin.core.settings.notify import PriceSettings


class Cost(msgspec.Struct, frozen=True):
    """What one channel costs; `total` is None when a price is missing, and `missing` says which."""

    channel: str
    notices: int
    total: float | None
    missing: tuple[str, ...] = ()


def cost_of(
    channel: str,
    notices: int,
    prices: PriceSettings,
    pages: Mapping[int, float],
    *,
    two_sided: bool,
    segments: float = 1.0,
) -> Cost:
    """`pages` gives the share of letters that have so many; `segments` those of a text message, as a mean."""
    if not notices:
        return Cost(channel, 0, 0.0)
    if channel != "post":
        price = prices.email if channel == "email" else prices.sms
        each = segments if channel == "sms" else 1.0
        if price is None:
            return Cost(channel, notices, None, (channel,))
        return Cost(channel, notices, notices * each * price)
    missing = tuple(
        name for name, price in (("letter", prices.letter), ("page", prices.page)) if price is None
    )
    total = 0.0
    for count, share in pages.items():
        postage = _postage(weight_of(count, prices, two_sided=two_sided), prices)
        if postage is None:
            return Cost(channel, notices, None, (*missing, "postage"))
        total += notices * share * ((prices.letter or 0.0) + count * (prices.page or 0.0) + postage)
    return Cost(channel, notices, None if missing else total, missing)


def weight_of(pages: int, prices: PriceSettings, *, two_sided: bool) -> float:
    """In grams."""
    sheets = ceil(pages / 2) if two_sided else pages
    return prices.envelope_grams + sheets * prices.sheet_grams


def _postage(grams: float, prices: PriceSettings) -> float | None:
    classes = sorted((float(upto), price) for upto, price in prices.postage.items())
    return next((price for upto, price in classes if grams <= upto), None)
