# SPDX-License-Identifier: Apache-2.0
"""Sentences on clocks and witnesses: plain text of one language, empty when there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tocsin.core.words import Words, _
from tocsin.report.reading import FileTimes, Report, Skew

SECOND: Final = 1_000_000


def duration(words: Words, microseconds: int) -> str:
    """`-3.5 s`, to the millisecond."""
    return words.text(_("{seconds} s"), seconds=words.number(round(microseconds / SECOND, 3)))


def skew_line(words: Words, skew: Skew) -> str:
    """How far one source's times are later than another's, from how many acts."""
    said = words.text(
        _(
            "{other} writes {median} after {source} (nine times in ten between {low} and {high}; "
            "{pairs} acts told by both, over {days} days)"
        ),
        other=skew.other,
        source=skew.source,
        median=duration(words, skew.median_us),
        low=duration(words, skew.p05_us),
        high=duration(words, skew.p95_us),
        pairs=skew.pairs,
        days=skew.days,
    )
    if skew.most_day_us == skew.least_day_us:
        return said
    drift = words.text(
        _("from day to day: {low} to {high}"),
        low=duration(words, skew.least_day_us),
        high=duration(words, skew.most_day_us),
    )
    return f"{said} · {drift}"


def file_lines(words: Words, report: Report) -> list[str]:
    """Files whose times do not go on as their lines do."""
    return [line for one in report.clocks.files if (line := _file_line(words, one))]


def _file_line(words: Words, times: FileTimes) -> str:
    said = "; ".join(_faults(words, times))
    return words.text(_("{file}: {said}"), file=times.file or times.source, said=said) if said else ""


def _faults(words: Words, times: FileTimes) -> Iterator[str]:
    if times.steps_back:
        yield words.plural(
            "times go back once, by {largest} at most (line {line})",
            "times go back {n} times, by {largest} at most (line {line})",
            times.steps_back,
            largest=duration(words, times.largest_us or 0),
            line=times.largest_line or 0,
        )
    if times.late:
        yield words.plural("one event written late", "{n} events written late", times.late)
    if times.told_apart:
        yield words.plural(
            "one event of the hour that came twice, placed by the order of lines",
            "{n} events of the hour that came twice, placed by the order of lines",
            times.told_apart,
        )
    if times.hour_twice:
        yield words.plural(
            "one event of the hour that came twice may be an hour older",
            "{n} events of the hour that came twice may be an hour older",
            times.hour_twice,
        )
    if times.no_such_time:
        yield words.plural(
            "one record at an hour that never came, set aside",
            "{n} records at an hour that never came, set aside",
            times.no_such_time,
        )
