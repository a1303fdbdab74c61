# SPDX-License-Identifier: Apache-2.0
"""Times in logs, as SQL: an instant in UTC, or null; never a guess.

Fractions beyond the microsecond are cut, not rounded (7- and 9-digit fractions exist). A text without a
zone is an instant only when a zone is given. `infinity`, dates alone and impossible times are null.
"""

from __future__ import annotations

from datetime import UTC, datetime

from tocsin.core.errors import SettingsError
from tocsin.core.words import _
from tocsin.store.query import literal

_ZONED = r"'[Tt ]\d{2}:?\d{2}.*([Zz]|[+-]\d{2}(:?\d{2})?)$'"
_TIMED = r"'^\d{4}-?\d{2}-?\d{2}[Tt ]\d{2}:?\d{2}'"
_NAMED = r"' ?(UTC|GMT)$'"
_LOCAL = r"'^\d{4}-?\d{2}-?\d{2}[Tt ]\d{2}:?\d{2}(:?\d{2}([.,]\d+)?)?$'"
_BASIC_DAY = r"'^(\d{4})(\d{2})(\d{2})[Tt ]'"
_BASIC_SECONDS = r"'^(.{10}[Tt ]\d{2})(\d{2})(\d{2})'"
_BASIC_MINUTES = r"'^(.{10}[Tt ]\d{2})(\d{2})([^\d:]|$)'"
_YEARS = (-62_135_596_800_000_000, 253_402_300_799_999_999)
"""Microseconds since 1970 of the years 1 to 9999."""

_EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}


CLF = "%d/%b/%Y:%H:%M:%S %z"
"""As Apache and nginx write a time."""

SYSLOG = "syslog"
_SYSLOG_TIME = r"'^[A-Z][a-z]{2} [ 0-9]?[0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}$'"
_LEAP_YEARS = 8
"""Years back in which a 29 February is found."""


def instant_sql(text: str, kind: str, zone: str | None, before: datetime | None = None) -> str:
    """A TIMESTAMPTZ expression from a text expression.

    kind is `iso8601`, `epoch_*`, `clf`, `syslog` (RFC 3164: no year, so `before` must be given), `any` of
    these, or a strptime pattern.
    """
    if kind == "any":
        return _any_sql(text, zone, before)
    if kind == SYSLOG:
        return _yearless_sql(text, zone, before)
    if kind == "iso8601":
        return _iso_sql(text, zone)
    if kind in _EPOCHS:
        return f"make_timestamptz({_epoch_sql(text, _EPOCHS[kind])})"
    return _pattern_sql(text, CLF if kind == "clf" else kind, zone)


def _any_sql(text: str, zone: str | None, before: datetime | None) -> str:
    return (
        f"case when {text} like '____-__-__%' then {_iso_sql(text, zone)} "
        f"when regexp_full_match({text}, '[0-9]{{1,11}}([.][0-9]+)?') "
        f"then {instant_sql(text, 'epoch_s', zone)} "
        f"when {text} like '__/___/____:%' then {_pattern_sql(text, CLF, zone)} "
        f"else {_yearless_sql(text, zone, before)} end"
    )


def _pattern_sql(text: str, kind: str, zone: str | None) -> str:
    if "%" not in kind:
        raise SettingsError(
            _("'{kind}' is not a way to read a time."),
            do=_("Use iso8601, epoch_s, epoch_ms, epoch_us or a strptime pattern."),
            kind=kind,
        )
    if "%z" in kind or "%Z" in kind:
        return f"try_cast(try_strptime({text}, {literal(kind)}) as timestamptz)"
    if zone is None:
        return "null::timestamptz"
    return f"(try_strptime({text}, {literal(kind)}) at time zone {literal(zone)})"


def zoneless_sql(text: str, kind: str, zone: str | None, before: datetime | None = None) -> str:
    """True where the text is a time without a zone and none was given."""
    if kind == "any":
        return f"({zoneless_sql(text, 'iso8601', zone)} or {zoneless_sql(text, SYSLOG, zone, before)})"
    if zone is not None or kind in _EPOCHS or kind == "clf" or "%z" in kind or "%Z" in kind:
        return "false"
    if kind == "iso8601":
        return f"regexp_matches({text}, {_LOCAL})"
    if kind == SYSLOG:
        return f"coalesce(regexp_matches({text}, {_SYSLOG_TIME}), false)"
    return f"(try_strptime({text}, {literal(kind)}) is not null)"


