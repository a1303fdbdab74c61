# SPDX-License-Identifier: Apache-2.0
"""The containment sheet to print: an emergency first, then some pages for each account, to fill in by hand.

What the journal holds already is written in; the rest is left to write. One page a language, and a text.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tocsin.contain import phrases
from tocsin.contain.interface import Phase
from tocsin.contain.run import AccountSheet, Line
from tocsin.contain.texts import StepWords, Texts, texts
from tocsin.core.settings import CaseSettings
from tocsin.core.words import LANGUAGES, Words, words
from tocsin.journal.containment import Act, Emergency, Status, StepState
from tocsin.report.paper import render_paper, render_text, write_atomically

PACKAGE = "tocsin.contain"
BLANK = "______________________"


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One step, as the sheet shows it."""

    number: int
    code: str
    words: StepWords
    status: str
    kind: str
    """open, done or checked: how it looks."""

    mark: str
    done_by: str
    done_at: str
    checked_by: str
    checked_at: str
    proof: str
    notes: list[str]


@dataclass(frozen=True, slots=True)
class SaidAccount:
    """One account, as the sheet shows it."""

    account: str
    numbers: str
    verdict: str
    activity: list[str]
    consequence: list[str]
    is_alarming: bool
    cut: list[SaidLine]
    back: list[SaidLine]
    siblings: list[str]
    siblings_none: str
    emergencies: list[str]
    command: str


def write_sheets(
    case: CaseSettings, sheets: Sequence[AccountSheet], now: datetime, folder: Path, case_folder: Path
) -> list[Path]:
    """Write `sheet-fr.html`, `.txt` and the same in English; returns the French page first."""
    written = []
    for lang in sorted(LANGUAGES, key=lambda one: one != "fr"):
        values = _values(case, sheets, now, lang, str(case_folder))
        said = texts(lang)
        title = f"{said.say('title')} · {case.case.id}"
        page = folder / f"sheet-{lang}.html"
        write_atomically(page, render_paper(PACKAGE, "sheet.html.j2", lang=lang, title=title, **values))
        write_atomically(page.with_suffix(".txt"), render_text(PACKAGE, "sheet.txt.j2", **values))
        written.append(page)
    return written


def _values(
    case: CaseSettings, sheets: Sequence[AccountSheet], now: datetime, lang: str, case_folder: str
) -> dict[str, object]:
    said, spoken, zone = texts(lang), words(lang), case.case.zone
    return {
        "t": said,
        "case_id": case.case.id,
        "asof": f"{spoken.instant(now, zone)} ({zone})",
        "deciders": case.contain.emergency_deciders or [f"{BLANK} {said.say('emergency_blank')}"],
        "phone": case.contain.emergency_phone or BLANK,
        "colon": "\u00a0:" if lang == "fr" else ":",
        "blank": BLANK,
        "accounts": [_said_account(spoken, said, sheet, zone, case_folder) for sheet in sheets],
    }


def _said_account(
    spoken: Words, said: Texts, sheet: AccountSheet, zone: str, case_folder: str
) -> SaidAccount:
    none = "elsewhere_unknown" if sheet.log_end is None else "elsewhere_none"
    place, name = shlex.quote(case_folder), shlex.quote(sheet.account)
    cut, back = sheet.phase(Phase.CUT), sheet.phase(Phase.BACK)
    return SaidAccount(
        sheet.account,
        ", ".join(sheet.professional_ids),
        phrases.verdict_phrase(spoken, sheet),
        phrases.activity_lines(spoken, sheet, zone),
        phrases.consequence_lines(spoken, sheet, zone),
        sheet.cut_at is None or bool(sheet.acts_since_cut),
        [_said_line(spoken, said, n, line, zone) for n, line in enumerate(cut, start=1)],
        [_said_line(spoken, said, n, line, zone) for n, line in enumerate(back, start=len(cut) + 1)],
        [phrases.sibling_line(spoken, one, zone) for one in sheet.siblings],
        said.say(none),
        [_emergency_line(spoken, said, one, zone) for one in sheet.state.emergencies],
        f"tocsin contain {place} done sign_in --account {name} --by …",
    )


def _said_line(spoken: Words, said: Texts, number: int, line: Line, zone: str) -> SaidLine:
    state = line.state
    return SaidLine(
        number,
        line.step.code,
        said.step(line.step.code),
        phrases.status_phrase(spoken, line),
        "checked" if not line.is_open else state.status.value,
        "✓" if not line.is_open else "/" if state.status is Status.DONE else "",
        state.done.by if state.done else "",
        _hour(spoken, state.done, zone),
        state.checked.by if state.checked else "",
        _hour(spoken, state.checked, zone),
        _proof(said, state),
        phrases.line_notes(spoken, line, zone) if state.undone else [],
    )


def _proof(said: Texts, state: StepState) -> str:
    """What either of the two noted; that there was nothing, when they noted no more."""
    notes = [act.note for act in (state.done, state.checked) if act is not None and act.note]
    return " · ".join(notes) or (said.say("nothing") if state.nothing_there else "")


def _hour(spoken: Words, act: Act | None, zone: str) -> str:
    return "" if act is None else spoken.instant(act.at, zone)


def _emergency_line(spoken: Words, said: Texts, one: Emergency, zone: str) -> str:
    until = said.say("emergency_no_end") if one.until is None else spoken.instant(one.until, zone)
    return said.say("emergency_line").format(
        at=spoken.instant(one.opened.at, zone),
        decided_by=one.decided_by,
        until=until,
        why=one.opened.note,
    )
