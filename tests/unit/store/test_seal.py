# SPDX-License-Identifier: Apache-2.0
"""A sealed case: the same rows for who holds a key, and nothing to read for who does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_case import NOON, make_case, put, rows_of
from tests.unit.store.committed import files_in
from tocsin.core.errors import InputError
from tocsin.core.settings.case import CaseHead, CaseSettings
from tocsin.core.tables import TABLES
from tocsin.journal import check_journal
from tocsin.store.case import Case
from tocsin.store.parts import is_open
from tocsin.store.seal import KEY_VARIABLE, CaseKey, is_sealed, make_key_pair

EVENTS = [
    {"event_id": n, "occurred_at": NOON, "source": "s", "account_name": f"Dr Odile Synthétique {n}"}
    for n in range(3)
]
REGISTRY = [{"registry": "r", "person": "P1", "family_name": "Synthétique", "nir": "299019912345678"}]
SECRETS = [b"Synth\xc3\xa9tique", b"299019912345678"]


@pytest.fixture
def dpo(tmp_path: Path) -> tuple[Path, str]:
    """A private key file, and its public key."""
    path = tmp_path / "dpo.key"
    return path, make_key_pair(path)


def seal_settings(*recipients: str) -> str:
    return f"[seal]\nrecipients = [{', '.join(map(repr, recipients))}]\n".replace("'", '"')


def write_settings(folder: Path, settings: str) -> None:
    head = '[case]\nid = "made"\n'
    (folder / "case.toml").write_text(head + settings, "utf-8")


def assert_nothing_readable(folder: Path) -> None:
    for name in files_in(folder):
        content = (folder / name).read_bytes()
        assert not any(secret in content for secret in SECRETS), name


def test_sealed_case_gives_the_same_rows_and_no_plain_text(
    tmp_path: Path, dpo: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_case(tmp_path / "open", events=EVENTS, registry=REGISTRY) as case:
        plain = rows_of(case, "events"), rows_of(case, "registry")
    folder = tmp_path / "sealed"
    with make_case(folder, settings=seal_settings(dpo[1]), events=EVENTS, registry=REGISTRY) as case:
        assert case.is_sealed
        assert (rows_of(case, "events"), rows_of(case, "registry")) == plain
    assert_nothing_readable(folder)
    monkeypatch.setenv(KEY_VARIABLE, str(dpo[0]))
    for read_only in (False, True):
        with Case(folder, by="dpo", read_only=read_only) as case:
            assert (rows_of(case, "events"), rows_of(case, "registry")) == plain


def test_key_file_of_case_toml_is_relative_to_the_case(tmp_path: Path, dpo: tuple[Path, str]) -> None:
    folder = tmp_path / "case"
    settings = seal_settings(dpo[1]) + 'key_file = "../dpo.key"\n'
    with make_case(folder, settings=settings, events=EVENTS):
        pass
    with Case(folder, by="dpo") as case:
        assert len(rows_of(case, "events")) == 3


@pytest.mark.parametrize(
    ("named", "code", "what"),
    [
        (None, "case_sealed", "The case is sealed."),
        ("absent.key", "no_file", "There is no such key file."),
        ("other.key", "wrong_key", "This private key does not open the case."),
        ("case.toml", "bad_key", "This is not a private key file."),
        ("short.key", "bad_key", "This is not a private key file."),
    ],
)
def test_sealed_case_is_refused_without_the_right_key(
    tmp_path: Path,
    dpo: tuple[Path, str],
    monkeypatch: pytest.MonkeyPatch,
    named: str | None,
    code: str,
    what: str,
) -> None:
    make_key_pair(tmp_path / "other.key")
    (tmp_path / "short.key").write_text("c2hvcnQ=\n")
    (tmp_path / "case.toml").write_text("not a key")
    folder = tmp_path / "case"
    with make_case(folder, settings=seal_settings(dpo[1]), events=EVENTS):
        pass
    if named:
        monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / named))
    with pytest.raises(InputError) as caught:
        Case(folder, by="tests")
    assert (caught.value.code, caught.value.what) == (code, what)


def test_recipient_that_is_no_key_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a public key"):
        make_case(tmp_path, settings=seal_settings("nonsense"))
    assert not (tmp_path / "seal").exists()


def test_case_stays_sealed_when_its_recipients_are_taken_out(tmp_path: Path, dpo: tuple[Path, str]) -> None:
    with make_case(tmp_path / "case", settings=seal_settings(dpo[1]), events=EVENTS):
        pass
    write_settings(tmp_path / "case", "")
    with pytest.raises(InputError, match="names no recipient"):
        Case(tmp_path / "case", by="tests")


def test_recipient_added_later_opens_the_case_and_one_taken_out_does_not(
    tmp_path: Path, dpo: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heir = make_key_pair(tmp_path / "heir.key")
    folder = tmp_path / "case"
    with make_case(folder, settings=seal_settings(dpo[1]), events=EVENTS):
        pass
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "heir.key"))
    write_settings(folder, seal_settings(dpo[1], heir))
    with pytest.raises(InputError):
        Case(folder, by="heir")
    monkeypatch.setenv(KEY_VARIABLE, str(dpo[0]))
    with Case(folder, by="dpo"):
        pass
    write_settings(folder, seal_settings(heir))
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "heir.key"))
    with Case(folder, by="heir") as case:
        assert len(rows_of(case, "events")) == 3
    monkeypatch.setenv(KEY_VARIABLE, str(dpo[0]))
    with pytest.raises(InputError, match="does not open"):
        Case(folder, by="dpo")


def test_tables_written_open_are_sealed_when_the_case_is(
    tmp_path: Path, dpo: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "case"
    files = [{"file_number": 0, "source": "s", "path": "a.log"}]
    with make_case(folder, events=EVENTS, registry=REGISTRY, files=files) as case:
        plain = rows_of(case, "events")
        number = case.generation.number
    write_settings(folder, seal_settings(dpo[1]))
    with Case(folder, by="dpo") as case:
        assert case.generation.number == number + 1
        assert rows_of(case, "events") == plain
    assert_nothing_readable(folder)
    check_journal(folder / "journal")
    assert is_open(folder / "tables" / "files.parquet"), "what names nobody stays open"
    monkeypatch.setenv(KEY_VARIABLE, str(dpo[0]))
    with Case(folder, by="dpo") as case:
        assert case.generation.number == number + 1, "sealed once"
        put(case, files=files)
        assert rows_of(case, "events") == plain


def test_local_ids_are_sealed_too_when_they_identify(tmp_path: Path, dpo: tuple[Path, str]) -> None:
    registry = '[[registries]]\nname = "r"\npaths = ["r.csv"]\ncolumns = { person = "nir" }\n'
    settings = seal_settings(dpo[1]) + registry + "local_id_identifying = true\n"
    disclosures = [{"event_id": 1, "registry": "r", "person": "299019912345678", "category": "id.nir"}]
    with make_case(tmp_path / "case", settings=settings, disclosures=disclosures) as case:
        assert rows_of(case, "disclosures")[0]["person"] == "299019912345678"
    assert_nothing_readable(tmp_path / "case")


def test_key_that_is_never_written_seals_in_memory_alone(tmp_path: Path) -> None:
    settings = CaseSettings(case=CaseHead(id="made"))
    key = CaseKey.made()
    with Case(tmp_path, by="tests", settings=settings, key=key) as case:
        put(case, events=EVENTS, persons=[{"registry": "r", "person": "299019912345678"}])
        assert len(rows_of(case, "events")) == 3
    assert_nothing_readable(tmp_path)
    assert not (tmp_path / "seal").exists()
    assert "bytes" not in repr(key)
    assert "CaseKey()" in repr(key)


def test_private_key_is_readable_by_its_owner_alone(dpo: tuple[Path, str]) -> None:
    assert dpo[0].stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        make_key_pair(dpo[0])


@pytest.mark.parametrize("name", ["events", "set_aside", "registry", "findings", "suspects", "records"])
def test_tables_that_identify_persons_are_sealed(name: str) -> None:
    assert is_sealed(TABLES[name], local_ids_identify=False)


@pytest.mark.parametrize("name", ["exposure", "judged", "files", "accounting", "claims"])
def test_tables_that_name_nobody_stay_open(name: str) -> None:
    assert not is_sealed(TABLES[name], local_ids_identify=False)
