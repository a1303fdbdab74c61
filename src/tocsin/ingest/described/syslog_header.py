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

_GROUPS = ("whole_", "priority", "new", "logged_at", "host", "program", "process", "message")
_OLD = (
    r"((?:<(\d{1,3})>)?()"
    r"([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*) "
    r"(?:(\S*[^\s:]) )?([^\s\[\]:]+)(?:\[(\d+)\])?: ?(.*))"
)
_NEW = (
    r"(<(\d{1,3})>([1-9]\d{0,2}) (\S+) (\S+) (\S+) (\S+) \S+ "
    r"(?:-|(?:\[(?:[^\]\"\\]|\\.|\"(?:[^\"\\]|\\.)*\")*\])+)(?: \x{feff}?(.*))?)"
)


def header_sql(*, must: bool) -> str:
    """`records` with the header's values and the `message` behind it.

    Without a header the whole record is the message; where there must be one, there is then no message.
    """
    names = ", ".join(literal(name) for name in _GROUPS)
    old = f"regexp_extract(record, {literal(f'^{_OLD}$')}, [{names}], 's')"
    new = f"regexp_extract(record, {literal(f'^{_NEW}$')}, [{names}], 's')"
    otherwise = "null" if must else "record"
    values = ",\n    ".join(f"nullif(nullif(h.{name}, ''), '-') as {name}" for name in HEADER_VALUES)
    return f"""
select
    * exclude (h),
    {values},
    case when h.whole_ <> '' then h.message else {otherwise} end as message
from (
    select
        *,
        case
            when regexp_matches(record, '^<[0-9]{{1,3}}>[1-9][0-9]{{0,2}} ') then {new}
            else {old}
        end as h
    from records
)"""
