# SPDX-License-Identifier: Apache-2.0
"""What a log holds never acts: not on a terminal, nor in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from tests.made_case import NOON, make_case
from tests.unit.cli.conftest import Tocsin

HOSTILE = "\x1b[31mevil\x1b]0;owned\x07\u202eforward"
SPELT = "\\x1b[31mevil\\x1b]0;owned\\x07\\u202eforward"
COMBINED = '{ip} - {account} [11/Jun/2024:08:00:0{n} +0000] "GET /{path} HTTP/1.1" 200 5 "-" "{agent}"\n'
ACTING = ("\x1b", "\x07", "\x9b", "\u202e", "\x00")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    lines = [
        COMBINED.format(ip="192.0.2.1", account=HOSTILE, n=n, path=HOSTILE, agent=HOSTILE) for n in range(5)
    ]
    path.write_text("".join(lines) + f"not a line {HOSTILE}\n", "utf-8")
    return path


def assert_nothing_acts(*texts: str) -> None:
    for text in texts:
        assert not any(mark in text for mark in ACTING), repr(text)


def test_hostile_account_is_spelt_out_on_a_terminal(tocsin: Tocsin, log: Path) -> None:
    answer = tocsin("first", log, "--account", HOSTILE)
    assert SPELT in answer.out
    assert_nothing_acts(answer.out, answer.err)
    for verb, code in (("read", 1), ("formats", 0)):
        answer = tocsin(verb, log)
        assert answer.code == code
        assert_nothing_acts(answer.out, answer.err)


def test_hostile_case_is_run_traced_and_told_without_acting(
    tocsin: Tocsin, log: Path, tmp_path: Path
) -> None:
    known = "".join(f"\\u{ord(c):04x}" for c in HOSTILE)
    (tmp_path / "case.toml").write_text(
        '[case]\nid = "x\\u001b[31m"\ntitle = "\\u001b]0;t\\u0007"\n[[sources]]\nname = "web\\u001b[1m"\n'
        'paths = ["access.log"]\n[[registries]]\nname = "r"\npaths = ["r.csv"]\ncolumns = { person = "id" }\n'
        f'[[known]]\naccount = "{known}"\nwhy = "{known}"\n',
        "utf-8",
    )
    (tmp_path / "r.csv").write_text("id\nP1\n")
    run = tocsin("run", tmp_path)
    assert run.code in (0, 1), run.err
    traced = tocsin("trace", tmp_path, "scope.unresolved")
    assert traced.code == 0, traced.err
    assert SPELT in traced.out
    person = tocsin("person", tmp_path, "--local", "r:\x1b[31m")
    decided = tocsin("decide", tmp_path, "--account", HOSTILE, "--verdict", "doubtful", "--why", HOSTILE)
    journal = tocsin("journal", tmp_path, "check")
    assert (decided.code, journal.code) == (0, 0)
    for answer in (run, traced, person, decided, journal):
        assert_nothing_acts(answer.out, answer.err)
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert_nothing_acts(page)


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", HOSTILE],
        ["run", "--" + HOSTILE],
        [HOSTILE],
        ["read", HOSTILE],
        ["demo", HOSTILE],
        ["decide", "x", "--verdict", HOSTILE, "--why", "y"],
        ["decide", "x", "--account", "a", "--verdict", "doubtful", "--why", "y", "--from", HOSTILE],
    ],
)
def test_hostile_argument_is_spelt_out_in_the_error(
    tocsin: Tocsin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = tocsin(*arguments)
    assert answer.code == 2
    assert_nothing_acts(answer.out, answer.err)


FORMULAS = ["=cmd|' /C calc'!A0", "+33199000001", "-2+3", "@SUM(A1)", "\tx", "\r=1", "plain", "1e5", HOSTILE]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    events = [
        {
            "event_id": n,
            "occurred_at": NOON,
            "account": text,
            "account_name": text,
            "persons": [text, "P2"],
            "sequence": -5,
        }
        for n, text in enumerate(FORMULAS)
    ]
    with make_case(tmp_path / "case", events=events):
        pass
    return tmp_path / "case"


def test_formula_is_a_text_in_a_csv(tocsin: Tocsin, made: Path, tmp_path: Path) -> None:
    assert tocsin("table", made, "events", "--to", tmp_path / "e.csv").code == 0
    with (tmp_path / "e.csv").open(encoding="utf-8", newline="") as file:
        rows = {int(row["event_id"]): row for row in csv.DictReader(file)}
    for number, text in enumerate(FORMULAS):
        for column in ("account", "account_name", "persons"):
            cell = rows[number][column]
            assert cell.lstrip("'").startswith(text[:1])
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert rows[number]["sequence"] == "-5", "a number stays one"


def test_formula_is_a_text_in_a_spreadsheet(tocsin: Tocsin, made: Path, tmp_path: Path) -> None:
    answer = tocsin("table", made, "events", "--to", tmp_path / "e.xlsx")
    assert answer.code == 0, answer.err
    sheet = load_workbook(tmp_path / "e.xlsx").active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert_nothing_acts(*(str(cell.value) for cell in cells))


def test_parquet_holds_the_values_as_they_are(tocsin: Tocsin, made: Path, tmp_path: Path) -> None:
    assert tocsin("table", made, "events", "--to", tmp_path / "e.parquet").code == 0
    held = pq.read_table(tmp_path / "e.parquet").column("account").to_pylist()
    assert sorted(held) == sorted(FORMULAS)
