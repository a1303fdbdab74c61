# SPDX-License-Identifier: Apache-2.0
"""The parts of the guided beginning: dates as people type them, columns guessed, pages made rules, TOML."""

from __future__ import annotations

import gzip
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import InputError
from tocsin.start.columns import PERSON_ROLES, guess, keys_among, mask, role_named
from tocsin.start.dates import read_instant
from tocsin.start.kept import Kept
from tocsin.start.logs import look_at
from tocsin.start.reading import Screen
from tocsin.start.screens import PERSON, RECORD, Rule, is_static, proposal, rule_of, whose
from tocsin.start.steps_case import end_of_hours
from tocsin.start.toml_text import comment, toml_key, toml_value
from tocsin.start.written import overlaps

PARIS = "Europe/Paris"
NOW = datetime(2025, 11, 14, 9, 0, tzinfo=UTC)
LINE = '203.0.113.7 - dr.x [14/Nov/2025:01:12:09 +0100] "GET /patients/12/fiche HTTP/1.1" 200 12 "-" "x"\n'


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("14/11/2025 8h40", "2025-11-14T08:40:00+01:00"),
        ("14/11/2025 à 8 h 40", "2025-11-14T08:40:00+01:00"),
        ("14/11 8h40", "2025-11-14T08:40:00+01:00"),
        ("14 novembre 2025 à 8\u00a0h\u00a040", "2025-11-14T08:40:00+01:00"),
        ("1er août 2025 18h", "2025-08-01T18:00:00+02:00"),
        ("le 14 Nov 2025 08:40:12", "2025-11-14T08:40:12+01:00"),
        ("hier 18h", "2025-11-13T18:00:00+01:00"),
        ("Yesterday 18:00", "2025-11-13T18:00:00+01:00"),
        ("aujourd’hui", "2025-11-14T00:00:00+01:00"),
        ("8h40", "2025-11-14T08:40:00+01:00"),
        ("now", "2025-11-14T10:00:00+01:00"),
        ("2025-11-14", "2025-11-14T00:00:00+01:00"),
        ("2025-11-14T08:40", "2025-11-14T08:40:00+01:00"),
        ("2025-11-14T08:40:00Z", "2025-11-14T09:40:00+01:00"),
        ("24/12 8h", "2024-12-24T08:00:00+01:00"),
    ],
)
def test_date_is_read_as_people_type_it(typed: str, instant: str) -> None:
    assert read_instant(typed, PARIS, NOW).isoformat() == instant


@pytest.mark.parametrize("typed", ["", "bientôt", "32/01/2025", "14/13/2025", "25h", "14/11/2025 25h", "12"])
def test_date_is_refused_when_it_is_none(typed: str) -> None:
    with pytest.raises(InputError) as refused:
        read_instant(typed, PARIS, NOW)
    assert refused.value.code == "bad_instant"


@pytest.mark.parametrize("typed", ["26/10/2025 2h30", "30/03/2025 2h30"])
def test_date_is_refused_when_the_clocks_changed(typed: str) -> None:
    with pytest.raises(InputError, match="clocks changed"):
        read_instant(typed, PARIS, NOW)


def test_a_last_day_counts_whole() -> None:
    assert read_instant("14/11/2025", PARIS, NOW, end_of_day=True).isoformat() == "2025-11-15T00:00:00+01:00"
    assert read_instant("26/10/2025", PARIS, NOW, end_of_day=True).isoformat() == "2025-10-27T00:00:00+01:00"


