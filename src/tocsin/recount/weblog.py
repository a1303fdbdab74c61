# SPDX-License-Identifier: Apache-2.0
"""Access logs of web servers in the common and combined formats (Apache httpd, nginx).

Of a line cut in the middle it gives the tokens that were closed before the break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote_to_bytes

from tocsin.recount.cutting import Record, cut_lines
from tocsin.recount.mapping import COLUMNS, Columns
from tocsin.recount.values import canonical_address, number_of

QUOTED = r'"((?:[^"\\]|\\.)*)"'
LINE = re.compile(
    rf"(\S+) (\S+) (.+?) \[([^\]]*)\] {QUOTED} (\d{{3}}|-) (\d+|-)(?: {QUOTED} {QUOTED})?(?: .*)?\Z"
)
BEGINNING = re.compile(r"(\S+) (?:(\S+) (?:(\S+) (?:\[([^\]]*)\])?)?)?")
TIME = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\Z")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
VERBS = {
    "GET": "read",
    "HEAD": "read",
    "POST": "create",
    "PUT": "update",
    "PATCH": "update",
    "DELETE": "delete",
}
REQUEST = re.compile(r"([A-Z]+) (\S+)(?: HTTP/[\d.]+)?\Z")
ESCAPED = re.compile(rb"\\x([0-9A-Fa-f]{2})")


def looks_like_web(body: bytes) -> bool:
    """Whether most of the first lines are of the common or combined format."""
    lines = [record.text for record, _ in zip(cut_lines(body), range(50), strict=False)]
    filled = [line for line in lines if line.strip()]
    return sum(LINE.match(line) is not None for line in filled) * 2 > len(filled)


def cut_web(body: bytes) -> Iterator[Record]:
    for record in cut_lines(body):
        if record.non_event is None and record.text.startswith("#"):
            yield Record(record.line, 0, record.text, record.text, non_event="comment")
        elif record.non_event is None and not LINE.match(record.text):
            yield Record(record.line, 0, record.text, record.text, whole=False, problem="broken")
        else:
            yield record


def read_web_columns(record: Record) -> tuple[Columns, str | None]:
    if not record.whole:
        return _read_beginning(record.text), None
    match = LINE.match(record.text)
    if match is None:
        return {}, "broken"
    host, _, user, time, request, status, size, _, agent = match.groups()
    occurred_at = _read_time(time)
    columns: Columns = dict.fromkeys(COLUMNS)
    columns.update(
        occurred_at=occurred_at,
        address=canonical_address(_given(host)),
        account=_given(user),
        user_agent=_given(agent),
        status=number_of(status),
        bytes=number_of(size),
        outcome=_outcome(status),
        **_read_request(request),
    )
    return columns, None if occurred_at else "no_time"


def _read_beginning(text: str) -> Columns:
    columns: Columns = {}
    match = BEGINNING.match(text)
    host, _, user, time = match.groups() if match else (None, None, None, None)
    if host is not None:
        columns["address"] = canonical_address(_given(host))
    if user is not None:
        columns["account"] = _given(user)
    if time is not None and (occurred_at := _read_time(time)):
        columns["occurred_at"] = occurred_at
    return columns


def _read_request(request: str) -> dict[str, str | None]:
    match = REQUEST.match(request)
    if match is None:
        return {"action": None, "object": None, "query": None}
    verb, target = match.groups()
    path, mark, query = target.partition("?")
    path = re.sub(r"\Ahttps?://[^/]*", "", path) or "/"
    return {"action": VERBS.get(verb, "other"), "object": decode_path(path), "query": query if mark else None}


def decode_path(path: str) -> str:
    """Percent-decoded once; nginx's own escapes (backslash, x, two digits) are bytes too."""
    raw = ESCAPED.sub(lambda found: bytes.fromhex(found.group(1).decode()), path.encode())
    return unquote_to_bytes(raw).decode("utf-8", "replace")


def _outcome(status: str) -> str:
    return {"2": "success", "3": "success", "4": "failure", "5": "failure"}.get(status[0], "unknown")


def _given(text: str | None) -> str | None:
    return None if text in (None, "", "-") else text


def _read_time(text: str) -> datetime | None:
    match = TIME.match(text)
    if match is None or match.group(2) not in MONTHS:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    try:
        local = datetime(
            int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second),
            tzinfo=timezone(offset),
        )  # fmt: skip
    except ValueError:
        return None
    return local.astimezone(UTC)
