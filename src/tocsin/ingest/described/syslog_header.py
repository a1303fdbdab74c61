# SPDX-License-Identifier: Apache-2.0
"""The syslog header before a line, as files and the wire have it: taken off, its facts kept as values.

RFC 3164 (`Oct 11 22:14:15 host prog[7]: …`), RFC 5424 (`<34>1 2003-10-11T22:14:15Z host prog 7 ID - …`) and
what rsyslog and journald write to files (`2003-10-11T22:14:15.003+02:00 host prog[7]: …`). A program that
writes to a socket itself (HAProxy, the C library) says no host.
"""

from __future__ import annotations

from tocsin.store.query import literal

HEADER_VALUES = ("priority", "logged_at", "host", "program", "process")
"""`logged_at` is a text for the kinds `any` and `syslog` of times."""

_WHEN = r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*"
_GROUPS = ("whole_", "priority", "new", "logged_at", "host", "program", "process", "message")
_OLD = (
    rf"((?:<(\d{{1,3}})>)?()({_WHEN}) "
    r"(?:(\S*[^\s:]) )?([^\s\[\]:]+)(?:\[(\d+)\])?: ?(.*))"
)
_NEW = (
    r"(<(\d{1,3})>([1-9]\d{0,2}) (\S+) (\S+) (\S+) (\S+) \S+ "
    r"(?:-|(?:\[(?:[^\]\"\\]|\\.|\"(?:[^\"\\]|\\.)*\")*\])+)(?: \x{feff}?(.*))?)"
)
_USUAL_GROUPS = ("logged_at", "host", "program", "process")
_USUAL = rf"({_WHEN}) ([^\s:]+) ([^\s\[\]:]+)(?:\[(\d+)\])?:"
"""What nearly all lines of the old form begin with. RE2 reads an expression of four groups at most, of which
each next sign says where it stands, in one pass: three times as fast as the whole header at once. Where this
one matches, that one gives the same."""


def header_sql(*, must: bool) -> str:
    """`records` with the header's values and the `message` behind it.

    Without a header the whole record is the message; where there must be one, there is then no message.
    """
    otherwise = "null" if must else "record"
    values = ",\n    ".join(f"nullif({_value_sql(name)}, '-') as {name}" for name in HEADER_VALUES)
    return f"""
select
    * exclude (u, h),
    {values},
    case
        when u.program <> '' then {_behind_usual_sql()}
        when h.whole_ <> '' then h.message
        else {otherwise}
    end as message
from (
    select
        *,
        case
            when u.program <> '' then null
            when regexp_matches(record, '^<[0-9]{{1,3}}>[1-9][0-9]{{0,2}} ')
            then {_extracted_sql(_NEW, _GROUPS)}
            else {_extracted_sql(_OLD, _GROUPS)}
        end as h
    from (
        select
            *,
            {_extracted_sql(_USUAL, _USUAL_GROUPS, end="")} as u
        from records
    )
)"""


def _extracted_sql(pattern: str, groups: tuple[str, ...], end: str = "$") -> str:
    names = ", ".join(literal(name) for name in groups)
    return f"regexp_extract(record, {literal(f'^{pattern}{end}')}, [{names}], 's')"


def _value_sql(name: str) -> str:
    whole = f"nullif(h.{name}, '')"
    return f"coalesce(nullif(u.{name}, ''), {whole})" if name in _USUAL_GROUPS else whole


def _behind_usual_sql() -> str:
    """What follows the colon, and one space where there is one."""
    lengths = " + ".join(f"length(u.{name})" for name in _USUAL_GROUPS)
    end = f"{lengths} + case when u.process <> '' then 5 else 3 end"
    rest = f"substr(record, {end} + 1)"
    return f"case when starts_with({rest}, ' ') then substr(record, {end} + 2) else {rest} end"
