# SPDX-License-Identifier: Apache-2.0
"""Packs of controllers: their own persons and nobody else's, sealed to them, adding up to whom we inform."""

from __future__ import annotations

import base64
import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nacl.exceptions import BadSignatureError
from nacl.public import PrivateKey, SealedBox
from nacl.signing import VerifyKey

from tests.made_case import NOON, make_case
from tests.unit.notify.scenes import TEXTS, exposed, person
from tocsin.core.errors import InputError
from tocsin.notify.packs import WRITTEN, write_packs
from tocsin.notify.waves import release
from tocsin.store.case import Case
from tocsin.store.seal import make_key_pair

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
MAIL = 'known_as = "votre hôpital"\n[notify.email]\nfrom = "notice@example.org"\n'


def disclosed(
    number: int, controller: str, category: str = "identity.name", certainty: str = "shown"
) -> dict[str, object]:
    return {
        "event_id": number,
        "registry": "patients",
        "person": f"P{number:06}",
        "category": category,
        "certainty": certainty,
        "exact": True,
        "protection": "clear",
        "occurred_at": NOON,
        "action": "read",
        "controller": controller,
        "resolver": "named",
        "count_in": "best",
    }


def linked(number: int, local: int | None = None) -> dict[str, object]:
    return {
        "registry": "patients",
        "person": f"P{local or number:06}",
        "own_id": local or number,
        "person_id": number,
        "sure_id": number,
        "reason": "alone",
        "sure": True,
    }


def packed_case(folder: Path, settings: str = "") -> Case:
    """1 at c1, 2 at both by a file each (2 and 22), 3 of no controller, 4 a formula at `=c2`, unreachable."""
    rows = [
        person(1),
        person(2, family_name="Durand"),
        person(22, controller="=c2", family_name="Durant"),
        person(3, controller=None),
        person(4, controller="=c2", family_name="=cmd|' /C calc'!A0\u202e", email=None, address=None)
        | {"given_names": None},
    ]
    controllers = {1: ["c1"], 2: ["=c2", "c1"], 3: [], 4: ["=c2"]}
    return make_case(
        folder,
        settings=TEXTS + MAIL + settings,
        registry=rows,
        persons=[linked(1), linked(2), linked(2, 22), linked(3), linked(4)],
        exposure=[row | {"controllers": controllers[n]} for n in controllers for row in exposed(n)],
        controllers=[
            {"controller": "c1", "name": "Hôpital du Port"},
            {"controller": "=c2", "name": "+Cabinet"},
        ],
        disclosures=[
            disclosed(1, "c1"),
            disclosed(1, "c1", "id.nir", "reachable"),
            disclosed(2, "c1"),
            disclosed(22, "=c2", "contact.phone", "taken"),
            disclosed(4, "=c2"),
        ],
    )


def list_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode()), delimiter=";"))


def index_of(folder: Path) -> list[dict[str, str]]:
    return list_of((folder / "index.csv").read_bytes())


def place_of(folder: Path, number: int) -> Path:
    return folder / index_of(folder)[number]["folder"]


def test_packs_hold_each_controller_s_own_files_and_add_up(tmp_path: Path) -> None:
    with packed_case(tmp_path / "case") as case:
        done = write_packs(case, tmp_path / "packs", AT)
        bodies = [entry.body for entry in case.journal.entries() if entry.kind == WRITTEN]
    assert (done.to_inform, done.persons, done.without, done.several, done.again) == (4, 3, 1, 1, 1)
    assert [row["persons"] for row in index_of(tmp_path / "packs")] == ["2", "2"]
    assert [body["digest"] for body in bodies] == [done.digest]
    here = list_of((place_of(tmp_path / "packs", 1) / "persons.csv").read_bytes())
    there = list_of((place_of(tmp_path / "packs", 0) / "persons.csv").read_bytes())
    assert [(row["local_id"], row["name"]) for row in here] == [
        ("P000001", "Anne Durand1"),
        ("P000002", "Anne Durand"),
    ]
    assert (here[0]["shown"], here[0]["maybe"]) == ("nom et prénoms", "numéro de sécurité sociale")
    assert [(row["local_id"], row["taken"], row["shown"]) for row in there] == [
        ("P000022", "numéro de téléphone", ""),
        ("P000004", "", "nom et prénoms"),
    ]
    assert [row["told_by"] for row in there] == ["email", "none"]


def test_formulas_of_names_and_controllers_are_texts(tmp_path: Path) -> None:
    with packed_case(tmp_path / "case") as case:
        write_packs(case, tmp_path / "packs", AT)
    names = [row["name"] for row in list_of((place_of(tmp_path / "packs", 0) / "persons.csv").read_bytes())]
    assert names[1] == "'=cmd|' /C calc'!A0"
    index = index_of(tmp_path / "packs")[0]
    assert (index["controller"], index["name"]) == ("'=c2", "'+Cabinet")
    assert "=" not in index["folder"]


