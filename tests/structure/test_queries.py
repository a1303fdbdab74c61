# SPDX-License-Identifier: Apache-2.0
"""Every .sql is held to its header, is used, and is written as prose."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.structure.source import ROOT, python_files, shown, tracked_files
from tocsin.store.query import load_query

QUERIES = [p for p in tracked_files() if p.suffix == ".sql" and p.is_relative_to(ROOT / "src")]
SHOUTED = re.compile(r"\b(SELECT|FROM|WHERE|JOIN|GROUP BY|ORDER BY|WITH|UNION|HAVING|CASE|WHEN)\b")
HEADER = re.compile(r"^-- gives ", re.MULTILINE)
APPROXIMATE = re.compile(r"\b(approx_\w+|reservoir_quantile|tablesample|using sample)\b", re.IGNORECASE)


def package_of(path: Path) -> str:
    return ".".join(path.parent.parent.relative_to(ROOT / "src").parts)


def without_comments(sql: str) -> str:
    return re.sub(r"--[^\n]*", "", sql)


@pytest.mark.parametrize("path", QUERIES, ids=shown)
def test_query_reads_and_binds_what_its_header_says(path: Path) -> None:
    assert path.parent.name == "queries"
    query = load_query(package_of(path), path.stem)
    assert HEADER.search(query.sql), "the header does not say what it gives"


def test_every_query_is_used() -> None:
    sources = "".join(p.read_text("utf-8") for p in python_files("src"))
    assert [shown(path) for path in QUERIES if f'"{path.stem}"' not in sources] == []


@pytest.mark.parametrize("path", QUERIES, ids=shown)
def test_query_is_exact_and_in_lower_case(path: Path) -> None:
    sql = without_comments(path.read_text("utf-8"))
    assert not SHOUTED.search(sql)
    assert not APPROXIMATE.search(sql)


def test_queries_of_one_package_have_each_their_name() -> None:
    names = [(package_of(p), p.stem) for p in QUERIES]
    assert len(set(names)) == len(names)
