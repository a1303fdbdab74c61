# SPDX-License-Identifier: Apache-2.0
"""What is read in a quick way says the same as what it stands for: cells, syslog headers, pairs, patterns."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from tocsin.ingest.described.description import Pairs, descriptions
from tocsin.ingest.described.held import held_text
from tocsin.ingest.described.statement import _pair_sql
from tocsin.ingest.described.syslog_header import _GROUPS, _OLD, HEADER_VALUES, header_sql
from tocsin.ingest.fields import _careful_cells_sql, cells_sql
from tocsin.store.engine import Engine
from tocsin.store.query import literal

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(memory="256MiB", threads=1) as own:
        yield own


def register(engine: Engine, texts: list[str]) -> None:
    engine.register("records", pa.table({"record": pa.array(texts, pa.string())}))


def test_cells_are_those_of_the_careful_way_when_quotes_stand_anywhere(engine: Engine) -> None:
    """All short rows of these signs: well quoted ones and all others."""
    signs = ('"', ",", "a", "\x1f", "é")
    register(engine, ["".join(row) for size in range(1, 7) for row in itertools.product(signs, repeat=size)])
    quick, careful = cells_sql(",", '"'), _careful_cells_sql(",", '"')
    whole = f"case when contains(record, '\"') then {careful} else string_split(record, ',') end"
    differ = engine.count(f"select count(*) from records where {quick} <> {whole}")
    assert differ == 0


def test_cells_are_unquoted_when_delimiters_and_line_ends_stand_in_them(engine: Engine) -> None:
    register(engine, ['a,"b,c",,"d ""e"" f","",""""', '"x\ny";z'])
    by_comma, by_semicolon = cells_sql(",", '"'), cells_sql(";", '"')
    [(first, _), (_, second)] = engine.rows(f"select {by_comma}, {by_semicolon} from records")
    assert first == ["a", "b,c", "", 'd "e" f', "", '"']
    assert second == ["x\ny", "z"]


def test_header_is_that_of_the_whole_expression_when_lines_are_damaged_anywhere(engine: Engine) -> None:
    lines = [
        "Mar  3 08:00:01 ldap1 slapd[812]: conn=1000 fd=14 ACCEPT",
        "2026-03-02T08:15:00.077173+01:00 sftp1 sshd[19853]: Accepted publickey",
        "2026-03-02 08:15:00 sftp1 internal-sftp:  two spaces",
        "<34>Oct 11 22:14:15 su[7]: no host",
        "Oct 11 22:14:15 fe80::1 su: an address for a host\nand a second line",
        "Oct 11 22:14:15 - -[]: nothing said",
    ]
    chance = random.Random(7)
    for line in list(lines):
        for _ in range(300):
            at = chance.randrange(len(line))
            lines.append(line[:at] + chance.choice([*" :[]<>-\t\né7", ""]) + line[at + 1 :])
    register(engine, lines)
    names = ", ".join(literal(name) for name in _GROUPS)
    values = ", ".join(f"nullif(nullif(h.{name}, ''), '-')" for name in HEADER_VALUES)
    whole = engine.rows(
        f"select {values}, case when h.whole_ <> '' then h.message else record end from (select record,"
        f" regexp_extract(record, {literal(f'^{_OLD}$')}, [{names}], 's') as h from records)"
    )
    quick = engine.rows(f"select {', '.join(HEADER_VALUES)}, message from ({header_sql(must=False)})")
    assert quick == whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('a="x y" key="v"', "v"),
        ("key=plain other=1", "plain"),
        (r'key="a \"b\" c"', 'a "b" c'),
        ('monkey="no"', None),
        ('key="" x="1"', None),
        ('said="key=no', "no"),
        ("nothing here", None),
    ],
)
def test_pair_is_found_when_its_key_stands_there(engine: Engine, text: str, value: str | None) -> None:
    """A key within a value that never closes is taken for a key, as it always was."""
    spaced = text.replace('said="key', 'said=" key')
    engine.register("told", pa.table({"message": pa.array([spaced], pa.string())}))
    assert engine.value(f"select {_pair_sql(Pairs(), 'key')} from told") == value


@pytest.mark.parametrize(
    ("pattern", "held"),
    [
        ("ab*c", "a"),
        ("a(b|c)dd", "dd"),
        ("(?i)abc", ""),
        ("(?i:x)yz", "yz"),
        ("ab|cd", ""),
        (r"x\.yy? z", "x.y"),
        (r"(?P<name>x)\[q\](?:foo)?", "[q]"),
        ("[]a]bc", "bc"),
        ("[^]]x y", "x y"),
        ("a{2}bcd", "bcd"),
        ("(a[)]b)cc", "cc"),
        (r"\d+ab\bcd", "ab"),
        (r"\x41cd", "cd"),
    ],
)
def test_held_text_is_the_longest_that_is_sure_when_a_pattern_has_choices(pattern: str, held: str) -> None:
    assert held_text(pattern) == held


def test_held_text_stands_in_every_match_when_lines_are_those_of_the_samples() -> None:
    matches = 0
    for described in descriptions():
        folder = SAMPLES / described.description.name
        logs = [path.read_text("utf-8", "replace") for path in folder.glob("*.log")]
        for pattern in described.description.pattern:
            held = held_text(pattern.line)
            for line in itertools.chain.from_iterable(log.splitlines() for log in logs):
                found = re.search(pattern.line, line)
                assert found is None or held in found[0]
                matches += found is not None
    assert matches > 100
