# SPDX-License-Identifier: Apache-2.0
"""Web access logs as nginx and Apache write them: common, combined, with or without a virtual host before.

Apache writes a quote in a field as `\\"`, nginx as `\\x22`; both are read. A line whose last quoted field is
cut keeps all that stands before it and is flagged `truncated`. A well-formed line with a senseless request
(a TLS greeting on the plain port) is an event. `%l` (ident) is kept in `detail` when it is not `-`.
"""

from __future__ import annotations

import re

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.interface import NOT_MINE, Confidence, Cutter, Extraction, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.lines import LinesCutter
from tocsin.ingest.times import instant_sql, zoneless_sql
from tocsin.ingest.web import CLF_TIME, action_sql, known, outcome_sql, targets_sql
from tocsin.store.query import load_query

_LINE = re.compile(
    r"^(?:\S+ )?\S+ \S+ .*"
    r"\[(?:\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}|\d{4}-\d\d-\d\dT[^\]]+)\] "
    r'"(?!(?:USER|PASS|[CP]WD|QUIT|PORT|PASV|EP[RS][TV]|TYPE|RETR|STO[RU]|APPE|RN(?:FR|TO)|DELE|R?MK?D|LIST|NLST'
    r'|ML[SD]D|SIZE|MDTM|SYST|FEAT|OPTS|AUTH|NOOP)[ "])'
    r'(?:[^"\\]|\\.)*" (?:\d{3}|-) (?:\d+|-)(?P<combined> "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*")?'
)
_TIME = (
    "case when clf_at is not null then clf_at "
    f"when time like '__/___/____:%' then {instant_sql('time', CLF_TIME, None)}"
)


class WebAccess(LogFormat):
    """nginx, Apache and whatever writes as they do."""

    name = "web-access"
    title = "Web access log (common, combined, virtual host)"
    proof = "seen live"

    def sniff(self, sample: Sample) -> Confidence:
        """By the share of lines that have the grammar; lines cut or odd do not outweigh the rest.

        An FTP server that logs in the same way names FTP's commands where HTTP's methods stand.
        """
        lines = sample.lines[:200]
        matches = [_LINE.match(line) for line in lines]
        share = sum(found is not None for found in matches) / len(lines) if lines else 0.0
        if share < 0.5:
            return NOT_MINE
        combined = sum(bool(found and found["combined"]) for found in matches)
        kind = "combined" if combined * 2 > len(lines) else "common"
        found = _("{percent} % of the first lines are {kind} log lines")
        reason = Sentence(found, {"percent": round(100 * share), "kind": kind})
        return Confidence(min(0.98, 0.5 + share / 2), reason)

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """One record a line."""
        del sample, options
        return LinesCutter()

    def extraction(self, options: ReadOptions) -> Extraction:
        """Times carry their offset, but for those that a configuration writes without."""
        iso = instant_sql("time", "iso8601", options.zone)
        is_doubled = rf"contains(login, '[') and regexp_matches(login, '{_TIME_BEGINS.pattern}')"
        return Extraction(
            parsed=targets_sql(load_query("tocsin.ingest", "access_lines").sql),
            columns={
                "occurred_at": f"{_TIME} else {iso} end",
                "account": f"nullif({known('login')}, '\"\"')",
                "address": known("address"),
                "user_agent": known("agent"),
                "action": action_sql("method"),
                "object": "path",
                "query": "target_query",
                "bytes": "bytes",
                "outcome": outcome_sql("status"),
                "status": known("status"),
                "detail": _DETAIL,
            },
            broken=f"(piece_count < 3 or time = '' or not {_IS_STATUS} or coalesce({is_doubled}, false))",
            non_event="case when starts_with(record, '#') then 'comment' end",
            zoneless=zoneless_sql("time", "iso8601", options.zone),
            flags=(("truncated", "piece_count % 2 = 0"),),
            salvage=salvage_line,
        )


# The usual ones are told without a regular expression, which would be asked of every line.
_IS_STATUS = """case status
    when '200' then true
    when '302' then true
    when '304' then true
    when '404' then true
    else regexp_full_match(status, '[0-9]{3}|-')
end"""

_DETAIL = f"""json_object(
    'method', nullif(method, ''),
    'referer', {known("referer")},
    'vhost', nullif(vhost, ''),
    'ident', {known("ident")},
    'senseless', case when method = '' then {known("request_line")} end,
    'more', more
)::varchar"""

_WHOLE_WORDS = re.compile(
    r"^(?:[^\s\[]+ (?=[^\s\[-][^\s\[]* - ))?(?P<address>[^\s\[]+) - "
    r"(?:(?P<user>[^\"]*?) \[(?:(?P<time>[^\]\[\"]*)\])?)?"
)
_TIME_BEGINS = re.compile(r"\[\d\d/[A-Z][a-z]{2}/\d{4}:")


def salvage_line(text: str) -> str | None:
    """A cut line as a whole one that says no more than what was read whole: address, user, time."""
    found = _WHOLE_WORDS.match(text)
    if not found or len(_TIME_BEGINS.findall(text)) > 1:
        return None
    return f'{found["address"]} - {found["user"] or "-"} [{found["time"] or "-"}] "-" - -'
