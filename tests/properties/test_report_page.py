# SPDX-License-Identifier: Apache-2.0
"""Whatever stands in a log, the page and the lines show it and obey nothing; counts keep their order."""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from tocsin.core.words import visible, words
from tocsin.report.charts import draw_bracket, draw_slices
from tocsin.report.html import render_html
from tocsin.report.phrases import say
from tocsin.report.reading import Count
from tocsin.report.sentences import headline
from tocsin.report.summary import summary_lines

ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
COUNTS = st.lists(st.integers(0, 10**8), min_size=3, max_size=3).map(sorted)


def report_about(name: str) -> dict[str, Any]:
    return {
        "case": name,
        "counts": {"persons": {"floor": 1, "best": 2, "ceiling": 3}},
        "accounts": [{"account": name, "rank": 1, "p": 0.5, "verdict": "doubtful", "reasons": [name]}],
        "claims": [{"id": f"no:{name}", "grade": "proven", "hypotheses": [name]}],
    }


@given(name=ANY_TEXT)
@settings(max_examples=60)
def test_page_shows_any_name_and_keeps_its_shape(name: str) -> None:
    page = render_html(report_about(name))
    tree = lxml_html.document_fromstring(page)
    plain = lxml_html.document_fromstring(render_html(report_about("name")))
    assert [e.tag for e in tree.iter()] == [e.tag for e in plain.iter()]
    assert tree.find_class("name")[0].text_content() == visible(name)
    page.encode()


@given(name=ANY_TEXT)
@settings(max_examples=60)
def test_lines_of_any_name_hold_no_control_character(name: str) -> None:
    for line in summary_lines(report_about(name), words("fr"), 80):
        assert not [c for c in line if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]
        line.encode()


@given(values=st.dictionaries(ANY_TEXT, JSON, max_size=3), code=ANY_TEXT)
def test_coded_sentence_is_said_whatever_its_values(values: dict[str, Any], code: str) -> None:
    assert isinstance(say(words("en"), {"code": code, "values": values}), str)


@given(count=COUNTS, bounded=st.booleans())
def test_headline_says_all_three_figures_or_why_not(count: list[int], bounded: bool) -> None:
    floor, best, ceiling = count
    said = headline(words("en"), Count(floor, best, ceiling if bounded else None))
    figures = {floor, best, ceiling} if bounded else {floor, best}
    for figure in figures - {0, 1}:
        assert words("en").number(figure) in said
    assert ("no upper bound" in said) != bounded


@given(count=COUNTS)
def test_bracket_keeps_the_order_of_the_counts(count: list[int]) -> None:
    bracket = draw_bracket(Count(*count))
    assert 0 <= bracket.floor <= bracket.best <= bracket.ceiling <= 100


@given(parts=st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 10**10)))
def test_slices_never_overlap_nor_leave_the_bar(parts: dict[str, int]) -> None:
    slices = draw_slices(parts)
    assert {s.name for s in slices} == {name for name, value in parts.items() if value}
    end = 0.0
    for piece in slices:
        assert abs(piece.x - end) < 0.01
        assert piece.width > 0
        end = piece.x + piece.width
    assert not slices or abs(end - 100) < 0.02
