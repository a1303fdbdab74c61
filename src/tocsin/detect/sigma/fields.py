# SPDX-License-Identifier: Apache-2.0
"""Which of our columns a Sigma field is, and which sources a log source means.

Names of ours are taken as they are; those of Sigma's taxonomy (web server, authentication, cloud) are
mapped. `detail.<key>` is a key of the event's own detail. Anything else has no column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tocsin.core.settings import SourceSettings
from tocsin.core.tables import TABLES
from tocsin.core.tables.table import INSTANT, INTEGER, TEXTS
from tocsin.store.query import literal, quote

Kind = Literal["text", "number", "list", "instant"]

TAXONOMY = {
    "c-ip": "address",
    "c-uri": "object",
    "c-uri-query": "query",
    "c-uri-stem": "object",
    "c-useragent": "user_agent",
    "cs-method": "detail.method",
    "cs-uri": "object",
    "cs-uri-query": "query",
    "cs-uri-stem": "object",
    "cs-user-agent": "user_agent",
    "cs-username": "account",
    "sc-bytes": "bytes",
    "sc-status": "status",
    "src_ip": "address",
    "source_ip": "address",
    "SourceIp": "address",
    "IpAddress": "address",
    "ipAddress": "address",
    "sourceIPAddress": "address",
    "user": "account",
    "User": "account",
    "username": "account",
    "TargetUserName": "account",
    "userAgent": "user_agent",
    "UserAgent": "user_agent",
}
"""Field of Sigma's taxonomy (sigma-specification, appendix taxonomy 2.1): ours."""

_KINDS: dict[str, Kind] = {INTEGER: "number", TEXTS: "list", INSTANT: "instant"}
_DETAIL = re.compile(r"detail\.(?P<path>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)")
_WEB_FORMATS = ("web-access", "nginx-json", "caddy-json", "traefik-json", "iis-w3c", "haproxy", "aws-alb")
_HIDDEN = {"event_id", "file_number", "line_number", "byte_offset", "detail"}


@dataclass(frozen=True, slots=True)
class Column:
    """What a field is in SQL over `events`."""

    name: str
    sql: str
    kind: Kind


def find_column(field: str) -> Column | None:
    """The column of a field of ours or of the taxonomy; None when there is none."""
    name = TAXONOMY.get(field, field)
    found = _DETAIL.fullmatch(name)
    if found:
        path = "$" + "".join(f'."{part}"' for part in found["path"].split("."))
        return Column(name, f"json_extract_string(detail, {literal(path)})", "text")
    for column in TABLES["events"].columns:
        if column.name == name and name not in _HIDDEN:
            return Column(name, quote(name), _KINDS.get(column.type, "text"))
    return None


def sources_of(
    product: str | None,
    category: str | None,
    service: str | None,
    sources: Sequence[SourceSettings],
    formats: dict[str, set[str]],
) -> list[str] | None:
    """Names of the case's sources that a log source means; None when it is none of ours.

    `formats` are those in which each source was read. A source without `kind` may be any, but for a web
    server, which is told by its format.
    """
    del service
    if product == "tocsin" or (product is None and category == "application"):
        return [source.name for source in sources]
    if category in ("webserver", "proxy"):
        return [s.name for s in sources if s.kind == "gateway" or _is_web(formats.get(s.name, set()))]
    if category == "authentication" and product is None:
        kinds = (None, "identity_provider", "directory", "application", "gateway", "bastion", "host", "mail")
        return [source.name for source in sources if source.kind in kinds]
    if category == "database" and product is None:
        return [source.name for source in sources if source.kind in (None, "database")]
    return None


def _is_web(formats: set[str]) -> bool:
    return any(name.partition(" in ")[0] in _WEB_FORMATS for name in formats)
