# SPDX-License-Identifier: Apache-2.0
"""The envelopes that are known: how they are told, and where the native record may stand, best first.

From documentation: Elasticsearch and OpenSearch hits (elasticdump, Kibana's CSV), Splunk's export (JSON and
CSV), Graylog's CSV, `logcli --output=jsonl`, and messages of IHE ITI-82. A path is a tuple of keys:
`event.original` may be one key or two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Record = Mapping[str, object]
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One envelope."""

    name: str
    is_mine: Callable[[Record], bool]
    """Of a JSON object."""

    fields: tuple[Keys, ...] = ()
    """Where the native record may stand in it."""

    header: tuple[str, ...] = ()
    """Columns that its CSV always has; none: it is never CSV, or its columns are not known."""

    columns: tuple[str, ...] = ()
    """Columns of the native record."""

    is_named: bool = False
    """Only opened when somebody says so, with the field."""


def _of_elastic(record: Record) -> bool:
    return isinstance(record.get("_source"), dict) and ("_id" in record or "_index" in record)


def _of_splunk(record: Record) -> bool:
    is_final = isinstance(record.get("result"), dict)
    return (is_final or record.get("preview") is True) and bool(
        {"preview", "offset", "lastrow"} & set(record)
    )


def _of_loki(record: Record) -> bool:
    return (
        isinstance(record.get("labels"), dict)
        and isinstance(record.get("line"), str)
        and "timestamp" in record
    )


def _of_syslog(record: Record) -> bool:
    names = {key.lower().replace("-", "").replace("_", "") for key in record}
    return {"pri", "timestamp", "hostname", "msg"} <= names


ELASTICSEARCH = Kind(
    "elasticsearch",
    _of_elastic,
    (
        ("_source", "event", "original"),
        ("_source", "event.original"),
        ("_source", "log", "original"),
        ("_source", "message"),
        ("_source",),
    ),
    ("@timestamp",),
    ("event.original", "_source.event.original", "message", "_source.message"),
)
SPLUNK = Kind("splunk", _of_splunk, (("result", "_raw"),), ("_raw",), ("_raw",))
GRAYLOG = Kind(
    "graylog", lambda _: False, (), ("timestamp", "source", "message"), ("full_message", "message")
)
LOKI = Kind("loki", _of_loki, (("line",),))
SYSLOG = Kind("iti-82", _of_syslog, (("Msg",), ("msg",), ("MSG",)))
JSON = Kind("json", lambda _: True, is_named=True)
CSV = Kind("csv", lambda _: False, is_named=True)

KINDS = {kind.name: kind for kind in (ELASTICSEARCH, SPLUNK, GRAYLOG, LOKI, SYSLOG, JSON, CSV)}
"""By the name that `envelope =` takes."""
