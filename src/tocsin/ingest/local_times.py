# SPDX-License-Identifier: Apache-2.0
"""Local times around the Sundays on which clocks change: the hour that comes twice, the one that never comes.

Where the lines of a stretch go on in time but for one step back, the step tells the first pass from the
second (flag `hour_by_order`); else the later reading is written and the event is flagged `hour_twice`: it may
be an hour older. An hour that never came is no time: set aside. The time of a record that is no event is not
known in the hour that came twice: nothing stands beside it to tell the pass. Only times without a zone of
their own are looked at, and only the few records within three hours of a change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.core.errors import TocsinError
from tocsin.ingest.clocks import BY_ORDER, JITTER, NO_SUCH_TIME, TWICE, Numbers
from tocsin.ingest.interface import Extraction, LocalReading, LogFormat, ReadOptions

Read = Callable[[Extraction, pa.Table], pa.Table]
"""Rows of the one statement from an extraction and records."""

NEAR = 3 * 3_600_000_000
"""Microseconds around a change that are looked at: more than any change is long."""

YEARS = (1990, 2060)
NO_TIME = "no_time"
HOUR = 3_600_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a zone's clocks; offsets from UTC and the instant, in microseconds."""

    at: int
    before: int
    after: int


def with_local_reading(form: LogFormat, options: ReadOptions) -> Extraction:
    """The format's extraction, able to tell local times apart where the zone given has changes."""
    extraction = form.extraction(options)
    mapping = options.mapping
    zone = options.zone or (mapping.zone if mapping is not None else None)
    if zone is None or not changes_of(zone):
        return extraction
    bare = None if mapping is None else msgspec.structs.replace(mapping, zone=None)
    try:
        without = form.extraction(replace(options, zone=None, mapping=bare))
        as_utc = form.extraction(replace(options, zone="UTC"))
    except TocsinError:  # a format that cannot do without a zone
        return extraction
    return replace(extraction, local=LocalReading(zone, _times_only(without), _times_only(as_utc)))


def _times_only(extraction: Extraction) -> Extraction:
    columns = {"occurred_at": extraction.columns["occurred_at"]}
    return replace(extraction, columns=columns, flags=(), salvage=None, learn=None)


@cache
def changes_of(zone: str) -> tuple[Change, ...]:
    """The changes of a zone, in order; none for a zone that nobody knows or whose clocks never change."""
    try:
        clock = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return ()
    found = []
    day = datetime(YEARS[0], 1, 1, tzinfo=UTC)
    while day.year < YEARS[1]:
        following = day + timedelta(days=1)
        if _offset(clock, day) != _offset(clock, following):
            found.append(_change_between(clock, day, following))
        day = following
    return tuple(found)


