# SPDX-License-Identifier: Apache-2.0
"""What each finding of a test of completeness means, as a sentence for people.

A sentence says what was measured and what follows for the inquiry; it names no account and no person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tocsin.core.words import Words, _, visible, words

MEANINGS: Final = {
    "counter": _(
        "{missing} records are missing by the counter, in {jumps} jumps ({share} of those of that day):"
        " each may be an access."
    ),
    "sampling": _(
        "{share} of the numbers are missing, evenly, in {jumps} jumps: the log was sampled or its lines"
        " were dropped under load. {missing} records are missing."
    ),
    "rotation": _(
        "Nothing is held for {hours} hours of the declared period: the log was rotated, has expired or"
        " was not handed over."
    ),
    "reception": _("The receiver lost messages for {hours} hours."),
    "silence": _(
        "No record, where about {expected} were expected by the same hours of other days (probability"
        " 10^{log10_p}): records are missing, or nobody worked."
    ),
    "shut": _(
        "No record, where about {expected} were expected; meanwhile ‘{other}’ shows that the service"
        " refused everything: nobody could act, nothing is missing."
    ),
    "quiet": _(
        "No record, where about {expected} were expected by the same hours of other days; the counter runs"
        " on: nothing is missing, nobody was served."
    ),
    "cut": _("File number {file} ends in the middle of a record: what came after it was not read."),
    "login_alone": _(
        "{odd} of {sessions} sessions signed in and then did nothing, against {share} on other days:"
        " their accesses may be missing."
    ),
    "acts_alone": _(
        "{odd} of {sessions} sessions acted without having signed in, against {share} on other days:"
        " logins are missing, or sessions were stolen."
    ),
    "balance": _(
        "A session of {events} records has none on this node, where about {expected} were expected"
        " (probability 10^{log10_p}; {tried} sessions and nodes tried): lines were probably taken out."
    ),
    "sticky": _("Sessions stick to nodes here: their balance over the nodes tells nothing."),
    "few": _("Too few long sessions to tell by their balance over the nodes whether lines were taken out."),
    "unmatched": _(
        "{lacking} of {requests} requests that ‘{other}’ tells are missing here, where nearly all usually"
        " are: lines were lost or taken out."
    ),
    "ratio": _(
        "{events} records for {others} of ‘{other}’, where {usual} for one are usual: part of this log may"
        " be missing."
    ),
    "capture": _(
        "Diagnostic only, in no count: {own} requests here and {others} in ‘{other}’, {both} of them in both;"
        " by Chapman’s estimate {estimate} in all, {held} are held. Right only if the two miss"
        " independently."
    ),
    "chain": _("{breaks} records lean on a record that is not there: the chain is torn, lines were removed."),
}
"""By test."""


def meaning_of(lang: str, row: Mapping[str, object], figures: Mapping[str, object]) -> str:
    """The sentence of one finding in one language."""
    spoken = words(lang)
    values = {name: _said(spoken, name, value) for name, value in figures.items()}
    return spoken.text(MEANINGS[str(row["test"])], **values)


def _said(spoken: Words, name: str, value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return spoken.share(value) if name == "share" else spoken.number(value)
    return visible(str(value))
