# SPDX-License-Identifier: Apache-2.0
"""What is read the quick way, because it looks as nearly all of it does, says what the careful way says."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.ingest import times
from tocsin.ingest.fields import decoded_path_sql, objects_sql, percent_decoded_sql
from tocsin.ingest.formats.web_json import NGINX, _requests_sql
from tocsin.ingest.web import targets_sql
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

many = settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)

LINES = (
    '10.1.1.1 - bob [11/Jun/2024:07:58:00 +0200] "GET /a?b=c HTTP/1.1" 200 12 "-" "x"',
    'www.example.org:443 10.1.1.1 - bob [11/Jun/2024:07:58:00 +0200] "GET /a HTTP/1.1" 200 12',
    '10.1.1.1 ident u v [11/Jun/2024:07:58:00 +0200] "POST /p%C3%A9?q=%41 HTTP/2.0" 404 - "a\\"b" "c\\\\d"',
    '::1 - "" [2024-06-11T07:58:00+02:00] "\\x16\\x03" 400 0 "-" "-"',
    '1.2.3.4:80 - a[b] [31/Feb/2024:07:58:00 +0200] "GET  HTTP/1.1" 200 1 "é" "ü"',
    '1.2.3.4 -  [11/Jun/2024:07:58:00 +0200] "get / HTTP/1.1"  200  1 "a',
    "",
)
TIMES = (
    "2024-06-11T00:00:00.123Z",
    "2024-06-11T00:00:00+02:00",
    "2024-06-11T23:59:59.123456789-05:30",
    "2024-06-11 00:00:00,5Z",
    "20240611T000000Z",
    "2024-06-11T00:00:00",
    "2016-12-31T23:59:60Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "infinity",
)
OBJECTS = (
    '{"user": {"id": "dr", "role": "d"}, "status": 200}',
    '{"user": "bob", "a": [1, {"b": null}]}',
    ' {"a": "\\u00e9"} ',
    "[1, 2]",
    "null",
    "3",
)
REQUESTS = (
    "GET /a?b=c HTTP/1.1",
    "GET  HTTP/1.1",
    "FOO-BAR /a b HTTP/2.0",
    "POST http://h/x?y HTTP/1.0",
    "/a",
)
SIGNS = (" ", "  ", '"', "-", "[", "]", ":", "+", "\\", "%", "?", "/", "T", "Z", ".", ",", "0", "9", "{", "}")
ODD = ("\t", "\r", "\x0b", "\x0c", "\x01", "\x00", "é", "\u00a0", "HTTP/1.1", "GET", "+0200]", "%C3", "%zz")


@st.composite
def slightly_changed(draw: st.DrawFn, texts: tuple[str, ...]) -> str:
    """One of the texts, with a few signs put in, taken out or replaced."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        sign = draw(st.sampled_from((*SIGNS, *ODD, "")))
        text = text[:at] + sign + text[at + draw(st.integers(0, 2)) :]
    return text


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(memory="256MiB", threads=1) as one:
        yield one


def lists_of(texts: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(slightly_changed(texts), min_size=1, max_size=60)


def give(engine: Engine, texts: list[str]) -> None:
    marks = pa.nulls(len(texts), pa.string())
    table = {"record": pa.array(texts, pa.string()), "mark": marks, "n": range(len(texts))}
    engine.register("records", pa.table(table))


def same(engine: Engine, quick: str, careful: str) -> None:
    assert engine.rows(f"{quick} order by n") == engine.rows(f"{careful} order by n")


def without_line_ends(texts: list[str]) -> list[str]:
    return [text.replace("\n", "") for text in texts]


@many
@given(lists_of(LINES))
def test_usual_access_lines_are_read_as_the_grammar_reads_them(engine: Engine, lines: list[str]) -> None:
    sql = load_query("tocsin.ingest", "access_lines").sql
    for name in ("byte_offset", "line_number", "item", "mark"):
        sql = sql.replace(f"    {name},\n", "    n,\n" if name == "item" else "")
    careful = sql
    for shape, never in (
        ("when clf_at is null\n", "when true or clf_at is null\n"),
        ("len(reply_words) in (3, 4)", "false and len(reply_words) in (3, 4)"),
        ("case request_words[3]\n", "false and case request_words[3]\n"),
    ):
        assert careful.count(shape) == 1
        careful = careful.replace(shape, never)
    give(engine, without_line_ends(lines))
    at = (
        "coalesce(clf_at, case when time like '__/___/____:%' "
        f"then {times.instant_sql('time', '%d/%b/%Y:%H:%M:%S %z', None)} end)"
    )
    columns = (
        f"select * exclude (clf_at, time), {at} as at, clf_at is null and coalesce(time, '') = '' as timeless"
    )
    same(engine, f"{columns} from ({sql})", f"{columns} from ({careful})")


@many
@given(lists_of(TIMES), st.sampled_from([None, "Europe/Paris"]))
def test_usual_times_are_the_instants_that_the_careful_way_gives(
    engine: Engine, texts: list[str], zone: str | None
) -> None:
    give(engine, texts)
    quick = times.instant_sql("record", "iso8601", zone)
    usual = f"when {times._usual_sql('record')} then try_cast(record as timestamptz) "
    assert usual in quick
    same(
        engine,
        f"select ({quick})::varchar, n from records",
        f"select ({quick.replace(usual, '')})::varchar, n from records",
    )


@many
@given(lists_of(OBJECTS))
def test_json_objects_are_those_that_are_valid_and_objects(engine: Engine, texts: list[str]) -> None:
    give(engine, texts)
    is_object = "case when json_valid(record) then json_type(record) = 'OBJECT' else false end"
    value = "json_extract_string(record, ['$.status', '$.user.id'])"
    same(
        engine,
        f"select v is not null, v, n from ({objects_sql(value, 'v')})",
        f"select {is_object}, case when {is_object} then {value} end, n from records",
    )


@many
@given(lists_of(REQUESTS))
def test_usual_request_lines_have_the_method_and_target_of_the_expression(
    engine: Engine, texts: list[str]
) -> None:
    give(engine, [json.dumps({"request": text}) for text in texts])
    sql = _requests_sql(NGINX)
    assert sql.count("when is_usual then") == 1
    careful = sql.replace("when is_usual then", "when false then")
    columns = "select * exclude (is_usual) from"
    same(engine, f"{columns} ({targets_sql(sql)})", f"{columns} ({targets_sql(careful)})")


@many
@given(lists_of(("/a/b?c=%41", "/p%C3%A9", "/%zz?x", "plain %41", "/a%2Fb%00?%", "/a?b?c", "http://h/%41")))
def test_paths_are_decoded_alike_wherever_the_percent_sign_stands(engine: Engine, texts: list[str]) -> None:
    give(engine, texts)
    path = "split_part(record, '?', 1)"
    careful = f"case when starts_with(record, '/') then {percent_decoded_sql(path)} else record end"
    same(engine, f"select {decoded_path_sql('record')}, n from records", f"select {careful}, n from records")
