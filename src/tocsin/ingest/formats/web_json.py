# SPDX-License-Identifier: Apache-2.0
"""Web access logs as JSON lines: nginx (`log_format … escape=json`), Caddy, Traefik.

Each program's keys are a layout: data, in one literal table. nginx has no fixed keys; those of its own
variables are read, with the usual other names of the time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from tocsin.ingest.interface import NOT_MINE, Confidence, Cutter, Extraction, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.lines import LinesCutter
from tocsin.ingest.salvage import close_json
from tocsin.ingest.times import instant_sql, zoneless_sql
from tocsin.ingest.web import CLF_TIME, action_sql, known, outcome_sql, path_sql, query_sql
from tocsin.store.query import literal


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
    target=("$.request_uri", "$.uri"),
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
            0.5 + 0.45 * mine / len(lines), f"{mine} of the first {len(lines)} lines have its keys"
        )

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """One record a line."""
        del sample, options
        return LinesCutter()

    def extraction(self, options: ReadOptions) -> Extraction:
        """One JSON parse for all paths."""
        layout = self.layout
        paths = _paths(layout)
        places = {path: f"v[{number}]" for number, path in enumerate(paths, start=1)}
        time, method, target, status = _request(layout, places)
        listed = ", ".join(literal(path) for path in paths)
        return Extraction(
            parsed=f"""
    select *, case when is_object then json_extract_string(record, [{listed}]) end as v
    from (
        select *, case when json_valid(record) then json_type(record) = 'OBJECT' else false end as is_object
        from records
    )""",
            columns={
                "occurred_at": _time_sql(time, options.zone),
                "account": known(_first(layout.user, places)),
                "address": known(_first(layout.address, places)),
                "port": _first(layout.port, places),
                "user_agent": known(_first(layout.user_agent, places)),
                "request": known(_first(layout.request, places)),
                "node": known(_first(layout.node, places)),
                "action": action_sql(method),
                "object": f"nullif({path_sql(target)}, '')",
                "query": query_sql(target),
                "bytes": _first(layout.bytes, places),
                "outcome": outcome_sql(status),
                "status": known(status),
                "detail": "case when is_object then record end",
            },
            broken="not is_object",
            zoneless=zoneless_sql(time, "iso8601", options.zone),
            salvage=close_json,
        )


class NginxJson(JsonAccess):
    """nginx."""

    name = "nginx-json"
    title = "nginx access log as JSON lines"
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


def _paths(layout: Layout) -> list[str]:
    groups = (
        layout.time,
        layout.address,
        layout.port,
        layout.user,
        layout.request_line,
        layout.method,
        layout.target,
        layout.status,
        layout.bytes,
        layout.user_agent,
        layout.request,
        layout.node,
    )
    return list(dict.fromkeys(path for group in groups for path in group))


def _first(paths: tuple[str, ...], places: dict[str, str]) -> str:
    if not paths:
        return "null::varchar"
    return f"coalesce({', '.join(f'nullif({places[path]}, {chr(39) * 2})' for path in paths)})"


def _request(layout: Layout, places: dict[str, str]) -> tuple[str, str, str, str]:
    method, target = _first(layout.method, places), _first(layout.target, places)
    if layout.request_line:
        line = _first(layout.request_line, places)
        method = f"coalesce({method}, split_part({line}, ' ', 1))"
        target = rf"coalesce({target}, regexp_extract({line}, '^\S+ (.*?)(?: HTTP/[0-9.]+)?$', 1))"
    return _first(layout.time, places), method, target, _first(layout.status, places)


def _time_sql(time: str, zone: str | None) -> str:
    """These programs write the time as ISO 8601, as seconds with a fraction, or as Apache does."""
    return (
        f"case when regexp_full_match({time}, '[0-9]+([.][0-9]+)?') then {instant_sql(time, 'epoch_s', zone)} "
        f"when {time} like '__/___/____:%' then {instant_sql(time, CLF_TIME, zone)} "
        f"else {instant_sql(time, 'iso8601', zone)} end"
    )
