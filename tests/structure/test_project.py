# SPDX-License-Identifier: Apache-2.0
"""What pyproject.toml asks for: locked by hash from no one place, and every part it registers is there."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module

import pytest
from packaging.requirements import Requirement

from tests.structure.source import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.txt", "requirements-dev.txt")
PINNED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)
ADDRESS = re.compile(r"://|file:|^--?(index|extra-index|find-links|f|i)\b| @ ", re.MULTILINE)


def pins(lock: str) -> dict[str, list[str]]:
    """Versions by package; one package may have several, for several Pythons."""
    found: dict[str, list[str]] = {}
    for name, version in PINNED.findall((ROOT / lock).read_text("utf-8")):
        found.setdefault(name, []).append(version)
    return found


def asked(lock: str) -> list[str]:
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    base = [*project["dependencies"], *project["optional-dependencies"]["xlsx"], *groups["build"]]
    return [*base, *groups["dev"]] if "dev" in lock else base


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_what_the_project_asks_for(lock: str) -> None:
    locked = pins(lock)
    for text in asked(lock):
        need = Requirement(text)
        versions = locked.get(need.name.lower().replace("_", "-"), [])
        assert versions, f"{need.name} is not in {lock}: run script/lock"
        assert all(v in need.specifier for v in versions), f"{need}: run script/lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_records_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not ADDRESS.search(text)
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert [e.split()[0] for e in entries if "--hash=sha256:" not in e] == []


def test_both_locks_agree() -> None:
    base, dev = (pins(lock) for lock in LOCKS)
    assert {name: dev.get(name) for name in base} == base


@pytest.mark.parametrize("group", sorted(PROJECT["project"].get("entry-points", {})))
def test_every_registered_part_is_there_under_its_name(group: str) -> None:
    for name, place in PROJECT["project"]["entry-points"][group].items():
        module, _, attribute = place.partition(":")
        if not attribute:
            assert import_module(module).__doc__, place
            continue
        part = getattr(import_module(module), attribute)
        assert str(getattr(part, "name", name)).replace("_", "-") == name.replace("_", "-"), place
