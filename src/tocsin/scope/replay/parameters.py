# SPDX-License-Identifier: Apache-2.0
"""Where a replay's parameters come from: `query:name`, `detail:$.path`, `event:column`, or a default.

All are text. A query is decoded as a form: `+` is a space, `%xx` a byte of UTF-8, the first value counts. Of
an audited request, the form is what follows the `?` of its URL and, of a POST (`_search`), its body.
What is there but cannot be decoded is not taken for missing: the call is bad.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tocsin.core.settings import Parameter
from tocsin.core.tables import TABLES
from tocsin.scope.replay.accepted import ReplayError
from tocsin.store.query import literal, quote

UNREADABLE = "chr(0)"
"""Stands for a value that is there and cannot be decoded; no decoded form holds it alone."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one parameter comes from."""

    name: str
    kind: str
    """query, detail or event."""

    place: str
    default: str | None

    @property
    def column(self) -> str:
        """The column of `events` that holds it."""
        return self.place if self.kind == "event" else self.kind


def read_origins(
    parameters: Mapping[str, str | Parameter], needed: Iterator[str] | list[str]
) -> list[Origin]:
    """The origins of a replay's parameters; raises ReplayError for one that is missing or unknown."""
    given = {name: _read_origin(name, said) for name, said in parameters.items()}
    missing = [name for name in needed if name not in given]
    if missing:
        raise ReplayError(f"it uses ${missing[0]}, which its parameters do not give")
    return [given[name] for name in sorted(given)]


def value_sql(origin: Origin) -> str:
    """The parameter's text over an event `e`: null when missing, UNREADABLE when it cannot be decoded."""
    value = {"query": _query_sql, "detail": _detail_sql, "event": _event_sql}[origin.kind](origin.place)
    return value if origin.default is None else f"coalesce({value}, {literal(origin.default)})"


def _read_origin(name: str, said: str | Parameter) -> Origin:
    text, default = (said, None) if isinstance(said, str) else (said.from_, said.default)
    kind, _, place = text.partition(":")
    if kind not in ("query", "detail", "event") or not place:
        raise ReplayError(f"its parameter '{name}' comes from neither query:…, detail:$.… nor event:…")
    if kind == "detail" and not place.startswith("$"):
        raise ReplayError(f"its parameter '{name}' has a path that does not begin with $")
    if kind == "event" and place not in TABLES["events"].column_names:
        raise ReplayError(f"its parameter '{name}' comes from a column that events do not have")
    return Origin(name, kind, place, default)


_FORM = (
    "case "
    # A whole request (IHE BALP): what its first line asks, then what its body does, if that is a form.
    r"when regexp_matches(e.query, '^(GET|POST|HEAD) +\S') then concat_ws('&', "
    r"nullif(regexp_extract(e.query, '^[A-Z]+ +[^\s?]*\?(\S*)', 1), ''), "
    r"nullif(regexp_extract(e.query, '\r?\n\r?\n\s*([^\s{<\[]\S*)', 1), '')) "
    "when strpos(e.query, '?') > 0 and strpos(e.query || '=', '=') > strpos(e.query, '?') "
    r"then regexp_extract(substr(e.query, strpos(e.query, '?') + 1), '^[^ \r\n]*') else e.query end"
)
"""Audit events hold a whole URL or request as their query: what follows its `?` counts, and its body."""


def _query_sql(place: str) -> str:
    name = literal(place)
    key = "replace(split_part(pair, '=', 1), '+', ' ')"
    is_wanted = f"({key} = {name} or (contains({key}, '%') and try(url_decode({key})) = {name}))"
    pair = f"list_filter(string_split({_FORM}, '&'), lambda pair: pair <> '' and {is_wanted})[1]"
    value = f"case when contains({pair}, '=') then substr({pair}, strpos({pair}, '=') + 1) else '' end"
    raw = f"replace({value}, '+', ' ')"
    return f"case when {pair} is not null then coalesce(try(url_decode({raw})), {UNREADABLE}) end"


def _detail_sql(place: str) -> str:
    return f"try(json_extract_string(e.detail, {literal(place)}))"


def _event_sql(place: str) -> str:
    return f"cast(e.{quote(place)} as varchar)"
