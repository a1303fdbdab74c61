# SPDX-License-Identifier: Apache-2.0
"""What `tocsin catalogue learn` tells: in words, and as plain values."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from datetime import datetime
from typing import Final

from tocsin.core.words import Words, _, visible
from tocsin.learn.acts import Coverage, Scope
from tocsin.learn.proposals import Proposal
from tocsin.learn.run import Learned
from tocsin.learn.templates import Template

WHOSE: Final = {
    Scope.JUDGED: _("the acts in scope"),
    Scope.ACCOUNT: _("all that the account did"),
    Scope.ALL: _("all that everybody did (nobody is suspect yet)"),
}


def learned_lines(words: Words, found: Learned, limit: int, case: str) -> list[str]:
    """One page in words."""
    lines = [
        words.text(_("Looked at: {what}."), what=words.text(WHOSE[found.scope])),
        words.plural(
            "One template is 99 % of it, out of {all}.",
            "{n} templates are 99 % of it, out of {all}.",
            found.heavy,
            all=len(found.templates),
        ),
        words.text(
            _("Uncovered by the catalogue: {uncovered} of {events} acts ({share})."),
            uncovered=found.coverage.uncovered,
            events=found.coverage.events,
            share=words.share(found.coverage.share),
        ),
        "",
    ]
    names = {id(one.template): one for one in found.proposals}
    for template in found.templates[:limit]:
        lines += _template_lines(words, template, names.get(id(template)), found.coverage.events)
    if len(found.templates) > limit:
        rest = found.templates[limit:]
        lines.append(
            words.text(
                _("… and {n} lighter templates, {events} acts in all"),
                n=len(rest),
                events=sum(one.events for one in rest),
            )
        )
    return [*lines, *_ending(words, found, case)]


def _ending(words: Words, found: Learned, case: str) -> list[str]:
    lines = []
    if found.rejected:
        lines.append(words.text(_("Rejected before, not proposed again: {n}."), n=len(found.rejected)))
    if found.unread_steps:
        lines.append(words.text(_("Steps of the walk whose reply is no text: {n}."), n=found.unread_steps))
    if found.path is None:
        return [*lines, words.text(_("There is nothing to propose."))]
    return [
        *lines,
        "",
        words.text(
            _("If all of it is signed, {left} acts stay uncovered ({share})."),
            left=found.left.uncovered,
            share=words.share(found.left.share),
        ),
        words.plural(
            "One rule proposed in {path}: read it, then sign it.",
            "{n} rules proposed in {path}: read them, then sign each.",
            len(found.proposals),
            path=visible(str(found.path)),
        ),
        f'  tocsin catalogue sign {visible(shlex.quote(case))} {found.proposals[0].name} --by "…" --why "…"',
    ]


def _template_lines(words: Words, one: Template, proposal: Proposal | None, total: int) -> list[str]:
    what = one.template if one.template is not None else one.object_type or "–"
    share = words.share(one.events / total) if total else "–"
    fate = (
        words.text(_("covered by a rule"))
        if not one.uncovered
        else words.text(_("{n} uncovered"), n=one.uncovered)
    )
    if not one.open and not one.covered:
        fate = words.text(_("nothing to cover"))
    lines = [
        visible(f"{share:>8}  {words.number(one.events)}  {one.source} · {one.action} · {what}")
        + f"  [{fate}]"
    ]
    if proposal is not None:
        lines.append(f"          {proposal.name} → {_shown(words, proposal)}")
    return lines


def _shown(words: Words, proposal: Proposal) -> str:
    if proposal.rule.categories:
        return ", ".join(proposal.rule.categories)
    if proposal.shows_nothing:
        return words.text(_("shows nothing (steps of a protocol)"))
    return words.text(_("categories to be told by a person"))


def learned_result(found: Learned, limit: int) -> dict[str, object]:
    """The same, as plain values."""
    rest = found.templates[limit:]
    return {
        "scope": found.scope.value,
        "events": found.coverage.events,
        "uncovered": _coverage(found.coverage),
        "uncovered_if_all_signed": _coverage(found.left),
        "templates_total": len(found.templates),
        "templates_for_99_percent": found.heavy,
        "templates": [_template(one, found.coverage.events) for one in found.templates[:limit]],
        "others": {"templates": len(rest), "events": sum(one.events for one in rest)},
        "proposals": [_proposal(one, found.coverage) for one in found.proposals],
        "rejected": list(found.rejected),
        "path": None if found.path is None else str(found.path),
        "unread_steps": found.unread_steps,
    }


def _coverage(coverage: Coverage) -> dict[str, object]:
    return {"events": coverage.uncovered, "share": coverage.share}


def _template(one: Template, total: int) -> dict[str, object]:
    plain = asdict(one)
    for name in ("first_at", "last_at"):
        at = plain[name]
        plain[name] = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(at, datetime) else None
    return {**plain, "share": one.events / total if total else 0.0, "is_covered": not one.uncovered}


def _proposal(one: Proposal, coverage: Coverage) -> dict[str, object]:
    left = Coverage(coverage.events, coverage.uncovered - one.effect.uncovered)
    return {
        "rule": one.name,
        "template": one.template.template,
        "source": one.template.source,
        "action": one.template.action,
        "categories": one.rule.categories,
        "basis": [asdict(basis) for basis in one.basis],
        "edited": one.edited,
        "names_nobody": one.template.names_nobody,
        "object_type": one.template.object_type,
        "shows_nothing": one.shows_nothing,
        "effect": asdict(one.effect),
        "uncovered_after": _coverage(left),
    }
