# SPDX-License-Identifier: Apache-2.0
"""What a person may have meant by an account that the logs do not have: over all its accounts, in the engine.

`core.suggest` says the same of a few known words; here there may be millions.
"""

from __future__ import annotations

from tocsin.store.engine import Engine
from tocsin.store.query import load_query

OFFERED = 5


def nearest_names(engine: Engine, asked: str) -> list[str]:
    """Names as the logs write them, the nearest first; needs `account_names` and `events`.

    An account whose name for people or professional number was asked for comes before the likeness of names.
    """
    behind = engine.rows(load_query("tocsin.first", "accounts_behind"), asked=asked, most=OFFERED)
    near = engine.rows(load_query("tocsin.first", "nearest_accounts"), asked=asked, most=OFFERED)
    return list(dict.fromkeys(str(name) for (name,) in (*behind, *near)))[:OFFERED]
