# SPDX-License-Identifier: Apache-2.0
"""What a professional is handed whose account was stolen: attestation, acts, other services, the way back.

It rests on the verdicts of the last run. An attestation is written only where something is held illegitimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tocsin.answers.pages import folder_name
from tocsin.answers.texts import Texts, texts
from tocsin.core.settings import CaseSettings
from tocsin.core.terms import LIKELY
from tocsin.core.words import LANGUAGES, Words, words
from tocsin.report.paper import render_paper, render_text, write_atomically
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.answers"
READS = ("events", "judged", "accounts", "split_sessions", "session_evidence", "files")
LISTED = 200
"""Acts on the paper; the rest are in the tables."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something written, sent or taken out that was not the professional's."""

    at: datetime
    source: str
    action: str
    kind: str
    record: str = field(repr=False)
    line: str
    """`file:line` of the log."""

    is_sure: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """One account."""

    account: str = field(repr=False)
    first_at: datetime
    last_at: datetime
    events: int
    sure_events: int
    acts: tuple[Act, ...]
    elsewhere: tuple[tuple[str, str, str], ...] = field(repr=False)
    """Other accounts of the same identity: name, role, organisation."""

    @property
    def is_sure(self) -> bool:
        """Whether somebody, or a hard fact, holds some of it illegitimate."""
        return self.sure_events > 0


def read_dossiers(case: Case, account: str | None = None) -> list[Dossier]:
    """The accounts with acts held illegitimate or likely, in order of name."""
    with case.engine(*READS) as engine:
        spans = engine.rows(load_query(PACKAGE, "stolen_spans"), likely=LIKELY)
        return [_dossier(engine, row) for row in spans if account in (None, row[0])]


def _dossier(engine: Engine, row: tuple[object, ...]) -> Dossier:
    name, first, last, events, sure = row
    acts = engine.rows(load_query(PACKAGE, "acts_not_theirs"), account=str(name), likely=LIKELY)
    others = engine.rows(load_query(PACKAGE, "same_identity"), account=str(name))
    return Dossier(
        str(name),
        first,  # type: ignore[arg-type]
        last,  # type: ignore[arg-type]
        int(str(events)),
        int(str(sure)),
        tuple(_act(act) for act in acts),
        tuple(_other(other) for other in others),
    )


def _act(row: tuple[object, ...]) -> Act:
    source, action, kind, record, line = ("" if value is None else str(value) for value in row[1:6])
    return Act(row[0], source, action, kind, record, line, bool(row[6]))  # type: ignore[arg-type]


def _other(row: tuple[object, ...]) -> tuple[str, str, str]:
    name, role, organisation = ("" if value is None else str(value) for value in row)
    return name, role, organisation


def write_dossiers(
    case: CaseSettings, dossiers: Sequence[Dossier], now: datetime, folder: Path
) -> list[Path]:
    """`<account>/dossier-fr.html`, `.txt` and the same in English; returns the pages, French first."""
    written = []
    for dossier in dossiers:
        for lang in sorted(LANGUAGES, key=lambda one: one != "fr"):
            values = _values(case, dossier, now, lang)
            title = f"{values['heading']} · {case.case.id}"
            page = folder / folder_name(dossier.account) / f"dossier-{lang}.html"
            write_atomically(page, render_paper(PACKAGE, "dossier.html.j2", lang=lang, title=title, **values))
            write_atomically(page.with_suffix(".txt"), render_text(PACKAGE, "dossier.txt.j2", **values))
            written.append(page)
    return written


def _values(case: CaseSettings, dossier: Dossier, now: datetime, lang: str) -> dict[str, object]:
    said, spoken, zone = texts(lang), words(lang), case.case.zone
    rest = len(dossier.acts) - LISTED
    return {
        "t": said,
        "case_id": case.case.id,
        "asof": f"{spoken.instant(now, zone)} ({zone})",
        "account": dossier.account,
        "is_sure": dossier.is_sure,
        "heading": said.say("dossier_title" if dossier.is_sure else "dossier_title_maybe"),
        "acts_heading": said.say("acts_title" if dossier.is_sure else "acts_title_maybe"),
        "attest": said.lines(
            "attest" if dossier.is_sure else "attest_none",
            account=dossier.account,
            first=spoken.instant(dossier.first_at, zone),
            last=spoken.instant(dossier.last_at, zone),
        ),
        "acts": [_said_act(said, spoken, act, zone) for act in dossier.acts[:LISTED]],
        "more": said.say("acts_more", n=rest) if rest > 0 else "",
        "elsewhere": [
            *(" – ".join(part for part in other if part) for other in dossier.elsewhere),
            *said.lines("else_known"),
        ],
    }


def _said_act(said: Texts, spoken: Words, act: Act, zone: str) -> dict[str, str]:
    return {
        "when": spoken.instant(act.at, zone),
        "source": act.source,
        "action": said.say(f"action_{act.action}"),
        "record": " ".join(part for part in (act.kind, act.record) if part) or said.say("act_no_record"),
        "line": act.line,
        "state": said.say("act_sure" if act.is_sure else "act_doubtful"),
    }
