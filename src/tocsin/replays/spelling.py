# SPDX-License-Identifier: Apache-2.0
"""How a registry spells the people that the households draw: names, numbers and mailboxes as columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tocsin.replays.chance import Flags, Ints
from tocsin.replays.households import Identity
from tocsin.replays.names import FAMILY_NAMES, GIVEN_NAMES, fold
from tocsin.replays.text import Part, digits, number, strings, words

_GIVEN_BOTH = [*GIVEN_NAMES["F"], *GIVEN_NAMES["M"]]
_FAMILIES = pa.array([*FAMILY_NAMES, *map(fold, FAMILY_NAMES)])
_GIVEN = pa.array([*_GIVEN_BOTH, *map(fold, _GIVEN_BOTH)])
_MAILBOX = words([fold(name).replace(" ", "").lower() for name in _GIVEN_BOTH])


def birth_names(known: Identity) -> pa.Array:
    """Give names at birth; in a file made twice, without accents."""
    return _named(_FAMILIES, known.family, known.again, len(FAMILY_NAMES))


def used_names(known: Identity) -> pa.Array:
    """Give names in use."""
    return _named(_FAMILIES, known.used, known.again, len(FAMILY_NAMES))


def given_names(known: Identity) -> pa.Array:
    """Give first names."""
    return _named(_GIVEN, _given(known), known.again, len(_GIVEN_BOTH))


def sexes(known: Identity) -> pa.Array:
    """Give `M` or `F`."""
    return pa.array(np.where(known.birth.male, "M", "F"))


def birth_dates(known: Identity) -> pa.Array:
    """Give days of birth."""
    return pa.array(known.birth.date().astype("datetime64[D]"))


def long_numbers(values: Ints) -> pa.Array:
    """Write numbers of fifteen digits (NIR, INS); null for 0."""
    return strings(len(values), [digits(values, 15)], null=values == 0)


def mailboxes(known: Identity, row: Ints, null: Flags | None = None) -> pa.Array:
    """Give e-mail addresses, one a row; `null` where true."""
    parts: list[Part] = [_MAILBOX[_given(known)], b".", number(row, 8), b"@example.org"]
    return strings(len(row), parts, null=null)


def _given(known: Identity) -> Ints:
    return known.given + np.where(known.birth.male, len(GIVEN_NAMES["F"]), 0)


def _named(table: pa.Array, index: Ints, folded: Flags, offset: int) -> pa.Array:
    places = pa.array((index + folded * offset).astype(np.int32))
    return pa.DictionaryArray.from_arrays(places, table).cast(pa.string())
