# SPDX-License-Identifier: Apache-2.0
"""Addresses, passwords, values, recipes and accepted queries, each by itself."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.databases.accepted import accept_select
from tocsin.collect.databases.address import parse_address, password_of, variable_of
from tocsin.collect.databases.opened import DATABASES
from tocsin.collect.databases.told import Kind, Trouble, error_of
from tocsin.collect.databases.values import json_text, line_of, plain, text_of
from tocsin.collect.interface import shown_address
from tocsin.collect.recipes import known_recipes, read_recipe
from tocsin.core.errors import InputError, SettingsError


def test_address_is_read_with_its_parts() -> None:
    found = parse_address("mariadb://d%40b@db.example:3307/app%20x?ssl_ca=/a%2Fb")
    assert (found.kind, found.user, found.host, found.port) == ("mysql", "d@b", "db.example", 3307)
    assert (found.name, found.options) == ("app x", {"ssl_ca": "/a/b"})
    assert "d%40b" not in found.shown
    assert "ssl_ca" not in found.shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:pw@host/db",
        "postgresql://user:@host/db",
        "postgresql://host/db?password=pw",
        "postgresql://host/db?sslpassword=pw",
        "sqlserver://host/db?PWD=pw",
    ],
)
def test_address_is_refused_when_it_holds_a_password(url: str) -> None:
    with pytest.raises(SettingsError) as told:
        parse_address(url)
    assert told.value.code == "password_in_settings"
    assert "pw" not in str(told.value)


@pytest.mark.parametrize(
    "url", ["postgresql://host:port/db", "http://host/db", "", "x", "postgresql://[::1/db"]
)
def test_address_is_refused_when_it_is_none(url: str) -> None:
    with pytest.raises(SettingsError):
        parse_address(url)


def test_shown_address_holds_no_user_and_no_token() -> None:
    assert shown_address("https://u:p@host:9200/x/y?token=z#t") == "https://host:9200/x/y"
    assert shown_address("https://host:nine/x") == "?"


def test_password_comes_from_its_variable_or_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert variable_of("my app.é2") == "TOCSIN_DB_MY_APP__2"
    assert password_of("app") is None
    (tmp_path / "word").write_text("from file \n", "utf-8")
    monkeypatch.setenv("TOCSIN_DB_APP_FILE", str(tmp_path / "word"))
    assert password_of("app") == "from file "
    monkeypatch.setenv("TOCSIN_DB_APP", "from variable")
    assert password_of("app") == "from variable"


def test_password_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_DB_APP_FILE", str(tmp_path / "none"))
    with pytest.raises(InputError) as told:
        password_of("app")
    assert told.value.code == "no_password_file"


PARIS = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (2**63 - 1, 2**63 - 1),
        (2**63, "9223372036854775808"),
        (Decimal("1E+2"), "100"),
        (Decimal("0.10"), "0.10"),
        (Decimal("NaN"), "NaN"),
        (math.inf, "inf"),
        (b"\x00\xff", "00ff"),
        (memoryview(b"\x01"), "01"),
        (datetime(2024, 6, 11, 10, 0, 0, 5, tzinfo=UTC), "2024-06-11T10:00:00.000005+00:00"),
        (datetime(2024, 6, 11, 10, tzinfo=PARIS), "2024-06-11T10:00:00+02:00"),
        (datetime(2024, 6, 11, 10), "2024-06-11T10:00:00"),  # noqa: DTZ001  # without a zone, as databases give
        (date(2024, 6, 11), "2024-06-11"),
        (time(10, 0), "10:00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ([1, [None, Decimal("2.0")]], [1, [None, "2.0"]]),
        ({1: Decimal("2")}, {"1": "2"}),
    ],
)
def test_value_is_as_exact_as_json_holds_it(value: object, written: object) -> None:
    assert json.loads(line_of(["x"], [value])) == {"x": written}
    assert plain(value) == written


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none() | st.booleans(), min_size=1))
def test_row_is_one_line_and_gives_its_values_back(row: dict[str, str | int | bool | None]) -> None:
    line = line_of(list(row), list(row.values()))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    found = json.loads(line)
    for name, value in row.items():
        kept = value if not isinstance(value, int) or -(2**63) <= value < 2**63 else str(value)
        assert found[name] == kept


def test_half_a_character_is_spelt_out() -> None:
    assert json.loads(line_of(["\udc80"], ["a\ud800"])) == {"\\udc80": "a\\ud800"}


def test_json_of_a_database_stays_json_on_one_line() -> None:
    line = line_of(["x"], [json_text(b'{\n "a": [1.10,\r\n 2]}')])
    assert line.count(b"\n") == 1
    assert b"1.10" in line
    assert text_of(json_text(b'{"a": 1}')) == '{"a": 1}'
    assert (text_of(None), text_of(True), text_of(12), text_of("é")) == (None, "true", "12", "é")


@pytest.mark.parametrize("recipe", known_recipes())
def test_recipe_is_one_select_of_its_database_and_says_what_it_needs(recipe: str) -> None:
    head, query = read_recipe(recipe)
    assert set(head) == {"watermark", "overlap", "dialect"}
    assert head["dialect"] in {kind.dialect for kind in DATABASES.values()}
    assert accept_select(query.replace(":files", "N'x'"), head["dialect"])
    assert query == query.lower()


@pytest.mark.parametrize(
    ("query", "dialect"),
    [
        ("select * into other from t", "postgres"),
        ("select * into other from t", "tsql"),
        ("select * from t into outfile '/tmp/x'", "mysql"),
        ("select * from t for update", "postgres"),
        ("insert into t values (1)", "oracle"),
        ("begin null; end;", "oracle"),
        ("exec xp_cmdshell 'dir'", "tsql"),
        ("call p()", "mysql"),
        ("copy t to program 'x'", "postgres"),
        ("vacuum", "postgres"),
        ("truncate t", "postgres"),
        ("set role admin", "postgres"),
        ("explain analyze delete from t", "postgres"),
        ("(" * 5000 + "select 1" + ")" * 5000, "postgres"),
    ],
)
def test_query_is_refused_when_it_does_more_than_read(query: str, dialect: str) -> None:
    with pytest.raises(SettingsError) as told:
        accept_select(query, dialect)
    assert told.value.code == "not_a_select"


@pytest.mark.parametrize(
    ("query", "dialect"),
    [
        ("select * from t where name like '%;%'", "postgres"),
        ("with a as (select 1 as x) select * from a union all select 2", "mysql"),
        ("select * from audsys.unified_audit_trail where dbusername <> user", "oracle"),
        ("select top 10 * from [my table] order by id", "tsql"),
        ("(select 1)", "sqlite"),
        ("select 'drop table t' as update_text", "postgres"),
    ],
)
def test_query_is_taken_as_it_is_when_it_reads(query: str, dialect: str) -> None:
    assert accept_select(f"  {query} ;\n", dialect) == query


def test_error_holds_no_password_and_no_line_end_and_is_short() -> None:
    address = parse_address("mysql://u@h/d")
    said = Trouble(Kind.QUERY, "42", "no hunter2\nhere\x1b" + "x" * 5000)
    error = error_of(said, address, "app", "hunter2")
    assert "hunter2" not in str(error)
    assert "\n" not in str(error)
    assert "\x1b" not in str(error)
    assert len(str(error)) < 600
