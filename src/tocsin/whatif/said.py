# SPDX-License-Identifier: Apache-2.0
"""The effect of a hypothesis in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tocsin.core.words import Words, _, visible
from tocsin.report.codes import GRADES
from tocsin.report.phrases import phrase, unit_phrase
from tocsin.report.reading import Claim
from tocsin.report.statements import claim_phrase

HYPOTHESES: Final = {
    "drop_source": _("without the logs of “{source}”"),
    "distrust_source": _("the attacker could reach the logs of “{source}”"),
    "add_account": _("the account {account} was in the intruder’s hands too"),
    "clear_account": _("the account {account} acted rightly"),
    "widen": _("every period in question begins {hours} hours earlier and ends as much later"),
    "threshold": _("detection proposes from p = {p} on"),
    "without_files": _("without {files} {files:log file|log files}"),
    "files_arrived": _("{files} {files:log file|log files} arrived"),
}

CHANGES: Final = {
    "enter": _("{count} {count:person enters|persons enter}"),
    "leave": _("{count} {count:person leaves|persons leave}"),
    "move": _("{count} {count:person moves|persons move} to another count"),
}


def effect_lines(words: Words, result: Mapping[str, Any]) -> Iterator[str]:
    """The hypotheses, the counts on both sides, the claims that change, and who comes and goes."""
    for said in result["hypotheses"]:
        yield words.text(_("If {hypothesis}:"), hypothesis=_hypothesis(words, said))
    for unit, sides in result["counts"].items():
        yield words.text(
            _("{unit}: {before} → {after}"),
            unit=unit_phrase(words, unit),
            before=_levels(words, sides["before"]),
            after=_levels(words, sides["after"]),
        )
    for claim in result["claims"]:
        if claim["before"] != claim["after"]:
            yield words.text(
                _("“{claim}”: {before} → {after}"),
                claim=visible(claim_phrase(words, Claim(claim["id"]))),
                before=_grade(words, claim["before"]),
                after=_grade(words, claim["after"]),
            )
    for change, sentence in CHANGES.items():
        yield from _change_lines(words, sentence, result["persons"][change])


def _change_lines(words: Words, sentence: str, change: Mapping[str, Any]) -> Iterator[str]:
    if not change["count"]:
        return
    yield words.text(sentence, count=words.number(change["count"]))
    for row in change["through"]:
        yield "  " + words.text(
            _("{persons} through {account}, seen in {source}"),
            persons=words.number(row["persons"]),
            account=visible(row["account"] or "–"),
            source=visible(row["source"]),
        )
    numbers = [str(one["person_id"]) for one in change["listed"]]
    yield "  " + words.text(_("numbers in the case: {listed}"), listed=", ".join(numbers))


def _hypothesis(words: Words, said: Mapping[str, Any]) -> str:
    values = {
        name: words.number(value) if isinstance(value, int | float) else visible(str(value))
        for name, value in said["values"].items()
    }
    return words.text(HYPOTHESES[said["code"]], **values)


def _levels(words: Words, count: Mapping[str, Any] | None) -> str:
    if count is None:
        return "–"
    ceiling = count["ceiling"]
    top = words.text(_("no upper bound")) if ceiling is None else words.number(ceiling)
    return f"{words.number(count['floor'])} / {words.number(count['best'])} / {top}"


def _grade(words: Words, grade: str | None) -> str:
    return "–" if grade is None else phrase(words, GRADES, grade)
