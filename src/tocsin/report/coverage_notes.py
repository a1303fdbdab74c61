# SPDX-License-Identifier: Apache-2.0
"""Findings of completeness, outages and the steps of a claim, as lines of the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tocsin.core.words import Words, _
from tocsin.report.phrases import phrase, say
from tocsin.report.reading import Claim, Finding, Outage, Step
from tocsin.report.sentences import span_phrase

PREMISES: Final = {
    "nothing_contradicts": _("No access in question says the contrary"),
    "scope_not_empty": _("There are accesses to examine"),
    "all_told": _("What each of them showed is known"),
    "all_read": _("Every record of theirs could be read"),
    "logs_whole": _("No log lacks anything in these periods"),
    "catalogue": _("Somebody answers for what each screen shows"),
    "custody": _("The logs were out of the attacker’s reach"),
    "coverage": _("The tests of completeness find nothing in these periods"),
    "recognised": _("The same person would be recognised"),
    "seen": _("Use of the data would be seen"),
    "views": _("The views through which it was shown"),
    "indirect": _("It may be guessed from what was shown"),
    "therefore": _("Therefore"),
}

STANDS: Final = {True: _("yes"), False: _("no"), None: "–"}


def finding_line(words: Words, finding: Finding, zone: str) -> str:
    """Where, when and what, then what it means."""
    where = finding.source if finding.node is None else f"{finding.source} · {finding.node}"
    when = span_phrase(words, finding, zone) if finding.since or finding.until else ""
    place = " · ".join(part for part in (where, when) if part)
    return words.text(_("{place}: {text}"), place=place, text=say(words, finding.text))


def findings_listed(words: Words, findings: list[Finding], zone: str) -> Iterator[str]:
    """A line each; then how many more there are of a source and test."""
    shown: dict[tuple[str, str], int] = {}
    for finding in findings:
        yield finding_line(words, finding, zone)
        key = (finding.source, finding.test)
        shown[key] = shown.get(key, 0) + 1
    more = sum(
        finding.in_all - shown[finding.source, finding.test]
        for finding in {(one.source, one.test): one for one in findings}.values()
    )
    if more > 0:
        yield words.plural("one more finding of these kinds", "{n} more findings of these kinds", more)


def outage_line(words: Words, outage: Outage, zone: str) -> str:
    """Who could not work with which system, and how long."""
    return words.text(
        _("{source}: {span}; {length}. {who}."),
        source=outage.source,
        span=span_phrase(words, outage, zone),
        length=_length(words, outage),
        who=words.listing(_who(words, outage)),
    )


def _length(words: Words, outage: Outage) -> str:
    if outage.hours is None:
        return words.text(_("not over at the end of the logs"))
    days = outage.hours / 24
    if days >= 2:
        return words.text(_("{days} days"), days=words.number(round(days, 1)))
    return words.text(_("{hours} hours"), hours=words.number(outage.hours))


def _who(words: Words, outage: Outage) -> Iterator[str]:
    if outage.accounts:
        yield words.plural(
            "One account that usually works then could not",
            "{n} accounts that usually work then could not",
            outage.accounts,
        )
    if outage.addresses:
        yield words.plural("one address got nothing", "{n} addresses got nothing", outage.addresses)
    if outage.refused:
        yield words.plural("one request was refused", "{n} requests were refused", outage.refused)
    yield words.plural("one usual hour of work lost", "{n} usual hours of work lost", outage.hours_lost)


def step_line(words: Words, step: Step) -> str:
    """A premise, whether it holds, and on what evidence."""
    stands = STANDS[step.holds]
    evidence = [say(words, one) for one in step.evidence]
    premise = phrase(words, PREMISES, step.premise)
    if step.premise == "therefore":
        return words.text(_("{premise}: {stands}"), premise=premise, stands=words.listing(evidence))
    said = words.text(stands) if stands != "–" else stands
    if not evidence:
        return words.text(_("{premise}: {stands}"), premise=premise, stands=said)
    return words.text(
        _("{premise}: {stands} ({evidence})"),
        premise=premise,
        stands=said,
        evidence=words.listing(evidence),
    )


def steps_of(words: Words, claim: Claim) -> list[str]:
    """The whole derivation, a line each."""
    return [step_line(words, step) for step in claim.derivation]
