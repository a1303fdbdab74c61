# SPDX-License-Identifier: Apache-2.0
"""How the recount reads files, records, mappings, rules and times; and where it stops."""

from __future__ import annotations

import ast
import bz2
import gzip
import lzma
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tocsin.recount
from tests.unit.recount.small_case import CATALOGUE, MAPPING, act, card, write_case
from tocsin.recount import CannotRecount, Recount, TooLargeToRecount, list_rows, recount
from tocsin.recount.catalogue import read_pattern
from tocsin.recount.cutting import CsvShape, Record, cut_csv, cut_json_array
from tocsin.recount.instants import NoTime, NoZone, read_time
from tocsin.recount.mapping import read_path
from tocsin.recount.weblog import cut_web, read_web_columns

PARIS = ZoneInfo("Europe/Paris")


def test_package_imports_the_standard_library_and_itself_alone() -> None:
    names: set[str] = set()
    for file in Path(tocsin.recount.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
    foreign = {one for one in names if one.split(".")[0] not in sys.stdlib_module_names}
    assert all(one.startswith("tocsin.recount.") or one == "tocsin.recount" for one in foreign)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("2024-06-11T08:59:59.999999Z", "iso8601", datetime(2024, 6, 11, 8, 59, 59, 999999, UTC)),
        ("2024-06-11 10:00:00+02:00", "iso8601", datetime(2024, 6, 11, 8, tzinfo=UTC)),
        ("2024-06-11T10:00:00", "iso8601", datetime(2024, 6, 11, 8, tzinfo=UTC)),
        ("1718092800", "epoch_s", datetime(2024, 6, 11, 8, tzinfo=UTC)),
        ("1718092800.25", "epoch_s", datetime(2024, 6, 11, 8, 0, 0, 250000, UTC)),
        ("1718092800001", "epoch_ms", datetime(2024, 6, 11, 8, 0, 0, 1000, UTC)),
        ("1718092800000001", "epoch_us", datetime(2024, 6, 11, 8, 0, 0, 1, UTC)),
        ("11/06/2024 10:00:00", "%d/%m/%Y %H:%M:%S", datetime(2024, 6, 11, 8, tzinfo=UTC)),
    ],
)
def test_time_is_an_instant_in_utc(text: str, kind: str, expected: datetime) -> None:
    assert read_time(text, kind, PARIS) == expected


@pytest.mark.parametrize("value", [None, "", "soon", "2024-13-01T00:00:00Z"])
def test_time_is_refused_when_it_is_none(value: object) -> None:
    with pytest.raises(NoTime):
        read_time(value, "iso8601", PARIS)


def test_time_is_refused_when_nobody_gave_its_zone() -> None:
    with pytest.raises(NoZone):
        read_time("2024-06-11T10:00:00", "iso8601", None)


def test_record_without_zone_is_set_aside(tmp_path: Path) -> None:
    case = write_case(tmp_path, [act() | {"at": "2024-03-01T09:10:00"}])
    toml = case / "case.toml"
    toml.write_text(toml.read_text("utf-8").replace('zone = "UTC"\n', ""), "utf-8")
    assert [row["reason"] for row in list_rows(recount(case), "set_aside")] == ["no_zone"]


def accounting(recounted: Recount) -> tuple[int, int, int, int]:
    (source,) = recounted.sources
    return source.records, len(source.events), len(source.set_aside), source.non_events.total()


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


@pytest.mark.parametrize("kind", [*COMPRESS, "zip"])
def test_compressed_log_is_read(tmp_path: Path, kind: str) -> None:
    case = write_case(tmp_path, [card("P1"), "", "{"])
    plain = case / "logs" / "app.ndjson"
    body = plain.read_bytes()
    plain.unlink()
    target = case / "logs" / f"app.ndjson.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("app.ndjson", body)
    else:
        target.write_bytes(COMPRESS[kind](body))
    assert accounting(recount(case)) == (3, 1, 1, 1)


