# SPDX-License-Identifier: Apache-2.0
"""What a mapping says of CSV and of text lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.ingest.mapped_reading import LINES, Row, read
from tocsin.core.errors import InputError

CSV = """
reader = "csv"
zone = "UTC"
{options}
[fields]
occurred_at = {{ column = {time} }}
account = {{ column = {account} }}
"""


def csv_read(
    folder: Path, content: str | bytes, options: str = "", time: str = '"t"', account: str = '"who"'
) -> list[Row]:
    return read(folder, CSV.format(options=options, time=time, account=account), content)


def test_csv_columns_are_named_by_the_header(tmp_path: Path) -> None:
    rows = csv_read(
        tmp_path, 'what,t,who\nx,2024-06-11T10:00:00Z,a\n"y,""z""\n2",2024-06-11T10:00:00Z,"b c"\n'
    )
    assert [(row["account"], row["reason"], row["line_number"]) for row in rows] == [
        ("who", "header", 1),
        ("a", "", 2),
        ("b c", "", 3),
    ]
    assert [row["detail"] for row in rows[1:]] == ['{"what":"x"}', '{"what":"y,\\"z\\"\\n2"}']


def test_csv_columns_are_numbered_from_one(tmp_path: Path) -> None:
    rows = csv_read(tmp_path, "x;2024-06-11T10:00:00Z;a\n", 'header = false\ndelimiter = ";"', "2", "3")
    assert [(row["account"], row["detail"]) for row in rows] == [
        ("a", '{"cells":["x","2024-06-11T10:00:00Z","a"]}')
    ]
    rows = csv_read(tmp_path, "t,who\n2024-06-11T10:00:00Z,a\n", "", "1", "2")
    assert rows[1]["account"] == "a"


def test_csv_delimiter_quote_and_encoding_are_the_mapping_s(tmp_path: Path) -> None:
    content = "t\twho\n2024-06-11T10:00:00Z\t'é\t'''\n".encode("latin-1")
    options = 'delimiter = "\\t"\nquote = "\'"\nencoding = "latin-1"'
    assert csv_read(tmp_path, content, options)[1]["account"] == "é\t'"
    content = b't,who\n2024-06-11T10:00:00Z,"a\n'
    assert csv_read(tmp_path, content, 'quote = ""')[1]["account"] == '"a'


def test_csv_row_with_other_cells_than_the_header_is_broken(tmp_path: Path) -> None:
    rows = csv_read(
        tmp_path, "t,who\n2024-06-11T10:00:00Z\n2024-06-11T10:00:00Z,a,b\n\n2024-06-11T10:00:00Z,a\n"
    )
    assert [row["reason"] for row in rows] == ["header", "broken", "broken", "blank", ""]
    rows = csv_read(tmp_path, "2024-06-11T10:00:00Z\n", "header = false", "1", "2")
    assert [row["reason"] for row in rows] == ["broken"]


def test_csv_quote_that_never_closes_hides_no_row(tmp_path: Path) -> None:
    body = "".join(f"2024-06-11T10:00:{n:02d}Z,u{n}\n" for n in range(60))
    rows = csv_read(tmp_path, f't,who\n2024-06-11T10:00:00Z,"thief\n{body}')
    assert [row["reason"] for row in rows][:2] == ["header", "broken"]
    assert [row["account"] for row in rows[2:]] == [f"u{n}" for n in range(60)]


def test_csv_header_that_stands_again_is_no_event(tmp_path: Path) -> None:
    rows = csv_read(tmp_path, '\ufefft,who\n2024-06-11T10:00:00Z,a\n"t","who"\n')
    assert [row["reason"] for row in rows] == ["header", "", "header"]


def test_csv_persons_stand_in_one_cell(tmp_path: Path) -> None:
    text = (
        CSV.format(options="", time='"t"', account='"who"')
        + 'persons = { column = "p", strip_prefix = "P" }\n'
    )
    rows = read(tmp_path, text, "t,who,p\n2024-06-11T10:00:00Z,a,P1 P2;3\n2024-06-11T10:00:00Z,a,\n")
    assert [row["persons"] for row in rows[1:]] == [["1", "2", "3"], None]


@pytest.mark.parametrize(("header", "said"), [("t,whom", "whom"), ("t,who,who", "twice"), ("a,b", "a, b")])
def test_csv_column_that_is_not_in_the_header_is_refused(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        csv_read(tmp_path, header + "\n")
    assert caught.value.code == "no_column"
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("""{ between = ['user="', '"'] }""", "x y"),
        ("""{ between = ['user=', ' '] }""", '"x'),
        ("""{ between = ['node=', ''] }""", "n1"),
        ("""{ between = ['', ' '] }""", "2024-06-11T10:00:00"),
        ("""{ between = ['user="', '#'] }""", None),
        ("""{ between = ['nobody=', ' '] }""", None),
        ("""{ regex = 'user="(?P<value>[^"]*)"' }""", "x y"),
        ("""{ regex = 'n\\d$' }""", "n1"),
        ("""{ regex = '(user)="(?P<value>[^"]*)"' }""", "x y"),
        ("""{ regex = 'none' }""", None),
        ("""{ const = "c" }""", "c"),
    ],
)
def test_value_stands_in_a_line(tmp_path: Path, field: str, found: str | None) -> None:
    [row] = read(
        tmp_path, LINES.format(field=f"account = {field}"), '2024-06-11T10:00:00 user="x y" node=n1\n'
    )
    assert row["account"] == found
    assert row["detail"] == '{"line":"2024-06-11T10:00:00 user=\\"x y\\" node=n1"}'


def test_lines_are_skipped_by_an_expression(tmp_path: Path) -> None:
    text = LINES.format(field="[skip]\nregex = 'heart(?P<value>beat|attack)'\nin = [\"beat\"]")
    rows = read(
        tmp_path,
        text,
        "2024-06-11T10:00:00 heartbeat\n2024-06-11T10:00:00 heartattack\n2024-06-11T10:00:00\n",
    )
    assert [row["reason"] for row in rows] == ["skip_rule", "", ""]


def test_lines_persons_are_a_list(tmp_path: Path) -> None:
    text = LINES.format(field="persons = { between = ['p=', ';'] }")
    rows = read(tmp_path, text, "2024-06-11T10:00:00 p=1,2;\n2024-06-11T10:00:00\n")
    assert [row["persons"] for row in rows] == [["1", "2"], None]
