# SPDX-License-Identifier: Apache-2.0
"""Letters ask the right holder for the right period, in both zones; no name in them is obeyed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.made_case import NOON, make_case, put
from tocsin.preserve.expiry import Urgency
from tocsin.preserve.letters import Letter, plan_letters, write_letters
from tocsin.preserve.page import render_page
from tocsin.preserve.record import record_receipt
from tocsin.preserve.run import Preservation, look
from tocsin.store.case import Case

NOW = datetime(2024, 11, 1, 8, tzinfo=UTC)

SETTINGS = """
[[sources]]
name = "gateway"
paths = ["logs/*.log"]
kind = "application"
held_by = "publisher"
owner = "Logiciels <b>& Cie"
contact = "Mme Durand\\u202e"
retention = "6 months"

[[known]]
account = "dr.x<script>"
from = 2024-06-11T08:00:00Z
until = 2024-06-11T10:00:00Z

[preserve]
organisation = "Clinique de la Butte"
[[preserve.holders]]
holds = "host"
name = "Hébergeur"
retention = "3 months"
"""


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with make_case(tmp_path / "case", settings=SETTINGS) as made:
        event = {"event_id": 1, "source": "gateway", "occurred_at": NOON, "account": "dr.x<script>"}
        put(made, events=[event])
        yield made


def planned(case: Case) -> tuple[Preservation, dict[str, Letter]]:
    state = look(case, NOW)
    return state, {letter.holder: letter for letter in plan_letters(case.settings, state)}


def text_of(case: Case, folder: Path, lang: str, holder: str, ending: str = "txt") -> str:
    state, letters = planned(case)
    write_letters(case.settings, state, list(letters.values()), folder)
    text = (folder / lang / f"{letters[holder].file_name}.{ending}").read_text("utf-8")
    return text if ending == "html" else " ".join(text.split())


def test_each_holder_of_what_is_lacking_has_one_letter(case: Case) -> None:
    _, letters = planned(case)
    assert set(letters) == {"publisher", "host", "operator", "directory", "identity_provider"}
    assert letters["publisher"].subjects == ("gateway", "database", "publisher")
    assert letters["host"].name == "Hébergeur"


def test_no_letter_goes_to_a_regional_operator_when_a_platform_writes(tmp_path: Path) -> None:
    head = '[case]\nid = "p"\norganisation = "platform"\n'
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "case.toml").write_text(head)
    with Case(tmp_path / "case", by="tests") as case:
        _, letters = planned(case)
    assert set(letters) == {"host", "directory", "identity_provider"}


def test_letter_is_not_written_again_when_the_logs_came(case: Case) -> None:
    record_receipt(case, "host", from_whom="H", at=NOW, digests=["a" * 64], files=[], note="")
    assert "host" not in planned(case)[1]


def test_letter_gives_the_period_with_its_margin_in_both_zones(case: Case, tmp_path: Path) -> None:
    text = text_of(case, tmp_path, "fr", "publisher")
    assert "Du 12 mai 2024 à 10 h 00 (Europe/Paris), soit 2024-05-12 08:00 UTC" in text
    assert "au 11 juillet 2024 à 12 h 00 (Europe/Paris), soit 2024-07-11 10:00 UTC" in text
    assert "marge de 30 jours" in text


def test_letter_says_when_the_holder_erases_what_is_needed(case: Case, tmp_path: Path) -> None:
    assert "(6 mois)" in text_of(case, tmp_path, "fr", "publisher")
    assert "12 novembre 2024" in text_of(case, tmp_path, "fr", "publisher")
    assert "(3 mois)" in text_of(case, tmp_path, "fr", "host")
    assert planned(case)[1]["host"].expiry.urgency is Urgency.LOSING  # type: ignore[union-attr]


def test_letter_asks_for_everything_when_nobody_knows_since_when(tmp_path: Path) -> None:
    with make_case(tmp_path / "case") as case:
        text = text_of(case, tmp_path, "fr", "host")
    assert "aussi loin que possible" in text
    assert "Aucun compte n’est encore arrêté" in text


def test_letter_escapes_and_spells_out_what_comes_from_outside(case: Case, tmp_path: Path) -> None:
    page = text_of(case, tmp_path, "en", "publisher", "html")
    assert "<script>" not in page
    assert "dr.x&lt;script&gt;" in page
    assert "Logiciels &lt;b&gt;&amp; Cie" in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page
    assert "src=" not in page


def test_letter_of_every_holder_is_whole_in_both_languages(case: Case, tmp_path: Path) -> None:
    holders = planned(case)[1]
    assert holders
    for lang in ("fr", "en"):
        for holder in holders:
            text = text_of(case, tmp_path, lang, holder)
            assert "{" not in text
            assert "SHA-256" in text
            assert text.count("[ ]") == 3


def test_letter_names_its_file_without_signs_that_a_disk_refuses(case: Case) -> None:
    assert planned(case)[1]["publisher"].file_name == "publisher-logiciels-b-cie"


def test_legal_basis_is_that_of_the_holder(case: Case, tmp_path: Path) -> None:
    assert "R. 1111-11" in text_of(case, tmp_path, "fr", "host")
    assert "R. 1111-11" not in text_of(case, tmp_path, "fr", "directory")
    assert "article 28, paragraphe 3, point f)" in text_of(case, tmp_path, "fr", "publisher")
    assert "article 26" in text_of(case, tmp_path, "fr", "operator")


def test_checklist_shows_what_is_lacking_and_the_command_for_each_letter(case: Case) -> None:
    state, letters = planned(case)
    page = render_page(case.settings, state, list(letters.values()), "fr", "/a case")
    assert "tocsin preserve &#39;/a case&#39; asked --source gateway" in page
    assert "manque ; à demander" in " ".join(page.split())


def test_account_asked_about_sets_the_period_from_its_first_act(tmp_path: Path) -> None:
    with make_case(tmp_path / "case") as case:
        put(case, events=[{"event_id": 1, "source": "s", "occurred_at": NOON, "account": "dr.y"}])
        state = look(case, NOW, ["dr.y"])
    assert state.needed.from_at == NOON - timedelta(days=30)
    assert state.needed.until_at is None
    assert state.needed.accounts == ("dr.y",)
