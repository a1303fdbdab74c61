# SPDX-License-Identifier: Apache-2.0
"""`tocsin ask`, `answer` and `decide --threshold`, as a user has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.answers.made import split_case
from tests.unit.cli.conftest import Tocsin

ROY = ("--channel", "call-back", "--answered-by", "Dr Roy", "--by", "team")


@pytest.fixture
def held(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    split_case(folder).close()
    return folder


def test_ask_writes_the_papers_and_exits_one_while_a_question_is_open(tocsin: Tocsin, held: Path) -> None:
    answer = tocsin("ask", held, "--json", "--by", "team")
    told = answer.json["result"]
    assert (answer.code, told["new"]) == (1, 2)
    assert [Path(page).is_file() for page in told["pages"]] == [True, True]
    assert told["questions"][0]["lines"] == ["portal.log:1", "portal.log:2"]
    assert [cost["threshold"] for cost in told["costs"]] == [0.05, 0.2, 0.5, 0.8]
    assert tocsin("ask", held, "--json", "--by", "team").json["result"]["new"] == 0


def test_ask_says_costs_in_french(tocsin: Tocsin, held: Path) -> None:
    assert "lettres, dont" in tocsin("ask", held, "--lang", "fr", "--by", "team").out


def test_ask_for_owner_writes_what_is_handed_out(tocsin: Tocsin, held: Path) -> None:
    answer = tocsin("ask", held, "--for-owner", "--json", "--by", "team")
    [account] = answer.json["result"]["accounts"]
    assert (answer.code, account["established"], account["acts"], account["elsewhere"]) == (0, True, 2, 1)
    assert tocsin("ask", held, "--for-owner", "--account", "nobody", "--by", "team").code == 2


def test_answer_is_recorded_and_contradiction_exits_one(tocsin: Tocsin, held: Path) -> None:
    tocsin("ask", held, "--by", "team")
    first = tocsin("answer", held, "--question", "1", "--said", "not-mine", *ROY, "--json")
    assert (first.code, first.json["result"]["recorded"]["against"]) == (0, [])
    second = tocsin("answer", held, "--question", "1", "--said", "mine", *ROY, "--json")
    assert (second.code, second.json["warnings"][0]["code"]) == (1, "answers_contradict")
    assert len(second.json["result"]["recorded"]["against"]) == 1
    listed = tocsin("answer", held, "--by", "team", "--lang", "en")
    assert listed.code == 1
    assert "answers contradict one another" in listed.out
    assert re.search(r"Dr Roy, \d+ \w+ \d{4} at \d\d:\d\d: it was not them, sure, by call-back", listed.out)
    third = tocsin("answer", held, "--question", "1", "--said", "not-mine", *ROY, "--corrects")
    assert third.code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--question", "1"),
        ("--said", "mine"),
        ("--question", "1", "--session", "s1", "--said", "mine", *ROY[:4]),
        ("--question", "9", "--said", "mine", *ROY[:4]),
    ],
)
def test_answer_that_lacks_something_is_refused(
    tocsin: Tocsin, held: Path, arguments: tuple[str, ...]
) -> None:
    assert tocsin("answer", held, *arguments, "--by", "team").code == 2


def test_threshold_is_a_decision_with_its_cost(tocsin: Tocsin, held: Path) -> None:
    answer = tocsin("decide", held, "--threshold", "0.5", "--why", "board", "--by", "DPO", "--json")
    assert (answer.code, answer.json["result"]["cost"]["kept_off"]) == (0, 2)


@pytest.mark.parametrize(
    "arguments", [(), ("--threshold", "0.5", "--verdict", "doubtful"), ("--account", "dr.x")]
)
def test_decision_of_nothing_or_of_two_things_is_refused(
    tocsin: Tocsin, held: Path, arguments: tuple[str, ...]
) -> None:
    assert tocsin("decide", held, *arguments, "--why", "w", "--by", "DPO").code == 2


def test_threshold_without_a_split_is_refused(tocsin: Tocsin, tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text('[case]\nid = "e"\ntitle = "e"\nzone = "UTC"\n', "utf-8")
    answer = tocsin("decide", tmp_path, "--threshold", "0.5", "--why", "w", "--by", "DPO", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, "nothing_split")