def test_reference_is_that_of_the_released_notice_and_no_code_is_given(tmp_path: Path) -> None:
    with packed_case(tmp_path / "case") as case:
        release(case, why="read", named="DPO")
        write_packs(case, tmp_path / "packs", AT)
        with case.engine("notices") as engine:
            held = engine.rows("select code, message_id from notices")
    rows = [
        row for n in (0, 1) for row in list_of((place_of(tmp_path / "packs", n) / "persons.csv").read_bytes())
    ]
    references = {row["reference"] for row in rows if row["told_by"] == "email"}
    assert references <= {str(message).strip("<>").split("@")[0] for _code, message in held}
    assert {row["reference"] for row in rows if row["told_by"] == "none"} == {""}
    content = "".join(path.read_text() for path in (tmp_path / "packs").rglob("*") if path.is_file())
    assert not [code for code, _message in held if str(code) in content]


def test_manifest_is_signed_and_fails_when_a_file_changes(tmp_path: Path) -> None:
    with packed_case(tmp_path / "case") as case:
        write_packs(case, tmp_path / "packs", AT)
    place = place_of(tmp_path / "packs", 1)
    manifest = json.loads((place / "manifest.json").read_text())
    key, signature = VerifyKey(bytes.fromhex(manifest["key"])), bytes.fromhex(manifest["signature"])
    key.verify(manifest["signed"].encode(), signature)
    said = json.loads(manifest["signed"])
    assert said == {name: manifest[name] for name in said}
    assert set(said["files"]) == {"persons.csv", "letter.txt", "letter.html"}
    assert said["destroy_by"] == "2026-12-22"
    with pytest.raises(BadSignatureError):
        key.verify(manifest["signed"].replace("destroy", "keep").encode(), signature)
    assert {path.stat().st_mode & 0o777 for path in place.iterdir()} == {0o600}


def test_letter_says_what_is_asked_and_names_nobody(tmp_path: Path) -> None:
    with packed_case(tmp_path / "case") as case:
        write_packs(case, tmp_path / "packs", AT)
    text = (place_of(tmp_path / "packs", 1) / "letter.txt").read_text()
    for said in (
        "Hôpital du Port",
        "02\u00a099\u00a000\u00a000\u00a000",
        "dans votre liste",
        "persons.csv",
        "22 décembre 2026",
    ):
        assert said in text
    assert "Durand" not in text


def test_list_opens_with_the_controller_s_private_key_alone(tmp_path: Path) -> None:
    private = PrivateKey.generate()
    text = base64.b64encode(bytes(private.public_key)).decode()
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "c.csv").write_text(f"id,name,recipient\n=c2,Cabinet,{text}\n")
    with packed_case(tmp_path / "case", '[[controllers]]\npaths = ["c.csv"]\n') as case:
        done = write_packs(case, tmp_path / "packs", AT)
    assert (done.controllers, done.sealed) == (2, 1)
    place = place_of(tmp_path / "packs", 0)
    assert not (place / "persons.csv").exists()
    sealed = (place / "persons.csv.sealed").read_bytes()
    assert b"P000022" not in sealed
    assert len(list_of(SealedBox(private).decrypt(sealed))) == 2


def test_sealed_case_refuses_a_list_in_clear_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = make_key_pair(tmp_path / "private.key")
    monkeypatch.setenv("TOCSIN_KEY_FILE", str(tmp_path / "private.key"))
    settings = f'[seal]\nrecipients = ["{public}"]\n[[controllers]]\nid = "c1"\nrecipient = "{public}"\n'
    with packed_case(tmp_path / "case", settings) as case:
        with pytest.raises(InputError, match="1 controllers have no key"):
            write_packs(case, tmp_path / "packs", AT)
        assert [entry.kind for entry in case.journal.entries() if entry.kind == WRITTEN] == []
    assert not list(tmp_path.glob("*packs*"))


def test_recipient_that_is_no_key_is_refused_by_name(tmp_path: Path) -> None:
    with (
        packed_case(tmp_path / "case", '[[controllers]]\nid = "c1"\nrecipient = "abc"\n') as case,
        pytest.raises(InputError, match="controller 'c1' is not a public key"),
    ):
        write_packs(case, tmp_path / "packs", AT)


def test_folder_that_holds_something_else_is_not_replaced_by_packs(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "mine.txt").write_text("mine")
    with packed_case(tmp_path / "case") as case, pytest.raises(InputError, match="something else"):
        write_packs(case, tmp_path / "packs", AT)
    assert (tmp_path / "packs" / "mine.txt").read_text() == "mine"


def test_packs_are_replaced_whole_when_written_again(tmp_path: Path) -> None:
    with packed_case(tmp_path / "case") as case:
        one = write_packs(case, tmp_path / "packs", AT)
        (tmp_path / "packs" / "stray.txt").write_text("x")
        assert write_packs(case, tmp_path / "packs", AT) == one
    assert not (tmp_path / "packs" / "stray.txt").exists()
