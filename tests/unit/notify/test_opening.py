# SPDX-License-Identifier: Apache-2.0
"""What was sealed for somebody opens with their key alone, whole, signed, and not after its term."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from tests.unit.notify.test_packs import AT, packed_case, place_of
from tocsin.cli.main import cli
from tocsin.core.errors import InputError
from tocsin.notify.channels.folder import Signed
from tocsin.notify.channels.sms import SmsFolder
from tocsin.notify.genuine.keys import public_key
from tocsin.notify.interface import Notice
from tocsin.notify.opening import open_pack, read_pack, refuse_past_term
from tocsin.notify.packs import write_packs
from tocsin.store.seal import make_key_pair

DAY = date(2026, 12, 1)


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, Path, str]:
    """A controller's pack, the private key of whoever receives it, and the sender's public key."""
    public = make_key_pair(tmp_path / "own.key")
    settings = f'[[controllers]]\nid = "c1"\nname = "Port"\nrecipient = "{public}"\n'
    with packed_case(tmp_path / "case", settings) as case:
        write_packs(case, tmp_path / "packs", AT)
        return place_of(tmp_path / "packs", 1), tmp_path / "own.key", public_key(case)


def test_controller_opens_its_pack_without_a_case(tmp_path: Path, sealed: tuple[Path, Path, str]) -> None:
    place, private, sender = sealed
    assert not (place / "persons.csv").exists()
    pack = read_pack(place, sender)
    refuse_past_term(pack, DAY)
    opened = open_pack(pack, private, tmp_path / "opened")
    assert set(opened.files) == {"persons.csv", "letter.txt", "letter.html"}
    assert "Anne Durand1" in (tmp_path / "opened" / "persons.csv").read_text("utf-8")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "opened").iterdir()} == {0o600}
    assert (tmp_path / "opened").stat().st_mode & 0o777 == 0o700


def receive(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["receive", *map(str, arguments), "--json"])


def test_verb_says_until_when_and_wants_the_key_compared(
    tmp_path: Path, sealed: tuple[Path, Path, str]
) -> None:
    place, private, sender = sealed
    # The pack's own days are past or not by the machine's clock: only the answer's shape is asked here.
    signed_again(place, destroy_by="9999-12-31")
    alone = receive(place, "--key", private, "--to", tmp_path / "one")
    known = json.loads(alone.stdout)["result"]["sender"]
    told = receive(place, "--key", private, "--to", tmp_path / "two", "--sender", known)
    assert (alone.exit_code, told.exit_code) == (1, 0)
    assert json.loads(told.stdout)["result"]["destroy_by"] == "9999-12-31"
    assert known != sender


def signed_again(place: Path, key: SigningKey | None = None, **changed: object) -> None:
    """The manifest as somebody else would sign it."""
    told = json.loads((place / "manifest.json").read_text("utf-8"))
    signed = json.dumps({**json.loads(told["signed"]), **changed})
    key = key or SigningKey.generate()
    proof = {
        "signed": signed,
        "signature": key.sign(signed.encode()).signature.hex(),
        "key": bytes(key.verify_key).hex(),
    }
    (place / "manifest.json").write_text(json.dumps(proof), "utf-8")


def change_file(place: Path) -> None:
    (place / "letter.txt").write_text("Appelez le 08 99 00 00 00", "utf-8")


def take_file_away(place: Path) -> None:
    (place / "persons.csv.sealed").unlink()


def change_term(place: Path) -> None:
    told = json.loads((place / "manifest.json").read_text("utf-8"))
    told["signed"] = told["signed"].replace("2026", "2036")
    (place / "manifest.json").write_text(json.dumps(told), "utf-8")


def name_a_file_outside(place: Path) -> None:
    secret = place.parent / "secret"
    secret.write_bytes(b"x")
    signed_again(place, files={"../secret": hashlib.sha256(b"x").hexdigest()})


def lose_the_manifest(place: Path) -> None:
    (place / "manifest.json").unlink()


def write_no_manifest(place: Path) -> None:
    (place / "manifest.json").write_text("[1]", "utf-8")


def say_nothing_in_it(place: Path) -> None:
    signed_again(place, files=3)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (change_file, "altered"),
        (take_file_away, "missing_file"),
        (change_term, "altered"),
        (name_a_file_outside, "bad_name"),
        (lose_the_manifest, "no_manifest"),
        (write_no_manifest, "bad_manifest"),
        (say_nothing_in_it, "bad_manifest"),
    ],
)
def test_spoilt_pack_is_refused_before_anything_is_written(
    tmp_path: Path, sealed: tuple[Path, Path, str], spoil: Callable[[Path], None], code: str
) -> None:
    place, private, _sender = sealed
    spoil(place)
    with pytest.raises(InputError) as refused:
        open_pack(read_pack(place), private, tmp_path / "opened")
    assert refused.value.code == code
    assert not (tmp_path / "opened").exists()


def test_pack_that_another_signed_is_not_the_sender_s(sealed: tuple[Path, Path, str]) -> None:
    place, _private, sender = sealed
    signed_again(place)
    read_pack(place)
    with pytest.raises(InputError, match="Another key"):
        read_pack(place, sender)


def test_pack_is_not_opened_past_its_term(sealed: tuple[Path, Path, str]) -> None:
    pack = read_pack(sealed[0])
    refuse_past_term(pack, pack.destroy_by)
    with pytest.raises(InputError, match="had to be destroyed by 2026-12-22"):
        refuse_past_term(pack, date(2026, 12, 23))


@pytest.mark.parametrize(("key", "code"), [(None, "sealed"), ("other", "wrong_key"), ("text", "bad_key")])
def test_pack_opens_with_its_own_key_alone(
    tmp_path: Path, sealed: tuple[Path, Path, str], key: str | None, code: str
) -> None:
    private = None if key is None else tmp_path / f"{key}.key"
    if private and key == "other":
        make_key_pair(private)
    elif private:
        private.write_text("no key", "utf-8")
    with pytest.raises(InputError) as refused:
        open_pack(read_pack(sealed[0]), private, tmp_path / "opened")
    assert refused.value.code == code
    assert [path.name for path in tmp_path.iterdir() if "opened" in path.name] == []


def test_chunk_for_a_firm_opens_as_it_was_dropped(tmp_path: Path) -> None:
    private = PrivateKey.generate()
    (tmp_path / "firm.key").write_bytes(base64.b64encode(bytes(private)))
    public = base64.b64encode(bytes(private.public_key)).decode()
    signed = Signed.of(SigningKey.generate(), datetime(2026, 11, 1, tzinfo=UTC), 30)
    channel = SmsFolder(tmp_path / "sms", tmp_path / "notes", "CHPORT", signed, public)
    notice = Notice(f"<{1:032x}@x>", "fr", AT, "", "Bonjour", "", phone="+33612345678")
    [handed] = channel.hand_over([notice])
    [chunk] = (tmp_path / "sms").glob("chunk-*")
    opened = open_pack(read_pack(chunk), tmp_path / "firm.key", tmp_path / "opened")
    assert (handed.message_id, opened.files) == (notice.message_id, ("messages.csv",))
    text = (tmp_path / "opened" / "messages.csv").read_text("utf-8")
    assert f"{1:032x};+33612345678;CHPORT;gsm7;1;Bonjour" in text
