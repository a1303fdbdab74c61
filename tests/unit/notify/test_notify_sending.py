# SPDX-License-Identifier: Apache-2.0
"""Release, sending, what breaks on the way, and the balance: zero twice, zero missed."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.made_case import put, rows_of
from tests.unit.notify.scenes import Sink, email_settings, exposed, person, sink, told_case
from tocsin.core.errors import InputError, MachineError
from tocsin.notify.after import Balance, balance, follow_up
from tocsin.notify.bounces import bounce_of
from tocsin.notify.delivery import rehearse, send_all
from tocsin.notify.interface import Kind
from tocsin.notify.outbox import Outbox
from tocsin.notify.released import RELEASED
from tocsin.notify.run import run
from tocsin.notify.sending import Sent
from tocsin.notify.waves import decide_uncertain, fill_outbox, issue_public, release
from tocsin.store.case import Case
from tocsin.store.seal import make_key_pair

BOTH: tuple[Kind, ...] = ("email", "post")


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Sink]:
    (tmp_path / "case").mkdir()
    with sink(tmp_path / "case" / "mail.log") as held:
        yield held


def opener(folder: Path) -> Callable[[bool], Case]:
    return lambda read_only: Case(folder, by="DPO", read_only=read_only)


def released(
    folder: Path,
    rows: list[dict[str, object]],
    port: int,
    *,
    more: str = "",
    log: str = "mail.log",
    **changed: object,
) -> None:
    with told_case(folder, rows, settings=email_settings(port, log, more), **changed) as case:  # type: ignore[arg-type]
        release(case, why="read", named="Anne Le Gall, DPO")


def send(folder: Path, limit: int | None = None) -> dict[str, Sent]:
    return send_all(opener(folder), BOTH, limit)


def told(folder: Path) -> Balance:
    with Case(folder, by="DPO") as case, closing(Outbox.open(folder)) as outbox:
        fill_outbox(case, outbox)
        follow_up(case, outbox)
        return balance(case, outbox)


def test_wave_is_sent_once_and_the_balance_closes(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    rows = [person(1), person(2), person(3, email=None), person(4, deceased=True)]
    released(folder, rows, relay.port)
    send(folder)
    assert sorted(relay.mailboxes()) == ["p1@example.com", "p2@example.com"]
    send(folder)
    assert len(relay.taken) == 2
    found = told(folder)
    assert (found.to_inform, found.delivered, found.suppressed, found.under_way) == (4, 2, 1, {"accepted": 1})
    [chunk] = (folder / "notices" / "post").glob("chunk-*")
    with (chunk / "addresses.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file, delimiter=";")
    assert (row["line_1"], row["line_3"]) == ("ANNE DURAND3", "35000 RENNES")


def test_nothing_is_sent_without_a_release(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    told_case(folder, [person(1)], settings=email_settings(relay.port)).close()
    with pytest.raises(InputError, match="No wave was released"):
        send(folder)
    assert not relay.taken


@pytest.mark.parametrize(("named", "why"), [(None, "read"), (" ", "read"), ("DPO", " ")])
def test_release_is_a_named_person_s_with_a_reason(tmp_path: Path, named: str | None, why: str) -> None:
    with told_case(tmp_path / "case", [person(1)], settings=email_settings(1)) as case:
        with pytest.raises(InputError):
            release(case, why=why, named=named)
        assert not [entry for entry in case.journal.entries() if entry.kind == RELEASED]


@pytest.mark.parametrize(
    "element", ["what_happened", "consequences", "measures", "authorities", "phone", "dpo", "sender"]
)
def test_release_names_the_element_that_is_missing(tmp_path: Path, element: str) -> None:
    folder = tmp_path / "case"
    told_case(folder, [person(1)], settings=email_settings(1)).close()
    lines = (folder / "case.toml").read_text("utf-8").split("\n")
    (folder / "case.toml").write_text("\n".join(x for x in lines if not x.startswith(element)), "utf-8")
    with Case(folder, by="DPO") as case, pytest.raises(InputError, match=element):
        release(case, why="read", named="DPO")


def test_words_changed_since_the_release_are_not_sent(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1)], relay.port)
    path = folder / "case.toml"
    path.write_text(path.read_text("utf-8").replace("bloqué", "fermé"), "utf-8")
    with pytest.raises(InputError, match="changed since"):
        send(folder)
    with Case(folder, by="DPO") as case:
        assert release(case, why="read again", named="DPO").wave == 1
    send(folder)
    assert len(relay.taken) == 1


def test_rehearsal_sends_and_records_nothing(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1), person(2, email=None)], relay.port)
    with Case(folder, by="DPO", read_only=True) as case:
        done = rehearse(case, BOTH)
    assert {kind: sent.handed for kind, sent in done.items()} == {"email": 1, "post": 1}
    assert not relay.taken
    assert told(folder).under_way == {"queued": 2}


def test_limit_stops_a_wave_and_the_next_sending_goes_on(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(n) for n in range(1, 51)], relay.port)
    assert not send(folder, 30)["email"].is_whole
    assert len(relay.taken) == 30
    assert send(folder)["email"].is_whole
    assert Counter(relay.mailboxes()) == Counter(f"p{n}@example.com" for n in range(1, 51))


def test_relay_that_accepts_then_drops_is_asked_by_its_log(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(n) for n in range(1, 31)], relay.port)
    relay.drop_after_data = 4
    sent = send(folder)["email"]
    assert sent.looked_up == 4
    assert Counter(relay.ids()).most_common(1)[0][1] == 1
    assert told(folder).delivered == 30


def test_without_a_log_what_was_dropped_is_uncertain_until_a_person_decides(
    tmp_path: Path, relay: Sink
) -> None:
    folder = tmp_path / "case"
    with told_case(
        folder, [person(1), person(2)], settings=email_settings(relay.port).replace("relay_log", "x-log")
    ) as case:
        release(case, why="read", named="DPO")
    relay.drop_after_data = 1
    assert send(folder)["email"].uncertain == 1
    assert told(folder).under_way == {"accepted": 1, "uncertain": 1}
    send(folder)
    assert len(relay.taken) == 2
    with Case(folder, by="DPO") as case, closing(Outbox.open(folder)) as outbox:
        assert decide_uncertain(case, outbox, "delivered", why="The person called") == 1
        assert balance(case, outbox).delivered == 1


def test_mailbox_refused_for_good_gets_a_letter(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    relay.refuse = {"p1@example.com": "550 no such user", "p2@example.com": "550 no"}
    released(folder, [person(1), person(2, address=None), person(3)], relay.port)
    assert send(folder)["email"].refused == 2
    found = told(folder)
    assert (found.failed, found.under_way) == (1, {"queued": 1})
    send(folder)
    assert told(folder).under_way == {"accepted": 1}
    assert told(folder).to_inform == 3


def test_relay_that_says_later_is_tried_later(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    relay.refuse = {"p1@example.com": "451 try again"}
    released(folder, [person(1)], relay.port)
    sent = send(folder)["email"]
    assert (sent.deferred, sent.is_whole, relay.taken) == (1, False, [])
    assert told(folder).under_way == {"queued": 1}


def test_relay_that_is_not_there_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1)], 9)
    with pytest.raises(MachineError):
        send(folder)
    assert told(folder).under_way == {"queued": 1}


def test_second_wave_holds_the_new_and_those_whose_facts_changed(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    rows = [person(1), person(2), person(3)]
    released(folder, rows, relay.port, exposure=[*exposed(1), *exposed(2)])
    send(folder)
    with Case(folder, by="DPO") as case:
        put(case, exposure=[*exposed(1), *exposed(2, "identity.name", "id.nir"), *exposed(3)])
        assert (release(case, why="counts moved", named="DPO")).persons == 2
        with pytest.raises(InputError, match="nobody to tell"):
            release(case, why="again", named="DPO")
        codes = [row["code"] for row in rows_of(case, "notices")]
        assert len(set(codes)) == len(codes) == 4
    send(folder)
    assert Counter(relay.mailboxes()) == {"p1@example.com": 1, "p2@example.com": 2, "p3@example.com": 1}
    assert told(folder).delivered == 3


def test_facts_that_change_after_the_release_are_not_sent(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1), person(2)], relay.port)
    with Case(folder, by="DPO") as case:
        put(case, exposure=[*exposed(1, "id.nir"), *exposed(2)])
        run(case)
    assert send(folder)["email"].changed == 1
    assert relay.mailboxes() == ["p2@example.com"]


def test_public_notice_closes_what_no_way_reaches(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1), person(2, email=None, address=None)], relay.port)
    send(folder)
    assert told(folder).no_route == 1
    with Case(folder, by="DPO") as case, closing(Outbox.open(folder)) as outbox:
        fill_outbox(case, outbox)
        assert issue_public(case, outbox, where="https://example.org", why="no contact") == 1
    found = told(folder)
    assert (found.public, found.no_route, found.is_closed) == (1, 0, True)


def test_outbox_holds_no_name_no_mailbox_and_no_code(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1)], relay.port)
    send(folder)
    with Case(folder, by="DPO") as case:
        [code] = [str(row["code"]) for row in rows_of(case, "notices")]
    held = b"".join(path.read_bytes() for path in (folder / "notices").glob("outbox*"))
    assert not [word for word in (b"Durand", b"p1@example", b"P000001", code.encode()) if word in held]
    journal = b"".join(path.read_bytes() for path in (folder / "journal").iterdir())
    assert not [word for word in (b"Durand", b"p1@example", code.encode()) if word in journal]


REPORT = b"""From: MAILER-DAEMON@mx.example.org
To: bounce+%s@example.org
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; p1@example.com
Action: %s
Status: %s

