# SPDX-License-Identifier: Apache-2.0
"""Sigma rules that the case names in [detect] sigma: each finds accounts under its own name.

What a rule finds is a hint: its level gives a p below the threshold, unless its author gives one.
"""

from __future__ import annotations

import hashlib
import importlib
import re
from typing import TYPE_CHECKING

from tocsin.core.errors import InputError, Sentence
from tocsin.core.words import _, words
from tocsin.detect.interface import Detector
from tocsin.detect.prepare import READS
from tocsin.detect.reasons import Value, instant_said, reason_sql
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import literal, load_query, quote

if TYPE_CHECKING:
    from tocsin.detect.sigma.running import Ran, Running

_FOUND = _("Sigma rule “{title}” ({level}): {events} events, {persons} patients.")
_RAN = _("Sigma rule “{title}” was run: {accounts} accounts found; {nobody} events name no account.")
_REFUSED = _("Sigma rule {rule} was not run: {why}.")
_NO_SOURCE = _("Sigma rule “{title}” saw nothing: no log of the case is of its kind.")
_UNSEEN = _(
    "From {from} to {until} nothing stands in the log {source}: {rules} Sigma rules did not run there."
)
_FALSE = "select * from findings where false"


class SigmaRules(Detector):
    """Rules of strangers, through pySigma."""

    name = "sigma"
    reads = (*READS, "files", "gaps")
    on_sessions = True

    def __init__(self) -> None:
        self._running: Running | None = None

    def can_see(self, case: Case) -> bool:
        """Always: without rules there is nothing to see, which is no blindness."""
        del case
        return True

    def also(self, case: Case) -> str:
        """The rules' texts: an edited rule is run anew."""
        patterns = case.settings.detect.sigma
        if not patterns:
            return ""
        texts = _module("rules").rule_texts(patterns, case.folder)
        return hashlib.sha256(repr(texts).encode("utf-8", "replace")).hexdigest()

    def find(self, case: Case, engine: Engine) -> str:
        """Run the rules; one row per account and rule."""
        patterns = case.settings.detect.sigma
        self._running = None
        if not patterns:
            return _FALSE
        rules, running = _module("rules"), _module("running")
        self._running = running.Running(case, engine)
        self._running.run(rules.read_rules(rules.rule_texts(patterns, case.folder)))
        told = [ran for ran in self._running.ran if ran.is_told]
        for number, ran in enumerate(told, start=1):
            engine.create(f"sigma hits {number}", running.hits_sql(ran))
        if not self._running.has_seen:
            running.see_matched(case, engine, [f"sigma hits {n}" for n in range(1, len(told) + 1)])
        for number in range(1, len(told) + 1):
            engine.create(f"sigma found {number}", _found_sql(number))
        selects = [_finding_sql(number, ran) for number, ran in enumerate(told, start=1)]
        return " union all by name ".join([_FALSE, *selects])

    def sight_sql(self, case: Case, engine: Engine) -> str | None:
        """Rules that ran, rules that were refused, and windows that no rule could see."""
        if self._running is None:
            return None
        running = self._running
        rows = [_refused_sql(name, why) for name, why in sorted(running.refused.items())]
        told = [ran for ran in running.ran if ran.is_told]
        rows += [_ran_sql(number, ran) for number, ran in enumerate(told, start=1)]
        watched = sorted({name for ran in told for name in ran.sources})
        if watched:
            engine.create(
                "sigma windows", load_query("tocsin.detect.sigma", "unseen_windows"), sources=watched
            )
            rows += [
                _unseen_sql(
                    {name: sum(name in ran.sources for ran in told) for name in watched},
                    case.settings.case.zone,
                )
            ]
        return " union all by name ".join(rows) if rows else None


def _module(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202  # pySigma is an extra
    """A module of `tocsin.detect.sigma`, which imports pySigma; raises InputError where that is missing."""
    try:
        return importlib.import_module(f"tocsin.detect.sigma.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("sigma", "yaml"):
            raise
        raise InputError(
            _("Sigma rules need pySigma, which is not installed."),
            do=_("Install the extra: pip install tocsin[sigma]; or take `sigma` out of [detect]."),
            code="no_extra",
        ) from None


def _found_sql(number: int) -> str:
    return f"""
select
    h.account,
    count(distinct h.event_id) as events,
    count(distinct p.person) as persons,
    min(h.occurred_at) as first_at,
    max(h.occurred_at) as last_at
from {quote(f"sigma hits {number}")} as h
left join "sigma persons" as p on p.event_id = h.event_id
group by h.account"""


def _finding_sql(number: int, ran: Ran) -> str:
    values = {
        "title": literal(ran.title),
        "level": literal(ran.level),
        "events": "events",
        "persons": "persons",
    }
    reason = reason_sql(f"sigma:{ran.rule_id}", _FOUND, values)
    return (
        f"select account, null as session_id, {literal('sigma:' + ran.rule_id)} as detector,"
        f" {ran.p!r}::double as score, {ran.p!r}::double as p, '[' || ({reason})::varchar || ']' as reasons,"
        f" first_at, last_at, events, persons from {quote(f'sigma found {number}')} where account is not null"
    )


def _ran_sql(number: int, ran: Ran) -> str:
    table = quote(f"sigma found {number}")
    counts = (
        f"(select count(account) as accounts, coalesce(sum(events) filter (where account is null), 0)::bigint"
        f" as nobody from {table})"
    )
    values = {"title": literal(ran.title), "accounts": "accounts", "nobody": "nobody"}
    code, sentence = ("sigma_ran", _RAN) if ran.sources else ("sigma_blind", _NO_SOURCE)
    return _row_sql(code, literal(ran.rule_id), "accounts", reason_sql(code, sentence, values), counts)


def _refused_sql(name: str, why: Sentence) -> str:
    code = "sigma_refused"
    said = {lang: literal(_told(lang, why)) for lang in ("fr", "en")}
    fr, en = (
        f"({reason_sql(code, _REFUSED, {'rule': literal(_plain(name)), 'why': said[lang]})}) ->> '{lang}'"
        for lang in ("fr", "en")
    )
    about = literal(_plain(name))
    return f"select {literal(code)} as code, {about} as about, null::double as value, {fr} as fr, {en} as en"


def _unseen_sql(rules: dict[str, int], zone: str) -> str:
    cases = " ".join(f"when {literal(name)} then {count}" for name, count in rules.items())
    values: dict[str, Value] = {
        "from": instant_said("from_at", zone),
        "until": instant_said("until_at", zone),
        "source": "source",
        "rules": f"case source {cases} end",
    }
    about = f"source || ' ' || {instant_said('from_at', zone).value}"
    return _row_sql(
        "sigma_unseen", about, "null", reason_sql("sigma_unseen", _UNSEEN, values), '"sigma windows"'
    )


def _row_sql(code: str, about: str, value: str, reason: str, source: str) -> str:
    return (
        f"select {literal(code)} as code, {about} as about, {value}::double as value,"
        f" ({reason}) ->> 'fr' as fr, ({reason}) ->> 'en' as en from {source}"
    )


def _told(lang: str, why: Sentence) -> str:
    return words(lang).told(*why)


def _plain(name: str) -> str:
    """The name of a rule or file without signs that could play tricks."""
    return re.sub(r"[^\w .:/#-]", "", name)[:120]
