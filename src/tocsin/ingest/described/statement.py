# SPDX-License-Identifier: Apache-2.0
"""A description as SQL: records, then their values by name, then what these mean.

Each step is one SELECT around the one before, so that a value is worked out once: `found` is what the query
beside a description reads.
"""

from __future__ import annotations

import json
import re

from tocsin.core.errors import MachineError
from tocsin.core.words import _
from tocsin.ingest.described.description import Described, Description, Pairs, Pattern
from tocsin.ingest.described.held import held_text
from tocsin.ingest.described.syslog_header import header_sql
from tocsin.ingest.fields import cells_sql, objects_sql
from tocsin.ingest.interface import Carry, Extraction, ReadOptions
from tocsin.ingest.salvage import close_json
from tocsin.ingest.times import instant_sql, yearless_sql, zoneless_sql
from tocsin.ingest.web import action_sql, known, outcome_sql, targets_sql
from tocsin.store.query import literal, quote

SQL = "sql:"
WHOLE = "whole_"
_JSON = ("json-lines", "json-array")


def extraction_of(described: Described, options: ReadOptions) -> Extraction:
    """The one statement's parts, for one file."""
    description = described.description
    zone = options.zone or description.read.zone
    time = description.times["occurred_at"]
    columns = _columns(description, zone, options)
    return Extraction(
        parsed=_parsed_sql(described, options.header),
        columns=columns,
        broken=f"({_broken_sql(description, options.header)}) or coalesce({description.fate.broken}, false)",
        set_aside=f"case when {yearless_sql(time.of, time.kind, options.before)} then 'no_year' "
        f"else {description.fate.set_aside} end",
        non_event=_non_event_sql(description, options.header),
        zoneless=zoneless_sql(time.of, time.kind, zone, options.before),
        flags=tuple(description.flags.items()),
        salvage=close_json if description.read.reader in _JSON and description.read.syslog == "no" else None,
    )


def carries_of(description: Description) -> tuple[Carry, ...]:
    """What records say for others of their connection."""
    return tuple(
        Carry(tuple(c.columns), tuple(c.by), c.begins, c.ends, c.direction == "backward")
        for c in description.carry
    )


def _columns(description: Description, zone: str | None, options: ReadOptions) -> dict[str, str]:
    columns: dict[str, str] = {}
    if request := description.request:
        columns = {
            "action": action_sql(request.method),
            "object": "path",
            "query": "target_query",
            "outcome": outcome_sql(request.status),
            "status": known(request.status),
        }
    columns["detail"] = _detail_sql(description)
    columns |= description.columns
    times: dict[str, str] = {
        name: instant_sql(time.of, time.kind, zone, options.before)
        for name, time in description.times.items()
    }
    return {**columns, **times}


def _parsed_sql(described: Described, header: tuple[str, ...]) -> str:
    description = described.description
    rows = _values_sql(description, header)
    if request := description.request:
        rows = targets_sql(f"select *, {request.target} as target from ({rows}\n)")
    if described.query is None:
        return rows
    return f"with found as ({rows}\n)\n{described.query}"


def _values_sql(description: Description, header: tuple[str, ...]) -> str:
    reader = description.read.reader
    rows = "select *, record as message from records"
    if description.read.syslog != "no":
        rows = header_sql(must=description.read.syslog == "always")
    if reader == "csv":
        return _worked_out_sql(description, _cells_sql(description, rows, header))
    if reader in _JSON:
        return _worked_out_sql(description, _json_sql(description, rows))
    if description.pattern:
        rows = _patterns_sql(description.pattern, rows)
    if description.pairs is not None:
        rows = _pairs_sql(description, description.pairs, rows)
    return _worked_out_sql(description, rows)


def _json_sql(description: Description, rows: str) -> str:
    """One parse for all paths; `is_object` tells whether the message is a JSON object."""
    asked = _asked(description)
    paths = list(dict.fromkeys(path for group in asked.values() for path in group)) or ["$"]
    listed = ", ".join(literal(path) for path in paths)
    found = {
        name: "coalesce(" + ", ".join(f"nullif(v[{paths.index(path) + 1}], '')" for path in group) + ")"
        for name, group in asked.items()
    }
    parsed = objects_sql(f"json_extract_string(message, [{listed}])", "v", rows=rows, text="message")
    return f"""
select
    * exclude (v),
    v is not null as is_object{_named_sql(found)}
from ({parsed}
)"""


def _patterns_sql(patterns: list[Pattern], rows: str) -> str:
    """The groups of the first pattern that a message matches whole, and its `kind`; null where none does."""
    groups = [list(re.compile(pattern.line).groupindex) for pattern in patterns]
    held = [held_text(pattern.line) for pattern in patterns]
    for place, (pattern, names) in enumerate(zip(patterns, groups, strict=True)):
        wanted = ", ".join(literal(name) for name in [WHOLE, *names])
        match = f"regexp_extract(message, {literal(f'^({_anonymous(pattern.line)})$')}, [{wanted}], 's')"
        conditions = [f"coalesce(m{p}.{WHOLE}, '') = ''" for p in range(place)]
        if len(held[place]) > 1 and held.count(held[place]) < len(held):
            # A search for a text is many times as fast as an expression that fails.
            conditions.append(f"contains(message, {literal(held[place])})")
        if conditions:
            match = f"case when {' and '.join(conditions)} then {match} end"
        rows = f"select *, {match} as m{place}\nfrom ({rows}\n)"
    names = list(dict.fromkeys(name for group in groups for name in group))
    found = {
        name: "coalesce("
        + ", ".join(f"nullif(m{p}.{quote(name)}, '')" for p, group in enumerate(groups) if name in group)
        + ")"
        for name in names
    }
    kinds = " ".join(
        f"when m{p}.{WHOLE} <> '' then {literal(pattern.kind)}" for p, pattern in enumerate(patterns)
    )
    made = ", ".join(f"m{p}" for p in range(len(patterns)))
    return f"""
select
    * exclude ({made}),
    case {kinds} end as kind{_named_sql(found)}
from ({rows}
)"""


