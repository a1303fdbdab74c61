# SPDX-License-Identifier: Apache-2.0
"""W3C extended logs: IIS (web and FTP sites; MOVEit Transfer writes them too) and CloudFront.

IIS writes UTC, a space in a field as `+`, the path decoded, and nobody as `-`. The reader gives each line the
places of its own header's fields: see `read.w3c_lines`.
"""

from __future__ import annotations

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.interface import NOT_MINE, Confidence, Cutter, Extraction, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.w3c_lines import W3cCutter, fields_of
from tocsin.ingest.times import instant_sql, zoneless_sql
from tocsin.ingest.web import action_sql, outcome_sql
from tocsin.store.query import load_query

ZONE = "UTC"
"""What IIS and CloudFront write, whatever the server's own zone."""

_LOOKED_AT = 200
_FTP = {
    "RETR": "download",
    "SENT": "download",
    "STOR": "upload",
    "APPE": "upload",
    "CREATED": "upload",
    "DELE": "delete",
    "RMD": "delete",
    "MKD": "create",
    "RNTO": "update",
    "LIST": "list",
    "NLST": "list",
    "MLSD": "list",
    "QUIT": "logout",
}
_OBJECT = """case
    when coalesce(upper(method), '') not in ('USER', 'PASS') then coalesce(replace(full_path, '+', ' '), path)
end"""
"""What FTP's first two commands name is no object."""

_DETAIL = """nullif(json_merge_patch('{}', json_object(
    'method', method,
    'referer', referer,
    'host', host_asked,
    'site', site,
    'server', server,
    'server_port', server_port,
    'substatus', nullif(substatus, '0'),
    'win32_status', nullif(win32_status, '0'),
    'received', received,
    'time_taken', time_taken,
    'forwarded_for', forwarded_for,
    'full_path', full_path,
    'fields', odd_fields,
    'line', case when odd_fields is not null then record end
))::varchar, '{}')"""


class IisW3c(LogFormat):
    """IIS, and whatever writes W3C extended logs of web or FTP requests."""

    name = "iis-w3c"
    title = "W3C extended log (IIS web and FTP sites, CloudFront)"

    def sniff(self, sample: Sample) -> Confidence:
        """By its header, and the lines under it that have as many fields."""
        lines = sample.lines[:_LOOKED_AT]
        header: tuple[str, ...] = ()
        mine = count = 0
        for line in lines:
            header = fields_of(line) or header
            if not line.startswith("#"):
                count += 1
                mine += _is_request(header) and len(line.split("\t" if "\t" in line else " ")) == len(header)
        if not _is_request(header) or mine * 2 < count:
            return NOT_MINE
        reason = _("{mine} of the first {count} lines have the fields of their header")
        share = mine / count if count else 1.0
        return Confidence(0.5 + 0.48 * share, Sentence(reason, {"mine": mine, "count": count}))

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """One record a line, with its header's places."""
        del options
        return W3cCutter(sample)

    def extraction(self, options: ReadOptions) -> Extraction:
        """Times are UTC; a source's zone holds over it."""
        zone = options.zone or ZONE
        return Extraction(
            parsed=load_query("tocsin.ingest", "w3c_lines").sql,
            columns={
                "occurred_at": instant_sql("time_written", "iso8601", zone),
                "account": "login",
                "session": "ftp_session",
                "address": "client",
                "port": "client_port",
                "user_agent": "user_agent_said",
                "request": "request_id",
                "node": "computer",
                "action": _action_sql(),
                "object": _OBJECT,
                "query": "arguments",
                "bytes": "sent",
                "outcome": outcome_sql("status"),
                "status": "status",
                "file_name": f"case when upper(method) in ({_moves()}) then {_OBJECT} end",
                "detail": _DETAIL,
            },
            broken="not is_whole or time_written is null",
            non_event="case when starts_with(record, '#') then 'header' end",
            zoneless=zoneless_sql("time_written", "iso8601", zone),
            flags=(("date_worked_out", "header_date is not null"),),
        )


def _is_request(header: tuple[str, ...]) -> bool:
    return "time" in header and bool({"cs-method", "cs-uri-stem"} & set(header))


def _moves() -> str:
    """FTP's commands that move a file."""
    return ", ".join(f"'{word}'" for word, action in _FTP.items() if action in ("download", "upload"))


def _action_sql() -> str:
    """HTTP's methods, and FTP's commands: a password that was taken is a login."""
    cases = " ".join(f"when '{word}' then '{action}'" for word, action in _FTP.items())
    login = "case when starts_with(status, '2') then 'login' else 'login_failed' end"
    return f"case upper(method) {cases} when 'PASS' then {login} else {action_sql('method')} end"
