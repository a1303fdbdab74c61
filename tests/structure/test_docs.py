# SPDX-License-Identifier: Apache-2.0
"""The documents say what the code says, whole, and every link leads somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from docs import generate
from tests.structure.source import ROOT, shown, tracked_files
from tocsin.core import terms
from tocsin.core.errors import TocsinError
from tocsin.core.tables import ALL_TABLES

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
OUTSIDE = re.compile(r"^[a-z]+:")
PAGES = [p for p in tracked_files() if p.suffix == ".md" and "golden" not in p.parts]
REFERENCE = ROOT / "docs" / "reference"


@pytest.mark.parametrize("name", list(generate.PAGES))
def test_page_made_from_the_code_has_not_drifted(name: str) -> None:
    assert (REFERENCE / name).read_text("utf-8") == generate.render(name), "run script/docs"


def test_every_column_has_a_meaning_and_stands_in_the_reference() -> None:
    page = (REFERENCE / "tables.md").read_text("utf-8")
    for table in ALL_TABLES:
        assert table.grain.strip()
        assert f"\n## {table.name}\n" in page
        assert set(table.key) <= set(table.column_names)
        for column in table.columns:
            assert column.meaning.strip(), f"{table.name}.{column.name}"
            assert f"| `{column.name}` |" in page


def test_every_setting_has_a_meaning_and_no_meaning_is_left_over() -> None:
    meanings = tomllib.loads((REFERENCE / "settings.toml").read_text("utf-8"))
    keys = {
        struct.__name__: set(generate.keys_of(struct))
        for _, root in generate.FILES
        for struct in generate.structs_of(root)
    }
    assert {name: set(held) for name, held in meanings.items()} == keys
    assert [
        f"{name}.{key}" for name, held in meanings.items() for key, text in held.items() if not text
    ] == []


def test_every_category_has_its_word_for_the_authorities() -> None:
    lists = tomllib.loads((REFERENCE / "categories.toml").read_text("utf-8"))
    assert list(lists) == [category.value for category in terms.Category]
    assert all(set(held) == {"cnil", "edpb", "dpv"} for held in lists.values())


def test_every_exit_code_is_documented() -> None:
    page = (REFERENCE / "exit-codes.md").read_text("utf-8")
    for error in [TocsinError, *TocsinError.__subclasses__()]:
        assert f"| `{error.code}` | {error.exit_code} |" in page
    for code in (0, 1, 2, 3, 130, 143):
        assert f"| {code} |" in page


def targets_of(page: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "code", text)
    return [target for target in LINK.findall(text) if not OUTSIDE.match(target)]


def anchors_of(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_page_links_to_what_is_there(page: Path) -> None:
    for target in targets_of(page):
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), target
        if anchor:
            assert anchor in anchors_of(place), target


def test_every_page_is_reached_from_the_index() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        waiting += [(page.parent / target.partition("#")[0]).resolve() for target in targets_of(page)]
    lost = [shown(p) for p in PAGES if p.is_relative_to(ROOT / "docs") and p not in seen]
    assert not lost
