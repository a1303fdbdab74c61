# SPDX-License-Identifier: Apache-2.0
"""The claims that can be asked for, each as SQL: what contradicts it, and what could, were it told.

What a claim is worth is graded in `claims`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.core.settings import CaseSettings
from tocsin.scope.positive import EARLIER, NOBODY
from tocsin.store.engine import Value

IN_R = "d.certainty in ('taken', 'shown', 'reconstructed')"
POSSIBLE = "d.certainty in ('reachable', 'unassessable')"
OF_CATEGORY = "select d.event_id from disclosures as d where d.category = $category"
OF_ANY = "select d.event_id from disclosures as d where d.category = 'undetermined'"
"""A column that nobody described may hold anything."""

_MAY_BE = "u.categories is null or list_has_any(u.categories, [$category, 'undetermined'])"


@dataclass(frozen=True, slots=True)
class Question:
    """One claim: which events contradict it, and which could, by the reason why nobody can tell."""

    claim: str
    exceptions: str
    """Selects event_id."""

    doubts: Mapping[str, str]
    """Reason to a select of event_id, or of other rows that are only counted."""

    binds: Mapping[str, Value]

    weak: tuple[dict[str, object], ...] = ()
    """Why it is never proven, whatever the logs hold."""

    seen_outside: int = 0
    """What contradicts it beyond the logs: no event tells of it."""


def questions(settings: CaseSettings, samples: int = 0) -> list[Question]:
    """The claims asked for, in the order of the case file."""
    claims = settings.claims
    asked = [_no_category(category) for category in claims.none]
    asked += [_no_from(kind, origin) for kind, origins in claims.none_from.items() for origin in origins]
    asked += [_no_change(kind) for kind in claims.no_change]
    asked += [_no_other_source()] if claims.no_other_source else []
    asked += [_protected(category) for category in claims.protected]
    asked += [_never_before()] if claims.never_before else []
    asked += [_unused(samples)] if claims.unused else []
    return list({question.claim: question for question in asked}.values())


def _no_category(category: str) -> Question:
    return Question(
        f"no:{category}",
        f"{OF_CATEGORY} and {IN_R}",
        {
            **_untold(_MAY_BE, OF_ANY),
            "reachable": f"{OF_CATEGORY} and {POSSIBLE}",
        },
        {"category": category},
    )


def _protected(category: str) -> Question:
    plain = f"{OF_CATEGORY} and d.protection <> 'encrypted'"
    return Question(
        f"protected:{category}",
        f"{plain} and {IN_R}",
        {
            **_untold(f"not u.is_encrypted and ({_MAY_BE})", f"{OF_ANY} and d.protection <> 'encrypted'"),
            "reachable": f"{plain} and {POSSIBLE}",
        },
        {"category": category},
    )


def _no_from(kind: str, origin: str) -> Question:
    of_kind = (
        "select d.event_id from disclosures as d left join records as r"
        " on r.record_type = d.record_type and r.record = d.record where d.record_type = $kind"
    )
    return Question(
        f"no_from:{kind}:{origin}",
        f"{of_kind} and r.origin = $origin and {IN_R}",
        {
            **_untold("u.record_type is null or u.record_type = $kind"),
            "reachable": f"{of_kind} and r.origin = $origin and {POSSIBLE}",
            "unknown_origin": f"{of_kind} and r.origin is null",
        },
        {"kind": kind, "origin": origin},
    )


def _no_change(kind: str) -> Question:
    """An unnamed change may be one of these; a change whose outcome is not known may not have been made."""
    of_kind = "select m.event_id from modifications as m inner join scoped as e on e.event_id = m.event_id"
    return Question(
        f"no_change:{kind}",
        f"{of_kind} where m.record_type = $kind and e.outcome = 'success'",
        {
            "unknown_outcome": f"{of_kind} where m.record_type = $kind and e.outcome <> 'success'",
            "unnamed_change": (
                "select c.event_id from changed as c where c.record is null or c.record_type = 'record'"
            ),
            "uncovered": (
                "select c.event_id from uncovered as c inner join scoped as e on e.event_id = c.event_id"
                " where e.action in ('other', 'admin', 'upload', 'share') or e.action is null"
            ),
            **_UNREAD,
        },
        {"kind": kind},
    )


def _no_other_source() -> Question:
    """One source holds all that was shown: that of the most events."""
    main = (
        "select min(e.source) from scoped as e where e.source = ("
        "select e.source from disclosures as d inner join scoped as e on e.event_id = d.event_id"
        f" where {IN_R} group by e.source order by count(distinct d.event_id) desc, e.source limit 1)"
    )
    outside = f"e.source is distinct from ({main})"
    joined = "inner join scoped as e on e.event_id = d.event_id"
    return Question(
        "no_other_source",
        f"select d.event_id from disclosures as d {joined} where {outside} and {IN_R}",
        {
            "unresolved": f"select d.event_id from unknown_events as d {joined} where {outside}",
            "uncovered": f"select d.event_id from uncovered as d {joined} where {outside}",
            "reachable": f"select d.event_id from disclosures as d {joined} where {outside} and {POSSIBLE}",
            "set_aside": f"select 1 from doubts as e where e.kind = 'set_aside' and {outside}",
            "gap": f"select 1 from doubts as e where e.kind = 'gap' and {outside}",
        },
        {},
    )


def _never_before() -> Question:
    """Told by signs only: another address, another device, and it was somebody else."""
    sign: dict[str, object] = {"code": "signature_only", "values": {}}
    earlier = "exists (select 1 from scoped as e where g.from_at < e.occurred_at)"
    return Question(
        "never_before", EARLIER, {"gap": f"select 1 from gaps as g where {earlier}"}, {}, weak=(sign,)
    )


def _unused(samples: int) -> Question:
    """Logs of the place that was robbed know nothing of what was done with the loot."""
    sign: dict[str, object] = {"code": "use_unseen", "values": {}}
    return Question("unused", NOBODY, {}, {}, weak=(sign,), seen_outside=samples)


_UNREAD = {
    "set_aside": "select 1 from doubts where kind = 'set_aside'",
    "gap": "select 1 from doubts where kind = 'gap'",
}


def _untold(condition: str, undescribed: str | None = None) -> dict[str, str]:
    """What was not told and could hold the exception: unresolved events as their rules allow, all others.

    `undescribed` selects events that showed what no rule or column describes.
    """
    uncovered = "select c.event_id from uncovered as c"
    return {
        "unresolved": f"select u.event_id from unknown_events as u where {condition}",
        "uncovered": uncovered if undescribed is None else f"{uncovered} union {undescribed}",
        **_UNREAD,
    }
