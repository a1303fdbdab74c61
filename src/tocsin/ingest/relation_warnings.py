# SPDX-License-Identifier: Apache-2.0
"""What is odd in relations and in the directory, in words: stated and counted, never a reason to stop."""

from __future__ import annotations

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.store.case import Case
from tocsin.store.query import load_query

Warned = tuple[str, Sentence, str]

_SAID = {
    "no_person": _("Relations left out, as they name no person: {rows}."),
    "nobody": _("Relations left out, as they name no account, professional or organisation: {rows}."),
    "cancelled": _("Relations left out, as they were cancelled: {rows}."),
    "no_date": _("Relations left out, as their date cannot be read: {rows}."),
    "backwards": _("Relations left out, as they end before they begin: {rows}."),
    "twice": _("Relations that stand twice, counted once: {rows}."),
    "overlapping": _("Relations that overlap an earlier one of the same person, all of which hold: {rows}."),
    "unknown_person": _("Relations that name a person whom no registry has: {rows}."),
    "unknown_account": _(
        "Relations that name an account, professional or organisation unknown here: {rows}."
    ),
}
_DIRECTORY = {
    "twice": _("Rows of the directory that stand twice: {rows}."),
    "overlapping": _(
        "Rows of the directory that overlap an earlier one of the same account, all of which hold: {rows}."
    ),
    "renamed": _("Accounts that follow another one of the same professional, renamed or given anew: {rows}."),
    "several": _("Accounts held beside another one of the same professional: {rows}."),
    "backwards": _("Rows of the directory that end before they begin: {rows}."),
    "no_role": _("Accounts of the directory without a role: {rows}."),
    "no_organisation": _("Accounts of the directory without an organisation: {rows}."),
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
