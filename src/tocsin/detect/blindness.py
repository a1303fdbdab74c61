# SPDX-License-Identifier: Apache-2.0
"""Rows of `sight`: what explains that somebody is seen; which days and which slow thefts nobody could see."""

from __future__ import annotations

from tocsin.core.words import LANGUAGES, _, words
from tocsin.detect.prepare import PACKAGE
from tocsin.detect.reasons import Spoken, Value, decimal_said, instant_said, reason_sql
from tocsin.store.query import literal, load_query

_ALL = _("{share} % of the persons an account saw for the first time have a known link.")
_SHARE = _("The relations “{template}” explain {share} % of them, {alone} % alone.")
_OWN = _("{share} % are the record of the account's own holder.")
_COLLEAGUE = _(
    "Beyond these, {share} % of them are persons whom a colleague of the same organisation opens too"
    " (learnt from the logs)."
)
_TIE = _(
    "Beyond these, {share} % of them are persons whom an organisation opens that has many persons in common"
    " with the account's own (learnt from the logs)."
)
_SLOWEST = _(
    "Profession “{role}”: a thief who reads fewer than {slowest} unknown patients a day for ten days"
    " is not seen. With three quarters, half or a quarter of these relations, the least that is seen would be"
    " {three_quarters}, {half} or {quarter} a day."
)
_EVEN_ONE = _(
    "Profession “{role}”: even one unknown patient a day for ten days is seen. With three quarters, half or"
    " a quarter of these relations, the least that is seen would be {three_quarters}, {half} or {quarter}"
    " a day."
)
_BLIND = _("Profession “{role}”: no slow reading is seen here by the links between patients and carers.")
_SILENT = _(
    "From {from} to {until} the log {source} holds nothing: nothing of these {days} days could be seen."
)
_NO_RATE = _("nothing up to 200")
_NO_ROLE = _("not told")


def support_sql() -> str:
    """What share of first views each [[relations]] explains, with others and alone."""
    support = load_query(PACKAGE, "template_support").sql
    values: dict[str, Value] = {
        "share": decimal_said("round(100 * share, 1)"),
        "alone": decimal_said("round(100 * alone, 1)"),
        "template": "template",
    }
    every, own, one = (reason_sql("explained", sentence, values) for sentence in (_ALL, _OWN, _SHARE))
    reason = f"case kind when 'all' then {every} when 'own' then {own} else {one} end"
    about = "case kind when 'relation' then template when 'own' then 'own record' else '' end"
    return _row_sql("explained", about, "share", reason, support)


def learnt_sql() -> str:
    """What share of first views each link learnt from the logs adds."""
    support = load_query(PACKAGE, "learnt_support").sql
    values: dict[str, Value] = {"share": decimal_said("round(100 * share, 1)")}
    colleague, tie = reason_sql("explained", _COLLEAGUE, values), reason_sql("explained", _TIE, values)
    reason = f"case template when 'colleague' then {colleague} else {tie} end"
    return _row_sql("explained", "template", "share", reason, support)


def silent_sql(zone: str) -> str:
    """Each stretch of days in which a log holds nothing."""
    values: dict[str, Value] = {
        "from": instant_said("from_at", zone),
        "until": instant_said("until_at", zone),
        "source": "source",
        "days": "empty_days",
    }
    about = "source || ' ' || strftime(timezone('UTC', from_at), '%Y-%m-%d')"
    return _row_sql("silent", about, "empty_days", reason_sql("silent", _SILENT, values), "from silent_days")


def blind_sql() -> str:
    """For each profession the slowest theft that would be seen, also with fewer relations."""
    values: dict[str, Value] = {"role": _or_said("nullif(role, '')", _NO_ROLE), "slowest": "slowest"}
    values |= {share: _or_said(share, _NO_RATE) for share in ("three_quarters", "half", "quarter")}
    seen, one, blind = (reason_sql("slowest", text, values) for text in (_SLOWEST, _EVEN_ONE, _BLIND))
    reason = f"case when slowest is null then {blind} when slowest = 1 then {one} else {seen} end"
    rates = "select * rename (one_half as half, one_quarter as quarter) from blind_rates"
    return _row_sql("slowest", "role", "slowest", reason, rates)


def _row_sql(code: str, about: str, value: str, reason: str, source: str) -> str:
    return (
        f"select {literal(code)} as code, {about} as about, {value}::double as value,"
        f" ({reason}) ->> 'fr' as fr, ({reason}) ->> 'en' as en from ({source})"
    )


def _or_said(value: str, none: str) -> Spoken:
    """A value, or that there is none."""
    said = {lang: literal(words(lang).text(none)) for lang in LANGUAGES}
    return Spoken(value, {lang: f"coalesce(cast({value} as varchar), {text})" for lang, text in said.items()})
