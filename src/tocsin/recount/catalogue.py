# SPDX-License-Identifier: Apache-2.0
"""What each access shows: the rules of the catalogue, and which of them hold for an event.

Of rules with equal selectors the latest `since` holds. Two different selectors on one event
stop the recount, unless both rules say `together`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from tocsin.recount.errors import CannotRecount
from tocsin.recount.events import Event
from tocsin.recount.mapping import COLUMNS
from tocsin.recount.values import (
    Table,
    get_flag,
    get_instant,
    get_table,
    get_tables,
    get_text,
    get_texts,
    load_toml,
    text_of,
)

SELECTING = frozenset(COLUMNS) | {"source"}
# fmt: off
SAYING = (
    "categories", "protection", "since", "data_period", "together", "registry", "parameters", "replay",
    "collation", "signed_by", "signed_at", "version", "why", "note", "name", "id",
    "row_bytes",
)
# fmt: on
PROTECTIONS = ("clear", "encrypted", "pseudonymised")


@dataclass(frozen=True, slots=True)
class Rule:
    selectors: tuple[tuple[str, str], ...]
    categories: tuple[str, ...]
    protection: str
    since: datetime | None
    together: bool
    registry: str | None
    data_from: object
    data_until: object
    replay: str | None
    parameters: Table
    collation: str | None
    pattern: re.Pattern[str] | None
    """The selector on `object`, with a named group for each placeholder."""

    @property
    def record_types(self) -> tuple[str, ...]:
        """The record types that its placeholders name."""
        groups = self.pattern.groupindex if self.pattern else {}
        return tuple(sorted(name.removeprefix("record_") for name in groups if name.startswith("record_")))

    @property
    def selects_outcome(self) -> bool:
        return any(column == "outcome" for column, _ in self.selectors)


@dataclass(frozen=True, slots=True)
class Match:
    rule: Rule
    person: str | None
    records: tuple[tuple[str, str], ...]
    file: str | None

    @property
    def has_placeholder(self) -> bool:
        return self.person is not None or bool(self.records)


def read_catalogue(path: Path | None) -> list[Rule]:
    if path is None:
        return []
    said = load_toml(path)
    if get_tables(said, "databases"):
        raise CannotRecount(
            "the case rests on the statements of a database ([[databases]]), which the recount does not run"
        )
    return [_rule(one) for one in get_tables(said, "shows")]


def _rule(table: Table) -> Rule:
    for key in table:
        if key not in (*SELECTING, *SAYING) and not key.startswith("x-"):
            raise CannotRecount(f"[[shows]]: the recount does not know the key {key!r}")
    selectors = tuple(sorted((key, _selector(table[key])) for key in table if key in SELECTING))
    protection = get_text(table, "protection") or "clear"
    if protection not in PROTECTIONS:
        raise CannotRecount(f"[[shows]]: unknown protection {protection!r}")
    period = get_table(table, "data_period")
    shown = dict(selectors).get("object")
    return Rule(
        selectors=selectors,
        categories=get_texts(table, "categories"),
        protection=protection,
        since=get_instant(table, "since"),
        together=get_flag(table, "together"),
        registry=get_text(table, "registry"),
        data_from=period.get("from"),
        data_until=period.get("until"),
        replay=get_text(table, "replay"),
        parameters=get_table(table, "parameters"),
        collation=get_text(table, "collation"),
        pattern=read_pattern(shown) if shown is not None else None,
    )


def _selector(value: object) -> str:
    text = text_of(value)
    if text is None or isinstance(value, dict | list):
        raise CannotRecount("[[shows]]: a selector should be one value")
    return text


TOKEN = re.compile(r"\{(person|file|record:([A-Za-z0-9_]+))\}|(\*\*)|(\*)|([^{*]+|\{)")


def read_pattern(text: str) -> re.Pattern[str]:
    """`{person}`, `{record:name}`, `{file}` and `*` stay within a segment of the path, `**` does not."""
    pieces = []
    for match in TOKEN.finditer(text):
        placeholder, record, any_depth, one, literal = match.groups()
        if placeholder:
            pieces.append(f"(?P<{'record_' + record if record else placeholder}>[^/]+)")
        elif any_depth:
            pieces.append(".*")
        elif one:
            pieces.append("[^/]+" if _is_segment(text, match.start(), match.end()) else "[^/]*")
        else:
            pieces.append(re.escape(literal))
    try:
        return re.compile("".join(pieces), re.DOTALL)
    except re.error as error:
        raise CannotRecount(f"[[shows]]: the recount does not read the object {text!r}") from error


def _is_segment(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] in ("", "/") and text[end : end + 1] in ("", "/")


def match_rule(rule: Rule, event: Event) -> Match | None:
    for column, wanted in rule.selectors:
        value = event.text(column)
        if column != "object" and (value is None or (value != wanted and not fnmatchcase(value, wanted))):
            return None
    if rule.pattern is None:
        return Match(rule, None, (), None)
    found = rule.pattern.fullmatch(event.path) if event.path is not None else None
    if found is None:
        return None
    named = found.groupdict()
    records = tuple(
        (name.removeprefix("record_"), value) for name, value in named.items() if name.startswith("record_")
    )
    return Match(rule, named.get("person"), records, named.get("file"))


def find_matches(rules: list[Rule], event: Event) -> list[Match]:
    """The rules that hold for the event: one, several that say `together`, or none."""
    latest: dict[tuple[tuple[str, str], ...], Match] = {}
    for rule in rules:
        if rule.since is not None and rule.since > event.occurred_at:
            continue
        match = match_rule(rule, event)
        before = latest.get(rule.selectors)
        if match is not None and (before is None or _is_later(rule.since, before.rule.since)):
            latest[rule.selectors] = match
    matches = list(latest.values())
    if event.outcome == "failure":
        matches = [match for match in matches if match.rule.selects_outcome]
    if len(matches) > 1 and not all(match.rule.together for match in matches):
        raise CannotRecount(f"{event.place.label}: two rules of the catalogue hold for it")
    return matches


def _is_later(since: datetime | None, other: datetime | None) -> bool:
    return since is not None and (other is None or since >= other)
