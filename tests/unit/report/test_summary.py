# SPDX-License-Identifier: Apache-2.0
"""The terminal's words fit, line up, obey nobody's escapes, and are whole in both languages."""

from __future__ import annotations

import pytest

from tests.unit.report.sample import golden_report, hostile_report
from tocsin.core.words import words
from tocsin.report.summary import summary_lines

LANGUAGES = ("fr", "en")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [48, 80, 132])
def test_lines_fit_the_terminal(lang, width) -> None:
    lines = summary_lines(golden_report(), words(lang), width)
    assert max(map(len, lines)) <= width


def test_director_reads_the_answer_first() -> None:
    lines = summary_lines(golden_report(), words("fr"), 80)
    assert lines[1] == "Au moins 12 personnes, vraisemblablement 17, au plus 39."
    assert "nom et prénoms                     12                17       39" in lines


def test_columns_line_up() -> None:
    lines = summary_lines(golden_report(), words("en"), 80)
    table = lines[3 : lines.index("", 3)]
    assert len(table) == 10
    assert {len(line) for line in table} == {len(table[0])}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_count_of_persons_is_in_the_lines(lang) -> None:
    report = golden_report()
    text = "\n".join(summary_lines(report, words(lang), 120))
    rows = {tuple(line.split()[-3:]) for line in text.splitlines()}
    for row in report["categories"].values():
        assert tuple(str(row["persons"][name]) for name in ("floor", "best", "ceiling")) in rows


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_text_is_spelt_out_in_plain_lines(lang) -> None:
    lines = summary_lines(hostile_report(), words(lang), 400)
    assert not any(character in "".join(lines) for character in "\x1b\u202e\n")
    assert "\\x1b[31m" in "".join(lines)


def test_lines_are_few_when_the_report_is_empty() -> None:
    assert len(summary_lines({}, words("fr"), 80)) <= 3


def test_extra_is_read_beside_the_report() -> None:
    sealed = summary_lines(golden_report(), words("en"), 80, extra={"secrecy": {"sealed": True}})
    assert "this case is sealed" in sealed[-1]
