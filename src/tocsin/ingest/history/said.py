# SPDX-License-Identifier: Apache-2.0
"""What is rebuilt, and where all that is said of it goes: one table of cells, whatever their source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tocsin.core.settings.inputs import RegistrySettings
from tocsin.core.tables.table import Table
from tocsin.ingest.register_columns import Shape
from tocsin.store.engine import Engine
from tocsin.store.query import literal, quote

PACKAGE = "tocsin.ingest.history"
PRESENT = "present"
"""The cell that says whether a local id stands in the table at all."""
OF_THEIRS = "original."
BEFORE, TOLD, SEEN = 0, 1, 2
"""Turns of one instant: what was so until then, what is told of it, what a copy of it shows."""

LOOSE = """create or replace temp macro history_alike(name, value) as case
    when name = 'sex' then case
        when lower(value) in ('1', 'm', 'h', 'male', 'homme', 'masculin') then 'm'
        when lower(value) in ('2', 'f', 'w', 'female', 'femme', 'féminin') then 'f'
        else lower(value)
    end
    when name = 'phone' then right(regexp_replace(value, '[^0-9]', '', 'g'), 9)
    when name in ('family_name', 'used_name', 'given_names', 'address', 'email')
        then regexp_replace(lower(strip_accents(value)), '[^a-z0-9]', '', 'g')
    when name = 'nir' then left(replace(value, ' ', ''), 13)
    else value
end"""
"""When a message and a copy say the same of a column, however either spells it."""

NO_CELLS = """select null::varchar as key, null::varchar as name, null::timestamptz as said_at,
    0::bigint as turn, 0::bigint as place, false as is_change, null::varchar as value, null::varchar as alike,
    0::bigint as source, null::timestamptz as stamp_of
where false"""
"""stamp_of: of what a row's own dates say, the date of the copy in which they stand."""

NO_COPIES = "select 0::bigint as source, null::timestamptz as said_at, null::varchar as label where false"
NO_STREAMS = """select null::varchar as name, null::timestamptz as since, null::timestamptz as until
where false"""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A registry or a table of records whose past is rebuilt."""

    name: str
    table: Table
    shape: Shape
    columns: Mapping[str, str | list[str]]
    """Ours = theirs, of its extract."""

    names: tuple[str, ...]
    """What is told of each local id, beside that it is there: columns of ours, `original.<theirs>`."""

    twins: Mapping[str, str]
    """Columns of theirs that ours hold as they are: theirs = ours. They are told once, as ours."""

    originals: Sequence[str]
    zone: str
    folder: Path
    registries: Sequence[RegistrySettings]
    extract: frozenset[Path]
    """The files of its extract."""

    as_of: datetime

    @property
    def key(self) -> str:
        """person or record."""
        return self.shape.key


def start_said(engine: Engine) -> None:
    """Make what sources add to: cells, copies, and the columns and times that streams tell whole."""
    engine.run(LOOSE)
    engine.create("history_said", NO_CELLS)
    engine.create("history_copies", NO_COPIES)
    engine.create("history_streams", NO_STREAMS)


def cells_sql(rebuilt: Rebuilt, rows: str, names: Sequence[str]) -> str:
    """Cells (key, name, value, alike) of rows in columns of ours, beside what else the rows have."""
    told = [f"{{'name': {literal(name)}, {_value(name)}}}" for name in names]
    return (
        f"select s.* exclude (cell), cell.name, cell.value, cell.alike from (\n"
        f"    select {quote(rebuilt.key)} as key, * exclude ({_columns(rebuilt)}),\n"
        f"        unnest([{', '.join(told)}]) as cell\n"
        f"    from ({rows})\n) as s"
    )


def _value(name: str) -> str:
    if name == PRESENT:
        return "'value': 'true', 'alike': null"
    if name.startswith(OF_THEIRS):
        path = literal('$."' + name.removeprefix(OF_THEIRS).replace("\\", "\\\\").replace('"', '\\"') + '"')
        held = f"nullif(json_extract(original, {path})::varchar, 'null')"
        return f"'value': {held}, 'alike': json_extract_string(original, {path})"
    text = f"{quote(name)}::varchar"
    return f"'value': {text}, 'alike': history_alike({literal(name)}, {text})"


def _columns(rebuilt: Rebuilt) -> str:
    """All of ours, as `register_sql` gives them."""
    parts = ("address_lines", "postcode", "city", "country")
    ours = [name for name in rebuilt.shape.known if name not in parts]
    return ", ".join(map(quote, [*ours, "original", "doubts", "stands_in"]))
