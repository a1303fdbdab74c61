# SPDX-License-Identifier: Apache-2.0
"""Severity in words: the sum, each choice, what others would give, and the bridge to the law."""

from __future__ import annotations

from typing import Final

from tocsin.core.words import Words, _, visible
from tocsin.declare.severity.proposal import Proposal
from tocsin.declare.severity.score import Answer, Severity, Variant
from tocsin.declare.severity.tables import Both, Tables, load_tables

FLAGS: Final = {
    "more_than_100": _("more than a hundred persons are concerned"),
    "unintelligible": _(
        "the data shown were unintelligible (article 34(3)(a)): whether the key is safe is to be confirmed"
    ),
    "aggravating": _("the context would go beyond the largest value: aggravating"),
    "national_number": _("a national number is among the data: identification is never below 0.75"),
}


def severity_lines(words: Words, severity: Severity) -> list[str]:
    """Everything, for a terminal."""
    tables = load_tables()
    lines = [sum_line(words, severity), ""]
    for answer in severity.answers:
        lines += _answer_lines(words, answer)
    flags = [words.text(FLAGS[flag]) for flag in severity.flags]
    lines += [words.text(_("Beside the sum: {flag}."), flag=flag) for flag in flags]
    lines += ["", bridge_paragraph(words, severity)]
    if severity.sensitivity:
        lines += ["", words.text(_("What each other choice would give:"))]
        lines += _sensitivity_lines(words, tables, severity)
    return lines


def _sensitivity_lines(words: Words, tables: Tables, severity: Severity) -> list[str]:
    lines, held = [], ""
    for one in severity.sensitivity:
        if one.axis not in (held, "possible"):
            held = one.axis
            lines.append(f"  {tables.axis(held).title.said(words.lang)}")
        lines.append(f"      {variant_line(words, tables, one)}")
    return lines


def sum_line(words: Words, severity: Severity) -> str:
    """`SE = DPC × EI + CB = 3 × 1 + 1 = 4 (very high)`."""
    if severity.marks is None or severity.level is None:
        return words.text(_("The score cannot be computed yet: the data concerned are not known."))
    marks = severity.marks
    return words.text(
        _("SE = DPC × EI + CB = {dpc} × {ei} + {cb} = {score}, severity: {level}"),
        dpc=marks.dpc,
        ei=words.number(marks.ei),
        cb=words.number(marks.cb),
        score=words.number(marks.score),
        level=_level(words, severity.level),
    )


def bridge_paragraph(words: Words, severity: Severity) -> str:
    """From the score to articles 33 and 34: what is presumed, what a person concluded, and why it differs."""
    tables = load_tables()
    parts = [sum_line(words, severity) + "."]
    if severity.proposed is not None:
        parts.append(
            words.text(
                _("By the presumption of practice, {outcome}."),
                outcome=tables.outcome(severity.proposed).title.said(words.lang),
            )
        )
    parts.append(
        words.text(
            _("The score helps to judge the risk; it does not replace the assessment that the law demands.")
        )
    )
    return " ".join([*parts, *_conclusion_parts(words, tables, severity)])


def _conclusion_parts(words: Words, tables: Tables, severity: Severity) -> list[str]:
    held = severity.conclusion
    if held is None:
        return [words.text(_("Nobody has concluded yet."))]
    outcome = tables.outcome(held.outcome).title.said(words.lang)
    said = words.text(_("{by} concludes: {outcome}."), by=visible(held.by), outcome=outcome)
    parts = [said]
    if held.why:
        reason = (
            _("This departs from the presumption, because: {why}") if severity.departs else _("Reason: {why}")
        )
        parts.append(words.text(reason, why=visible(held.why)))
    if severity.is_stale:
        parts.append(words.text(_("The score has moved since: conclude again.")))
    return parts


def _answer_lines(words: Words, answer: Answer) -> list[str]:
    axis = answer.axis
    option = None if answer.option is None else axis.option(answer.option)
    said = words.text(_("not known")) if option is None else option.title.said(words.lang)
    title = axis.title.said(words.lang)
    if answer.value is None or answer.effect is None:
        head = words.text(_("{axis}: {option}"), axis=title, option=said)
    else:
        head = words.text(
            _("{axis}: {option}; worth {value}, effect {effect}"),
            axis=title,
            option=said,
            value=_signed(words, answer.value) if axis.part == "context" else words.number(answer.value),
            effect=_signed(words, answer.effect),
        )
    return [f"  {head}", f"      {_basis(words, answer)}"]


def _basis(words: Words, answer: Answer) -> str:
    proposal = proposal_phrase(words, answer.proposal)
    choice = answer.choice
    if choice is None:
        return words.text(_("proposed: {basis}"), basis=proposal)
    said = words.text(_("chosen by {by}: {why}"), by=visible(choice.by), why=visible(choice.why))
    if choice.option == answer.proposal.option:
        return said
    option = answer.axis.option(answer.proposal.option or "")
    instead = words.text(_("nothing")) if option is None else option.title.said(words.lang)
    return words.text(_("{said} (proposed: {instead})"), said=said, instead=instead)


def proposal_phrase(words: Words, proposal: Proposal) -> str:
    """The basis of a proposal, with the categories that it rests on."""
    basis = proposal.basis
    said = basis.said(words.lang) if isinstance(basis, Both) else words.text(basis)
    return f"{said} ({', '.join(proposal.detail)})" if proposal.detail else said


def variant_line(words: Words, tables: Tables, variant: Variant) -> str:
    """One row of the table of sensitivity."""
    level, score = _level(words, variant.level), words.number(variant.score)
    if variant.axis == "possible":
        return words.text(
            _("if all that may have been shown had been: {score}, {level}"), score=score, level=level
        )
    axis = tables.axis(variant.axis)
    option = axis.option(variant.option)
    return words.text(
        _("{option}: {score}, {level}"),
        option=variant.option if option is None else option.title.said(words.lang),
        score=score,
        level=level,
    )


def _level(words: Words, name: str) -> str:
    return next(one.title.said(words.lang) for one in load_tables().levels if one.id == name)


def _signed(words: Words, value: float) -> str:
    if value == 0:
        return words.number(0)
    return ("+" if value > 0 else "−") + words.number(abs(value))
