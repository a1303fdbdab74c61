# SPDX-License-Identifier: Apache-2.0
"""A claim said as a sentence, its grade, and the hypotheses that a proof stands under.

No proof appears without its hypotheses, no contradiction without the number of its exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tocsin.core.words import Words, _
from tocsin.report.codes import CATEGORIES, GRADES
from tocsin.report.phrases import phrase, record_phrase, say
from tocsin.report.reading import Claim

CLAIMS: Final = {
    "no": _("No data of this kind: {category}"),
    "protected": _("Unreadable to whoever saw it: {category}"),
    "no_change": _("Nothing changed in the {records}"),
    "no_from": _("None of the {records} that came through ‘{origin}’"),
    "never_before": _("It never happened before"),
    "unused": _("Nobody made use of the data"),
    "no_other_source": _("No other source than those where accesses were found"),
}
"""What a claim says, by the first part of its id."""


def claim_phrase(words: Words, claim: Claim) -> str:
    """The statement itself, as its makers would print it; from its id when no text came with it."""
    if claim.text is not None:
        return say(words, claim.text)
    kind, about, origin, *_rest = [*claim.id.split(":", 2), "", ""]
    if kind not in CLAIMS:
        return claim.id
    return words.text(
        CLAIMS[kind],
        category=phrase(words, CATEGORIES, about),
        records=record_phrase(words, about),
        origin=origin,
    )


def grade_phrase(words: Words, claim: Claim, hypotheses: Iterable[str] = ()) -> str:
    """`Proven, under H1, H2 and H3`; `Contradicted: 5 exceptions`."""
    grade = phrase(words, GRADES, claim.grade)
    under = list(hypotheses)
    if claim.grade == "contradicted" and claim.exception_count:
        exceptions = words.plural("one exception", "{n} exceptions", claim.exception_count)
        return words.text(_("{grade}: {exceptions}"), grade=grade, exceptions=exceptions)
    if claim.grade == "proven" and not under:
        return words.text(_("{grade}, its hypotheses not stated"), grade=grade)
    if claim.grade == "proven":
        return words.text(_("{grade}, under {hypotheses}"), grade=grade, hypotheses=words.listing(under))
    return grade


def hypothesis_labels(words: Words, claims: Iterable[Claim]) -> dict[str, str]:
    """Every hypothesis of the claims, said once: its text to its label, H1 the first."""
    labels: dict[str, str] = {}
    for claim in claims:
        for hypothesis in claim.hypotheses:
            labels.setdefault(say(words, hypothesis), f"H{len(labels) + 1}")
    return labels


def labels_of(words: Words, claim: Claim, labels: dict[str, str]) -> list[str]:
    """The labels of one claim's hypotheses, in their order."""
    return [labels[say(words, hypothesis)] for hypothesis in claim.hypotheses]
