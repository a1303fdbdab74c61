# SPDX-License-Identifier: Apache-2.0
"""What is odd in relations and in the directory, in words: stated and counted, never a reason to stop."""

from __future__ import annotations

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.store.case import Case
from tocsin.store.query import load_query

Warned = tuple[str, Sentence, str]

_SAID = {
    "no_person": _("{rows} relations name no person: left out."),
    "nobody": _("{rows} relations name no account, professional or organisation: left out."),
    "cancelled": _("{rows} relations were cancelled: left out."),
    "no_date": _("{rows} relations have a date that cannot be read: left out."),
    "backwards": _("{rows} relations end before they begin: left out."),
    "twice": _("{rows} relations stand twice: counted once."),
    "overlapping": _("{rows} relations overlap an earlier one of the same person: all hold."),
    "unknown_person": _("{rows} relations name a person that no registry has."),
    "unknown_account": _("{rows} relations name an account, professional or organisation unknown here."),
}
_DIRECTORY = {
    "twice": _("{rows} rows of the directory stand twice."),
    "overlapping": _("{rows} rows of the directory overlap an earlier one of the same account: all hold."),
    "renamed": _("{rows} accounts follow another one of the same professional: renamed, or given anew."),
    "several": _("{rows} accounts are held beside another one of the same professional."),
    "backwards": _("{rows} rows of the directory end before they begin."),
    "no_role": _("{rows} accounts of the directory have no role."),
    "no_organisation": _("{rows} accounts of the directory have no organisation."),
}
_MESSAGES = _(
    "{messages} messages read: {relation} give relations, {set_aside} are set aside{why},"
    " {none} are none{types}."
)


def relation_warnings(case: Case) -> list[Warned]:
    """Of the committed relations, messages and directory: (code, text, where)."""
    with case.engine("relation_facts", "relation_messages", "accounts") as engine:
        facts = engine.rows('select relations, fact, "rows" from relation_facts order by relations, fact')
        told = engine.rows(
            "select relations, fate, reason, messages from relation_messages"
            " order by relations, fate, messages desc, reason"
        )
        directory = engine.rows(load_query("tocsin.ingest", "directory_facts"))
    return [
        *_messages(told),
        *(
            ("relations", Sentence(_SAID[str(fact)], {"rows": int(str(count))}), str(name))
            for name, fact, count in facts
            if fact in _SAID
        ),
        *(
            ("directory", Sentence(_DIRECTORY[str(fact)], {"rows": int(str(count))}), "[[accounts]]")
            for fact, count in directory
        ),
    ]


def _messages(told: list[tuple[object, ...]]) -> list[Warned]:
    """The accounting of each [[relations]] of messages, in one sentence."""
    found = []
    for name in dict.fromkeys(str(row[0]) for row in told):
        rows = [(str(fate), str(why), int(str(n))) for of, fate, why, n in told if of == name]
        counts = {fate: sum(n for its, _why, n in rows if its == fate) for fate in _FATES}
        values: dict[str, str | int] = {
            "messages": sum(counts.values()),
            "relation": counts["relation"],
            "set_aside": counts["set_aside"],
            "none": counts["not_relation"],
            "why": _listed(rows, "set_aside"),
            "types": _listed(rows, "not_relation"),
        }
        found.append(("relation_messages", Sentence(_MESSAGES, values), name))
    return found


_FATES = ("relation", "set_aside", "not_relation")


def _listed(rows: list[tuple[str, str, int]], fate: str) -> str:
    """` (cancelled 3, ORU^R01 12)`, or nothing."""
    parts = [f"{why} {n}" for its, why, n in rows if its == fate]
    return f" ({', '.join(parts)})" if parts else ""
