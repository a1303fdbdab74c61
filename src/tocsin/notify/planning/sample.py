# SPDX-License-Identifier: Apache-2.0
"""How many pages letters have: those of some real persons, made and counted, nothing kept."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from tocsin.core.errors import InputError
from tocsin.notify.content import content_digest, refuse_incomplete
from tocsin.notify.material import make_writer, read_rows
from tocsin.notify.printed.letters import paper_of, sheet_of
from tocsin.notify.printed.render import render_chunk
from tocsin.notify.released import Release
from tocsin.notify.run import run
from tocsin.store.case import Case
from tocsin.store.query import load_query

SAMPLE: Final = 20
PAGES_ASSUMED: Final[Mapping[int, float]] = {3: 1.0}
_MADE_UP: Final = "0" * 16


def sample_pages(case: Case) -> dict[int, float]:
    """Share of letters that have so many pages; empty when none can be made yet, or nothing prints them."""
    try:
        refuse_incomplete(case, run(case))
        with case.engine("recipients") as engine:
            chosen = engine.rows(load_query("tocsin.notify", "samples"), rows=SAMPLE)
        persons = [int(str(person)) for person, _kind, channel in chosen if channel == "post"][:SAMPLE]
        now = datetime.now(UTC)
        release = Release(0, 0, {}, content_digest(case), now, case.by)
        writer, stock = make_writer(case, release), read_rows(case, persons)
        notices = [
            dataclasses.replace(one, person=dataclasses.replace(one.person, code=_MADE_UP)).notice(
                writer, release, f"<{number:032x}@sample>", case.settings.notify.language
            )
            for number, one in enumerate(stock.values())
        ]
        sheets = [sheet_of(notice, case.settings.notify.page) for notice in notices]
        _content, places = render_chunk(paper_of(case.settings, now), sheets) if sheets else (b"", [])
    except InputError:  # an element of the notice, or the extra that prints, is missing
        return {}
    counted = Counter(place.last - place.first + 1 for place in places)
    return {pages: many / len(places) for pages, many in sorted(counted.items())}
