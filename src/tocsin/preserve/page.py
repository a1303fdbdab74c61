# SPDX-License-Identifier: Apache-2.0
"""The checklist of preservation as a page to print: what is erased when, what is lacking, what was asked."""

from __future__ import annotations

from pathlib import Path

from tocsin.core.settings import CaseSettings
from tocsin.core.words import LANGUAGES, words
from tocsin.preserve import phrases
from tocsin.preserve.expiry import Urgency
from tocsin.preserve.letters import PACKAGE, Letter, in_both_zones
from tocsin.preserve.run import Preservation, SourceState
from tocsin.preserve.texts import texts
from tocsin.report.paper import render_paper, write_atomically

_CLASSES = {
    Urgency.LOSING: "late",
    Urgency.UNKNOWN: "soon",
    Urgency.EXPIRES: "soon",
    Urgency.SAFE: "safe",
}


def write_pages(
    case: CaseSettings, state: Preservation, letters: list[Letter], folder: Path, case_folder: Path
) -> list[Path]:
    """Write `fr/index.html` and `en/index.html` beside the letters."""
    written = []
    for lang in sorted(LANGUAGES, key=lambda one: one != "fr"):
        target = folder / lang / "index.html"
        write_atomically(target, render_page(case, state, letters, lang, str(case_folder)))
        written.append(target)
    return written


def render_page(
    case: CaseSettings, state: Preservation, letters: list[Letter], lang: str, case_folder: str
) -> str:
    """The page in one language."""
    said, spoken, zone = texts(lang), words(lang), case.case.zone
    return render_paper(
        PACKAGE,
        "checklist.html.j2",
        lang=lang,
        title=f"{said.page['title']} · {case.case.id}",
        p=said.page,
        state=state,
        texts=said,
        case_id=case.case.id,
        case_folder=case_folder,
        asof=in_both_zones(spoken, state.now, zone),
        span=lambda source: _span(source, lang, zone),
        urgency=lambda source: phrases.urgency_phrase(spoken, source.expiry),
        urgency_class=lambda source: _CLASSES[source.expiry.urgency],
        sentences=lambda source: phrases.expiry_sentences(spoken, source, zone),
        custody=lambda source: phrases.custody_phrase(spoken, source),
        need_line=lambda need: phrases.need_sentence(spoken, said, need, state.now, zone),
        unknown_kind=phrases.unknown_kind_sentence(spoken, state.of_unknown_kind),
        exchange_line=lambda exchange: phrases.status_phrase(spoken, exchange, state.now, zone),
        named=lambda subject: said.kinds[subject].name if subject in said.kinds else subject,
        exchanges=[one for _subject, one in sorted(state.correspondence.exchanges.items())],
        letters=letters,
    )


def _span(source: SourceState, lang: str, zone: str) -> str:
    if source.first_at is None or source.last_at is None:
        return texts(lang).page["none"]
    spoken = words(lang)
    return f"{spoken.day(source.first_at, zone)} – {spoken.day(source.last_at, zone)}"
