# SPDX-License-Identifier: Apache-2.0
"""Lines of a W3C extended log, each with where its header says that its fields stand.

A header (`#Fields:`) may come anew in mid-file with other fields, and a log whose fields have no date says it
in `#Date:` alone. Each record gets the places of its fields, the names of its header, and a date if its
fields have none: the header's, and a day more each time that the clock falls back from evening to morning.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.ingest.interface import Cutter, Sample
from tocsin.ingest.read.lines import LinesCutter

_NAMES = (
    "date time c-ip c-port cs-username cs-method cs-uri-stem cs-uri-query sc-status sc-substatus "
    "sc-win32-status sc-bytes cs-bytes time-taken cs(user-agent) cs(referer) cs-host s-computername "
    "s-sitename s-ip s-port cs-version x-session x-fullpath x-edge-request-id x-forwarded-for x-host-header"
)
NAMES = tuple(_NAMES.split(" "))
"""Fields that are looked up, in lower case."""

_SAME = {"cs(host)": "cs-host", "cs(x-forwarded-for)": "x-forwarded-for"}

HALF_A_DAY = 12 * 60 * 60
_DATE = re.compile(r"#Date:\s*(\d{4}-\d\d-\d\d)")
_TIME = re.compile(r"\d\d:\d\d:\d\d")

Numbers = npt.NDArray[np.int64]


def column_of(name: str) -> str:
    """The record's column that holds the place of a field, counted from 1; 0 where it has none."""
    return "at_" + re.sub(r"\W+", "_", name).strip("_")


def fields_of(line: str) -> tuple[str, ...]:
    """The names on a `#Fields:` line, in lower case; none on any other."""
    if line[:8].lower() != "#fields:":
        return ()
    return tuple(_SAME.get(name, name) for name in line[8:].lower().split())


class W3cCutter(Cutter):
    """One record a line, headers included, with more columns than RECORDS."""

    continues = True

    def __init__(self, sample: Sample) -> None:
        self._lines = LinesCutter()
        # What a file that is continued begins under: there is no other header in it, else it is read anew.
        self._first = next((found for line in sample.lines if (found := fields_of(line))), ())
        self._headers: list[tuple[str, ...]] = [()]
        self._date: dt.date | None = None
        self._second = 0

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`."""
        if start_byte:
            self._headers.append(self._first)
        last = start_byte
        for batch in self._lines.cut(blocks, start_byte, start_line):
            last = batch.column("byte_offset")[-1].as_py()
            yield self._with_header(batch)
        self.complete_bytes, self.complete_lines = self._lines.complete_bytes, self._lines.complete_lines
        if set(self._headers[1:]) - {self._first} or "date" not in self._headers[-1]:
            self.complete_bytes = min(self.complete_bytes, last)

    def _with_header(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        texts = batch.column("record").cast(pa.string())
        at = np.flatnonzero(pc.starts_with(texts, "#").to_numpy(zero_copy_only=False))
        headers = np.full(len(texts), len(self._headers) - 1, np.int64)
        dates: list[str | None] = [None] * len(texts)
        start = 0
        for place in [*at.tolist(), len(texts)]:
            headers[start:place] = len(self._headers) - 1
            self._tell_dates(texts, dates, start, place)
            if place < len(texts):
                self._read_directive(texts[place].as_py())
            start = place
        return self._joined(batch, headers, dates)

    def _read_directive(self, line: str) -> None:
        if found := _DATE.match(line):
            self._date = _as_date(found[1])
            time = _TIME.search(line, found.end())
            self._second = _seconds(time[0]) if time else 0
        if fields := fields_of(line):
            self._headers.append(fields)

    def _tell_dates(self, texts: pa.Array, dates: list[str | None], start: int, stop: int) -> None:
        """The dates of records whose fields have none: rare, so they are gone through one by one."""
        fields = self._headers[-1]
        if not fields or "date" in fields or "time" not in fields:
            return
        place = fields.index("time")
        for number in range(start, stop):
            words = texts[number].as_py().split()
            if self._date is None or len(words) <= place or not _TIME.fullmatch(words[place]):
                continue
            second = _seconds(words[place])
            if second + HALF_A_DAY < self._second:
                self._date += dt.timedelta(days=1)
            self._second = second
            dates[number] = self._date.isoformat()

    def _joined(self, batch: pa.RecordBatch, headers: Numbers, dates: list[str | None]) -> pa.RecordBatch:
        places = np.array([[_place(fields, name) for name in NAMES] for fields in self._headers], np.int16)
        odd = [" ".join(fields) if set(fields) - set(NAMES) else None for fields in self._headers]
        columns: dict[str, pa.Array] = {
            name: batch.column(position) for position, name in enumerate(batch.schema.names)
        }
        columns |= {column_of(name): pa.array(places[headers, at]) for at, name in enumerate(NAMES)}
        columns["field_count"] = pa.array(np.array([len(f) for f in self._headers], np.int16)[headers])
        columns["odd_fields"] = pa.array(odd, pa.string()).take(pa.array(headers))
        columns["header_date"] = pa.array(dates, pa.string())
        return pa.RecordBatch.from_pydict(columns)


def _place(fields: tuple[str, ...], name: str) -> int:
    return fields.index(name) + 1 if name in fields else 0


def _as_date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _seconds(time: str) -> int:
    hours, minutes, seconds = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)