def _anonymous(pattern: str) -> str:
    """RE2 counts groups: those that are named in Python are plain here, in the same order."""
    compiled = re.compile(pattern)
    if compiled.groups != len(compiled.groupindex):
        raise MachineError(
            _("A pattern of a log format has a group without a name: {pattern}."), pattern=pattern[:80]
        )
    return re.sub(r"\(\?P<[A-Za-z_]\w*>", "(", pattern)


def _pairs_sql(description: Description, pairs: Pairs, rows: str) -> str:
    found = {
        name: "coalesce(" + ", ".join(_pair_sql(pairs, key) for key in group) + ")"
        for name, group in _asked(description).items()
    }
    return f"""
select
    *{_named_sql(found)}
from ({rows}
)"""


def _pair_sql(pairs: Pairs, key: str) -> str:
    """The value of a key, quoted or not, with its escapes undone; null where it is absent or empty.

    A text that has no such key is told by a plain search, many times as fast as an expression.
    """
    separator, quoted = re.escape(pairs.separator), re.escape(pairs.quote)
    first = re.escape(pairs.separator[0])
    named = f"{key}{pairs.equals}"
    begin = rf"(?:^|{separator}){re.escape(key)}{re.escape(pairs.equals)}"
    plain = literal(rf"{begin}([^{quoted}{first}](?:[^{first}]*))")
    if not pairs.quote:
        value = f"nullif(regexp_extract({pairs.of}, {literal(f'{begin}([^{first}]*)')}, 1), '')"
        return f"case when contains({pairs.of}, {literal(named)}) then {value} end"
    within = literal(rf"{begin}{quoted}((?:[^{quoted}\\]|\\.)*){quoted}")
    inner = f"nullif(regexp_extract({pairs.of}, {within}, 1), '')"
    unquoted = rf"regexp_replace({inner}, '\\(.)', '\1', 'g')"
    return (
        f"case when contains({pairs.of}, {literal(named)}) then coalesce("
        f"case when contains({pairs.of}, {literal(named + pairs.quote)}) then {unquoted} end, "
        f"nullif(regexp_extract({pairs.of}, {plain}, 1), '')) end"
    )


def _cells_sql(description: Description, rows: str, header: tuple[str, ...]) -> str:
    """The columns asked for, by name; a column that this file does not have is null."""
    found = {
        name: _first_cell_sql([column for column in group if column in header], header)
        for name, group in _asked(description).items()
    }
    return f"""
select
    *{_named_sql(found)}
from (
    select *, {cells_sql(description.read.delimiter, description.read.quote)} as cells
    from ({rows}
    )
)"""


def _first_cell_sql(columns: list[str], header: tuple[str, ...]) -> str:
    cells = [f"nullif(cells[{header.index(column) + 1}], '')" for column in columns]
    return f"coalesce({', '.join(cells)})" if cells else "null::varchar"


def _asked(description: Description) -> dict[str, list[str]]:
    """The values that stand somewhere, each with the places where it may."""
    return {
        name: [place] if isinstance(place, str) else place
        for name, place in description.values.items()
        if not (isinstance(place, str) and place.startswith(SQL))
    }


def _worked_out_sql(description: Description, rows: str) -> str:
    """Values that are expressions over others, each on those before it."""
    for name, place in description.values.items():
        if isinstance(place, str) and place.startswith(SQL):
            said = _expanded(place.removeprefix(SQL).strip(), description.macros)
            rows = f"select *, {said} as {quote(name)}\nfrom ({rows}\n)"
    return rows


def _expanded(sql: str, macros: dict[str, str]) -> str:
    """The expression with its macros written out; an argument is one name, or one text."""
    for name, body in macros.items():
        sql = re.sub(
            rf"\b{re.escape(name)}\(([\w.]+|'[^']*')\)",
            lambda found, body=body: f"({body.replace('{}', found[1])})",  # type: ignore[misc]
            sql,
        )
    return sql


def _named_sql(found: dict[str, str]) -> str:
    return "".join(f",\n    {expression} as {quote(name)}" for name, expression in found.items())


def _broken_sql(description: Description, header: tuple[str, ...]) -> str:
    reader = description.read.reader
    if reader in _JSON:
        return "not is_object"
    if reader == "csv":
        is_named = description.read.header or description.read.names
        return f"len(cells) <> {len(header)}" if is_named else "false"
    return "kind is null" if description.pattern else "false"


def _non_event_sql(description: Description, header: tuple[str, ...]) -> str:
    stated = description.fate.non_event
    if header and description.read.header:
        named = ", ".join(literal(name) for name in header)
        stated = f"case when cells = [{named}] then 'header' else {stated} end"
    if not description.read.programs:
        return stated
    programs = ", ".join(literal(program) for program in description.read.programs)
    return f"case when program is not null and program not in ({programs}) then 'skip_rule' else {stated} end"


def _detail_sql(description: Description) -> str:
    detail = description.detail
    if isinstance(detail, str):
        return detail
    if detail is not None:
        # A member that is null goes: each is made by itself, and what is null is not joined.
        members = ", ".join(f"{literal(f'{json.dumps(name)}:')} || to_json({quote(name)})" for name in detail)
        return f"nullif('{{' || concat_ws(',', {members}) || '}}', '{{}}')"
    if description.read.reader in _JSON:
        return "case when is_object then message end"
    return "json_object('line', record)::varchar"