def test_copy_and_earlier_state_of_a_file_are_listed_and_not_read(tmp_path: Path) -> None:
    case = write_case(tmp_path, [card("P1"), card("P2")])
    body = (case / "logs" / "app.ndjson").read_bytes()
    (case / "logs" / "app.copy").write_bytes(body)
    (case / "logs" / "app.earlier").write_bytes(body[: body.index(b"\n") + 1])
    recounted = recount(case)
    assert accounting(recounted) == (2, 2, 0, 0)
    assert recounted.sources[0].files == 3


def test_recount_stops_when_there_are_too_many_records(tmp_path: Path) -> None:
    case = write_case(tmp_path, [card("P1"), card("P2")])
    with pytest.raises(TooLargeToRecount, match="1 records"):
        recount(case, most_records=1)


def test_recount_stops_when_there_are_too_many_bytes(tmp_path: Path) -> None:
    case = write_case(tmp_path, [card("P1")])
    with pytest.raises(TooLargeToRecount, match="10 bytes"):
        recount(case, most_bytes=10)


def test_recount_stops_when_a_log_is_of_no_known_format(tmp_path: Path) -> None:
    case = write_case(tmp_path, ["nothing known", "at all"])
    toml = case / "case.toml"
    toml.write_text(
        toml.read_text("utf-8").replace('format = "mapped"\nmapping = "mapping.toml"\n', ""), "utf-8"
    )
    with pytest.raises(CannotRecount, match="format"):
        recount(case)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('reader = "json-lines"', 'reader = "guess"'),
        ('"$.account"', '"account"'),
        ("account = {", "who = {"),
        ("[skip]", "[leave_out]"),
        ('time = "iso8601"', 'time = "iso8601", trim = true'),
    ],
)
def test_recount_stops_when_a_mapping_says_what_it_does_not_know(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(CannotRecount):
        recount(write_case(tmp_path, [card("P1")], mapping=MAPPING.replace(old, new)))


def test_recount_stops_when_two_rules_hold(tmp_path: Path) -> None:
    both = CATALOGUE + '[[shows]]\nsource = "app"\nobject = "/card/*"\ncategories = ["id.nir"]\n'
    with pytest.raises(CannotRecount, match="two rules"):
        recount(write_case(tmp_path, [card("P1")], catalogue=both))


def test_rules_add_up_when_both_say_together(tmp_path: Path) -> None:
    both = (
        '[[shows]]\nobject = "/card/{person}"\ncategories = ["identity.name"]\ntogether = true\n'
        '[[shows]]\naction = "read"\ncategories = ["id.nir"]\ntogether = true\n'
    )
    recounted = recount(write_case(tmp_path, [act(object="/card/P1", person="P1")], catalogue=both))
    assert {row["category"] for row in list_rows(recounted, "disclosures")} == {"identity.name", "id.nir"}


def test_latest_rule_holds_from_its_very_instant(tmp_path: Path) -> None:
    later = (
        '[[shows]]\nsource = "app"\naction = "read"\nobject = "/card/{person}"\n'
        "since = 2024-03-01T09:10:00Z\ncategories = []\n"
    )
    recounted = recount(
        write_case(tmp_path, [card("P1", "09:09:59.999999"), card("P2")], catalogue=CATALOGUE + later)
    )
    assert [row["person"] for row in list_rows(recounted, "disclosures")] == ["P1"]


@pytest.mark.parametrize(
    ("pattern", "path", "holds"),
    [
        ("/a/*/c", "/a/b/c", True),
        ("/a/*/c", "/a//c", False),
        ("/a/*/c", "/a/b/b/c", False),
        ("/a/**", "/a/b/c", True),
        ("/a/*.csv", "/a/.csv", True),
        ("/a/{person}", "/a/b/c", False),
        ("/a/{person}.pdf", "/a/P1.pdf", True),
        ("/A", "/a", False),
        ("/a.b", "/axb", False),
        ("/a(b", "/a(b", True),
    ],
)
def test_object_of_a_rule_is_matched_by_segments(pattern: str, path: str, holds: bool) -> None:
    assert (read_pattern(pattern).fullmatch(path) is not None) == holds


def test_object_of_a_mapped_log_is_matched_decoded_and_without_its_query(tmp_path: Path) -> None:
    recounted = recount(write_case(tmp_path, [act(object="/card/P%31?full=1")]))
    assert [row["person"] for row in list_rows(recounted, "disclosures")] == ["P1"]


def csv_records(text: str) -> list[Record]:
    return list(cut_csv(text.encode(), CsvShape()))


def test_csv_row_may_hold_line_ends_and_doubled_quotes() -> None:
    header, first, second = csv_records('a,b\n"x\ny","say ""no"""\n5" disk,z\n')
    assert (header.non_event, header.line) == ("header", 1)
    assert (first.body, first.line) == ({"a": "x\ny", "b": 'say "no"'}, 2)
    assert (second.body, second.line) == ({"a": '5" disk', "b": "z"}, 4)


def test_csv_row_is_broken_when_cells_are_missing_or_too_many() -> None:
    _, short, long, blank = csv_records("a,b,c\n1,2\n1,2,3,4\n\n")
    assert (short.problem, short.body) == ("broken", {"a": "1"})
    assert (long.problem, long.body) == ("broken", {})
    assert blank.non_event == "blank"


def test_csv_file_is_broken_from_the_quote_that_never_closes() -> None:
    records = csv_records('a,b\n1,2\n"3,4\n5,6\n')
    assert [(one.line, one.problem) for one in records] == [(1, None), (2, None), (3, "broken")]


@pytest.mark.parametrize(
    ("text", "good", "broken"),
    [
        ('[{"a":1},\n{"a":2}]', 2, 0),
        ('{"Records": [{"a":1}]}', 1, 0),
        ('{"kind": "x", "Records": [{"a":1}, {"a":2}]}', 2, 0),
        ('[{"a":1}, {"a":', 1, 1),
        ('[{"a":1}', 1, 1),
        ('[{"a":1} {"a":2}]', 1, 1),
        ('[{"a":1}, 7]', 1, 1),
        ("[]", 0, 0),
        ("", 0, 0),
        ("not json", 0, 1),
    ],
)
def test_json_array_yields_its_good_elements_and_one_broken_rest(text: str, good: int, broken: int) -> None:
    records = list(cut_json_array(text.encode()))
    assert sum(one.problem is None for one in records) == good
    assert sum(one.problem == "broken" for one in records) == broken


def test_lines_are_read_between_marks_and_by_pattern(tmp_path: Path) -> None:
    mapping = (
        'reader = "lines"\n[fields]\n'
        'occurred_at = { between = ["at=[", "]"], time = "iso8601" }\n'
        "account = { between = ['user=\"', '\"'] }\n"
        "object = { regex = 'path=(?P<value>\\S+)' }\n"
        'action = { const = "read" }\noutcome = { const = "success" }\n'
    )
    line = 'at=[2024-03-01T09:10:00Z] user="thief" path=/card/P1'
    recounted = recount(write_case(tmp_path, [line, "", "noise"], mapping=mapping))
    assert accounting(recounted) == (3, 1, 1, 1)
    assert [row["person"] for row in list_rows(recounted, "disclosures")] == ["P1"]


def test_csv_log_is_read_by_name_and_by_place(tmp_path: Path) -> None:
    mapping = (
        'reader = "csv"\ndelimiter = ";"\n[fields]\noccurred_at = { column = "when", time = "iso8601" }\n'
        'account = { column = 2 }\nperson = { column = "who", strip_prefix = "Patient/" }\n'
        'action = { const = "list" }\noutcome = { const = "success" }\n'
    )
    lines = ["when;user;who", "2024-03-01T09:10:00Z;thief;Patient/P1", "2024-03-01T09:11:00Z;nurse;P2"]
    recounted = recount(write_case(tmp_path, lines, mapping=mapping))
    assert accounting(recounted) == (3, 2, 0, 1)
    assert [row["person"] for row in list_rows(recounted, "disclosures")] == ["P1"]


@pytest.mark.parametrize("path", ["$.a.b", "$['a'].b", "$.c[0].b"])
def test_json_path_leads_to_a_value(tmp_path: Path, path: str) -> None:
    mapping = MAPPING.replace('person = { path = "$.person" }', f'person = {{ path = "{path}" }}')
    line = act(action="list") | {"a": {"b": "P1"}, "c": [{"b": "P1"}]}
    recounted = recount(write_case(tmp_path, [line], mapping=mapping))
    assert [row["person"] for row in list_rows(recounted, "disclosures")] == ["P1"]


def test_json_path_with_a_star_leads_to_every_element(tmp_path: Path) -> None:
    mapping = MAPPING.replace('"$.persons"', '"$.hits[*].id"')
    line = act(action="list") | {"hits": [{"id": "P1"}, {"id": "P2"}, {}]}
    recounted = recount(write_case(tmp_path, [line], mapping=mapping))
    assert [row["person"] for row in list_rows(recounted, "disclosures")] == ["P1", "P2"]


@pytest.mark.parametrize("path", ["a.b", "$..a", "$.a[?(@.b)]"])
def test_json_path_is_refused_when_it_is_not_plain(path: str) -> None:
    with pytest.raises(CannotRecount):
        read_path(path)


def web(line: str) -> dict[str, object]:
    (record,) = cut_web(line.encode())
    return read_web_columns(record)[0]


def test_web_line_gives_its_columns() -> None:
    columns = web(
        "::ffff:192.0.2.1 - a.b [29/Feb/2024:01:30:00 +0100] "
        '"PUT http://h/p%20q?x=%20 HTTP/2.0" 204 - "-" "agent \\"x\\""'
    )
    assert (columns["address"], columns["account"], columns["action"]) == ("192.0.2.1", "a.b", "update")
    assert (columns["object"], columns["query"], columns["outcome"]) == ("/p q", "x=%20", "success")
    assert columns["occurred_at"] == datetime(2024, 2, 29, 0, 30, tzinfo=UTC)


def test_web_line_of_the_common_format_has_no_agent() -> None:
    columns = web('192.0.2.1 - - [29/Feb/2024:01:30:00 +0000] "GET / HTTP/1.0" 500 12')
    assert (columns["user_agent"], columns["account"], columns["outcome"]) == (None, None, "failure")


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("192.0.2.1", {}),
        ("192.0.2.1 - ", {"address": "192.0.2.1"}),
        ("192.0.2.1 - a.b", {"address": "192.0.2.1"}),
        ("192.0.2.1 - a.b [29/Fe", {"address": "192.0.2.1", "account": "a.b"}),
        ("192.0.2.1 - - [29/Feb/2024:00:00:00 +0000] x", {
            "address": "192.0.2.1", "account": None, "occurred_at": datetime(2024, 2, 29, tzinfo=UTC)}),
    ],
)  # fmt: skip
def test_cut_web_line_gives_what_was_closed(line: str, known: dict[str, object]) -> None:
    assert web(line) == known


def test_registry_in_parquet_is_read(tmp_path: Path) -> None:
    case = write_case(tmp_path, [card("P7")])
    pq.write_table(pa.table({"id": ["P7"], "born": ["1950-01-01"]}), case / "patients.parquet")
    toml = case / "case.toml"
    toml.write_text(toml.read_text("utf-8").replace("patients.csv", "patients.parquet"), "utf-8")
    assert [row["person"] for row in list_rows(recount(case), "persons")] == ["P7"]
