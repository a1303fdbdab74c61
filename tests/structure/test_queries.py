# SPDX-License-Identifier: Apache-2.0
"""Every .sql is held to its header, is used, and is written as prose."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from tests.structure.source import ROOT, python_files, shown, tracked_files
from tocsin.store.query import Query, load_query

RECIPES = ROOT / "src" / "tocsin" / "collect" / "recipes"
"""In the SQL of other databases: held to their own rules by their own test."""

QUERIES = [
    p
    for p in tracked_files()
    if p.suffix == ".sql"
    and p.is_relative_to(ROOT / "src")
    and not p.is_relative_to(RECIPES)
    and p.parent.name != "described"
]
DESCRIBED = [p for p in tracked_files() if p.suffix == ".sql" and p.parent.name == "described"]
"""What stands beside a description of a log format: read by name, from the values found."""

SHOUTED = re.compile(r"\b(SELECT|FROM|WHERE|JOIN|GROUP BY|ORDER BY|WITH|UNION|HAVING|CASE|WHEN)\b")
NAME = re.compile(r"^-- (?P<name>[a-z0-9_-]+): (?P<purpose>.+)$", re.MULTILINE)
GIVES = re.compile(r"^-- gives ", re.MULTILINE)
APPROXIMATE = re.compile(r"\b(approx_\w+|reservoir_quantile|tablesample|using sample)\b", re.IGNORECASE)


def package_of(path: Path) -> str:
    return ".".join(path.parent.parent.relative_to(ROOT / "src").parts)


def without_comments(sql: str) -> str:
    return re.sub(r"--[^\n]*", "", sql)


@pytest.mark.parametrize("path", QUERIES, ids=shown)
def test_query_reads_and_binds_what_its_header_says(path: Path) -> None:
    assert path.parent.name == "queries"
    query = load_query(package_of(path), path.stem)
    head = NAME.search(query.sql)
    assert head
    assert head["name"] == path.stem
    assert GIVES.search(query.sql), "the header does not say what it gives"
    assert (tables_read(query), names_bound(query)) == (set(query.reads), set(query.binds))


@pytest.mark.parametrize("path", DESCRIBED, ids=shown)
def test_query_of_a_format_reads_what_was_found(path: Path) -> None:
    sql = path.read_text("utf-8")
    head = NAME.search(sql)
    assert head
    assert head["name"] == path.stem
    assert GIVES.search(sql), "the header does not say what it gives"
    assert path.with_suffix(".toml").is_file()
    query = Query(path.stem, sql)
    assert tables_read(query) == {"found"}
    assert names_bound(query) == set()


def tables_read(query: Query) -> set[str]:
    tree = sqlglot.parse_one(query.sql, read="duckdb")
    nouns = {cte.alias for cte in tree.find_all(exp.CTE)}
    tables = (table for table in tree.find_all(exp.Table) if not isinstance(table.this, exp.Anonymous))
    return {table.name for table in tables if table.name} - nouns


def names_bound(query: Query) -> set[str]:
    tree = sqlglot.parse_one(query.sql, read="duckdb")
    return {place.name for place in tree.find_all(exp.Parameter, exp.Placeholder)}


def test_what_a_query_reads_and_binds_is_found_in_its_text() -> None:
    query = Query("a", "with b as (select * from c where d = $e) select * from b, f, read_parquet('g')")
    assert tables_read(query) == {"c", "f"}
    assert names_bound(query) == {"e"}


def test_every_query_is_used() -> None:
    sources = "".join(p.read_text("utf-8") for p in python_files("src"))
    assert [shown(path) for path in QUERIES if f'"{path.stem}"' not in sources] == []


@pytest.mark.parametrize("path", [*QUERIES, *DESCRIBED], ids=shown)
def test_query_is_exact_and_in_lower_case(path: Path) -> None:
    sql = without_comments(path.read_text("utf-8"))
    assert not SHOUTED.search(sql)
    assert not APPROXIMATE.search(sql)


def test_queries_of_one_package_have_each_their_name() -> None:
    names = [(package_of(p), p.stem) for p in QUERIES]
    assert len(set(names)) == len(names)
