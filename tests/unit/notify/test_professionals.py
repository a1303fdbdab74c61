# SPDX-License-Identifier: Apache-2.0
"""Professionals: whose account was used, and whose own data were seen; each told in words of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.made_case import NOON, put, rows_of
from tests.unit.notify.professionals import contact, stolen_case
from tests.unit.notify.scenes import email_settings, exposed, person, told_case
from tests.unit.notify.test_genuine import PAGE
from tests.unit.notify.test_plain_words import JARGON, sentences
from tocsin.cli.main import cli, run_command
from tocsin.core.errors import InputError
from tocsin.notify.account_use import masked
from tocsin.notify.after import balance
from tocsin.notify.genuine.publish import publish
from tocsin.notify.genuine.verify_notice import GENUINE, Published, check_document, folder_reader
from tocsin.notify.material import make_writer, read_rows, read_stock
from tocsin.notify.outbox import Outbox
from tocsin.notify.packs import write_packs
from tocsin.notify.run import run
from tocsin.notify.waves import fill_outbox, issue_public, release
from tocsin.store.case import Case

MAIL = email_settings(25)
LATER = NOON + timedelta(hours=1)
PHARMACISTS = """
[[registries]]
name = "patients"
paths = ["r.csv"]
professionals = {flag}
[registries.columns]
person = "id"
"""


def holder_of(case: Case) -> dict[str, object]:
    run(case)
    [found] = [row for row in rows_of(case, "recipients") if row["kind"] == "account"]
    return found


def test_holder_of_a_stolen_account_is_told_by_what_held_before_the_theft(tmp_path: Path) -> None:
    with stolen_case(tmp_path, [contact()], settings=MAIL) as case:
        found = holder_of(case)
    assert (found["channel"], found["email"], found["person"]) == (
        "email",
        "claire@home.example",
        "dr.martin",
    )
    assert found["lines"] == ["DR CLAIRE MARTIN", "3 rue du Port", "35000 RENNES"]


@pytest.mark.parametrize(
    ("changed", "channel", "reason", "fault"),
    [
        ({"contact_since": LATER}, "none", "contact_untrusted", "contact_changed"),
        ({"contact_since": None}, "post", "no_email", "contact_undated"),
        ({"contact_since": None, "address": None}, "none", "contact_untrusted", "contact_undated"),
        ({"email": "dr.martin"}, "post", "email_wrong", "email_malformed"),
        ({"email": None}, "post", "no_email", None),
    ],
)
def test_contact_that_the_thief_may_hold_is_not_used_and_the_reason_is_said(
    tmp_path: Path, changed: Mapping[str, object], channel: str, reason: str, fault: str | None
) -> None:
    with stolen_case(tmp_path, [contact() | dict(changed)], settings=MAIL) as case:
        found = holder_of(case)
    if changed.get("email") == "dr.martin":
        assert found["faults"] == ["contact_of_account"]
    else:
        assert (found["channel"], found["reason"]) == (channel, reason)
        assert found["faults"] == ([] if fault is None else [fault])


def test_older_contact_is_used_when_the_latest_came_with_the_thief(tmp_path: Path) -> None:
    rows = [
        contact(),
        contact(contact_since=LATER, email="thief@evil.example", address="9 rue du Vol, 35000, Rennes"),
    ]
    with stolen_case(tmp_path, rows, settings=MAIL) as case:
        found = holder_of(case)
    assert (found["email"], found["faults"]) == ("claire@home.example", ["contact_changed"])
    assert "3 rue du Port" in str(found["lines"])


@pytest.mark.parametrize(
    ("verdict", "holder"),
    [("doubtful", None), ("legitimate", None), ("illegitimate", {"person": "P000001"})],
)
def test_nobody_is_told_of_an_account_that_is_not_surely_stolen_or_a_patient_s(
    tmp_path: Path, verdict: str, holder: Mapping[str, object] | None
) -> None:
    with stolen_case(tmp_path, [contact()], settings=MAIL, verdict=verdict, holder=holder) as case:
        assert [way.kind for way in run(case).ways] == ["person"]


def test_holder_who_is_held_back_stays_in_the_balance(tmp_path: Path) -> None:
    held = '[notify.professionals.hold_back]\n"dr.martin" = "Heard by the management"\n'
    with stolen_case(tmp_path, [contact()], settings=MAIL + held) as case:
        found = holder_of(case)
    assert (found["channel"], found["rule"]) == ("suppressed", "hold_back")


def test_account_that_no_directory_holds_cannot_be_held_back(tmp_path: Path) -> None:
    held = '[notify.professionals.hold_back]\n"dr.martim" = "Heard"\n'
    with (
        stolen_case(tmp_path, [contact()], settings=MAIL + held) as case,
        pytest.raises(InputError, match=r"hold_back") as refused,
    ):
        run(case)
    assert "dr.martin" in str(refused.value.do)


def letter_of(case: Case, lang: str = "fr") -> str:
    released = release(case, why="read", named="DPO")
    number = int(str(holder_of(case)["person_id"]))
    stock = read_stock(case, 1, [number])[number]
    return make_writer(case, released).write(stock.person).document


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_letter_says_what_to_do_what_was_done_and_names_no_whole_login(tmp_path: Path, lang: str) -> None:
    texts = '[notify.en]\nwhat_happened = "W."\nconsequences = "C."\nmeasures = "M."\nauthorities = "A."\n'
    notify = f'language = "{lang}"'
    settings = MAIL + (texts if lang == "en" else "")
    with stolen_case(tmp_path, [contact()], settings=settings, notify=notify) as case:
        text = letter_of(case)
    first, todo, done, *_rest = re.split(r"^# .*$", text, flags=re.MULTILINE)
    assert "Dr Claire Martin" in first
    assert len(first.split()) <= 45
    assert todo.count("\n- ") == 3
    assert "02\u00a099\u00a000\u00a000\u00a000" in todo
    assert "prescription" in done
    assert "dr.martin" not in text
    assert masked("dr.martin") in text
    assert masked("martin-visio") in text
    assert "Durand" not in text
    assert "cnil.fr" in text
    assert re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", text)
    assert not JARGON.search(text)
    told = [words for words in sentences(text) if "Fontenoy" not in words and "journaux" not in words]
    told = [words for words in told if "established" not in words and "establish" not in words]
    assert max(map(len, told)) <= 30


def test_notices_of_professionals_verify_with_their_signature(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    settings = PHARMACISTS.format(flag="true") + MAIL
    with stolen_case(folder, [contact()], settings=settings, notify=PAGE) as case:
        released = release(case, why="read", named="DPO")
        publish(case, tmp_path / "site")
        numbers = [int(str(row["person_id"])) for row in rows_of(case, "recipients")]
        stock, writer = read_stock(case, 1, numbers), make_writer(case, released)
        letters = [writer.write(one.person) for one in stock.values()]
    published = Published(folder_reader(tmp_path / "site"), "")
    answers = [check_document(published, letter.html.encode()) for letter in letters]
    assert [(one.verdict, one.is_signed, one.foreign) for one in answers] == [(GENUINE, True, ())] * 2
    forged = letters[0].html.replace(
        "02\u00a099\u00a000\u00a000\u00a000", "02\u00a099\u00a000\u00a000\u00a001"
    )
    assert check_document(published, forged.encode()).verdict != GENUINE


def test_holders_have_a_line_of_their_own_in_the_balance(tmp_path: Path) -> None:
    contacts = [contact(address=None, contact_since=LATER)]
    with (
        stolen_case(tmp_path, contacts, settings=MAIL) as case,
        closing(Outbox.open(tmp_path)) as outbox,
    ):
        run(case)
        waiting = balance(case, outbox).kinds
        release(case, why="read", named="DPO")
        fill_outbox(case, outbox)
        found = balance(case, outbox)
        assert issue_public(case, outbox, where="the site", why="no contact") == 0
    assert waiting == {"account": {"not_released": 1}, "person": {"not_released": 1}}
    assert found.to_inform == 2
    assert found.kinds == {"account": {"no_route": 1}, "person": {"queued": 1}}


def test_balance_is_told_by_kind_in_words(tmp_path: Path) -> None:
    stolen_case(tmp_path, [contact()], settings=MAIL).close()
    run_it = CliRunner().invoke
    released = run_it(cli, ["notify", str(tmp_path), "release", "--by", "DPO", "--why", "read"])
    assert released.exit_code == 0, released.output
    told = run_it(cli, ["notify", str(tmp_path), "--lang", "en"]).output
    assert re.search(r"Professionals whose account was used:\n +1  by e-mail", told)
    told = run_it(cli, ["notify", str(tmp_path), "status", "--lang", "en"]).output
    assert "Professionals whose account was used: 1 – 1 waiting to leave" in told


def test_account_stands_in_no_controller_s_pack(tmp_path: Path) -> None:
    with stolen_case(tmp_path / "case", [contact()], settings=MAIL) as case:
        put(
            case,
            disclosures=[
                {
                    "event_id": 1,
                    "registry": "patients",
                    "person": "P000001",
                    "category": "identity.name",
                    "certainty": "shown",
                    "exact": True,
                    "protection": "clear",
                    "occurred_at": NOON,
                    "action": "read",
                    "controller": "c1",
                    "resolver": "named",
                    "count_in": "best",
                }
            ],
        )
        done = write_packs(case, tmp_path / "packs", NOON)
    assert (done.to_inform, done.persons, done.without) == (1, 1, 0)


@pytest.mark.parametrize("flag", ["true", "false"])
def test_professionals_whose_own_data_were_seen_have_their_own_words(tmp_path: Path, flag: str) -> None:
    shown = exposed(1, "professional.name", "finance.bank")
    settings = PHARMACISTS.format(flag=flag) + MAIL
    with told_case(tmp_path, [person(1)], settings=settings, exposure=shown) as case:
        released = release(case, why="read", named="DPO")
        [row] = rows_of(case, "recipients")
        text = make_writer(case, released).write(read_rows(case, [1])[1].person).document
    assert row["kind"] == ("professional" if flag == "true" else "person")
    assert ("votre nom, tel que les patients le connaissent" in text) is (flag == "true")
    assert ("N’acceptez pas non plus d’en changer" in text) is (flag == "true")


def test_facts_of_an_account_that_moved_call_for_another_notice(tmp_path: Path) -> None:
    with stolen_case(tmp_path, [contact()], settings=MAIL) as case:
        before = holder_of(case)["facts"]
        put(case, judged=[{"event_id": 1, "verdict": "illegitimate", "p": 1.0}])
        after = holder_of(case)["facts"]
    assert before != after


def test_directory_s_contacts_are_read_with_their_dates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "directory.csv").write_text(
        "login,rpps,mail,tel,street,zip,town,since,fullname\n"
        "dr.martin,10101010101,claire@home.example,0612345678,"
        "3 rue du Port,35000,Rennes,2023-05-08,Dr Claire Martin\n",
        "utf-8",
    )
    columns = {
        "account": "login",
        "professional_id": "rpps",
        "email": "mail",
        "phone": "tel",
        "address_lines": "street",
        "postcode": "zip",
        "city": "town",
        "contact_since": "since",
        "name": "fullname",
    }
    told = "\n".join(f'{ours} = "{theirs}"' for ours, theirs in columns.items())
    head = '[case]\nid = "D"\ntitle = "t"\nzone = "Europe/Paris"\n'
    toml = f'{head}[[accounts]]\npaths = ["directory.csv"]\n[accounts.columns]\n{told}\n'
    (tmp_path / "case.toml").write_text(toml, "utf-8")
    answer = CliRunner().invoke(cli, ["ingest", str(tmp_path), "--json", "--by", "t"])
    assert answer.exit_code == 0, answer.output
    with Case(tmp_path, by="t") as case:
        [row] = rows_of(case, "account_contacts")
        [account] = rows_of(case, "accounts")
    assert (row["email"], row["address"]) == ("claire@home.example", "3 rue du Port, 35000, Rennes")
    assert str(row["contact_since"]).startswith("2023-05-0")
    assert account["professional_id"] == "10101010101"
    (tmp_path / "case.toml").write_text(toml.replace("contact_since", "contact_sinse"), "utf-8")
    assert run_command(["ingest", str(tmp_path), "--json", "--by", "t"]) == 2
    assert "contact_since" in json.loads(capsys.readouterr().out)["error"]["do"]
