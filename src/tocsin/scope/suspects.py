# SPDX-License-Identifier: Apache-2.0
"""Who is suspect: what the case file holds, what people decided, what detection proposes.

Gives the rows of `suspects`, in order of origin and then of the case file, the journal or the ranking.
Which event falls under which row is told by `judge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tocsin.core.addresses import canonical_address
from tocsin.core.errors import InputError
from tocsin.core.settings import CaseSettings, KnownSettings
from tocsin.core.terms import Origin, Verdict
from tocsin.core.words import _
from tocsin.journal import Entry
from tocsin.journal.answers import ANSWERED, Answer, Said, contradicts, fold_answers
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.scope"

SELECTORS = ("account", "session_id", "session", "address", "device", "client", "user_agent", "file_name")
"""Columns that may select events; `source` narrows them and is none of them."""

DECIDED_KINDS = {"detect:suspect:decided": Origin.DECIDED, ANSWERED: Origin.ANSWER}
TICK = timedelta(microseconds=1)

LIKELIHOODS = ("all", "score", "session")
"""Detectors of `findings` that weigh; `all` is the largest of an account's, of whatever kind."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """One row of `suspects` without its number."""

    selectors: dict[str, str] = field(repr=False)
    """Of SELECTORS and `source`: those given."""

    verdict: Verdict
    p: float | None
    origin: Origin
    from_at: datetime | None = None
    until_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    why: str | None = None

    @property
    def narrowness(self) -> int:
        """3 for a session, 2 for an account with others, 1 for an account, 0 for the rest.

        Of what a person said: a session that detection weighed is no narrower than its [[known]].
        """
        named = {name for name in self.selectors if name != "source"}
        if self.is_weighed:
            named -= {"session_id"}
        if named & {"session", "session_id"}:
            return 3
        if "account" in named:
            return 2 if len(named) > 1 else 1
        return 0

    @property
    def is_weighed(self) -> bool:
        """A session of a [[known]] with `split`: case.toml names none, so it is detection that does."""
        return self.origin is Origin.KNOWN and "session_id" in self.selectors

    @property
    def shape(self) -> tuple[str, ...]:
        """The names of its selectors, in one order for all suspects."""
        return tuple(name for name in ("source", *SELECTORS) if name in self.selectors)


@dataclass(frozen=True, slots=True)
class Finding:
    """What detection says of an account, or of one of its sessions."""

    account: str = field(repr=False)
    session_id: str | None
    detector: str
    p: float | None
    first_at: datetime | None
    last_at: datetime | None

    @property
    def is_hard(self) -> bool:
        """A hard fact: no habit can explain it. A likelihood is none, however near to 1 it is rounded."""
        return self.p is not None and self.p >= 1.0 and self.detector not in LIKELIHOODS


def read_suspects(case: Case, engine: Engine) -> list[Suspect]:
    """The rows of `suspects` as journal, case.toml and `findings` have them now, sessions not settled.

    Raises InputError as `gather_suspects` does.
    """
    split = [known.account for known in case.settings.known if known.split and known.account is not None]
    rows = engine.rows(
        load_query(PACKAGE, "weighed_findings"),
        threshold=case.settings.detect.threshold,
        enabled=case.settings.detect.enabled,
        accounts=split,
    )
    findings = [Finding(*row) for row in rows]  # type: ignore[arg-type]
    return gather_suspects(case.settings, case.journal.entries(), findings)


def gather_suspects(
    settings: CaseSettings, entries: Iterable[Entry], findings: Sequence[Finding]
) -> list[Suspect]:
    """All rows, in the order of their numbers. Raises InputError for a row that selects nothing."""
    entries = list(entries)
    decisions = [decision for entry in entries if (decision := read_decision(entry)) is not None]
    rows = [
        *(d for d in decisions if d.origin is Origin.DECIDED),
        *answered_suspects(entries),
        *(row for known in settings.known for row in known_suspects(known, findings)),
        *proposed_suspects(settings, findings),
    ]
    for row in rows:
        if not row.shape:
            raise InputError(
                _("A suspect ({value}) selects nothing."),
                do=_("Give it an account, session, address, device, client, user_agent or file_name."),
                code="empty_suspect",
                value=row.origin.value,
            )
    return rows


