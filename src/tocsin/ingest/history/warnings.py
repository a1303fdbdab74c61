# SPDX-License-Identifier: Apache-2.0
"""What became of the sources of a rebuilt past, in words: each message and audit row is counted once."""

from __future__ import annotations

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.store.case import Case

Warned = tuple[str, Sentence, str]

_READ = _(
    "{read} messages, audit rows or rows of copies read: {told} tell of the past, {set_aside} are set"
    " aside{why}, {none} tell nothing of it{types}."
)
_ODD = {
    "out_of_order": _("Messages that stand after later ones (the time that each tells counts): {rows}."),
    "control_id_twice": _(
        "Messages that share their control id (MSH-10) with another one, all of which count: {rows}."
    ),
}
_MEASURED = _(
    "The past of “{of}” was rebuilt: of {compared} rows of copies held out, {wrong} differ from what the"
    " other sources say; of those held for known, {known_wrong} of {known}."
)
_UNMEASURED = _("The past of “{of}” was rebuilt, and no copy of it tells how wrong it is.")


def history_warnings(case: Case) -> list[Warned]:
    """Of the committed histories: (code, text, where)."""
    if not case.settings.history:
        return []
    with case.engine("histories", "history_facts", "history_errors") as engine:
        facts = engine.rows(
            'select history, fate, reason, "rows" from history_facts'
            ' order by history, fate, "rows" desc, reason'
        )
        measured = engine.rows(
            'select h."of", sum(e.compared)::bigint, sum(e.wrong)::bigint,'
            " sum(e.known)::bigint, sum(e.known_wrong)::bigint from histories as h"
            ' left join history_errors as e on e."of" = h."of" and e."column" = \'row\''
            ' group by h."of" order by 1'
        )
    return [*_facts(facts), *(_measure(str(of), *counts) for of, *counts in measured)]


def _facts(facts: list[tuple[object, ...]]) -> list[Warned]:
    found: list[Warned] = []
    for name in dict.fromkeys(str(row[0]) for row in facts):
        rows = [(str(fate), str(why), int(str(n))) for of, fate, why, n in facts if of == name]
        counts = {fate: sum(n for its, _why, n in rows if its == fate) for fate in _FATES}
        values: dict[str, str | int] = {
            "read": sum(counts.values()),
            "told": counts["told"],
            "set_aside": counts["set_aside"],
            "none": counts["not_told"],
            "why": _listed(rows, "set_aside"),
            "types": _listed(rows, "not_told"),
        }
        found.append(("history", Sentence(_READ, values), name))
        found += [
            ("history", Sentence(_ODD[why], {"rows": n}), name)
            for fate, why, n in rows
            if fate == "odd" and why in _ODD
        ]
    return found


_FATES = ("told", "set_aside", "not_told")


def _listed(rows: list[tuple[str, str, int]], fate: str) -> str:
    """` (duplicate 3, ORU^R01 12)`, or nothing."""
    parts = [f"{why} {n}" for its, why, n in rows if its == fate]
    return f" ({', '.join(parts)})" if parts else ""


def _measure(of: str, *counts: object) -> Warned:
    if not counts[0]:
        return "history_error", Sentence(_UNMEASURED, {"of": of}), of
    names = ("compared", "wrong", "known", "known_wrong")
    values: dict[str, str | int] = {name: int(str(n)) for name, n in zip(names, counts, strict=True)}
    return "history_error", Sentence(_MEASURED, {"of": of, **values}), of
