# SPDX-License-Identifier: Apache-2.0
"""The first event of a file, before the file is read: it gives the file its number.

It is also where a whole file without zones is refused: one question now, not a million records set aside.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.ingest.extract import extract
from tocsin.ingest.interface import Extraction
from tocsin.ingest.planned import LAST, PlannedFile
from tocsin.store.engine import Engine

PEEK_RECORDS = 200


def first_event_at(engine: Engine, file: PlannedFile) -> datetime:
    """The time of the first event among the first records; LAST when there is none.

    Raises InputError when none of these records has a zone and none was given.
    """
    cutter = file.form.cutter(file.sample, file.options)
    batches = []
    rows = 0
    head = file.sample.head
    if not file.sample.whole:
        head = head[: head.rfind(b"\n") + 1] or head
    for batch in cutter.cut(iter([head] if head else [])):
        batches.append(batch.slice(0, PEEK_RECORDS))
        rows += batch.num_rows
        if rows >= PEEK_RECORDS:
            break
    if not batches:
        return LAST
    records = file.form.convert(pa.Table.from_batches(batches))
    extract(engine, _instants_only(file.form.extraction(file.options)), records)
    _refuse_zoneless(engine, file)
    found = engine.value(
        "select occurred_at from cut where fate = 'event' order by byte_offset, item limit 1"
    )
    return found if isinstance(found, datetime) else LAST


def _instants_only(extraction: Extraction) -> Extraction:
    """The same records, of which nothing is asked but when."""
    columns = {"occurred_at": extraction.columns["occurred_at"]}
    return replace(extraction, columns=columns, flags=(), salvage=None)


def _refuse_zoneless(engine: Engine, file: PlannedFile) -> None:
    events = engine.count("select count(*) from cut where fate = 'event'")
    zoneless = engine.count("select count(*) from cut where reason = 'no_zone'")
    if zoneless and not events:
        raise InputError(
            _("The times of this log carry no zone."),
            do=_('Say which: zone = "Europe/Paris" for the source (or --zone).'),
            where=file.stream.label,
            code="no_zone",
        )
