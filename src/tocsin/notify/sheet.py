# SPDX-License-Identifier: Apache-2.0
"""The sheet for whoever answers calls: what to say, what to ask, what never to say. It names nobody."""

from __future__ import annotations

from pathlib import Path

from tocsin.core.terms import Category
from tocsin.notify.content import refuse_incomplete
from tocsin.notify.letter import clean, filled, letterhead, notice_words, page_of
from tocsin.notify.run import LEVELS, run
from tocsin.store.case import Case
from tocsin.store.query import load_query


def write_sheet(case: Case, target: Path) -> None:
    """Write the sheet as a page to be printed. Raises InputError for an incomplete notice."""
    refuse_incomplete(case, run(case))
    notify, lang = case.settings.notify, case.settings.notify.language
    labels = notice_words(lang)["data"]
    with case.engine("claims", "exposure") as engine:
        never = [str(one) for (one,) in engine.rows(load_query("tocsin.notify", "never_seen"))]
        levels = LEVELS[notify.inform]
        seen = {str(one) for (one,) in engine.rows(load_query("tocsin.notify", "seen"), levels=levels)}
    document = filled(
        f"sheet.{lang}.j2",
        lang,
        **letterhead(case.settings),
        page=clean(notify.page),
        seen=[labels[category] for category in Category if category in seen],
        never=[labels[category] for category in never],
    )
    target.write_text(page_of(lang, notice_words(lang)["sheet"], document), "utf-8")
