# SPDX-License-Identifier: Apache-2.0
"""A format whose records stand in envelopes: cut as the export is, opened, then read as if bare.

A record's place is that of its envelope, so that an event leads back to the exported bytes. What else the
envelope holds stays in `detail`, under `envelope`. Opening is one statement for a chunk.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa

from tocsin.core.errors import Sentence
from tocsin.ingest.envelopes.opening import Shape
from tocsin.ingest.fields import cells_sql
from tocsin.ingest.interface import Carry, Confidence, Cutter, Extraction, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.csv_rows import CsvCutter, CsvShape
from tocsin.ingest.read.json_values import JsonCutter
from tocsin.ingest.read.lines import LinesCutter
from tocsin.store.engine import Engine
from tocsin.store.query import literal, load_query

_engines = threading.local()
SPACES = "' ' || chr(9) || chr(10) || chr(13)"


class Enveloped(LogFormat):
    """A native format within an export."""

    def __init__(self, inner: LogFormat, shape: Shape) -> None:
        self.inner = inner
        self.shape = shape
        self.name = f"{inner.name} in {shape.name}"
        self.title = inner.title
        self.proof = inner.proof

    def sniff(self, sample: Sample) -> Confidence:
        """That of what stands within."""
        return self.inner.sniff(sample)

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """That of the export."""
        del sample, options
        if self.shape.header:
            return CsvCutter(CsvShape(self.shape.delimiter, '"', "utf-8", len(self.shape.header)))
        return JsonCutter() if self.shape.is_list else LinesCutter()

    def extraction(self, options: ReadOptions) -> Extraction:
        """The inner one, over opened records: what could not be opened is told first."""
        inner = self.inner.extraction(options)
        return replace(
            inner,
            parsed=_with_envelopes_sql(inner.parsed),
            hopeful=None,
            learn=None,
            columns={**inner.columns, "detail": _detail_sql(inner.columns.get("detail", "null::varchar"))},
            broken=f"case when mark = 'no_record' then false else {inner.broken} end",
            set_aside=f"case when mark = 'no_record' then mark else {inner.set_aside} end",
            non_event="case mark when 'header' then 'header' when 'preview' then 'duplicate_record' "
            f"else {inner.non_event} end",
            salvage=None if inner.salvage is None else _salvage_within(inner.salvage),
        )

    def convert(self, records: pa.Table) -> pa.Table:
        """Open the envelopes; then what the inner format does."""
        if not hasattr(_engines, "own"):
            _engines.own = Engine(memory="1GiB", threads=1)
        engine: Engine = _engines.own
        engine.register("records", records)
        try:
            opened = engine.table(self._opened_sql())
        finally:
            engine.unregister("records")
        return self.inner.convert(opened.combine_chunks())

    def carries(self) -> tuple[Carry, ...]:
        """Those of what stands within."""
        return self.inner.carries()

    def warnings(self, sample: Sample) -> list[tuple[str, Sentence]]:
        """None: the sample is the export's."""
        del sample
        return []

    def _opened_sql(self) -> str:
        found = _csv_sql(self.shape) if self.shape.header else _json_sql(self.shape)
        return load_query("tocsin.ingest", "opened_envelopes").sql.replace("from found", f"from ({found})")


def _with_envelopes_sql(parsed: str) -> str:
    """The inner format's rows, in order, each with `envelope_of`.

    A format may keep no column that it does not know; what is read anew, less what a break took, has none.
    """
    return f"""
    select
        inside.*,
        outside.envelope as envelope_of
    from ({parsed}
    ) as inside
    left join (
        select
            byte_offset,
            item,
            envelope
        from (
            select * from records
            union all by name
            select null::varchar as envelope where false
        )
    ) as outside
        on outside.byte_offset = inside.byte_offset
        and outside.item = inside.item
    order by
        inside.byte_offset,
        inside.item"""


def _json_sql(shape: Shape) -> str:
    """Rows with `outer_fields`, `inner_text`, and the states that are known without them."""
    path = literal("$." + ".".join(json.dumps(key, ensure_ascii=False) for key in shape.keys))
    patch: object = None
    for key in reversed(shape.keys):
        patch = {key: patch}
    rest = f"json_merge_patch(json_text, {literal(json.dumps(patch, ensure_ascii=False))})"
    return f"""
    select
        *,
        json_type(value) as value_type,
        case when is_object then {rest}::varchar end as outer_fields,
        case json_type(value)
            when 'VARCHAR' then json_extract_string(value, '$')
            when 'OBJECT' then value::varchar
            when 'ARRAY' then value::varchar
        end as inner_text,
        false as is_header,
        case
            when is_object then coalesce(json_extract_string(json_text, '$.preview') = 'true', false)
            else false
        end as is_preview
    from (
        select
            *,
            coalesce(try(json_type(json_text)) = 'OBJECT', false) as is_object,
            case when coalesce(try(json_type(json_text)) = 'OBJECT', false)
                then json_extract(json_text, {path}) end as value
        from (
            select
                *,
                case
                    when mark = 'bad_encoding'
                        then regexp_replace(record, '\\\\x([0-9a-f]{{2}})', '\\\\\\\\x\\1', 'g')
                    else record
                end as json_text
            from records
        )
    )"""


def _csv_sql(shape: Shape) -> str:
    """As `_json_sql`, for rows of cells."""
    number = shape.header.index(shape.keys[0]) + 1
    pairs = ", ".join(
        f"{literal(name)}, cells[{place}]"
        for place, name in enumerate(shape.header, start=1)
        if place != number
    )
    named = ", ".join(literal(name) for name in shape.header)
    return f"""
    select
        *,
        len(cells) = {len(shape.header)} as is_object,
        json_object({pairs})::varchar as outer_fields,
        cells[{number}] as inner_text,
        cells = [{named}] as is_header,
        false as is_preview
    from (
        select *, {cells_sql(shape.delimiter, '"')} as cells
        from records
    )"""


def _detail_sql(detail: str) -> str:
    """The inner detail with one member more."""
    inner = f"rtrim({detail}, {SPACES})"
    member = "'\"envelope\":' || envelope_of || '}'"
    return f"""case
        when envelope_of is null then {detail}
        when coalesce({detail}, '') in ('', '{{}}') or right({inner}, 1) <> '}}' then '{{' || {member}
        else left({inner}, length({inner}) - 1) || ',' || {member}
    end"""


def _salvage_within(salvage: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Nothing is read of what may be a broken envelope: its keys are not the record's."""

    def salvaged(text: str) -> str | None:
        return None if text.lstrip().startswith(("{", "[")) else salvage(text)

    return salvaged
