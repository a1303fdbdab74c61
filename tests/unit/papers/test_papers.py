# SPDX-License-Identifier: Apache-2.0
"""The papers: whole, in proofread French, marked where a site or a lawyer must decide, never overwritten."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from tocsin.cli.main import run_command
from tocsin.core.errors import InputError
from tocsin.core.tables import ALL_TABLES
from tocsin.papers.written import PAPERS, render, retention, write_papers


def words_of(page: str) -> str:
    """What a reader sees."""
    body = page[page.index("<body") :]
    return unescape(re.sub(r"<[^>]+>", "\n", body))


@pytest.mark.parametrize("name", PAPERS)
def test_paper_has_french_typography(name: str) -> None:
    text = words_of(render(name))
    for wrong in ("'", " ;", " !", " ?", " :", "« ", " »", "..."):
        assert wrong not in text, text[max(0, text.find(wrong) - 40) : text.find(wrong) + 20]


@pytest.mark.parametrize("name", [name for name in PAPERS if not name.startswith("0")])
def test_paper_says_where_the_site_fills_in(name: str) -> None:
    page = render(name)
    assert page.count("<mark>[à compléter\u00a0:") >= 3
    assert 'lang="fr"' in page
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_what_is_unsettled_in_law_is_marked() -> None:
    for name in (
        "1-analyse-d-impact",
        "2-registre",
        "4-note-aux-instances",
        "7-sous-traitance-et-hebergement",
    ):
        assert "«\u00a0à vérifier\u00a0»" in render(name)


def test_every_table_has_its_term() -> None:
    kept = retention()
    assert [one.table for one in kept] == [table.name for table in ALL_TABLES]
    page = render("5-durees-de-conservation")
    for one in kept:
        assert one.until
        assert f'<span class="code">{one.table}</span>' in page


def test_a_table_that_identifies_is_never_kept_as_a_mere_count() -> None:
    wrong = [
        o.table for o in retention() if o.kind == "Comptes et contrôles" and not o.holds.startswith("aucune")
    ]
    assert wrong in ([], ["uncovered"])


def test_purpose_lock_excludes_the_measure_of_work() -> None:
    assert "rendement" in words_of(render("6-verrou-de-finalite"))
    assert "jamais" in words_of(render("3-information-des-professionnels"))


def test_papers_are_written_and_never_overwritten(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "papiers"
    assert run_command(["papers", "--to", str(folder), "--lang", "fr"]) == 0
    assert sorted(path.stem for path in folder.iterdir()) == sorted(PAPERS)
    (folder / "2-registre.html").write_text("mine", "utf-8")
    for name in PAPERS:
        if name != "2-registre":
            (folder / f"{name}.html").unlink()
    with pytest.raises(InputError):
        write_papers(folder)
    assert [path.name for path in folder.iterdir()] == ["2-registre.html"]
    assert run_command(["papers", "--to", str(folder), "--json"]) == 2
    assert "paper_exists" in capfd.readouterr().out
