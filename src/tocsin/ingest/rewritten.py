# SPDX-License-Identifier: Apache-2.0
"""Parts of `events` written anew where an event of theirs was corrected; the others stay as they are."""

from __future__ import annotations

import pyarrow as pa

from tocsin.core.tables import TABLES
from tocsin.store.case import Stage
from tocsin.store.parts import Part
from tocsin.store.query import Query, load_query


def rewrite_parts(stage: Stage, parts: list[Part], query: Query | str) -> list[Part]:
    """All parts, those that hold a row of the table `corrections` written anew by the query.

    `corrections` has event_id, file_number, byte_offset and occurred_at at least; the query reads `events`,
    which is one part at a time.
    """
    engine = stage.engine
    engine.register("event_parts", _parts_table(parts))
    affected = engine.rows(load_query("tocsin.ingest", "affected_parts"))
    engine.unregister("event_parts")
    written = list(parts)
    for (place,) in affected:
        part = parts[int(str(place))]
        stage.case.attach(engine, TABLES["events"], [part])
        folder = part.path.split("/")[1]
        [written[int(str(place))]] = stage.parts(
            engine, "events", query, folder_name=folder, label=part.label
        )
    return written


def _parts_table(parts: list[Part]) -> pa.Table:
    """Each part with the stretch of its file that it holds (`chunks` gave it its label), and its day."""
    places = [part.label.split("-") for part in parts]
    days = [part.path.split("/")[1].removeprefix("day=") for part in parts]
    return pa.table(
        {
            "place": pa.array(range(len(parts)), pa.int64()),
            "file_number": pa.array([int(number) for number, _ in places], pa.int64()),
            "start": pa.array([int(start) for _, start in places], pa.int64()),
            "day": pa.array(days, pa.string()),
        }
    )