--b--
"""


@pytest.mark.parametrize(
    ("action", "status", "is_told"),
    [
        (b"failed", b"5.1.1", True),
        (b"delayed", b"4.4.1", False),
        (b"failed", b"junk", False),
        (b"delivered", b"2.0.0", False),
    ],
)
def test_report_of_a_bounce_is_read(action: bytes, status: bytes, is_told: bool) -> None:
    found = bounce_of(REPORT % (b"a" * 32, action, status))
    assert found == (("a" * 32, "5.1.1") if is_told else None)


def test_bounce_that_comes_back_by_mail_opens_the_letter(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1)], relay.port, more='bounces = "bounce@example.org"')
    send(folder)
    [sender] = relay.senders
    came_back = tmp_path / "came-back"
    came_back.mkdir()
    token = sender.split("+")[1].split("@")[0].encode()
    (came_back / "1.eml").write_bytes(REPORT % (token, b"failed", b"5.1.1"))
    with Case(folder, by="DPO") as case, closing(Outbox.open(folder)) as outbox:
        assert follow_up(case, outbox, came_back) == 1
        assert follow_up(case, outbox, came_back) == 0
        assert balance(case, outbox).under_way == {"queued": 1}


def start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tocsin", "notify", str(folder), "send", "--json", "--by", "DPO"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def kill_in_mid_wave(folder: Path, relay: Sink, after: int) -> None:
    """Kill −9 once so many more messages have been taken."""
    goal, process = len(relay.taken) + after, start(folder)
    while len(relay.taken) < goal and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_kills_in_mid_wave_miss_nobody_and_tell_nobody_twice(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(n) for n in range(1, 301)], relay.port)
    for after in (1, 37, 50, 3, 70):
        kill_in_mid_wave(folder, relay, after)
    assert 0 < len(relay.taken) < 300
    _out, err = (process := start(folder)).communicate()
    assert process.returncode == 0, err.decode()
    assert Counter(relay.mailboxes()) == Counter(f"p{n}@example.com" for n in range(1, 301))
    found = told(folder)
    assert (found.delivered, found.is_closed) == (300, True)


def test_sealed_case_sends_and_keeps_names_and_codes_sealed(
    tmp_path: Path, relay: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "case"
    public = make_key_pair(tmp_path / "key")
    monkeypatch.setenv("TOCSIN_KEY_FILE", str(tmp_path / "key"))
    settings = email_settings(relay.port) + f'[seal]\nrecipients = ["{public}"]\n'
    with told_case(folder, [person(1)], settings=settings) as case:
        release(case, why="read", named="DPO")
        [code] = [str(row["code"]) for row in rows_of(case, "notices")]
    send(folder)
    assert code in relay.taken[0].decode().replace("-", "").replace("=\r\n", "")
    held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert not [word for word in (b"Durand1", b"DURAND1", code.encode()) if word in held]


def test_sealed_case_drops_no_open_letters(
    tmp_path: Path, relay: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "case"
    public = make_key_pair(tmp_path / "key")
    monkeypatch.setenv("TOCSIN_KEY_FILE", str(tmp_path / "key"))
    settings = email_settings(relay.port) + f'[seal]\nrecipients = ["{public}"]\n'
    with told_case(folder, [person(1, email=None)], settings=settings) as case:
        release(case, why="read", named="DPO")
    with pytest.raises(InputError, match="lie open"):
        send(folder)
    path = folder / "case.toml"
    path.write_text(path.read_text("utf-8") + f'[notify.post]\nrecipient = "{public}"\n', "utf-8")
    with Case(folder, by="DPO") as case:
        release(case, why="the printer's key", named="DPO")
    send(folder)
    [chunk] = (folder / "notices" / "post").glob("chunk-*")
    assert sorted(p.name for p in chunk.iterdir()) == [
        "addresses.csv.sealed",
        "letters.pdf.sealed",
        "manifest.json",
    ]
    assert not [p for p in chunk.iterdir() if b"DURAND1" in p.read_bytes()]