def _change_between(clock: ZoneInfo, low: datetime, high: datetime) -> Change:
    """The one change between two instants, to the second."""
    before, after = _offset(clock, low), _offset(clock, high)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if _offset(clock, middle) == before else (low, middle)
    return Change((high - _EPOCH) // _TICK, before // _TICK, after // _TICK)


def _offset(clock: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(clock).utcoffset() or timedelta()


def settle_local_times(read: Read, local: LocalReading, records: pa.Table, rows: pa.Table) -> pa.Table:
    """The rows, their local times settled, flagged or refused; every row keeps its place."""
    times = rows.column("occurred_at").cast(pa.int64()).fill_null(0).to_numpy()
    is_event = pc.equal(rows.column("fate"), "event").to_numpy()
    changes = changes_of(local.zone)
    rows = _without_twice(rows, times, ~is_event, changes)
    near = _near(times, is_event, np.array([change.at for change in changes]))
    if not len(near):
        return rows
    texts = _picked(records, _places_of(rows.take(near), records))
    walls, is_local = _walls(read, local, texts)
    marks = _Marks(times.copy(), near, walls, is_local)
    for change in changes:
        marks.settle(change)
    return marks.written(rows, texts)


def _without_twice(
    rows: pa.Table, times: Numbers, is_other: npt.NDArray[np.bool_], changes: tuple[Change, ...]
) -> pa.Table:
    """The rows where those that are no events have no time in an hour that came twice, in either pass."""
    column = rows.column("occurred_at")
    places = np.flatnonzero(is_other & column.is_valid().to_numpy())
    unknown = np.zeros(rows.num_rows, np.bool_)
    for change in changes if len(places) else ():
        longer = change.before - change.after
        unknown[places] |= (times[places] >= change.at - longer) & (times[places] < change.at + longer)
    if not unknown.any():
        return rows
    known = pc.if_else(pa.array(unknown), pa.scalar(None, column.type), column)
    return _with(rows, "occurred_at", known)


def _near(times: Numbers, is_event: npt.NDArray[np.bool_], changes: Numbers) -> Numbers:
    """Places of the events near a change."""
    following = np.minimum(np.searchsorted(changes, times), len(changes) - 1)
    earlier = np.maximum(following - 1, 0)
    distance = np.minimum(np.abs(changes[following] - times), np.abs(times - changes[earlier]))
    return np.flatnonzero(is_event & (distance <= NEAR))


def _places_of(rows: pa.Table, records: pa.Table) -> Numbers:
    """Where each row stands in another table of the same records, by its offset."""
    known, wanted = _offsets(records), _offsets(rows)
    order: Numbers = np.argsort(known, kind="stable")
    places: Numbers = order[np.searchsorted(known, wanted, sorter=order)]
    return places


def _picked(records: pa.Table, places: Numbers) -> pa.Table:
    """Some of the records; Arrow cannot pick from string views."""
    views = [field.name for field in records.schema if pa.types.is_string_view(field.type)]
    for name in views:
        records = _with(records, name, records.column(name).cast(pa.large_string()))
    return records.take(pa.array(places))


def _offsets(rows: pa.Table) -> Numbers:
    offsets: Numbers = pc.add(rows.column("byte_offset"), rows.column("item")).to_numpy()
    return offsets


def _walls(read: Read, local: LocalReading, texts: pa.Table) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """The local time of each record, in microseconds, and whether it carries no zone of its own."""
    bare, as_utc = read(local.without_zone, texts), read(local.as_utc, texts)
    zoneless = pc.equal(bare.column("reason"), "no_zone").to_numpy()[_places_of(texts, bare)]
    walls = as_utc.column("occurred_at").cast(pa.int64()).fill_null(0).to_numpy()
    return walls[_places_of(texts, as_utc)], zoneless


class _Marks:
    """What is found of the rows near changes, one change after another."""

    def __init__(
        self, times: Numbers, near: Numbers, walls: Numbers, is_local: npt.NDArray[np.bool_]
    ) -> None:
        self.times = times
        self.near = near
        self.walls = walls
        self.is_local = is_local
        self.flags: dict[str, list[Numbers]] = {TWICE: [], BY_ORDER: []}
        self.refused: dict[str, list[Numbers]] = {NO_SUCH_TIME: [], NO_TIME: []}

    def settle(self, change: Change) -> None:
        """The local times that this change makes come twice, or never."""
        low, high = sorted((change.at + change.before, change.at + change.after))
        within = np.flatnonzero(self.is_local & (self.walls >= low) & (self.walls < high))
        if not len(within):
            return
        if change.after > change.before:
            self.refused[NO_SUCH_TIME].append(within)
        else:
            self._settle_twice(change, within)

    def _settle_twice(self, change: Change, within: Numbers) -> None:
        walls = self.walls[within]
        steps = np.flatnonzero(np.diff(walls) < -JITTER) + 1
        told = walls - change.after
        if len(steps) == 1:
            by_order = told.copy()
            by_order[: steps[0]] = walls[: steps[0]] - change.before
            if self._goes_on(change, within, by_order, int(steps[0])):
                self.times[self.near[within]] = by_order
                self.flags[BY_ORDER].append(within)
                return
        if change.before - change.after != HOUR:
            # `hour_twice` says a doubt of one hour: another one cannot be said, so it is no time.
            self.refused[NO_TIME].append(within)
            return
        self.times[self.near[within]] = told
        self.flags[TWICE].append(within)

    def _goes_on(self, change: Change, within: Numbers, told: Numbers, step: int) -> bool:
        """Whether the lines near the change, so read, go on; one rise beside the step proves an order."""
        times = self.times[self.near]
        times[within] = told
        around = np.flatnonzero(np.abs(times - change.at) <= NEAR)
        moves = np.diff(times[around])
        rises = moves > 0
        rises[np.flatnonzero(around == within[step]) - 1] = False
        return bool(np.all(moves >= -JITTER) and rises.any())

    def written(self, rows: pa.Table, texts: pa.Table) -> pa.Table:
        """The rows with what was found."""
        if not any(self.flags.values()) and not any(self.refused.values()):
            return rows
        instants = pa.array(self.times).cast(rows.schema.field("occurred_at").type)
        there = rows.column("occurred_at").is_valid()
        rows = _with(rows, "occurred_at", pc.if_else(there, instants, None))
        for flag, found in self.flags.items():
            if found:
                rows = _with(rows, "flags", _flagged(rows, flag, self.near[np.concatenate(found)]))
        for reason, found in self.refused.items():
            if found:
                places = np.sort(np.concatenate(found))
                rows = _refused(
                    rows, reason, self.near[places], texts.column("record").take(pa.array(places))
                )
        return rows


def _flagged(rows: pa.Table, flag: str, places: Numbers) -> pa.Array:
    """The flags with one more on these rows."""
    flags = rows.column("flags").combine_chunks()
    kind = flags.type
    is_marked = np.zeros(rows.num_rows, np.bool_)
    is_marked[places] = True
    bare = pa.array(is_marked & flags.is_null().to_numpy(zero_copy_only=False))
    found = pc.if_else(bare, pa.scalar([flag], kind), flags)
    others = np.flatnonzero(is_marked & flags.is_valid().to_numpy(zero_copy_only=False))
    if not len(others):
        return found
    both = pa.array([[*old, flag] for old in flags.take(pa.array(others)).to_pylist()], kind)
    picked = np.arange(rows.num_rows)
    picked[others] = rows.num_rows + np.arange(len(others))
    return pa.concat_arrays([found, both]).take(pa.array(picked))


def _refused(rows: pa.Table, reason: str, places: Numbers, texts: pa.ChunkedArray) -> pa.Table:
    """The rows with these set aside, in order of their places, as their texts are."""
    mask = np.zeros(rows.num_rows, np.bool_)
    mask[places] = True
    is_refused = pa.array(mask)
    kind = rows.schema.field("text").type
    kept = rows.column("text").combine_chunks()
    rows = _with(rows, "text", pc.replace_with_mask(kept, is_refused, texts.combine_chunks().cast(kind)))
    for name, value in (("fate", "set_aside"), ("reason", reason), ("occurred_at", None)):
        column = rows.column(name)
        rows = _with(rows, name, pc.if_else(is_refused, pa.scalar(value, column.type), column))
    return rows


def _with(rows: pa.Table, name: str, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, column)