@given(st.datetimes(datetime(2001, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001  # local on purpose
def test_every_french_date_is_read_back(naive: datetime) -> None:
    naive = naive.replace(second=0, microsecond=0, fold=0)  # what is typed has no fold
    local = naive.replace(tzinfo=ZoneInfo(PARIS))
    if local.astimezone(UTC).astimezone(ZoneInfo(PARIS)).replace(tzinfo=None) != naive:
        return
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        return
    typed = f"{naive.day}/{naive.month}/{naive.year} {naive.hour}h{naive.minute:02d}"
    assert read_instant(typed, PARIS, NOW) == local


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.dictionaries(TEXTS, st.one_of(TEXTS, st.booleans(), st.lists(TEXTS), st.dictionaries(TEXTS, TEXTS)))
)
def test_toml_is_read_back_as_it_was(values: dict[str, str | bool | list[str] | dict[str, str]]) -> None:
    text = "".join(f"{toml_key(key)} = {toml_value(value)}\n" for key, value in values.items())
    assert tomllib.loads(text) == values


@given(TEXTS)
def test_a_comment_is_one_line_of_toml(text: str) -> None:
    assert tomllib.loads(f"{comment(text)}\na = 1\n") == {"a": 1}


@given(TEXTS)
def test_a_masked_value_shows_one_character_at_most(value: str) -> None:
    assert sum(c.isalnum() for c in mask(value)) <= 1
    assert len(mask(value)) <= 13


def test_columns_are_guessed_from_headers_and_from_shapes() -> None:
    names = ["N° Dossier", "NOM", "Prénom", "c4", "c5", "c6", "Remarque"]
    rows = [
        ["101", "Hamel", "Inès", "04/05/1978", "2780599991001" + "42", "01 99 00 12 34", ""],
        ["102", "Rey", "Paul", "05/05/1978", "1780599991001" + "42", "", "x"],
    ]
    assert guess(names, rows, PERSON_ROLES) == {
        "person": "N° Dossier",
        "family_name": "NOM",
        "given_names": "Prénom",
        "birth_date": "c4",
        "nir": "c5",
        "phone": "c6",
    }
    assert keys_among(names, rows) == ["N° Dossier", "NOM", "Prénom", "c4", "c5"]


def test_a_header_of_another_list_is_no_date_of_birth() -> None:
    assert guess(["Ouvert le"], [["04/01/2021"]], PERSON_ROLES) == {}


def test_a_role_is_named_by_its_words() -> None:
    labels = {"birth_date": "date de naissance", "birth_place": "lieu de naissance", "sex": "sexe"}
    assert role_named(" Date de naissance ", labels) == "birth_date"
    assert role_named("lieu", labels) == "birth_place"
    assert role_named("rien", labels) == ""
    assert role_named("poids", labels) is None


def screen(template: str | None, *, distinct: int = 10, names_person: bool = False) -> Screen:
    return Screen("portail", "read", template, None, 20, distinct, names_person)


def test_a_number_is_the_patients_when_most_stand_in_the_list() -> None:
    page = screen("/x/{}/y/{}")
    assert whose(page, {3: 2, 5: 9}) == (5, "listed")
    assert whose(page, {3: 2, 5: 3}) is None
    assert whose(screen("/patients/{}/y/{}"), {}) == (3, "word")


def test_a_page_becomes_a_rule() -> None:
    page = screen("/patients/{}/documents/{}")
    assert rule_of(page, ["health.document"], 3).object == "/patients/{person}/documents/*"
    assert rule_of(screen("/doc/{}"), ["other"], None, RECORD).object == "/doc/{record:doc}"
    assert rule_of(screen("/doc/{}"), ["other"], None, PERSON).object == "/doc/{person}"
    assert rule_of(screen("/jour/{}"), ["other"], None).object == "/jour/*"
    assert rule_of(screen(None), ["other"], None).object is None
    assert rule_of(screen("/Patient/{}", names_person=True), ["other"], None).object == "/Patient/*"


@pytest.mark.parametrize(
    ("template", "first"),
    [
        ("/patients/{}/fiche", "identity.name"),
        ("/patients/{}/ordonnances/{}", "health.prescription"),
        ("/patients/{}", None),
        ("/connexion", ""),
    ],
)
def test_a_path_lets_think_what_a_page_shows(template: str, first: str | None) -> None:
    proposed = proposal(screen(template))
    assert (None if proposed is None else next(iter(proposed), "")) == first


def test_static_files_are_nobodys_data() -> None:
    assert is_static(screen("/static/*"))
    assert not is_static(screen("/patients/{}"))


def test_two_rules_that_may_meet_say_together() -> None:
    card, new = (Rule("portail", "read", path, None, ()) for path in ("/patients/{person}", "/patients/new"))
    other = Rule("portail", "read", "/agenda", None, ())
    assert overlaps(card, [card, new, other])
    assert not overlaps(other, [card, new, other])


def test_a_folder_is_sorted_into_logs_tables_and_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "portail-1.log").write_text(LINE * 5, "utf-8")
    (tmp_path / "a" / "portail-2.log.gz").write_bytes(gzip.compress((LINE * 5).encode()))
    (tmp_path / "patients.csv").write_text("id;nom\n1;x\n", "utf-8")
    (tmp_path / "notes.bin").write_bytes(bytes(range(256)) * 2)
    (tmp_path / ".hidden").write_text(LINE, "utf-8")
    (tmp_path / "broken.log.gz").write_bytes(gzip.compress((LINE * 5000).encode())[:-400])
    found = look_at(str(tmp_path), tmp_path / "case")
    names = [(source.name, source.format, [f.name for f in source.files]) for source in found.sources]
    assert ("portail", "web-access", ["portail-1.log", "portail-2.log.gz"]) in names
    assert [path.name for path in found.tables] == ["patients.csv"]
    assert [path.name for path in found.unknown] == ["notes.bin"]


def test_many_files_are_named_by_a_glob_that_names_no_other(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"portail-{number}.log").write_text(LINE, "utf-8")
    [source] = look_at(str(tmp_path), tmp_path / "case").sources
    assert source.paths() == [str(tmp_path / "portail*")]
    (tmp_path / "portail.txt").write_text("no log at all", "utf-8")
    [source] = look_at(str(tmp_path), tmp_path / "case").sources
    assert len(source.paths()) == 30


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        look_at(str(tmp_path / "nowhere"), tmp_path / "case")
    assert refused.value.code == "no_file"


def test_answers_are_kept_and_taken_back(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keep("title", 'Un "titre"\n[x]')
    kept.keep("accounts", ["a", "b"])
    kept.keep("split", False)
    kept.forget("accounts")
    again = Kept(tmp_path)
    assert again.answers == {"title": 'Un "titre"\n[x]', "split": False}


def test_answers_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "start.toml").write_text("title = ", "utf-8")
    with pytest.raises(InputError) as refused:
        Kept(tmp_path)
    assert refused.value.code == "bad_answers"


def test_deadline_is_seventy_two_hours_over_a_change_of_clocks() -> None:
    aware = read_instant("24/10/2025 12h", PARIS, NOW)
    end = end_of_hours(aware).astimezone(ZoneInfo(PARIS))
    assert end.isoformat() == "2025-10-27T11:00:00+01:00"