def _yearless_sql(text: str, zone: str | None, before: datetime | None) -> str:
    """The latest such time before the instant that was given; without it, or a zone, there is none."""
    if zone is None or before is None:
        return "null::timestamptz"
    is_leap = f"starts_with({text}, 'Feb 29')"
    latest = _latest_sql(text, zone, before, 2)
    return (
        f"case when not regexp_matches({text}, {_SYSLOG_TIME}) then null "
        f"when {is_leap} then {_latest_sql(text, zone, before, _LEAP_YEARS)} else {latest} end"
    )


def _latest_sql(text: str, zone: str, before: datetime, years: int) -> str:
    """Of the years that end with the one after (a zone may be ahead of UTC), the latest that is before."""
    spaced = f"regexp_replace({text}, ' +', ' ', 'g')"
    instants = ", ".join(
        f"(try_strptime({spaced} || ' {year}', '%b %d %H:%M:%S %Y') at time zone {literal(zone)})"
        for year in range(before.year + 1, before.year - years, -1)
    )
    limit = f"timestamptz {literal(before.astimezone(UTC).isoformat())}"
    return f"list_max(list_filter([{instants}], lambda year: year < {limit}))"


def yearless_sql(text: str, kind: str, before: datetime | None) -> str:
    """True where the text is a time without a year and nothing tells which."""
    if before is not None or kind not in ("any", SYSLOG):
        return "false"
    return f"coalesce(regexp_matches({text}, {_SYSLOG_TIME}), false)"


def _epoch_sql(text: str, unit: int) -> str:
    """Microseconds since 1970, where they are of the years 1 to 9999."""
    number = f"try_cast({text} as decimal(28, 9))"
    first, last = _YEARS
    return (
        f"case when {number} between {first // unit} and {last // unit} "
        f"then cast(trunc({number} * {unit}) as bigint) end"
    )


def _iso_sql(text: str, zone: str | None) -> str:
    zoned = f"try_cast({_extended_sql(text)} as timestamptz)"
    unnamed = f"regexp_replace({text}, {_NAMED}, 'Z')"
    named = f"try_cast({_extended_sql(unnamed)} as timestamptz)"
    if zone is None:
        local = "null"
    else:
        bare = f"try_cast({_extended_sql(text)} as timestamp) at time zone {literal(zone)}"
        local = f"case when regexp_matches({text}, {_LOCAL}) then {bare} end"
    return (
        f"case when {_usual_sql(text)} then try_cast({text} as timestamptz) "
        f"when not regexp_matches({text}, {_TIMED}) then null "
        f"when regexp_matches({text}, {_ZONED}) then {zoned} "
        f"when regexp_matches({text}, {_NAMED}) then {named} else {local} end"
    )


def _extended_sql(text: str) -> str:
    """A time in the extended form of ISO 8601, with a point: of the basic one (20240301T091000Z) too."""
    day = f"regexp_replace({text}, {_BASIC_DAY}, '\\1-\\2-\\3T')"
    seconds = f"regexp_replace({day}, {_BASIC_SECONDS}, '\\1:\\2:\\3')"
    basic = f"regexp_replace({seconds}, {_BASIC_MINUTES}, '\\1:\\2\\3')"
    return f"replace(case when {text} like '____-__-___%:%' then {text} else {basic} end, ',', '.')"


def _usual_sql(text: str) -> str:
    """Whether a text has the shape that nearly all have, which is told without a regular expression.

    What is of this shape and can be cast is of the shapes below too: their answer is the same. (A cast takes
    white space before a day, an hour or a minute: the shapes below do not.)
    """
    shapes = " or ".join(f"{text} like '____-__-__T__:__:__%{zone}'" for zone in ("Z", "+__:__", "-__:__"))
    is_plain = f"not regexp_matches({text}, '[^0-9T:.Z+-]') and {text} >= '0' and {text} < ':'"
    return f"({shapes}) and {is_plain}"
