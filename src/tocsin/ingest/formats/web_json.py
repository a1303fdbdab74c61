# SPDX-License-Identifier: Apache-2.0
"""Web access logs as JSON lines: nginx (`log_format … escape=json`), Caddy, Traefik.

Each program's keys are a layout: data, in one literal table. nginx has no fixed keys; those of its own
variables are read, with the usual other names of the time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.fields import objects_sql
from tocsin.ingest.interface import NOT_MINE, Confidence, Cutter, Extraction, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.lines import LinesCutter
from tocsin.ingest.salvage import close_json
from tocsin.ingest.times import instant_sql, zoneless_sql
from tocsin.ingest.web import CLF_TIME, action_sql, known, outcome_sql, targets_sql
from tocsin.store.query import literal, quote


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one program puts things: JSON paths, the first that is there counts."""

    must_have: tuple[tuple[str, ...], ...]
    """Keys by which it is recognised: one of each group."""

    time: tuple[str, ...]
    time_kind: str
    address: tuple[str, ...]
    port: tuple[str, ...]
    user: tuple[str, ...]
    request_line: tuple[str, ...]
    method: tuple[str, ...]
    target: tuple[str, ...]
    status: tuple[str, ...]
    bytes: tuple[str, ...]
    user_agent: tuple[str, ...]
    request: tuple[str, ...]
    node: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    """The target's path, percent-decoded by the server …"""

    arguments: tuple[str, ...] = ()
    """… and what stood behind its question mark."""


NGINX = Layout(
    must_have=(
        ("remote_addr", "client_ip", "clientip"),
        ("status", "response"),
        ("request", "request_uri", "uri"),
        ("time_iso8601", "time_local", "@timestamp", "timestamp", "time", "msec"),
    ),
    time=("$.time_iso8601", '$."@timestamp"', "$.timestamp", "$.time_local", "$.time", "$.msec"),
    time_kind="any",
    address=("$.remote_addr", "$.client_ip", "$.clientip"),
    port=("$.remote_port",),
    user=("$.remote_user", "$.user"),
    request_line=("$.request",),
    method=("$.request_method", "$.method"),
    target=("$.request_uri",),
    path=("$.uri",),
    arguments=("$.args", "$.query_string"),
    status=("$.status", "$.response"),
    bytes=("$.body_bytes_sent", "$.bytes_sent", "$.bytes"),
    user_agent=("$.http_user_agent", "$.user_agent", "$.agent"),
    request=("$.request_id", "$.http_x_request_id"),
    node=("$.hostname",),
)

CADDY = Layout(
    must_have=(("request",), ("status",), ("ts",), ("duration",)),
    time=("$.ts",),
    time_kind="any",
    address=("$.request.client_ip", "$.request.remote_ip", "$.request.remote_addr"),
    port=("$.request.remote_port",),
    user=("$.user_id",),
    request_line=(),
    method=("$.request.method",),
    target=("$.request.uri",),
    status=("$.status",),
    bytes=("$.size",),
    user_agent=('$.request.headers."User-Agent"[0]',),
    request=('$.request.headers."X-Request-Id"[0]', '$.resp_headers."X-Request-Id"[0]'),
)

TRAEFIK = Layout(
    must_have=(("ClientHost", "ClientAddr"), ("DownstreamStatus", "OriginStatus"), ("RequestPath",)),
    time=("$.StartUTC", "$.StartLocal", "$.time"),
    time_kind="any",
    address=("$.ClientHost", "$.ClientAddr"),
    port=("$.ClientPort",),
    user=("$.ClientUsername",),
    request_line=(),
    method=("$.RequestMethod",),
    target=("$.RequestPath",),
    status=("$.DownstreamStatus", "$.OriginStatus"),
    bytes=("$.DownstreamContentSize", "$.OriginContentSize"),
    user_agent=('$."request_User-Agent"',),
    request=('$."request_X-Request-Id"',),
)


