# SPDX-License-Identifier: Apache-2.0
"""A field's value, state and evidence in words of one language, for pages, texts and the terminal."""

from __future__ import annotations

from typing import Any

from tocsin.core.words import Words, _, visible
from tocsin.declare.evidence import Evidence
from tocsin.declare.fill import Field
from tocsin.declare.inputs import Input, inputs, list_of, lists
from tocsin.declare.texts import as_instant

KINDS = {
    "figure": _("figure"),
    "report": _("report"),
    "claim": _("claim of the report"),
    "setting": _("setting of case.toml"),
    "journal": _("entry of the journal"),
    "file": _("file of the case"),
    "clock": _("clock"),
    "severity": _("severity"),
}


def listed(words: Words, name: str, code: str) -> str:
    """The words of a code of a closed list."""
    return lists()[name].get(code, {}).get(words.lang, code)


def value_words(words: Words, zone: str, one: Input, value: Any) -> str:  # noqa: ANN401  # of the field's kind
    """A value as a person writes it into a form."""
    closed = list_of(one)
    if closed is not None:
        return closed.get(str(value), {}).get(words.lang, str(value))
    if one.kind == "instant":
        return words.text(_("{instant} ({zone})"), instant=words.instant(as_instant(value), zone), zone=zone)
    if one.kind == "number":
        return words.number(int(value))
    if one.kind == "names":
        return words.listing(visible(str(name)) for name in value)
    return spoken_text(words, value)


def spoken_text(words: Words, value: Any) -> str:  # noqa: ANN401  # text, or text by language
    """A text; where a fact wrote it in both languages, the one of the reader."""
    text = value[words.lang] if isinstance(value, dict) else str(value)
    return "\n".join(visible(line) for line in text.splitlines())


def who_words(words: Words, field: Field) -> str:
    """Who can answer."""
    return words.listing(listed(words, "roles", role) for role in field.who)


def box_words(words: Words, field: Field) -> str:
    """What must be said beside a box: how many persons, or how many may be hidden."""
    if field.value == "yes" and field.persons:
        return words.plural("one person, most likely", "{n} persons, most likely", field.persons)
    if field.value != "not_observed":
        return ""
    if field.is_boundless:
        return words.text(_("cannot be ruled out, and nothing bounds how many persons"))
    if field.at_most:
        return words.plural(
            "cannot be ruled out for one person at most",
            "cannot be ruled out for {n} persons at most",
            field.at_most,
        )
    return ""


def origin_words(words: Words, zone: str, field: Field) -> str:
    """Where a value comes from, and who said it when."""
    said = listed(words, "origins", field.origin)
    if field.origin != "answer":
        return said
    return words.text(
        _("{origin}: {by}, {at}"),
        origin=said,
        by=visible(field.by),
        at=words.instant(as_instant(field.at), zone),
    )


def evidence_words(words: Words, evidence: Evidence) -> str:
    """One piece of evidence: its kind, its path, its value, its query."""
    text = f"{words.text(KINDS[evidence.kind])} {visible(evidence.path)}"
    if evidence.kind == "journal":
        return f"{text} ({str(evidence.value)[:16]})"
    if evidence.kind in ("figure", "report", "setting") and not isinstance(evidence.value, dict | list):
        text += f" = {visible(str(evidence.value))}"
    if evidence.query:
        name, _space, digest = evidence.query.partition(" ")
        text += f" [{name} {digest[:12]}]"
    return text


def title_of(words: Words, name: str) -> str:
    """What an input is called."""
    return inputs()[name].title[words.lang]
