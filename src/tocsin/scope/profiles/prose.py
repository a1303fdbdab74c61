# SPDX-License-Identifier: Apache-2.0
"""Identifiers in prose: searched by their form, kept where their key holds or where the text names them.

Each step is one statement over the cells that may hold one; values are held to be counted and go no further.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.scope.profiles.cells import A_NIR, A_PHONE, that_may_hold
from tocsin.scope.profiles.holding import hold
from tocsin.scope.profiles.kinds import KEY_HOLDS, KINDS, WITH_WORD, cleaned_sql, fits_sql, holds_sql
from tocsin.store.engine import Engine
from tocsin.store.query import literal


def search_prose(
    engine: Engine, held: Counter[str], column: pa.ChunkedArray
) -> Iterator[tuple[str, int, int]]:
    """Search a column of text: (category, values found, those whose key is wrong)."""
    cells = that_may_hold(column)
    if not cells.num_rows:
        return
    engine.register("prose", cells)
    most = pc.max(cells.column("digits")).as_py()
    if most >= A_NIR:
        yield from _search_nirs(engine, held)
    for kind, may_stand in (
        ("iban", pc.any(cells.column("iban")).as_py()),
        ("phone", most >= A_PHONE),
        ("email", pc.any(cells.column("address")).as_py()),
    ):
        found = hold(engine, held, kind, _values(kind)) if may_stand else 0
        if found:
            yield KINDS[kind].category, found, 0
    engine.unregister("prose")


def _search_nirs(engine: Engine, held: Counter[str]) -> Iterator[tuple[str, int, int]]:
    engine.create("prose_nirs", _nirs())
    false = engine.count("select count(*) from prose_nirs where not holds")
    found = hold(engine, held, "nir", "select left(value, 13) from prose_nirs")
    if found:
        yield KINDS["nir"].category, found, false
    engine.drop("prose_nirs")


def _values(kind: str) -> str:
    return _ibans() if kind == "iban" else _plain(kind)


def _span(kind: str) -> str:
    return KINDS[kind].in_text or ""


_MAY: Final = {
    "nir": f"digits >= {A_NIR}",
    "phone": f"digits >= {A_PHONE}",
    "email": "address",
    "iban": "iban",
}


def _rows(kind: str) -> str:
    """Those in which the form stands at all: to see that is cheaper than to cut it out."""
    span = rf"\b{_span(kind)}\b" if kind == "nir" else _span(kind)
    return f"(select v, digits, iban from prose where {_MAY[kind]} and regexp_matches(v, {literal(span)}))"


def _nirs() -> str:
    """After a word that announces one; else with a right key, and no temporary number."""
    clean = cleaned_sql(KINDS["nir"], "n")
    holds = KEY_HOLDS.replace("{c}", clean)
    spans = literal(rf"\b{_span('nir')}\b")
    announced = literal(rf"{WITH_WORD}({_span('nir')})\b")
    return (
        f"select {clean} as value, {holds} as holds"
        f" from (select unnest(regexp_extract_all(v, {spans})) as n, v from {_rows('nir')})"
        f" where ({holds} and left(n, 1) in ('1', '2'))"
        f" or list_contains(regexp_extract_all(v, {announced}, 1), n)"
    )


def _ibans() -> str:
    clean = cleaned_sql(KINDS["iban"], "n")
    fits, holds = fits_sql(KINDS["iban"], clean), holds_sql(KINDS["iban"], clean)
    return (
        f"select {clean}"
        f" from (select unnest(regexp_extract_all(v, {literal(_span('iban'))})) as n from {_rows('iban')})"
        f" where case when {fits} then {holds} else false end"
    )


def _plain(kind: str) -> str:
    """Phones and addresses; no phone within a longer number. What prose shows of them has their form."""
    clean = cleaned_sql(KINDS[kind], "n")
    rest = "v"
    if kind == "phone":
        for longer in (rf"\b{_span('nir')}\b", _span("iban")):
            rest = f"regexp_replace({rest}, {literal(longer)}, ' ', 'g')"
        rest = f"case when {_MAY['nir']} or {_MAY['iban']} then {rest} else v end"
    return (
        f"select {clean}"
        f" from (select unnest(regexp_extract_all({rest}, {literal(_span(kind))})) as n from {_rows(kind)})"
    )
