# SPDX-License-Identifier: Apache-2.0
"""Identifiers in prose: searched by their form, kept where their key holds or where the text names them.

Each step is one statement over a column of the relation `batch`; values go into `found_here` and no further.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tocsin.scope.profiles.kinds import KINDS, WITH_WORD, cleaned_sql, fits_sql, holds_sql
from tocsin.store.engine import Engine
from tocsin.store.query import literal

_MAY_HOLD: Final = r"@|[0-9](?:[ .-]?[0-9A-Za-z]){8}"
_SHORTEST: Final = 6


def search_prose(engine: Engine, column: str) -> Iterator[tuple[str, int, int]]:
    """Search a column, quoted: (category, values found, those whose key is wrong)."""
    may = f"length({column}) >= {_SHORTEST} and regexp_matches({column}, {literal(_MAY_HOLD)})"
    engine.create("prose", f"select {column} as v from batch where {may}")
    if engine.value("select 1 from prose limit 1") is None:
        return
    engine.create("prose_hits", "\nunion all\n".join([_nirs(), _ibans(), _plain("phone"), _plain("email")]))
    counted = engine.rows(
        "select kind, count(*), count(*) filter (where not holds) from prose_hits group by kind order by kind"
    )
    for kind, found, false in counted:
        yield KINDS[str(kind)].category, int(str(found)), int(str(false))
    kept = "case when kind = 'nir' then left(value, 13) else value end"
    engine.run(f"insert into found_here select kind, {kept} from prose_hits")
    for step in ("prose", "prose_hits"):
        engine.drop(step)


def _span(kind: str) -> str:
    return KINDS[kind].in_text or ""


def _rows(kind: str) -> str:
    """Those in which the form stands at all: to see that is cheaper than to cut it out."""
    span = rf"\b{_span(kind)}\b" if kind == "nir" else _span(kind)
    test = f"regexp_matches(v, {literal(span)})"
    if kind == "email":
        test = f"contains(v, '@') and {test}"
    return f"(from prose where {test})"


def _nirs() -> str:
    """After a word that announces one; else with a right key, and no temporary number."""
    clean = cleaned_sql(KINDS["nir"], "n")
    holds = holds_sql(KINDS["nir"], clean)
    spans = literal(rf"\b{_span('nir')}\b")
    announced = literal(rf"{WITH_WORD}({_span('nir')})\b")
    return (
        f"select 'nir' as kind, {clean} as value, {holds} as holds"
        f" from (select unnest(regexp_extract_all(v, {spans})) as n, v from {_rows('nir')})"
        f" where ({holds} and left(n, 1) in ('1', '2'))"
        f" or list_contains(regexp_extract_all(v, {announced}, 1), n)"
    )


def _ibans() -> str:
    clean = cleaned_sql(KINDS["iban"], "n")
    fits, holds = fits_sql(KINDS["iban"], clean), holds_sql(KINDS["iban"], clean)
    return (
        f"select 'iban', {clean}, true"
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
    return (
        f"select {literal(kind)}, {clean}, true"
        f" from (select unnest(regexp_extract_all({rest}, {literal(_span(kind))})) as n from {_rows(kind)})"
    )