class JsonAccess(LogFormat):
    """One program's JSON access log."""

    layout: Layout

    def sniff(self, sample: Sample) -> Confidence:
        """By the keys of the first lines."""
        lines = sample.lines[:50]
        mine = sum(_has_keys(line, self.layout) for line in lines)
        if not lines or mine * 2 < len(lines):
            return NOT_MINE
        return Confidence(
            0.5 + 0.45 * mine / len(lines),
            Sentence(
                _("{mine} of the first {count} lines have its keys"), {"mine": mine, "count": len(lines)}
            ),
        )

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """One record a line."""
        del sample, options
        return LinesCutter()

    def extraction(self, options: ReadOptions) -> Extraction:
        """One JSON parse for all paths."""
        return Extraction(
            parsed=targets_sql(_requests_sql(self.layout)),
            columns={
                "occurred_at": _time_sql("time", options.zone),
                "account": known("login"),
                "address": known("address"),
                "port": "port",
                "user_agent": known("user_agent"),
                "request": known("request_id"),
                "node": known("node"),
                "action": action_sql("method"),
                "object": "path",
                "query": "target_query",
                "bytes": "bytes",
                "outcome": outcome_sql("status"),
                "status": known("status"),
                "detail": "case when is_object then record end",
            },
            broken="not is_object",
            zoneless=zoneless_sql("time", "iso8601", options.zone),
            salvage=close_json,
        )


class NginxJson(JsonAccess):
    """nginx."""

    name = "nginx-json"
    title = "nginx access log as JSON lines"
    proof = "seen live"
    layout = NGINX


class CaddyJson(JsonAccess):
    """Caddy."""

    name = "caddy-json"
    title = "Caddy access log (JSON lines)"
    layout = CADDY


class TraefikJson(JsonAccess):
    """Traefik."""

    name = "traefik-json"
    title = "Traefik access log (JSON lines)"
    layout = TRAEFIK


def _has_keys(line: str, layout: Layout) -> bool:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and all(any(key in record for key in group) for group in layout.must_have)


def _requests_sql(layout: Layout) -> str:
    """Rows with the layout's values, and the `method` and `target` of their request."""
    return rf"""
select
    *,
    coalesce(given_method, request_words[1]) as method,
    case
        when given_target is not null then given_target
        when is_usual then request_words[2]
        when line is not null then regexp_extract(line, '^\S+ (.*?)(?: HTTP/[0-9.]+)?$', 1)
        else replace(replace(given_path, '%', '%25'), '?', '%3F') || coalesce('?' || given_arguments, '')
    end as target
from (
    select
        *,
        -- `GET /path HTTP/1.1`, as nearly always: what the expression above finds is its second word
        len(request_words) = 3
            and case request_words[3]
                when 'HTTP/1.1' then true when 'HTTP/2.0' then true when 'HTTP/1.0' then true else false end
            and case request_words[1]
                when 'GET' then true when 'POST' then true when 'PUT' then true else
                not regexp_matches(request_words[1], '^$|[\t\n\f\r]') end
            and not contains(request_words[2], chr(10)) as is_usual
    from (
        select *, string_split(line, ' ') as request_words
        from ({_values_sql(layout)}
        )
    )
)"""


def _values_sql(layout: Layout) -> str:
    """Rows with one column for each place of the layout: the first value that is there and not empty."""
    groups = {
        "time": layout.time,
        "address": layout.address,
        "port": layout.port,
        "login": layout.user,
        "line": layout.request_line,
        "given_method": layout.method,
        "given_target": layout.target,
        "given_path": layout.path,
        "given_arguments": layout.arguments,
        "status": layout.status,
        "bytes": layout.bytes,
        "user_agent": layout.user_agent,
        "request_id": layout.request,
        "node": layout.node,
    }
    paths = list(dict.fromkeys(path for group in groups.values() for path in group))
    listed = ", ".join(literal(path) for path in paths)
    columns = ",\n    ".join(f"{_first(group, paths)} as {quote(name)}" for name, group in groups.items())
    return f"""
select
    * exclude (v),
    v is not null as is_object,
    {columns}
from ({objects_sql(f"json_extract_string(record, [{listed}])", "v")}
)"""


def _first(group: tuple[str, ...], paths: list[str]) -> str:
    values = [f"nullif(v[{paths.index(path) + 1}], '')" for path in group]
    return f"coalesce({', '.join(values)})" if values else "null::varchar"


def _time_sql(time: str, zone: str | None) -> str:
    """These programs write the time as ISO 8601, as seconds with a fraction, or as Apache does."""
    return (
        f"case when {time} like '____-__-__T%' then {instant_sql(time, 'iso8601', zone)} "
        f"when regexp_full_match({time}, '[0-9]+([.][0-9]+)?') then {instant_sql(time, 'epoch_s', zone)} "
        f"when {time} like '__/___/____:%' then {instant_sql(time, CLF_TIME, zone)} "
        f"else {instant_sql(time, 'iso8601', zone)} end"
    )
