# SPDX-License-Identifier: Apache-2.0
"""Proofs of notices: genuine ones verify, altered ones fail, and nothing published names anybody."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from tests.made_case import rows_of
from tests.unit.notify.scenes import email_settings, person, sink, told_case
from tocsin.cli.main import run_command
from tocsin.core.errors import InputError
from tocsin.notify.codes import grouped, make_code
from tocsin.notify.delivery import send_all
from tocsin.notify.genuine.keys import public_key, signing_key
from tocsin.notify.genuine.publish import PUBLISHED, publish
from tocsin.notify.genuine.signing import proof_address
from tocsin.notify.genuine.verify_notice import (
    ALTERED,
    GENUINE,
    NOT_A_CODE,
    UNKNOWN,
    NoticeError,
    Published,
    check_document,
    check_text,
    contact_points,
    folder_reader,
    read_proof,
    verify_ed25519,
)
from tocsin.notify.waves import release
from tocsin.store.case import Case
from tocsin.store.seal import make_key_pair

PAGE = 'page = "https://verifier.example.org"\ncontact_email = "dpo@example.org"\n'


class Scene:
    """A case whose notices went out, and what its sender published."""

    def __init__(self, folder: Path, mails: list[bytes]) -> None:
        self.case, self.site, self.mails = folder / "case", folder / "site", mails
        self.published = Published(folder_reader(self.site))

    def codes(self) -> list[str]:
        with Case(self.case, by="t", read_only=True) as case:
            return [str(row["code"]) for row in rows_of(case, "notices")]

    def page_of(self, mail: bytes) -> bytes:
        body = message_from_bytes(mail, policy=default).get_body(("html",))  # type: ignore[attr-defined]
        return str(body.get_content()).encode()


def make_scene(folder: Path, count: int) -> Scene:
    (folder / "case").mkdir()
    rows = [person(number) for number in range(1, count + 1)]
    with sink(folder / "case" / "mail.log") as relay:
        with told_case(folder / "case", rows, notify=PAGE, settings=email_settings(relay.port)) as case:
            release(case, why="read", named="Anne Le Gall, DPO")
            publish(case, folder / "site")
        send_all(lambda read_only: Case(folder / "case", by="DPO", read_only=read_only), ("email",), None)
    return Scene(folder, relay.taken)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return make_scene(tmp_path_factory.mktemp("genuine"), 40)


@pytest.fixture
def copied(scene: Scene, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(scene.site, tmp_path / "site")
    return iter([tmp_path / "site"])


# Genuine


def test_every_code_verifies_however_it_is_typed(scene: Scene) -> None:
    codes = scene.codes()
    assert len(codes) == len(set(codes)) == 40
    for code in codes:
        for typed in (code, grouped(code), grouped(code).lower().replace("-", " "), code.replace("0", "O")):
            assert check_text(scene.published, typed).verdict == GENUINE


def test_every_notice_sent_verifies_as_mail_and_as_page_with_its_signature(scene: Scene) -> None:
    assert len(scene.mails) == 40
    for mail in scene.mails:
        for document in (mail, scene.page_of(mail)):
            answer = check_document(scene.published, document)
            assert (answer.verdict, answer.is_signed, answer.foreign) == (GENUINE, True, ())
            assert answer.issuer == "Clinique des Lices"


def test_address_in_a_qr_code_verifies_and_that_of_another_page_does_not(scene: Scene) -> None:
    proof = message_from_bytes(scene.mails[0], policy=default)["X-Notice-Proof"].replace(" ", "")
    assert (
        check_text(scene.published, proof_address("https://verifier.example.org", proof)).verdict == GENUINE
    )
    assert (
        check_text(scene.published, proof_address("https://verifier.example.com", proof)).verdict == ALTERED
    )


def test_file_that_is_published_verifies_offline_with_python_alone(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "notice.eml").write_bytes(scene.mails[0])
    for given_text, expected in (
        (grouped(scene.codes()[0]), 0),
        (str(tmp_path / "notice.eml"), 0),
        (make_code(), 1),
    ):
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(scene.site / "verify_notice.py"), given_text],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (expected, "")


def test_verb_says_it_in_words_and_as_json(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--against", str(scene.site)]
    assert run_command(["verify-notice", scene.codes()[0], *place, "--lang", "fr"]) == 0
    assert capsys.readouterr().out.startswith("Authentique.")
    assert run_command(["verify-notice", make_code(), *place, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["verb"], told["result"]["verdict"]) == ("verify-notice", UNKNOWN)
    assert "02 99 00 00 00".replace(" ", "") in told["result"]["contacts"]


# Altered


def test_one_altered_digit_of_the_telephone_fails_in_any_form(scene: Scene) -> None:
    page = scene.page_of(scene.mails[0]).decode()
    assert "02\u00a099\u00a000\u00a000\u00a000" in page
    for false in ("02\u00a099\u00a000\u00a000\u00a001", "0299000001", "+33 2 99 00 00 01", "3639"):
        answer = check_document(
            scene.published, page.replace("02\u00a099\u00a000\u00a000\u00a000", false).encode()
        )
        assert (answer.verdict, len(answer.foreign)) == (ALTERED, 1), false


@pytest.mark.parametrize(
    "added",
    [
        "Répondez à secours@exemple-sante.com",
        "Cliquez sur http://verifier.example.org.xyz/a",
        "Allez sur www.verifier-sante.bzh",
        "Rappelez-nous vite au 08 99\n12 34 56",
    ],
)
def test_notice_with_a_contact_point_of_somebody_else_fails(scene: Scene, added: str) -> None:
    page = scene.page_of(scene.mails[0]).decode().replace("</article>", f"<p>{added}</p></article>")
    assert check_document(scene.published, page.encode()).verdict == ALTERED


def test_proof_of_one_notice_does_not_hold_for_another(scene: Scene) -> None:
    one, other = (scene.page_of(mail).decode() for mail in scene.mails[:2])
    proof = re.search(r'content="([\w-]{100,})"', other)
    assert proof
    mixed = re.sub(r'content="[\w-]{100,}"', f'content="{proof[1]}"', one)
    assert check_document(scene.published, mixed.encode()).verdict == ALTERED


def test_proof_with_one_changed_byte_fails(scene: Scene) -> None:
    proof = read_proof(message_from_bytes(scene.mails[0], policy=default)["X-Notice-Proof"].replace(" ", ""))
    assert proof
    assert scene.published.signed(proof)
    for name in ("code", "case", "issuer", "date", "phone", "email"):
        changed = {**{field: getattr(proof, field) for field in proof.__slots__}, name: "0"}
        assert not scene.published.signed(type(proof)(**changed))


def test_head_that_was_altered_is_refused(copied: Iterator[Path]) -> None:
    site = next(copied)
    document = json.loads((site / "notice.json").read_text("utf-8"))
    document["signed"] = document["signed"].replace("0299000000", "0299000001")
    (site / "notice.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(NoticeError, match="not signed"):
        Published(folder_reader(site))


def test_folder_of_another_sender_is_refused_when_the_key_is_known(scene: Scene) -> None:
    with pytest.raises(NoticeError, match="not signed"):
        Published(folder_reader(scene.site), "00" * 32)
    assert Published(folder_reader(scene.site), scene.published.key.upper()).issuer == "Clinique des Lices"


# Nothing is told of anybody


def test_unknown_codes_have_one_answer_and_each_prefix_its_file(scene: Scene) -> None:
    answers = {check_text(scene.published, make_code()) for _ in range(200)}
    assert [answer.verdict for answer in answers] == [UNKNOWN]
    head = json.loads(json.loads((scene.site / "notice.json").read_text("utf-8"))["signed"])
    assert len(list((scene.site / "codes").iterdir())) == 1 << head["prefix_bits"]


def test_mistyped_codes_are_said_to_be_mistyped(scene: Scene) -> None:
    code = scene.codes()[0]
    for place in range(16):
        wrong = code[:place] + ("7" if code[place] != "7" else "8") + code[place + 1 :]
        assert check_text(scene.published, wrong).verdict == NOT_A_CODE


def test_published_files_hold_no_code_no_name_and_no_mailbox(scene: Scene) -> None:
    content = "\n".join(path.read_text("utf-8") for path in scene.site.rglob("*") if path.is_file())
    for code in scene.codes():
        assert code not in content
        assert grouped(code) not in content
    assert not re.search(r"Durand|p\d+@example\.com|rue des Lices|P0000", content)


def test_number_of_codes_and_their_digest_are_journalled(scene: Scene) -> None:
    with Case(scene.case, by="t", read_only=True) as case:
        bodies = [entry.body for entry in case.journal.entries() if entry.kind == PUBLISHED]
    assert {body["codes"] for body in bodies} == {40}
    assert (
        bodies[0]["digest"]
        == json.loads(json.loads((scene.site / "notice.json").read_text())["signed"])["codes"]
    )


# Publishing


def test_publishing_again_replaces_the_folder_whole_and_says_the_same(scene: Scene, tmp_path: Path) -> None:
    with Case(scene.case, by="t") as case:
        publish(case, tmp_path / "again")
        (tmp_path / "again" / "codes" / "stray").write_text("x")
        publish(case, tmp_path / "again")
    there, here = (
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()}
        for f in (scene.site, tmp_path / "again")
    )
    assert there == here


def test_folder_that_holds_something_else_is_refused(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "work.txt").write_text("mine")
    with Case(scene.case, by="t") as case, pytest.raises(InputError, match="something else"):
        publish(case, tmp_path)
    assert (tmp_path / "work.txt").read_text() == "mine"


def test_nothing_is_published_before_a_release(tmp_path: Path) -> None:
    with (
        told_case(tmp_path, [person(1)], notify=PAGE) as case,
        pytest.raises(InputError, match="nothing to publish"),
    ):
        publish(case, tmp_path / "site")


def test_key_is_kept_for_its_owner_alone_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    with told_case(tmp_path, [person(1)]) as case:
        path = tmp_path / "notices" / "signing.key"
        key = public_key(case)
        assert (path.stat().st_mode & 0o777, public_key(case)) == (0o600, key)
        path.write_bytes(b"short")
        with pytest.raises(InputError, match="damaged"):
            signing_key(case)


def test_sealed_case_keeps_no_signing_key_in_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    public = make_key_pair(tmp_path / "private.key")
    monkeypatch.setenv("TOCSIN_KEY_FILE", str(tmp_path / "private.key"))
    with told_case(tmp_path / "case", [person(1)], settings=f'[seal]\nrecipients = ["{public}"]\n') as case:
        key = public_key(case)
    with Case(tmp_path / "case", by="t") as case:
        assert public_key(case) == key
    assert not (tmp_path / "case" / "notices" / "signing.key").exists()


# Parts


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32), st.integers(0, 511))
def test_signatures_are_judged_as_libsodium_judges_them(message: bytes, seed: bytes, flipped: int) -> None:
    key = SigningKey(seed)
    signature = key.sign(message).signature
    public = bytes(key.verify_key)
    assert verify_ed25519(public, message, signature)
    wrong = (int.from_bytes(signature, "little") ^ 1 << flipped).to_bytes(64, "little")
    try:
        VerifyKey(public).verify(message, wrong)
    except BadSignatureError:
        assert not verify_ed25519(public, message, wrong)
    assert not verify_ed25519(public, message + b"x", signature)


def test_first_vector_of_rfc_8032_holds() -> None:
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert verify_ed25519(public, b"", signature)


@given(st.binary(max_size=300))
def test_any_bytes_are_checked_or_refused(content: bytes) -> None:
    assert isinstance(contact_points(content.decode("utf-8", "replace")), set)
    assert read_proof(content.decode("latin-1")) is None


def test_names_of_places_and_dates_are_no_contact_points() -> None:
    text = "Clinique St.Jean, J.Dupont, le 12/06/2024 à 10.30 (2024-06-12), 75334 Paris, dossier R-12"
    assert contact_points(text) == set()
    assert contact_points("Tél. 02.99.00.00.00 ou +33 (0)2 99 00 00 00, cnil.fr, 39 39") == {
        "0299000000",
        "cnil.fr",
        "3939",
    }
