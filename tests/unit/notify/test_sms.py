# SPDX-License-Identifier: Apache-2.0
"""Text messages: who gets one, what stands in it, how it leaves, what the networks tell."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from tests.made_case import NOON, rows_of
from tests.unit.notify.scenes import email_settings, person, told_case
from tests.unit.notify.test_notify_words import settings as case_settings
from tocsin.cli.main import cli
from tocsin.core.errors import InputError
from tocsin.core.settings.notify import NotifySettings, SmsSettings
from tocsin.notify.after import balance, follow_up
from tocsin.notify.delivery import rehearse, send_all
from tocsin.notify.gsm import fit
from tocsin.notify.letter import Person
from tocsin.notify.outbox import Outbox
from tocsin.notify.run import run
from tocsin.notify.sms import SmsWriter, refuse_unfit_sms
from tocsin.notify.waves import fill_outbox, release
from tocsin.store.case import Case

SMS = '[notify.sms]\nuse = true\nfrom_name = "CH DU PORT"\nknown_as = "CH du Port"\n'
ALONE = {"email": None, "address": None}


def mobile(number: int, phone: str, **columns: object) -> dict[str, object]:
    return person(number, **{**ALONE, "phone": phone, **columns})


def ways(folder: Path, rows: list[dict[str, object]], settings: str = SMS) -> list[tuple[object, ...]]:
    with told_case(folder, rows, settings=email_settings(1) + settings) as case:
        run(case)
        return [(one["channel"], one["phone"], one["faults"]) for one in rows_of(case, "recipients")]


def test_mobiles_of_france_and_overseas_are_written_for_the_networks(tmp_path: Path) -> None:
    given = {
        "06 12 34 56 78": "+33612345678",
        "07.12.34.56.78": "+33712345678",
        "+33 6 12 34 56 78": "+33612345678",
        "+33 (0)6 12 34 56 78": "+33612345678",
        "0033612345678": "+33612345678",
        "0692123456": "+262692123456",
        "0639 12 34 56": "+262639123456",
        "0690123456": "+590690123456",
        "0694123456": "+594694123456",
        "0696 12 34 56": "+596696123456",
        "+262 692 12 34 56": "+262692123456",
        "+689 87 12 34 56": "+68987123456",
    }
    rows = [mobile(n, phone) for n, phone in enumerate(given, start=1)]
    assert [one[1] for one in ways(tmp_path, rows)] == list(given.values())


def test_landline_is_no_way_and_is_said_by_row(tmp_path: Path) -> None:
    given = {
        "02 99 00 00 00": "phone_not_mobile",
        "0800 00 00 00": "phone_not_mobile",
        "+44 7700 900123": "phone_not_mobile",
        "06 12 34": "phone_malformed",
    }
    found = ways(tmp_path, [mobile(n, phone) for n, phone in enumerate(given, start=1)])
    assert found == [("none", None, [fault]) for fault in given.values()]


def test_text_message_comes_after_mailbox_and_address(tmp_path: Path) -> None:
    rows = [
        person(1, phone="0612345678"),
        person(2, email=None, phone="0612345679"),
        mobile(3, "0612345670"),
        mobile(4, "0612345671", birth_date=NOON.date()),
    ]
    assert [one[0] for one in ways(tmp_path, rows)] == ["email", "post", "sms", "none"]


def test_nobody_gets_one_when_none_are_used(tmp_path: Path) -> None:
    found = ways(tmp_path, [mobile(1, "0612345678"), mobile(2, "02 99 00 00 00")], settings="")
    assert found == [("none", None, []), ("none", None, [])]


def message(lang: str = "fr", **changed: object) -> str:
    case = case_settings(lang)
    sms = SmsSettings(use=True, known_as=str(changed.pop("known_as", "CH du Port")))
    notify = msgspec.structs.replace(case.notify, sms=sms)
    told = {key: str(value) for key, value in changed.items()}
    addressee = told.get("addressee", "person")
    blank = Person("Anne", addressee, (), (), (), NOON, NOON, "7X2K9QBM41ZDR5TV")
    blank = dataclasses.replace(blank, kind=told.get("kind", "person"), why=told.get("why", "new"))
    return SmsWriter(notify).write(blank).text


KINDS: list[dict[str, object]] = [
    {},
    {"addressee": "representative"},
    {"kind": "account"},
    {"why": "withdrawn"},
]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_message_is_short_names_its_sender_and_has_no_link(lang: str, kind: dict[str, object]) -> None:
    text = message(lang, **kind)
    found = fit(text)
    assert (found.alphabet, found.reworded) == ("gsm7", ())
    assert found.segments <= (2 if "addressee" in kind else 1)
    assert text.startswith("CH du Port")
    assert "7X2K-9QBM-41ZD-R5TV" in text
    assert re.search(r"\b02 99 00 00 00\b", text)
    assert not re.search(r"https?:|www\.|\.fr|santé|soin|health|care", text)


def test_message_names_the_three_things_never_to_say() -> None:
    assert re.search("ni code, ni carte, ni numéro de sécu", message())


def test_longer_words_take_the_place_of_short_ones_that_no_longer_fit() -> None:
    text = message(known_as="Groupe du Port et de la Rade")
    assert fit(text).segments == 2
    assert "raccrochez" in text


def notify(**sms: object) -> NotifySettings:
    values = {"use": True, "from_name": "CHPORT", "known_as": "CH du Port", **sms}
    return NotifySettings(phone=str(values.pop("phone", "02 99 00 00 00")), sms=SmsSettings(**values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"known_as": "Clinique des Lices"}, "sms_says_care"),
        ({"known_as": "Service d’oncologie"}, "sms_says_care"),
        ({"from_name": "HOPITAL"}, "sms_says_care"),
        ({"from_name": "CH"}, "bad_sms_name"),
        ({"from_name": "38000"}, "bad_sms_name"),
        ({"from_name": "CH du Port de Rennes"}, "bad_sms_name"),
        ({"known_as": "Порт" * 20}, "sms_too_long"),
        ({"phone": "08 92 00 00 00"}, "premium_number"),
        ({"phone": "3639"}, "premium_number"),
    ],
)
def test_message_that_would_harm_is_refused(changed: dict[str, object], code: str) -> None:
    refuse_unfit_sms(notify())
    with pytest.raises(InputError) as refused:
        refuse_unfit_sms(notify(**changed))
    assert refused.value.code == code


def test_messages_are_dropped_and_what_the_networks_tell_closes_the_balance(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    rows = [mobile(1, "0612345678"), mobile(2, "0612345679"), mobile(3, "0612345670")]
    with told_case(folder, rows, settings=email_settings(1) + SMS) as case:
        released = release(case, why="read", named="DPO")
        assert released.channels == {"sms": 3}
        assert rehearse(case, ("email", "post", "sms"))["sms"].handed == 3
    send_all(lambda read_only: Case(folder, by="DPO", read_only=read_only), ("email", "post", "sms"))
    [chunk] = (folder / "notices" / "sms").glob("chunk-*")
    told = json.loads((chunk / "manifest.json").read_text("utf-8"))
    assert (told["messages"], told["segments"]) == (3, 3)
    with (chunk / "messages.csv").open(encoding="utf-8", newline="") as file:
        messages = list(csv.DictReader(file, delimiter=";"))
    assert [one["phone"] for one in messages] == ["+33612345678", "+33612345679", "+33612345670"]
    codes = {one["text"].rpartition(" ")[2] for one in messages}
    assert len(codes) == 3
    carrier = tmp_path / "networks.csv"
    states = ("delivered", "delivered", "undeliverable")
    told_rows = [f"{one['reference']};{state}" for one, state in zip(messages, states, strict=True)]
    carrier.write_text("\n".join(["reference;status", *told_rows]), "utf-8")
    answer = CliRunner().invoke(cli, ["notify", str(folder), "status", "--receipts", str(carrier), "--json"])
    found = json.loads(answer.stdout)["result"]
    assert (found["delivered"], found["failed"], found["is_closed"]) == (2, 1, True)
    assert found["kinds"] == {"person": {"delivered": 2, "failed": 1}}


def test_message_follows_an_e_mail_that_came_back_where_there_is_no_address(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    rows = [person(1, address=None, phone="0612345678")]
    with (
        told_case(folder, rows, settings=email_settings(1) + SMS) as case,
        closing(Outbox.open(folder)) as outbox,
    ):
        release(case, why="read", named="DPO")
        fill_outbox(case, outbox)
        outbox.connection.execute("update notice set state = 'failed', reason = 'bounced 5.1.1'")
        assert follow_up(case, outbox) == 1
        assert outbox.reasons() == [("sms", "queued", "after_bounce", 1)]
        outbox.connection.execute(
            "update notice set state = 'failed', reason = 'returned' where channel = 'sms'"
        )
        assert follow_up(case, outbox) == 0
        assert balance(case, outbox).failed == 1


def test_preview_shows_the_message_and_what_it_costs(tmp_path: Path) -> None:
    told_case(tmp_path, [mobile(1, "0612345678")], settings=email_settings(1) + SMS).close()
    answer = CliRunner().invoke(
        cli, ["notify", str(tmp_path), "preview", "--to", str(tmp_path / "seen"), "--lang", "fr"]
    )
    assert answer.exit_code == 0
    text = (tmp_path / "seen" / "001-sms.txt").read_text("utf-8")
    assert re.search(r"gsm7, 1\d\d unités : 1 segment\.", text.replace("\u00a0", " "))
