# SPDX-License-Identifier: Apache-2.0
"""Letters that ask for logs: one for each holder, in French and English, as text and as a page to print.

They name accounts, periods and kinds of logs, never a person whose data are concerned. People complete, sign
and send them; nothing is sent from here.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tocsin.core.settings import CaseSettings
from tocsin.core.settings.case import HolderSettings
from tocsin.core.settings.spans import parse_span
from tocsin.core.words import LANGUAGES, Words, words
from tocsin.preserve.expiry import Expiry, Urgency, by_urgency, weigh
from tocsin.preserve.phrases import span_phrase
from tocsin.preserve.run import Preservation, SourceState
from tocsin.preserve.texts import HolderWords, KindWords, Texts, texts
from tocsin.report.paper import render_paper, render_text, write_atomically

PACKAGE = "tocsin.preserve"
BLANK = "_" * 40


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: to whom, and what it asks for."""

    holder: str
    name: str
    contact: str
    sources: tuple[SourceState, ...]
    kinds: tuple[str, ...]
    retention: str
    expiry: Expiry | None

    @property
    def subjects(self) -> tuple[str, ...]:
        """What to record as asked once it is sent: sources of the case, then kinds that it lacks."""
        told = {state.kind for state in self.sources}
        return (*(s.settings.name for s in self.sources), *(k for k in self.kinds if k not in told))

    def command(self, case_folder: str) -> str:
        """What records that it was sent."""
        subjects = " ".join(f"--source {shlex.quote(subject)}" for subject in self.subjects)
        return f'tocsin preserve {shlex.quote(case_folder)} asked {subjects} --to-whom "…"'

    @property
    def file_name(self) -> str:
        """Without its ending: `publisher-acme`."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]
        return f"{self.holder}-{slug}" if slug else self.holder


@dataclass(slots=True)
class _Draft:
    """What gathers under one addressee."""

    name: str = ""
    contact: str = ""
    retention: str = ""
    sources: list[SourceState] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


def plan_letters(case: CaseSettings, state: Preservation) -> list[Letter]:
    """Who must be asked for what: holders of sources that are not safe, and of kinds that are lacking."""
    drafts: dict[tuple[str, str], _Draft] = {}
    for holder in case.preserve.holders:
        drafts[holder.holds, holder.name] = _of_holder(holder)
    for source in state.sources:
        _add_source(drafts, source)
    for need in state.needs:
        if need.is_lacking and need.holder != "us":
            for key in [key for key in drafts if key[0] == need.holder] or [(need.holder, "")]:
                drafts.setdefault(key, _Draft()).kinds.append(need.kind)
    return [
        _finished(holder, draft, state)
        for (holder, _name), draft in sorted(drafts.items())
        if draft.sources or draft.kinds
    ]


def _of_holder(holder: HolderSettings) -> _Draft:
    return _Draft(holder.name, holder.contact or "", holder.retention or "")


def _add_source(drafts: dict[tuple[str, str], _Draft], source: SourceState) -> None:
    held_by = source.settings.held_by
    if held_by is None or held_by == "us" or not source.expiry.is_urgent:
        return
    name = source.settings.owner or ""
    same = [key for key in drafts if key[0] == held_by and name in ("", key[1])]
    draft = drafts.setdefault(same[0] if same else (held_by, name), _Draft(name))
    draft.sources.append(source)
    draft.contact = draft.contact or source.settings.contact or ""
    draft.retention = draft.retention or source.settings.retention or ""
    if source.kind and source.kind not in draft.kinds:
        draft.kinds.append(source.kind)


def _finished(holder: str, draft: _Draft, state: Preservation) -> Letter:
    expiries = [source.expiry for source in draft.sources]
    if draft.retention and not expiries:
        expiries = [
            weigh(
                parse_span(draft.retention),
                now=state.now,
                needed_from=state.needed.from_at,
                first_at=None,
                is_copied=False,
            )
        ]
    return Letter(
        holder,
        draft.name,
        draft.contact,
        tuple(draft.sources),
        tuple(draft.kinds),
        draft.retention,
        min(expiries, key=by_urgency, default=None),
    )


def write_letters(case: CaseSettings, state: Preservation, letters: list[Letter], folder: Path) -> list[Path]:
    """Write each letter as `.txt` and `.html`, in `fr/` and `en/`; returns the French pages first."""
    written = []
    for lang in sorted(LANGUAGES, key=lambda one: one != "fr"):
        for letter in letters:
            said = speak(case, state, letter, lang)
            place = folder / lang / letter.file_name
            title = f"{said.texts.say('subject')} · {said.addressee}"
            page = render_paper(PACKAGE, "letter.html.j2", lang=lang, title=title, s=said)
            write_atomically(place.with_name(f"{place.name}.html"), page)
            write_atomically(
                place.with_name(f"{place.name}.txt"), render_text(PACKAGE, "letter.txt.j2", s=said)
            )
            written.append(place.with_name(f"{place.name}.html"))
    return written


@dataclass(frozen=True, slots=True)
class SaidLetter:
    """A letter in one language: what its templates speak with."""

    words: Words
    texts: Texts
    letter: Letter
    case_id: str
    organisation: str
    contact: str
    deposit: str
    holder: HolderWords
    addressee: str
    today: str
    due: str
    period: list[str]
    expiry: str
    accounts: tuple[str, ...]
    kinds: list[KindWords]
    sources: list[str]
    blank: str = BLANK

    @property
    def colon(self) -> str:
        """With the space that French sets before it."""
        return "\u00a0:" if self.words.lang == "fr" else ":"

    @property
    def deadline(self) -> str:
        """Until when to answer."""
        return self.texts.say("deadline").format(due=self.due)

    def say(self, key: str) -> str:
        """A sentence of the letter."""
        return self.texts.say(key)

    def lines(self, key: str) -> list[str]:
        """A list of the letter."""
        found = self.texts.letter[key]
        return found if isinstance(found, list) else [found]


def speak(case: CaseSettings, state: Preservation, letter: Letter, lang: str) -> SaidLetter:
    """The letter with its values, in one language."""
    said, spoken, zone = texts(lang), words(lang), case.case.zone
    holder = said.holders[letter.holder]
    due = state.now + timedelta(hours=case.preserve.answer_hours)
    return SaidLetter(
        spoken,
        said,
        letter,
        case.case.id,
        case.preserve.organisation or BLANK,
        case.preserve.contact or f"{BLANK}\n{said.say('name_blank')}",
        case.preserve.deposit or said.say("deposit_blank"),
        holder,
        letter.name or holder.addressee,
        spoken.day(state.now, zone),
        in_both_zones(spoken, due, zone),
        _period_lines(spoken, said, state, zone),
        _expiry_line(spoken, said, letter, zone),
        state.needed.accounts,
        [said.kinds[kind] for kind in letter.kinds],
        [_source_line(spoken, source, zone) for source in letter.sources],
    )


def in_both_zones(spoken: Words, at: datetime, zone: str) -> str:
    """`21 juillet 2020 à 11 h 02 (Europe/Paris), soit 2020-07-21 09:02 UTC`."""
    utc = at.strftime("%Y-%m-%d %H:%M UTC")
    if zone == "UTC":
        return f"{spoken.instant(at, zone)} (UTC)"
    joint = ", soit " if spoken.lang == "fr" else ", that is "
    return f"{spoken.instant(at, zone)} ({zone}){joint}{utc}"


def _period_lines(spoken: Words, said: Texts, state: Preservation, zone: str) -> list[str]:
    needed = state.needed
    if needed.from_at is None:
        return [said.say("period_open")]
    begins = said.say("period_from").format(from_at=in_both_zones(spoken, needed.from_at, zone))
    ends = (
        said.say("period_to_answer")
        if needed.until_at is None
        else said.say("period_to").format(until_at=in_both_zones(spoken, needed.until_at, zone))
    )
    margin = [said.say("period_margin").format(days=needed.margin_days)] if needed.margin_days else []
    return [f"{begins}, {ends}.", *margin]


def _expiry_line(spoken: Words, said: Texts, letter: Letter, zone: str) -> str:
    expiry = letter.expiry
    if expiry is None or not letter.retention:
        return ""
    retention = span_phrase(spoken, letter.retention)
    if expiry.urgency is Urgency.LOSING:
        return said.say("losing").format(retention=retention)
    if expiry.urgency is Urgency.EXPIRES and expiry.expires_at is not None:
        at = in_both_zones(spoken, expiry.expires_at, zone)
        return said.say("expiry").format(retention=retention, instant=at)
    return ""


def _source_line(spoken: Words, source: SourceState, zone: str) -> str:
    if source.first_at is None or source.last_at is None:
        return source.settings.name
    spans = (spoken.day(at, zone) for at in (source.first_at, source.last_at))
    return f"{source.settings.name} ({' – '.join(spans)})"
