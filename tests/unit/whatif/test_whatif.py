# SPDX-License-Identifier: Apache-2.0
"""Hypotheses on the golden case: what moves, who comes and goes, and that nothing is written."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import GOLDEN
from tocsin.cli.look.whatif import length_of
from tocsin.core.errors import InputError
from tocsin.core.words import words
from tocsin.pipeline import run_case
from tocsin.store.case import Case
from tocsin.whatif.effect import Result, arrived, measure
from tocsin.whatif.said import effect_lines
from tocsin.whatif.suppose import Asked, Window, files_that_arrived


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The golden case, run, open for reading."""
    folder = tmp_path_factory.mktemp("whatif") / "case"
    shutil.copytree(GOLDEN / "case", folder)
    with Case(folder, by="tests") as opened:
        run_case(opened)
    return Case(folder, by="tests", read_only=True)


def digest_of(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def persons(result: Result, side: str) -> tuple[int, int, int | None]:
    count = result["counts"]["persons"][side]  # type: ignore[index]
    return count["floor"], count["best"], count["ceiling"]


def change(result: Result, name: str) -> dict[str, object]:
    return result["persons"][name]  # type: ignore[index,no-any-return]


def test_source_dropped_takes_its_persons_with_it_and_writes_nothing(case: Case) -> None:
    before = digest_of(case.folder)
    result = measure(case, Asked(dropped=("web",)))
    assert persons(result, "before") == (12, 17, 39)
    assert persons(result, "after")[:2] == (9, 14)
    assert (change(result, "leave")["count"], change(result, "enter")["count"]) == (3, 0)
    assert {row["source"] for row in change(result, "leave")["through"]} == {"web"}  # type: ignore[attr-defined]
    assert digest_of(case.folder) == before


def test_sources_dropped_prove_that_nobody_was_seen_no_more_than_they_were_ever_there(case: Case) -> None:
    every = tuple(source.name for source in case.settings.sources)
    assert persons(measure(case, Asked(dropped=every)), "after") == (0, 0, None)


def test_window_widened_lets_persons_in_with_the_account_that_showed_them(case: Case) -> None:
    result = measure(case, Asked(widened=timedelta(hours=12)), listed=1)
    assert persons(result, "after")[0] > persons(result, "before")[0]
    entered = change(result, "enter")
    assert entered["count"] == 3
    [one] = json.loads(json.dumps(entered["listed"]))
    assert (one["before"], one["after"]) == (None, "floor")
    assert one["through"][0]["account"] == "dr.lemoine"


def test_account_cleared_leaves_nobody(case: Case) -> None:
    result = measure(case, Asked(cleared=("dr.lemoine",)))
    assert persons(result, "after")[0] < persons(result, "before")[0]
    assert change(result, "leave")["count"]


def test_files_that_arrived_are_told_as_what_they_brought(case: Case) -> None:
    assert files_that_arrived(case) == ()
    with pytest.raises(InputError, match="No log file has arrived"):
        arrived(case, ())
    result = arrived(case, ("logs/access.log",))
    assert (persons(result, "before")[:2], persons(result, "after")[:2]) == ((9, 14), (12, 17))
    assert change(result, "enter")["count"] == 3
    assert result["hypotheses"] == [{"code": "files_arrived", "values": {"files": 1}}]


def test_effect_is_said_without_a_person_in_both_languages(case: Case) -> None:
    asked = Asked(distrusted=("gateway",), threshold=0.4, added=(Window("nobody", p=0.6),))
    result = measure(case, asked)
    json.dumps(result)
    for language in ("fr", "en"):
        said = list(effect_lines(words(language), result))
        assert any("39" in line for line in said)
        assert not any("{" in line for line in said)


@pytest.mark.parametrize(
    "asked", [Asked(), Asked(dropped=("nowhere",)), Asked(without=("no.log",)), Asked(distrusted=("x",))]
)
def test_hypothesis_on_what_is_not_there_is_refused(case: Case, asked: Asked) -> None:
    with pytest.raises(InputError):
        measure(case, asked)


def test_case_without_counts_is_refused(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "case", tmp_path / "case")
    with Case(tmp_path / "case", by="tests") as opened, pytest.raises(InputError):
        measure(opened, Asked(dropped=("web",)))


@pytest.mark.parametrize(("text", "length"), [("90m", timedelta(minutes=90)), ("2d", timedelta(days=2))])
def test_length_of_time_is_read(text: str, length: timedelta) -> None:
    assert length_of(text) == length


def test_length_of_time_without_a_unit_is_refused() -> None:
    with pytest.raises(InputError):
        length_of("90")