def known_suspects(known: KnownSettings, findings: Sequence[Finding]) -> list[Suspect]:
    """The rows of one [[known]]: one, or with `split` one more for each session that detection weighed."""
    selectors = _selectors(
        {name: getattr(known, name) for name in ("source", *SELECTORS) if name != "session_id"}
    )
    if not known.split:
        return [_known(known, selectors, Verdict(known.verdict), _p_of(Verdict(known.verdict), known.p))]
    own = [f for f in findings if f.account == known.account and f.p is not None]
    overall = [f for f in own if f.session_id is None and (f.detector == "all" or f.is_hard)]
    sessions = _strongest_by_session(own)
    hard = {f.session_id for f in own if f.is_hard}
    whole = None if sessions else max((f.p for f in overall if f.p is not None), default=None)
    if any(f.is_hard for f in overall):
        return [_known(known, selectors, Verdict.ILLEGITIMATE, 1.0)]
    return [
        _known(known, selectors, Verdict.DOUBTFUL, whole),
        *(
            _known(known, {**selectors, "session_id": session_id}, verdict, p)
            for session_id, p in sessions.items()
            for verdict in [Verdict.ILLEGITIMATE if session_id in hard else Verdict.DOUBTFUL]
        ),
    ]


def proposed_suspects(settings: CaseSettings, findings: Sequence[Finding]) -> list[Suspect]:
    """Findings above the threshold, for a person to decide: doubtful, never in the floor."""
    if not settings.detect.enabled:
        return []
    return [
        Suspect(
            _selectors({"account": found.account, "session_id": found.session_id}),
            Verdict.DOUBTFUL,
            found.p,
            Origin.PROPOSED,
            from_at=None if found.session_id else found.first_at,
            until_at=None if found.session_id or found.last_at is None else found.last_at + TICK,
        )
        for found in findings
        if found.detector == "all" and found.p is not None and found.p >= settings.detect.threshold
    ]


def answered_suspects(entries: Sequence[Entry]) -> list[Suspect]:
    """The rows of the sure answers that stand: one that was taken back is none, whatever took its place."""
    standing = {
        answer.number: _verdict_of(answer, is_disputed=contradicts(hard))
        for answers in fold_answers(entries).values()
        for hard in [[one for one in answers if one.is_hard]]
        for answer in hard
    }
    given = [
        (entry, row) for entry in entries if (row := read_decision(entry)) and row.origin is Origin.ANSWER
    ]
    told = {entry.number: (row.verdict, row.p) for entry, row in given if "said" not in entry.body} | standing
    return [
        replace(row, verdict=told[entry.number][0], p=told[entry.number][1])
        for entry, row in given
        if entry.number in told
    ]


def _verdict_of(answer: Answer, *, is_disputed: bool) -> tuple[Verdict, float | None]:
    if is_disputed:
        return Verdict.DOUBTFUL, None
    return (Verdict.LEGITIMATE, 0.0) if answer.said is Said.MINE else (Verdict.ILLEGITIMATE, 1.0)


def read_decision(entry: Entry) -> Suspect | None:
    """The suspect that an entry of the journal decides, or None when it decides none.

    The body holds `selectors` (name to value), `from`, `until` (ISO 8601 with zone), `verdict`, `p`, `why`.
    """
    origin = DECIDED_KINDS.get(entry.kind)
    if origin is None:
        return None
    body = entry.body
    given = body.get("selectors")
    if not isinstance(given, dict) or not set(given) <= {"source", *SELECTORS}:
        raise InputError(
            _("Entry {number} of the journal decides on unknown selectors."), number=entry.number
        )
    verdict = Verdict(str(body["verdict"]))
    p = body.get("p")
    return Suspect(
        _selectors(given),
        verdict,
        _p_of(verdict, float(p) if isinstance(p, (int, float)) else None),
        origin,
        from_at=_instant(body.get("from")),
        until_at=_instant(body.get("until")),
        decided_by=entry.by,
        decided_at=_instant(entry.at),
        why=_text(body.get("why")),
    )


def _known(known: KnownSettings, selectors: dict[str, str], verdict: Verdict, p: float | None) -> Suspect:
    return Suspect(
        selectors,
        verdict,
        p,
        Origin.KNOWN,
        known.from_,
        known.until,
        known.decided_by,
        known.decided_at,
        known.why,
    )


def _strongest_by_session(findings: Sequence[Finding]) -> dict[str, float]:
    """Each session's p: that of `all` where it has one, else the largest; a hard fact before all."""
    found: dict[str, tuple[bool, bool, float]] = {}
    for one in findings:
        if one.session_id is not None and one.p is not None:
            weight = (one.is_hard, one.detector == "all", one.p)
            found[one.session_id] = max(found.get(one.session_id, weight), weight)
    return {session_id: weight[2] for session_id, weight in sorted(found.items())}


def _p_of(verdict: Verdict, p: float | None) -> float | None:
    if verdict is Verdict.DOUBTFUL or p is not None:
        return p
    return 1.0 if verdict is Verdict.ILLEGITIMATE else 0.0


def _selectors(given: Mapping[str, object]) -> dict[str, str]:
    texts = {name: str(value) for name, value in given.items() if value is not None}
    if "address" in texts:
        texts["address"] = canonical_address(texts["address"])
    return texts


def _instant(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value)).astimezone(UTC)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
