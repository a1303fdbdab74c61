# SPDX-License-Identifier: Apache-2.0
"""The seed list, the check of what came back, and letters to partners, as users reach them."""

from __future__ import annotations

import json
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.unit.notify.scenes import email_settings, person, sink, told_case
from tests.unit.notify.test_dkim import ED25519_RECORD, MESSAGE
from tocsin.cli.main import run_command
from tocsin.notify.opening import read_pack
from tocsin.notify.seed import SENT
from tocsin.store.case import Case

PARTNER = """
[[notify.partners]]
name = "Mutuelle <b>du Port</b>"
why = "Vos contrats ont été vus."
asked = ["Surveillez les changements de RIB."]
lines = ["MUTUELLE DU PORT", "1 QUAI DES BRUMES", "35000 RENNES"]
"""


def test_seed_goes_to_one_s_own_mailboxes_alone_and_is_about_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    with sink(folder / "mail.log") as held:
        more = 'seed = ["dpo@example.org", "gone@example.net"]'
        told_case(folder, [person(1)], settings=email_settings(held.port, more=more)).close()
        held.refuse["gone@example.net"] = "550 no such mailbox"
        assert run_command(["notify", str(folder), "seed", "--by", "DPO"]) == 1
        assert held.mailboxes() == ["dpo@example.org"]
        text = message_from_bytes(held.taken[0]).as_string()
    assert "Camille Essai" in text
    assert "Durand" not in text
    with Case(folder, by="t") as case:
        [entry] = [one for one in case.journal.entries() if one.kind == SENT]
        assert entry.body == {"mailboxes": 2, "taken": 1}


def test_seed_without_a_mailbox_says_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told_case(tmp_path, [person(1)], settings=email_settings(1)).close()
    assert run_command(["notify", str(tmp_path), "seed", "--by", "DPO", "--lang", "en"]) == 2
    assert "seed" in capsys.readouterr().err


def checked(
    folder: Path, message: str, record: str | None, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    (folder / "received.eml").write_text(message, "utf-8")
    arguments = ["notify", str(folder), "check-mail", str(folder / "received.eml"), "--lang", "en"]
    if record is not None:
        (folder / "record.txt").write_text(record, "utf-8")
        arguments += ["--record", str(folder / "record.txt")]
    return run_command(arguments), capsys.readouterr().out


def test_check_of_mail_tells_a_relay_that_signs_from_one_that_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = checked(tmp_path, MESSAGE, ED25519_RECORD, capsys)
    assert code == 0
    assert "brisbane._domainkey.football.example.com: the signature holds." in said
    code, said = checked(tmp_path, MESSAGE, None, capsys)
    assert (code, "give --record" in said) == (1, True)
    code, said = checked(tmp_path, MESSAGE.partition("From:")[2], None, capsys)
    assert (code, "does not sign" in said) == (1, True)
    code, said = checked(tmp_path, MESSAGE.replace("lost", "won"), ED25519_RECORD, capsys)
    assert (code, "was changed" in said) == (1, True)


def test_partner_gets_a_letter_that_names_no_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told_case(tmp_path / "case", [person(1)], settings=email_settings(1) + PARTNER).close()
    command = ["notify", str(tmp_path / "case"), "partners", "--to", str(tmp_path / "out"), "--by", "DPO"]
    assert run_command([*command, "--json"]) == 0
    files = [Path(one) for one in json.loads(capsys.readouterr().out)["result"]["files"]]
    assert {path.suffix for path in files} >= {".txt", ".html"}
    text = (tmp_path / "out" / "001.txt").read_text("utf-8")
    assert "Surveillez les changements de RIB." in text
    assert "Durand" not in text
    assert "<b>" not in (tmp_path / "out" / "001.html").read_text("utf-8")
    assert set(read_pack(tmp_path / "out").files) == {path.name for path in files}
    assert run_command(command) == 2
