# SPDX-License-Identifier: Apache-2.0
"""Which ranges hold an address, where a register has millions of ranges.

Comparing each address with each range takes minutes. Ranges that end before any other begins are apart: of
them only the last that begins before an address may hold it, which one sorted pass tells. What is left are
ranges that hold others; of these too some are apart, layer by layer.
"""

from __future__ import annotations

from typing import Final

from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE: Final = "tocsin.detect"

LAYERS: Final = 12
"""Ranges within ranges so deep are no register; what is left then is compared one by one."""

_EACH: Final = """
select a.address, r.first_address, r.last_address
from address_digits as a
join ranges_left as r
  on r.first_address <= a.digits
 and r.last_address >= a.digits"""


def find_holders(engine: Engine, layers: int = LAYERS) -> None:
    """Of `address_digits` and `address_ranges` make `address_holders`: one row per address and its range."""
    engine.create("ranges_left", "select distinct first_address, last_address from address_ranges")
    engine.create("address_holders", f"select * from ({_EACH}) where false")
    for _layer in range(layers):
        if not engine.count("select count(*) from ranges_left"):
            break
        engine.create("range_layers", load_query(PACKAGE, "range_layers"))
        apart = load_query(PACKAGE, "holders_apart").sql
        engine.run(f"insert into address_holders by name {apart}")
        left = "select first_address, last_address from range_layers where not is_apart"
        engine.create("ranges_left", left)
    engine.run(f"insert into address_holders by name {_EACH}")
    for step in ("ranges_left", "range_layers"):
        engine.drop(step)
