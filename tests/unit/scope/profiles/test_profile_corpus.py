# SPDX-License-Identifier: Apache-2.0
"""The synthetic corpus: every identifier that stands in it is found, and no other, file by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.scan import find_all
from benchmarks.scan_made import make_corpus
from tocsin.scope.profiles.profile import Profile
from tocsin.scope.profiles.scan import scan

PERSONS = 120


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    make_corpus(folder, PERSONS, seed=3)
    return folder


def test_identifiers_found_are_those_that_stand_there(corpus: Path, tmp_path: Path) -> None:
    truth = make_corpus(tmp_path / "again", PERSONS, seed=3)
    assert find_all(corpus) == {name: dict(kinds) for name, kinds in truth.found.items()}


def test_persons_are_counted_once_a_file_and_guardians_are_not_patients(corpus: Path) -> None:
    profiles: dict[str, Profile] = {}
    totals = scan([corpus], told=lambda p: profiles.update({Path(p.label).name: p}))
    for name in ("adt.hl7", "base.sqlite", "bundle.json", "extrait.csv", "opaque.parquet"):
        assert profiles[name].distinct["persons"] == PERSONS, name
        assert profiles[name].unreadable is None
    assert profiles["adt.hl7"].distinct["guardian_phone"] == 1
    assert totals.unreadable == 0
    assert totals.distinct["nir"] == PERSONS


def test_columns_without_a_telling_name_are_known_by_their_values(corpus: Path) -> None:
    found: list[Profile] = []
    scan([corpus / "opaque.parquet"], told=found.append)
    told = {one.column.name: (one.column.category, one.column.basis) for one in found[0].columns}
    assert told == {"a": ("id.nir", "content"), "b": ("contact.email", "content"), "c": (None, "unknown")}


def test_wrong_keys_are_counted_and_kept(corpus: Path) -> None:
    found: list[Profile] = []
    scan([corpus / "extrait.csv"], told=found.append)
    assert found[0].false_keys > 0
    assert found[0].distinct["nir"] == PERSONS
