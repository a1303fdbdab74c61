# SPDX-License-Identifier: Apache-2.0
"""What `tocsin scan` says of files in a terminal: how many persons, what of them, what could not be read."""

from __future__ import annotations

from tocsin.cli.frame.output import Output
from tocsin.cli.scan.names import say_mentions
from tocsin.cli.scan.objects import PEOPLE
from tocsin.core.words import Words, _, visible
from tocsin.scope.profiles.profile import Profile
from tocsin.scope.profiles.scan import Totals

REASON_WORDS = {
    "encrypted": _("encrypted"),
    "damaged": _("damaged"),
    "no_text": _("a picture of a text: no text in it"),
    "unknown_kind": _("of a kind that is not read"),
    "too_large": _("too large to be held in memory"),
    "bomb": _("swells as only a bomb does"),
    "entities": _("declares entities, which are never expanded"),
    "ragged": _("rows that have not the same number of cells"),
    "not_permitted": _("not permitted to this user"),
    "no_extra": _("needs a package that is not installed (tocsin[scan])"),
}


def say_file(output: Output, profile: Profile, *, past: bool) -> None:
    """Of one file: persons, what it holds of them, or why it could not be read."""
    words = output.words
    label = visible(profile.label)
    if profile.unreadable is not None:
        reason = words.text(REASON_WORDS[profile.unreadable])
        output.say(words.text(_("{file}: unreadable ({reason})"), file=label, reason=reason))
    if not profile.categories and not profile.distinct:
        if profile.unreadable is None:
            output.say(words.text(_("{file}: nothing found of a person"), file=label))
        say_mentions(output, profile.possible_names)
        return
    persons, rows = profile.distinct.get("persons", 0), profile.rows
    output.say(
        words.text(
            _("{file} ({kind}): {persons} {persons:person|persons}, {rows} {rows:row|rows}"),
            file=label,
            kind=profile.kind or "?",
            persons=persons,
            rows=rows,
        )
    )
    for name, (count, sure) in profile.categories.items():
        said = words.text(
            _("  {category}: {values} values, confidence {sure}"), **_values(words, name, count, sure)
        )
        output.say(said)
    say_mentions(output, profile.possible_names)
    if past:
        output.say(words.text(_("  past its purpose: last changed on {day}"), day=_day(words, profile)))


def _values(words: Words, name: str, count: int, sure: float) -> dict[str, str | int]:
    return {"category": name, "values": count, "sure": words.share(sure)}


def _day(words: Words, profile: Profile) -> str:
    return "" if profile.changed_at is None else words.day(profile.changed_at, "UTC")


def say_totals(output: Output, totals: Totals) -> None:
    """Over all files."""
    words = output.words
    output.say()
    output.say(
        words.text(
            _(
                "{files} {files:file|files}, {rows} {rows:row|rows}: {persons} {persons:person|persons}, "
                "told apart by what the files hold."
            ),
            files=totals.files,
            rows=totals.rows,
            persons=totals.distinct.get("persons", 0),
        )
    )
    if totals.distinct.get("guardians", 0) or totals.distinct.get("professionals", 0):
        output.say(
            words.text(
                _("  beside them, {guardians} guardians and {professionals} professionals"),
                guardians=totals.distinct.get("guardians", 0),
                professionals=totals.distinct.get("professionals", 0),
            )
        )
    for name, count in totals.distinct.items():
        if name not in PEOPLE:
            output.say(words.text(_("  distinct {identifier}: {n}"), identifier=name, n=count))
    if totals.false_keys:
        output.say(words.text(_("  numbers with a wrong key: {n}, kept and marked"), n=totals.false_keys))
    if totals.contradictory_ins:
        output.say(
            words.text(_("  INS that stand with contradictory traits: {n}"), n=totals.contradictory_ins)
        )
    if totals.unreadable:
        output.say(words.text(_("  unreadable: {n}; what they hold is not known"), n=totals.unreadable))
